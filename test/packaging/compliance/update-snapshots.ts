/** Writes the snapshots of test/integ.*.ts anew: `npx tsx test/packaging/compliance/update-snapshots.ts`, where a change of templates is meant. */
import { updateSnapshots } from './snapshots';

updateSnapshots();
