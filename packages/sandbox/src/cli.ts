/**
 * `npm run sandbox` in a clone of the repository. The published package has bin/sandbox.ts instead.
 */
import * as path from 'node:path';
import { version } from '../package.json';
import { main } from './cli/main';
import { synthesize } from './demo/synthesize';

const ROOT = path.resolve(__dirname, '../../..');

void main(process.argv.slice(2), {
  command: 'npm run --silent sandbox --',
  // npm runs scripts in the package's directory and names the caller's here.
  directory: process.env.INIT_CWD ?? process.cwd(),
  version,
  synthesizeDemo: (outdir) =>
    synthesize(['--import', 'tsx', 'examples/typescript/daily-cron/app.ts'], ROOT, outdir, {
      // This configuration resolves the package's name to its sources.
      TSX_TSCONFIG_PATH: path.join(ROOT, 'tsconfig.dev.json'),
    }),
}).then((status) => {
  process.exitCode = status;
});
