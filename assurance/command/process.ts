/** The command as a process, with settings that no flag has, and without STS. */
import * as path from 'node:path';
import { createClient } from '../../packages/command/src/cli/client';
import { onInterrupt } from '../../packages/command/src/cli/dispatch';
import { runMain } from '../../packages/command/src/cli/run-main';
import type { RunAction } from '../../packages/command/src/settings/flags';
import { systemClock } from '../../src/lambda/s3/retry';

const [action, ...argv] = process.argv.slice(2);

void runMain(action as RunAction, argv, {
  command: 'npx s3-dated-archiver',
  directory: __dirname,
  version: '0.0.0',
  assets: path.join(__dirname, 'functions'),
  stdout: process.stdout,
  stderr: process.stderr,
  clock: systemClock,
  cores: 2,
  createClient,
  readAccount: () => Promise.resolve('123456789012'),
  variables: JSON.parse(process.env.VARIABLES!) as Record<string, string>,
  onInterrupt,
}).then((status) => {
  process.exitCode = status;
});
