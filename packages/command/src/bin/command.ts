/** The command `s3-dated-archiver` of the published package. */
import { readFileSync } from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { systemClock } from '../../../../src/lambda/s3/retry';
import { createClient } from '../cli/client';
import { dispatch, onInterrupt } from '../cli/dispatch';

/** The manifest is next to the command. A release sets its version after the bundling. */
function readVersion(): string {
  const text = readFileSync(path.join(__dirname, 'package.json'), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}

void dispatch(process.argv.slice(2), {
  command: 'npx s3-dated-archiver',
  directory: process.cwd(),
  version: readVersion(),
  assets: path.join(__dirname, 'functions'),
  stdout: process.stdout,
  stderr: process.stderr,
  clock: systemClock,
  cores: os.availableParallelism(),
  createClient,
  onInterrupt,
}).then((status) => {
  process.exitCode = status;
});
