import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

const ROOT = join(__dirname, '../../..');

function run(...args: string[]): ChildProcess {
  return spawn(process.execPath, ['--import', 'tsx', 'sandbox/s3/cli.ts', ...args], { cwd: ROOT });
}

async function firstOutput(child: ChildProcess): Promise<string> {
  const [chunk] = await once(child.stdout!, 'data') as [Buffer];
  return chunk.toString();
}

test.each(['SIGTERM', 'SIGINT'] as const)('prints its endpoint, serves, and stops on %s', async (signal) => {
  const child = run('--port', '0', '--latency', '1', '--writes-per-second', '100', '--faults', '{"seed":1,"rules":[{"kind":"SlowDown","probability":1}]}');
  const output = await firstOutput(child);
  expect(output).toMatch(/^http:\/\/127\.0\.0\.1:\d+\n$/);
  expect((await fetch(output.trim())).status).toBe(503);
  child.kill(signal);
  expect(await once(child, 'exit')).toEqual([0, null]);
});

test.each([
  [['--verbose'], "Unknown option '--verbose'"],
  [['--port', 'x'], "--port is 'x', but must be a whole number up to 65535"],
  [['--faults', '{'], "--faults is '{', which is not JSON"],
  [['--faults', '{}'], "--faults is '{}', but must have a number 'seed' and a list 'rules'"],
])('%j is wrong usage', async (args, message) => {
  const child = run(...args);
  let errors = '';
  child.stderr!.on('data', (chunk: Buffer) => { errors += chunk.toString(); });
  expect(await once(child, 'close')).toEqual([2, null]);
  expect(errors).toContain(message);
  expect(errors).toContain('usage: npm run --silent sandbox:s3');
});
