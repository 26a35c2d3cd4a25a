/** Runs that are killed, stopped or without credentials: nothing is lost, the next one finishes. */
import type { S3Client } from '@aws-sdk/client-s3';
import type { Fault, S3Call, S3Double } from 'cdk-s3-dated-archiver-s3-double';
import { createClient } from '../../src/cli/client';
import { type Command, DAYS, openCommand, OWNER, type Ran, runWith } from '../helpers/run-command';
import { spawnCommand } from '../helpers/spawn-command';

const OBJECTS = 60;
const CONTENTS = Array.from({ length: OBJECTS }, (_, n) => `content ${n}`);

/** Called before each request; may kill or stop. */
type Answer = Fault | undefined | Promise<undefined>;
let onRequest: (call: S3Call) => Answer | void = () => undefined;

let command: Command;
beforeEach(async () => {
  onRequest = () => undefined;
  command = await openCommand({ hooks: { before: (call) => onRequest(call) ?? undefined } });
  CONTENTS.forEach((content, n) =>
    command.s3.store.put('source', `incoming/a-2026-11-24-${n}.csv`, content),
  );
});
afterEach(() => command.close());

function read({ store }: S3Double, prefix: string): string[] {
  return store
    .keys('source', prefix)
    .map((key) => store.get('source', key)!.body.bytes().toString())
    .sort();
}

const sources = () => read(command.s3, 'incoming/');
const archived = () => read(command.s3, 'archive/');
const unique = (texts: readonly string[]) => [...new Set(texts)].sort();

/** Each object is at its source or in the archive, and what left its source is in a ledger. */
function expectNothingLost(): void {
  expect(unique([...sources(), ...archived()])).toEqual([...CONTENTS].sort());
  const { store } = command.s3;
  const lines = new Set(command.ledger().map(({ key }) => key));
  for (let n = 0; n < OBJECTS; n++) {
    const key = `incoming/a-2026-11-24-${n}.csv`;
    expect([key, store.get('source', key) !== undefined || lines.has(key)]).toEqual([key, true]);
  }
}

async function confirmed(): Promise<string[]> {
  const { summary } = await command.run('archive', [...DAYS, '--dry-run']);
  return [
    'archive',
    's3://source/incoming/',
    's3://source/archive/',
    ...['--reports', 's3://reports/runs/', ...DAYS],
    ...['--endpoint', command.s3.endpoint, '--path-style'],
    ...['--expected-owner', OWNER, '--batch-size', '20', '--confirm', summary!.id],
  ];
}

test.each([1, 3, 8, 20, 45, 66, 72, 80])(
  'the process group is killed at request %d, and the same command again archives the rest',
  async (n) => {
    const argv = await confirmed();
    const spawned = spawnCommand(argv);
    let count = 0;
    onRequest = () => {
      count += 1;
      if (count === n) {
        spawned.killGroup();
      }
    };
    const { status } = await spawned.ended;
    expect(status).toBeNull();
    expectNothingLost();

    onRequest = () => undefined;
    const again = await runWith('archive', [...argv.slice(1), '--json']);
    expect(again.summary?.outcome).toBe('CLEAN');
    expect(sources()).toEqual([]);
    expect(archived()).toEqual([...CONTENTS].sort());
    expectNothingLost();
  },
);

test.each(['SIGINT', 'SIGTERM'] as const)(
  '%s ends the batches that have begun, and no other one begins',
  async (signal) => {
    const spawned = spawnCommand([...(await confirmed()), '--max-concurrency', '1']);
    let isSent = false;
    onRequest = ({ operation }) => {
      if (operation === 'CopyObject' && !isSent) {
        isSent = true;
        // As a terminal does, to the function processes, too.
        process.kill(-spawned.process.pid!, signal);
      }
    };
    const { status, output } = await spawned.ended;
    expect(output).toContain('Stopping');
    expect(output).toContain('It was stopped, and finished the batches that it had begun');
    expect(status).toBe(1);
    // One batch of three.
    expect(archived()).toHaveLength(20);
    expect(sources()).toHaveLength(40);
    expectNothingLost();
  },
);

describe('credentials', () => {
  const expiring = (expirations: readonly number[]) => {
    let asked = 0;
    return (config: object): S3Client =>
      createClient({
        region: 'us-east-1',
        credentials: () => {
          const minutes = expirations[Math.min(asked++, expirations.length - 1)]!;
          return Promise.resolve({
            accessKeyId: 'key',
            secretAccessKey: 'secret',
            sessionToken: 'token',
            expiration: new Date(Date.now() + minutes * 60_000),
          });
        },
        ...config,
      });
  };

  test('that are about to expire end the run before a batch', async () => {
    const argv = (await confirmed()).slice(1);
    const { status, stderr } = await runWith('archive', argv, { createClient: expiring([2]) });
    expect(status).toBe(1);
    expect(stderr).toContain('could not be renewed');
    expect(stderr).toContain('No object is lost');
    expect(sources()).toHaveLength(OBJECTS);
    expect(archived()).toEqual([]);
  });

  test('that are renewed are used', async () => {
    const argv = (await confirmed()).slice(1);
    const { status } = await runWith('archive', argv, { createClient: expiring([2, 60]) });
    expect(status).toBe(0);
    expect(archived()).toHaveLength(OBJECTS);
  });

  test('that S3 takes for expired end the run once, and not each object', async () => {
    const argv = (await confirmed()).slice(1);
    let copies = 0;
    onRequest = ({ operation }) => {
      copies += operation === 'CopyObject' ? 1 : 0;
      return operation === 'CopyObject' && copies > 5 ? { kind: 'ExpiredToken' } : undefined;
    };
    const { status, stderr } = await runWith('archive', argv);
    expect(stderr).toContain('The credentials expired');
    expect(status).toBe(1);
    expect(archived()).toHaveLength(5);
    expect(stderr.match(/expired/g)!.length).toBeLessThan(5);
    expectNothingLost();
  });
});

test('two at once archive all, and each ledger balances', async () => {
  const [one, other] = [await confirmed(), await confirmed()];
  const runs = await Promise.all(
    [one, other].map((argv) => runWith('archive', [...argv.slice(1), '--json'])),
  );
  expect(runs.map(({ summary }) => summary?.status)).toEqual(['SUCCEEDED', 'SUCCEEDED']);
  expect(sources()).toEqual([]);
  expect(archived()).toEqual([...CONTENTS].sort());
  expectNothingLost();
});

test('a verification beside a running command says that it has not ended', async () => {
  let verified: Promise<Ran> | undefined;
  onRequest = async ({ operation }) => {
    if (operation === 'CopyObject') {
      verified ??= command.run('verify');
      await verified;
    }
    return undefined;
  };
  const { summary } = await runWith('archive', [...(await confirmed()).slice(1), '--json']);
  expect((await verified!).stderr).toContain(`run ${summary!.id} has not ended`);
  expect(summary!.outcome).toBe('CLEAN');
});
