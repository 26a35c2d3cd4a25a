/** `npm run look` in a clone of the repository. The published package has bin/command.ts. */
import { version } from '../package.json';
import { createClient } from './cli/client';
import { main } from './cli/main';
import { systemClock } from '../../../src/lambda/s3/retry';

void main(process.argv.slice(2), {
  command: 'npm run --silent look --',
  // npm runs scripts in the package's directory and names the caller's here.
  directory: process.env.INIT_CWD ?? process.cwd(),
  version,
  stdout: process.stdout,
  stderr: process.stderr,
  clock: systemClock,
  createClient,
}).then((status) => {
  process.exitCode = status;
});
