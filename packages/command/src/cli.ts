/** `npm run look`, and the other commands, in a clone. The published package has bin/command.ts. */
import { existsSync } from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { version } from '../package.json';
import { createClient } from './cli/client';
import { dispatch, onInterrupt } from './cli/dispatch';
import { systemClock } from '../../../src/lambda/s3/retry';

const assets = path.join(__dirname, '../assets');
if (!existsSync(assets)) {
  process.stderr.write(
    'To archive or verify, build the functions first: npx projen bundle:command\n',
  );
}

void dispatch(process.argv.slice(2), {
  command: 'npm run --silent s3-dated-archiver --',
  // npm runs scripts in the package's directory and names the caller's here.
  directory: process.env.INIT_CWD ?? process.cwd(),
  version,
  assets,
  stdout: process.stdout,
  stderr: process.stderr,
  clock: systemClock,
  cores: os.availableParallelism(),
  createClient,
  onInterrupt,
}).then((status) => {
  process.exitCode = status;
});
