/** Writes the snapshots of test/integ.*.ts anew: `npx tsx test/judges/update-snapshots.ts`, where a change of templates is meant. */
import { updateSnapshots } from './snapshots';

updateSnapshots();
