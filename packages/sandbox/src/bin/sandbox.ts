/** The command `cdk-s3-dated-archiver-sandbox` of the published package. */
import { readVersion } from './version';
import { main } from '../cli/main';

void main(process.argv.slice(2), { command: 'npx cdk-s3-dated-archiver-sandbox', directory: process.cwd(), version: readVersion() })
  .then((status) => { process.exitCode = status; });
