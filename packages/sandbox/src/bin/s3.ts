/** The command `cdk-s3-dated-archiver-s3` of the published package. */
import { runS3Command } from 'cdk-s3-dated-archiver-s3-double';
import { readVersion } from './version';

void runS3Command(process.argv.slice(2), {
  command: 'npx cdk-s3-dated-archiver-s3',
  version: readVersion(),
});
