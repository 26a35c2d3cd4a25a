/** The command `cdk-s3-dated-archiver-sandbox` of the published package. */
import { readVersion } from './version';
import { main } from '../cli/main';
import { synthesizeInstalled } from '../demo/synthesize';

const directory = process.cwd();

void main(process.argv.slice(2), {
  command: 'npx cdk-s3-dated-archiver-sandbox',
  directory,
  version: readVersion(),
  synthesizeDemo: (outdir) => synthesizeInstalled(directory, outdir),
}).then((status) => {
  process.exitCode = status;
});
