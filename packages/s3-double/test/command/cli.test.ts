import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { bundleCommand } from '../../../../test/helpers/bundle-command';

const ROOT = join(__dirname, '../../../..');
/** npm runs the command's TypeScript below. */
let s3: string;
beforeAll(() => {
  s3 = bundleCommand('packages/s3-double/src/cli.ts');
});

let children: ChildProcess[] = [];

afterEach(() => {
  for (const { pid } of children) {
    endGroup(pid!);
  }
  children = [];
});

/**
 * Starts the command in its own process group, so that none of its processes remain, even if a test
 * fails.
 */
function begin(command: string, ...args: string[]): ChildProcess {
  const child = spawn(command, args, { cwd: ROOT, detached: true });
  children.push(child);
  return child;
}

function endGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') {
      throw error;
    }
  }
}

function run(...args: string[]): ChildProcess {
  return begin(process.execPath, s3, ...args);
}

async function firstOutput(child: ChildProcess): Promise<string> {
  const [chunk] = (await once(child.stdout!, 'data')) as [Buffer];
  return chunk.toString();
}

test.each(['SIGTERM', 'SIGINT'] as const)(
  'prints its endpoint, serves, and stops on %s',
  async (signal) => {
    const child = run(
      '--port',
      '0',
      '--latency',
      '1',
      '--writes-per-second',
      '100',
      '--faults',
      '{"seed":1,"rules":[{"kind":"SlowDown","probability":1}]}',
    );
    const output = await firstOutput(child);
    expect(output).toMatch(/^http:\/\/127\.0\.0\.1:\d+\n$/);
    expect((await fetch(output.trim())).status).toBe(503);
    child.kill(signal);
    expect(await once(child, 'exit')).toEqual([0, null]);
  },
);

test.each([
  ['--help', /^usage: npm run --silent sandbox:s3 -- [^]*--faults SPEC  [^]*LateOperation/],
  ['--version', /^0\.0\.0\n$/],
])('%s', async (flag, text) => {
  const child = run(flag);
  expect(await firstOutput(child)).toMatch(text);
  expect(await once(child, 'exit')).toEqual([0, null]);
});

test.each([
  [['--verbose'], "Unknown option '--verbose'"],
  [['--port', 'x'], "--port is 'x', but must be a whole number up to 65535"],
  [['--faults', '{'], "--faults is '{', which is not JSON"],
  [['--faults', '{}'], "--faults is '{}', but must have a number 'seed' and a list 'rules'"],
  [
    withRule({ kind: 'Slowdown', probability: 1 }),
    "--faults has the kind 'Slowdown', but must have one of SlowDown, InternalError, " +
      'ErrorIn200, KeySlowDown',
  ],
  [withRule(null), "--faults has the kind 'undefined'"],
  [
    withRule({ kind: 'SlowDown' }),
    "--faults has the probability 'undefined', but must have a number from 0 to 1",
  ],
  [withRule({ kind: 'SlowDown', probability: 5 }), "--faults has the probability '5'"],
  [
    withRule({ kind: 'CutXml', probability: 1, executed: 'no' }),
    '--faults has \'executed\' "no", but must have true or false',
  ],
  [
    withRule({ kind: 'SlowDown', probability: 1, operations: ['CopyObjects'] }),
    "--faults has the operation 'CopyObjects', but must have one of ListBuckets",
  ],
])(
  '%j is wrong usage',
  async (args, message) => {
    const errors = await errorsOf(run(...args));
    expect(errors).toContain(message);
    expect(errors).toContain('usage: npm run --silent sandbox:s3');
  },
  10_000,
);

test('a port in use is told in a sentence', async () => {
  const holder = createServer().listen(0, '127.0.0.1');
  await once(holder, 'listening');
  const { port } = holder.address() as AddressInfo;
  expect(await errorsOf(run('--port', String(port)))).toBe(
    `--port is '${port}', which is in use\n`,
  );
  holder.close();
});

test.each(['SIGTERM', 'SIGINT'] as const)(
  '%s to npm stops the server, too',
  async (signal) => {
    const npm = begin('npm', 'run', '--silent', 'sandbox:s3', '--', '--port', '0');
    const endpoint = (await firstOutput(npm)).trim();
    expect((await fetch(endpoint)).status).toBe(200);
    npm.kill(signal);
    const until = Date.now() + 2_000;
    while (await isOpen(endpoint)) {
      if (Date.now() > until) {
        throw new Error(`${endpoint} still answers`);
      }
      await sleep(50);
    }
  },
  30_000,
);

function withRule(rule: object | null): string[] {
  return ['--faults', JSON.stringify({ seed: 1, rules: [rule] })];
}

async function errorsOf(child: ChildProcess): Promise<string> {
  let errors = '';
  child.stderr!.on('data', (chunk: Buffer) => {
    errors += chunk.toString();
  });
  expect(await once(child, 'close')).toEqual([2, null]);
  return errors;
}

function isOpen(url: string): Promise<boolean> {
  return fetch(url).then(
    () => true,
    () => false,
  );
}
