/**
 * Writes the snapshots of test/aws/integ.*.ts again, where a change of templates is meant.
 *
 * usage: tsx test/packaging/compliance/update-snapshots.ts
 */
import { updateSnapshots } from './snapshots';

updateSnapshots();
