/** Writes the snapshots of test/aws/integ.*.ts again: `npx tsx test/packaging/compliance/update-snapshots.ts`, where a change of templates is meant. */
import { updateSnapshots } from './snapshots';

updateSnapshots();
