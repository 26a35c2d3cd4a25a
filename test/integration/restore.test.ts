/** Takes runs back with the synthesized definition and the built bundles. */
import { DescribeExecutionCommand, type DescribeExecutionOutput, SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import type { Fault, S3Call } from '../../packages/s3-double/src';
import { ArchiveLayout } from '../../src';
import { expectSchema } from '../helpers/report-schema';
import { type Rehearsal, type RehearsalOptions, rehearse } from '../helpers/run-in-sandbox';

/** Seconds. In truth it is the timeout of a batch and a minute. */
const WAIT = 1;
const DAY = { date: '2026-11-24' };
const KEYS = ['incoming/a-2026-11-24.csv', 'incoming/eu/b-2026-11-24.csv', 'incoming/c-2026-11-24.csv'];

const open: Rehearsal[] = [];
afterEach(async () => {
  const lines = open.flatMap((rehearsal) => rehearsal.ledger());
  for (const rehearsal of open.splice(0)) { await rehearsal.close(); }
  expectSchema(lines);
});

async function archiver(props: Parameters<typeof rehearse>[0] = {}, options: RehearsalOptions = {}): Promise<Rehearsal> {
  const rehearsal = await rehearse({ allowRestore: true, ...props }, { planEnvironment: { RESTORE_WAIT_SECONDS: String(WAIT) }, ...options });
  open.push(rehearsal);
  KEYS.forEach((key) => rehearsal.put(key));
  return rehearsal;
}

const lockOf = ({ sandbox }: Rehearsal) => {
  const found = sandbox.s3!.store.get(sandbox.reportBucket, 'runs/restore-lock.json');
  return found && JSON.parse(found.body.bytes().toString()) as { state: string; holder: { runId: string } };
};

test('what a run archived is taken back, and the next run archives it again', async () => {
  const it = await archiver();
  await it.sandbox.run({ input: DAY, name: 'nightly' });
  expect(it.source()).toEqual([]);
  expect(lockOf(it)).toBeUndefined();

  const { status, counts } = await it.sandbox.run({ input: { action: 'restore', run: 'nightly' }, name: 'undo' });
  expect({ status, counts }).toEqual({ status: 'SUCCEEDED', counts: { listed: 3, restored: 3, skipped: 0, conflicting: 0, failed: 0 } });
  expect(it.source()).toEqual([...KEYS].sort());
  expect(it.archive()).toEqual({});
  expect(it.ledger().map((line) => `${line.status} ${line.key}`).sort()).toEqual(['archived', 'restored'].flatMap((found) => [...KEYS].sort().map((key) => `${found} ${key}`)));
  expect(lockOf(it)).toMatchObject({ state: 'released', holder: { runId: 'undo' } });

  expect(await it.sandbox.run({ input: DAY })).toMatchObject({ status: 'SUCCEEDED', counts: { archived: 3 } });
  expect(it.source()).toEqual([]);
});

test('days and keys select what is taken back', async () => {
  const it = await archiver();
  await it.sandbox.run({ input: DAY });
  const { counts } = await it.sandbox.run({ input: { action: 'restore', ...DAY, keys: ['incoming/eu/**'] } });
  expect(counts).toEqual({ listed: 3, restored: 1, skipped: 2, conflicting: 0, failed: 0 });
  expect(it.source()).toEqual(['incoming/eu/b-2026-11-24.csv']);
});

test('of two objects that are flattened to one name, one that vanished does not get the content of the other', async () => {
  const [kept, vanished] = ['incoming/a/n-2026-11-24.csv', 'incoming/b/n-2026-11-24.csv'];
  const before = ({ copySource }: S3Call) => {
    if (copySource?.key === kept) { it.sandbox.s3!.store.delete(it.sandbox.sourceBucket, vanished); }
    return undefined;
  };
  const it = await archiver({ layout: ArchiveLayout.daily({ flatten: true }), batchSize: 1, maxConcurrency: 1 }, { s3: { hooks: { before } } });
  KEYS.forEach((key) => it.sandbox.s3!.store.delete(it.sandbox.sourceBucket, key));
  // Their copies have other ETags, as with KMS.
  for (const key of [kept, vanished]) { it.sandbox.s3!.store.put(it.sandbox.sourceBucket, key, `${key}, of the same length`, { partSize: 5 }); }
  expect(await it.sandbox.run({ input: DAY, name: 'nightly' })).toMatchObject({ counts: { listed: 2, archived: 1, skipped: 1 } });
  expect(await it.sandbox.run({ input: { action: 'restore', run: 'nightly' } })).toMatchObject({ counts: { listed: 1, restored: 1 } });
  expect(it.source()).toEqual([kept]);
});

test('a dry run takes no lock and changes nothing', async () => {
  const it = await archiver();
  await it.sandbox.run({ input: DAY, name: 'nightly' });
  const { status, counts } = await it.sandbox.run({ input: { action: 'restore', run: 'nightly', dryRun: true } });
  expect({ status, counts }).toMatchObject({ status: 'SUCCEEDED', counts: { restored: 3 } });
  expect(it.source()).toEqual([]);
  expect(lockOf(it)).toBeUndefined();
});

test('a restore that does not restore everything sends one message, with the command that comes next', async () => {
  const it = await archiver({ toleratedFailurePercentage: 0 });
  await it.sandbox.run({ input: DAY, name: 'nightly' });
  it.put(KEYS[0], 'theirs');
  const { status, alerts } = await it.sandbox.run({ input: { action: 'restore', run: 'nightly' }, name: 'undo' });
  expect(status).toBe('SUCCEEDED');
  expect(alerts).toHaveLength(1);
  expect(alerts[0].message).toContain('OLD_KEY_TAKEN');
  expect(alerts[0].message).toContain('--input \'{"action":"restore","run":"nightly"}\'');
});

test('only where restores are allowed, a run looks for a lock: otherwise it sends the same requests but for these', async () => {
  async function requestsOf(allowRestore: boolean, planEnvironment?: Record<string, string>) {
    const looks: string[] = [];
    const before = ({ operation, key }: S3Call) => {
      if (key?.includes('lock')) { looks.push(operation); }
      return undefined;
    };
    const it = await archiver({ allowRestore }, { s3: { hooks: { before } }, ...planEnvironment && { planEnvironment } });
    const { status, requests } = await it.sandbox.run({ input: DAY, name: 'nightly' });
    expect({ status, lock: lockOf(it) }).toEqual({ status: 'SUCCEEDED', lock: undefined });
    return { looks, requests };
  }
  const without = await requestsOf(false, {});
  const allowed = await requestsOf(true);
  expect(without.looks).toEqual([]);
  expect(new Set(allowed.looks)).toEqual(new Set(['GetObject']));
  // Before the first restore there is no lock. S3 says 403 then, as of any key that is missing, and a listing says which it is.
  const looks = allowed.looks.length;
  expect(allowed.requests).toEqual({
    ...without.requests, GetObject: (without.requests.GetObject ?? 0) + looks, ListObjectsV2: without.requests.ListObjectsV2! + looks,
  });
});

test('without allowRestore, a restore is refused before it does anything', async () => {
  const it = await archiver({ allowRestore: false }, { planEnvironment: {} });
  await it.sandbox.run({ input: DAY, name: 'nightly' });
  const { status, alerts } = await it.sandbox.run({ input: { action: 'restore', run: 'nightly' } });
  expect(status).toBe('FAILED');
  expect(alerts[0].message).toContain('deployed without allowRestore');
});

test('the lock of a restore that failed is given back, and its message says how to go on', async () => {
  const it = await archiver();
  await it.sandbox.run({ input: DAY, name: 'nightly' });
  it.sandbox.s3!.store.deny({ operations: ['CopyObject', 'HeadObject', 'ListObjectsV2'], keyPrefix: 'incoming/' });
  it.sandbox.s3!.store.deny({ operations: ['GetObject'], keyPrefix: 'runs/ledger/' });
  const { status, alerts } = await it.sandbox.run({ input: { action: 'restore', run: 'nightly' }, name: 'undo' });
  expect(status).toBe('FAILED');
  expect(lockOf(it)).toMatchObject({ state: 'released' });
  expect(alerts[0].message).toContain('Then start a new run:');
  expect(alerts[0].message).toContain('--input \'{"action":"restore","run":"nightly"}\'');
});

/** Starts a run, and returns how it ended, while other runs go on. */
async function start({ sandbox }: Rehearsal, input: object): Promise<DescribeExecutionOutput> {
  const sfn = new SFNClient({ endpoint: sandbox.awsEndpoint, region: 'us-east-1', credentials: { accessKeyId: 'somebody', secretAccessKey: 'x' } });
  try {
    const { executionArn } = await sfn.send(new StartExecutionCommand({ stateMachineArn: sandbox.stateMachineArn, input: JSON.stringify(input) }));
    for (;;) {
      const described = await sfn.send(new DescribeExecutionCommand({ executionArn }));
      if (described.status !== 'RUNNING') { return described; }
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  } finally {
    sfn.destroy();
  }
}

/** Holds the first copy back until it is released. */
function holdCopies(): { hooks: { before: (call: S3Call) => Fault | undefined | Promise<undefined> }; held: Promise<void>; release: () => void } {
  let release!: () => void;
  let reached!: () => void;
  const released = new Promise<void>((resolve) => { release = resolve; });
  const held = new Promise<void>((resolve) => { reached = resolve; });
  const before = ({ operation }: S3Call) => {
    if (operation !== 'CopyObject') { return undefined; }
    reached();
    return released.then(() => undefined);
  };
  return { hooks: { before }, held, release };
}

test('a restore is refused while a run archives, and learns which one, since when, until when, and what to type', async () => {
  const { hooks, held, release } = holdCopies();
  const it = await archiver({}, { s3: { hooks } });
  const nightly = it.sandbox.run({ input: DAY, name: 'nightly' });
  await held;
  const { error, cause } = await start(it, { action: 'restore', ...DAY }).finally(release);
  expect(error).toBe('RestoreRefused');
  expect(cause).toMatch(/the run nightly is in the way since \S+Z, and until \S+Z at the latest/);
  expect((JSON.parse(cause!) as { errorMessage: string }).errorMessage).toContain('--input \'{"action":"restore","date":"2026-11-24"}\'');
  expect(await nightly).toMatchObject({ status: 'SUCCEEDED', counts: { archived: 3 } });
  expect(lockOf(it)).toBeUndefined();
});

test('a run that archives waits for a restore, and both do all of their work', async () => {
  const copies = holdCopies();
  let holds = false;
  let isHeld = false;
  const before = (call: S3Call) => {
    // The run that archives looks at the lock: the restore goes on only now.
    if (isHeld && call.operation === 'GetObject' && call.key === 'runs/restore-lock.json') { copies.release(); }
    return holds ? copies.hooks.before(call) : undefined;
  };
  const it = await archiver({}, { s3: { hooks: { before } } });
  await it.sandbox.run({ input: DAY, name: 'first' });
  holds = true;
  const undo = it.sandbox.run({ input: { action: 'restore', run: 'first' }, name: 'undo' });
  await copies.held;
  isHeld = true;
  it.put('incoming/d-2026-11-24.csv');
  const second = it.sandbox.run({ input: DAY, name: 'second' });
  expect(await undo).toMatchObject({ status: 'SUCCEEDED', counts: { restored: 3 } });
  expect(await second).toMatchObject({ status: 'SUCCEEDED', counts: { archived: 4 } });
  expect(it.source()).toEqual([]);
});

test('rounds of a run that archives are refused while a restore holds the lock, and a redrive after it archives everything', async () => {
  let kept: Rehearsal;
  const holder = { executionArn: 'arn:undo', runId: 'undo', startTime: '2026-11-25T01:00:00Z', latestEnd: '2026-11-26T01:00:00Z' };
  const writeLock = (state: string, waitSeconds: number) => kept.sandbox.s3!.store.put(
    kept.sandbox.reportBucket, 'runs/restore-lock.json', JSON.stringify({ v: 1, state, holder, waitSeconds }),
  );
  // As if the restore had not seen the run: the lock appears between PlanRun and the first round.
  const before = ({ operation, bucket }: S3Call) => {
    if (operation === 'ListObjectsV2' && bucket === kept.sandbox.sourceBucket) { writeLock('held', 1_000); }
    return undefined;
  };
  kept = await archiver({}, { s3: { hooks: { before } } });
  const { status, alerts } = await kept.sandbox.run({ input: DAY, name: 'nightly' });
  expect(status).toBe('FAILED');
  expect(kept.source()).toEqual([...KEYS].sort());
  expect(alerts).toHaveLength(1);
  expect(alerts[0].message).toMatch(/Layer: lock\nCause: RestoreInProgress: the restore undo is in the way since 2026-11-25T01:00:00Z, and until 2026-11-26T01:00:00Z at the latest/);
  expect(alerts[0].message).toContain('aws stepfunctions redrive-execution');
});
