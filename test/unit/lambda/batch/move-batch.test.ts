import { S3Client } from '@aws-sdk/client-s3';
import type { BatchEvent, Progress } from '../../../../src/contract/payloads/batch-payloads';
import type { BatchDigest, LedgerLine } from '../../../../src/contract/payloads/ledger-line';
import type { ListedObject } from '../../../../src/contract/payloads/listing';
import { ReasonCode } from '../../../../src/contract/payloads/reason-codes';
import type { Run } from '../../../../src/contract/payloads/run';
import { moveBatch } from '../../../../src/lambda/batch/batch-round';
import type { BatchWorker } from '../../../../src/lambda/batch/batch-worker';
import { MAX_DIGEST_LENGTH } from '../../../../src/lambda/batch/outcome-recorder';
import { readLines, tallyLedger } from '../../../../src/lambda/ledger/read-ledger';
import { Tally } from '../../../../src/lambda/ledger/tally';
import { initialProgress } from '../../../../src/lambda/plan-run/plan-run';
import type { Environment } from '../../../../src/lambda/runtime/environment';
import { systemClock } from '../../../../src/lambda/s3/retry';
import { listSource, testRun, testWorker } from '../../../helpers/batch-fixtures';
import { type Harness, inThisRealm, startHarness } from '../../../helpers/harness';
import { holdWrite } from '../../../helpers/held-writes';
import { expectSchema } from '../../../helpers/report-schema';

let harness: Harness;
let problems: LedgerLine[];
beforeEach(async () => {
  harness = await startHarness({ minPartBytes: 1 });
  harness.store.createBucket('reports');
  problems = [];
});
afterEach(() => harness.close());
// The ledgers of all tests here: conflicts, failures, dry runs, copies in parts, versions, several rounds and attempts.
afterEach(() => expectSchema(ledger()));

const run = testRun({ id: 'run-1', startTime: new Date().toISOString() });

function workerWith(environment: Environment = {}, forRun = run): BatchWorker {
  return testWorker({ s3: harness.s3, run: forRun, environment, onProblem: (line) => problems.push(line) });
}

const listed = () => listSource(harness);

function batch(items: ListedObject[], more: { run?: Run; progress?: Progress } = {}): BatchEvent {
  return { BatchInput: { run: more.run ?? run, progress: more.progress ?? initialProgress() }, Items: items };
}

/** A client that gets no answer to a delete. */
function withLostDeletes(s3: S3Client): S3Client {
  const send = async (command: { constructor: { name: string } }, options: never) => {
    const answer = await s3.send(command as never, options);
    if (command.constructor.name.startsWith('DeleteObject')) { throw new Error('dead'); }
    return answer;
  };
  return Object.create(s3, { send: { value: send } }) as S3Client;
}

function ledger(): LedgerLine[] {
  return harness.store.keys('reports', 'runs/').flatMap((key) => harness.read('reports', key)!.split('\n').filter(Boolean).map((line) => JSON.parse(line) as LedgerLine));
}

function put(count: number): void {
  for (let i = 0; i < count; i++) { harness.put(`in/d${String(i).padStart(4, '0')}-2026-11-24.csv`); }
}

test('a batch moves what is selected and leaves the rest', async () => {
  ['in/a-2026-11-24.csv', 'in/eu/b-2026-11-24.csv', 'in/c-2026-11-23.csv', 'in/d-2026-11-241.csv', 'in/no-date', 'in/folder/'].forEach((key) => harness.put(key));
  const progress = await moveBatch(workerWith(), batch(listed()), 60_000);
  expect(progress).toMatchObject({
    cursor: 6, finished: true, rounds: 1, counts: { listed: 6, archived: 2, skipped: 4, conflicting: 0, failed: 0 }, stragglers: { count: 1, oldest: '2026-11-23' }, problems: [], upload: null,
  });
  expect(progress.bytes).toBe('content of in/a-2026-11-24.csv'.length + 'content of in/eu/b-2026-11-24.csv'.length);
  expect(harness.store.keys('archive')).toEqual(['archive/2026/11/24/a-2026-11-24.csv', 'archive/2026/11/24/eu/b-2026-11-24.csv']);
  expect(harness.store.keys('source')).toEqual(['in/c-2026-11-23.csv', 'in/d-2026-11-241.csv', 'in/folder/', 'in/no-date']);
});

test('the ledger has a line for each object that was not skipped', async () => {
  const etag = harness.put('in/a-2026-11-24.csv', 'mine');
  harness.put('in/b-2026-11-24.csv', 'mine');
  harness.put('in/c');
  harness.store.put('archive', 'archive/2026/11/24/b-2026-11-24.csv', 'theirs');
  const { bytes } = await moveBatch(workerWith(), batch(listed()), 60_000);
  expect(bytes).toBe('mine'.length);
  expect(ledger()).toEqual([
    {
      v: 2,
      key: 'in/a-2026-11-24.csv',
      destination: 'archive/2026/11/24/a-2026-11-24.csv',
      status: 'archived',
      etag,
      size: 4,
      day: '2026-11-24',
      at: expect.any(Number),
      ms: expect.any(Number),
      modified: expect.any(Number),
      archivedEtag: etag,
      checksumAlgorithm: 'CRC64NVME',
      checksum: expect.any(String),
      checksumType: 'FULL_OBJECT',
    },
    expect.objectContaining({ key: 'in/b-2026-11-24.csv', status: 'conflicting', code: 'DESTINATION_EXISTS', size: 4 }),
  ]);
  expect(problems).toEqual([expect.objectContaining({ key: 'in/b-2026-11-24.csv' })]);
});

test('in buckets with versioning, the ledger knows the versions at both ends and the delete markers, for one more request', async () => {
  for (const bucket of ['source', 'archive']) { harness.store.createBucket(bucket, { versioning: 'Enabled' }); }
  put(10);
  const sources = new Map(harness.store.keys('source').map((key) => [key, harness.store.get('source', key)!.versionId]));
  await moveBatch(workerWith(), batch(listed()), 60_000);
  expect(harness.requests).toEqual({ CopyObject: 10, DeleteObjects: 1, PutObject: 2 });
  const lines = ledger();
  expect(lines).toHaveLength(10);
  for (const line of lines) {
    expect(line).toMatchObject({
      sourceVersionId: sources.get(line.key),
      archivedVersionId: harness.store.get('archive', line.destination)!.versionId,
      deleteMarkerVersionId: harness.store.bucket('source').head(line.key)!.versionId,
    });
  }
});

describe('the digest of a batch', () => {
  /** Returns what a reader of all parts would find out. */
  async function readDigest() {
    const parts = harness.store.keys('reports', run.ledgerPrefix);
    const tally = new Tally();
    for (const line of (await readLines(harness.s3, 'reports', parts)).values()) { tally.add(line); }
    return tally.toDigest(parts.map((key) => ({
      name: key.slice(run.ledgerPrefix.length),
      etag: `"${harness.store.get('reports', key)!.etag}"`,
      lines: harness.read('reports', key)!.split('\n').filter(Boolean).length,
    })));
  }

  beforeEach(() => {
    put(100);
    harness.put('in/skipped');
    harness.store.put('archive', 'archive/2026/11/24/d0003-2026-11-24.csv', 'theirs');
  });

  test('says what its ledger says', async () => {
    const { digest } = await moveBatch(workerWith(), batch(listed()), 60_000);
    expect(digest).toEqual(await readDigest());
    expect(digest).toMatchObject({ parts: [{ lines: 100 }], reasons: [{ status: 'conflicting', code: 'DESTINATION_EXISTS', count: 1 }] });
  });

  test('says what its ledger says after several rounds, each of which wrote a part', async () => {
    const items = listed();
    // A copy hangs until the first round ends, and others behind it succeed.
    harness.before = ({ operation, key }) => (operation === 'CopyObject' && key!.includes('d0050') ? { kind: 'Latency', ms: 12_000 } : undefined);
    let progress = await moveBatch(workerWith(), batch(items), 5_000);
    harness.before = undefined;
    expect(progress).toMatchObject({ finished: false, cursor: 50 });
    progress = await moveBatch(workerWith(), batch(items, { progress }), 60_000);
    expect(progress).toMatchObject({ finished: true, rounds: 2, counts: { listed: 101, archived: 99, skipped: 1, conflicting: 1 } });
    const { parts, ...digest } = await readDigest();
    expect(parts.length).toBeGreaterThan(1);
    expect(progress.digest).toEqual({ ...digest, parts: expect.arrayContaining(parts) });
    expect(progress.digest!.parts).toHaveLength(parts.length);
  });

  test('is left out if another attempt at the batch wrote to its ledger', async () => {
    const items = listed();
    await moveBatch(workerWith(), batch(items), 60_000);
    const again = await moveBatch(workerWith(), batch(items), 60_000);
    expect(again).toMatchObject({ finished: true, digest: null });
  });

  test('is left out in a dry run, whose destinations ReportRun compares', async () => {
    const dry = { ...run, dryRun: true };
    expect(await moveBatch(workerWith({}, dry), batch(listed(), { run: dry }), 60_000)).toMatchObject({ finished: true, digest: null });
  });

  test.each<[string, (digest: BatchDigest) => Partial<BatchDigest>]>([
    ['too many parts', ({ parts: [part] }) => ({ parts: Array.from({ length: 41 }, (_, i) => ({ ...part, name: `${i}` })) })],
    ['too long a text', () => ({ classes: { ['X'.repeat(9_000)]: [1, 1] } })],
  ])('is left out if it would have %s for a state', async (_, change) => {
    const items = listed();
    const { digest } = await moveBatch(workerWith(), batch(items), 60_000);
    const progress = { ...initialProgress(), cursor: 101, digest: { ...digest!, ...change(digest!) } };
    expect(await moveBatch(workerWith(), batch(items, { progress }), 60_000)).toMatchObject({ finished: true, digest: null });
  });

  test('of a batch with every reason, every storage class and a long run fits', async () => {
    const tally = new Tally();
    for (let i = 0; i < 1_000; i++) {
      tally.add({
        v: 2,
        key: `k${i}`,
        destination: 'x',
        etag: '"e"',
        size: 2 ** (i % 50),
        day: '2026-11-24',
        at: i * 86_000,
        ms: 60_000_000 + i,
        ...i % 2 ? { status: 'archived', storageClass: `CLASS_${i % 12}` } : { status: 'failed', code: Object.keys(ReasonCode)[i % Object.keys(ReasonCode).length] },
      });
    }
    const parts = Array.from({ length: 10 }, (_, i) => ({ name: `0123456789abcdef-00${i}000_00${i}999.jsonl`, etag: `"${'0'.repeat(32)}"`, lines: 100 }));
    expect(JSON.stringify(tally.toDigest(parts)).length).toBeLessThan(MAX_DIGEST_LENGTH);
  });

  test('stays left out in later rounds', async () => {
    const progress = { ...initialProgress(), digest: null };
    expect(await moveBatch(workerWith(), batch(listed(), { progress }), 60_000)).toMatchObject({ finished: true, digest: null });
  });
});

test('a thousand objects cost a copy each, one delete and one ledger part', async () => {
  put(1_000);
  // However slow this machine is, the deletes count as prompt, so that the batch does not look at its ledger again.
  await moveBatch({ ...workerWith(), promptDeletes: 60_000 }, batch(listed()), 60_000);
  expect(harness.requests).toEqual({ CopyObject: 1_000, DeleteObjects: 1, PutObject: 1 });
});

test('the same batch again, as after a lost answer, is a success and writes over its own part', async () => {
  put(5);
  const items = listed();
  const first = await moveBatch(workerWith(), batch(items), 60_000);
  const parts = harness.store.keys('reports');
  // ReportRun reads the ledger of a batch that another attempt wrote, too.
  expect(await moveBatch(workerWith(), batch(items), 60_000)).toEqual({ ...first, digest: null });
  expect(harness.store.keys('reports')).toEqual(parts);
  expect(ledger()).toHaveLength(5);
});

describe('the ledger is written ahead', () => {
  /** Collects what the ledger says of each key at the time of its delete. */
  function watchDeletes(): string[] {
    const unrecorded: string[] = [];
    harness.before = ({ operation, keys = [] }) => {
      if (operation !== 'DeleteObjects') { return; }
      const archived = new Set(ledger().filter(({ status }) => status === 'archived').map(({ key }) => key));
      unrecorded.push(...keys.filter((key) => !archived.has(key)));
    };
    return unrecorded;
  }

  test('a line comes before its delete', async () => {
    put(1_200);
    const unrecorded = watchDeletes();
    await moveBatch(workerWith(), batch(listed()), 60_000);
    expect(harness.requests.DeleteObjects).toBe(2);
    expect(unrecorded).toEqual([]);
  });

  test('a line comes before its delete, also where sources are deleted early because S3 throttles', async () => {
    put(1_000);
    const unrecorded = watchDeletes();
    const worker = workerWith();
    Object.defineProperty(worker.rate, 'isThrottled', { value: true });
    await moveBatch(worker, batch(listed()), 60_000);
    expect(harness.requests.DeleteObjects).toBeGreaterThan(1);
    expect(unrecorded).toEqual([]);
    expect(ledger()).toHaveLength(1_000);
  });

  test('a line comes before its delete, also behind an object that stays open', async () => {
    put(10);
    const unrecorded = watchDeletes();
    const watch = harness.before!;
    harness.before = (call) => (call.operation === 'CopyObject' && call.key!.includes('d0003') ? { kind: 'Latency', ms: 5_000 } : watch(call));
    expect(await moveBatch(workerWith(), batch(listed()), 2_000)).toMatchObject({ finished: false, cursor: 3 });
    expect(harness.store.keys('source')).toEqual(['in/d0003-2026-11-24.csv']);
    expect(unrecorded).toEqual([]);
  });

  test('nothing is deleted while the ledger cannot be written', async () => {
    put(3);
    harness.store.deny({ operations: ['PutObject'], bucket: 'reports' });
    await expect(moveBatch(workerWith(), batch(listed()), 60_000)).rejects.toMatchObject({ name: 'AccessDenied' });
    expect(harness.store.keys('source')).toHaveLength(3);
    expect(harness.requests.DeleteObjects).toBeUndefined();
  });

  test('a part is written again only if a delete turned out otherwise', async () => {
    put(3);
    harness.store.deny({ operations: ['DeleteObject'], bucket: 'source', keyPrefix: 'in/d0001' });
    await moveBatch(workerWith(), batch(listed()), 60_000);
    expect(harness.requests.PutObject).toBe(2);
    expect(Object.fromEntries(ledger().map(({ key, status }) => [key, status]))).toEqual({
      'in/d0000-2026-11-24.csv': 'archived', 'in/d0001-2026-11-24.csv': 'failed', 'in/d0002-2026-11-24.csv': 'archived',
    });
  });

  test.each([60_000, 2_000])('a version that was rewritten before its copy is counted by the attempt after the one that died', async (milliseconds) => {
    put(2);
    const items = listed();
    const etag = harness.put(items[0].Key, 'a longer content than the listed one');
    // The first attempt dies after the deletes: nothing that it sends afterwards arrives.
    let isDead = false;
    harness.before = () => (isDead ? { kind: 'Error', status: 400, code: 'Dead' } : undefined);
    harness.after = ({ operation }) => { isDead ||= operation === 'DeleteObjects'; };
    const first = workerWith();
    await moveBatch({ ...first, s3: withLostDeletes(first.s3) }, batch(items), milliseconds).catch(() => undefined);
    expect(harness.store.keys('source')).toEqual([]);
    harness.before = harness.after = undefined;
    const { counts } = await moveBatch(workerWith(), batch(items), 60_000);
    expect(counts).toEqual({ listed: 2, archived: 2, skipped: 0, conflicting: 0, failed: 0 });
    expect(ledger()).toEqual([
      expect.objectContaining({ key: items[0].Key, status: 'archived', etag, size: 36 }),
      expect.objectContaining({ key: items[1].Key, status: 'archived' }),
    ]);
  });

  test.each([['before its delete', false], ['after its delete, whose answer was lost', true]])('a source that is written again %s conflicts, and the line names what is archived', async (_, isDeleted) => {
    const etag = harness.put('in/a-2026-11-24.csv', 'old');
    const items = listed();
    harness.before = (call) => {
      if (call.operation !== 'DeleteObjects') { return undefined; }
      harness.before = undefined;
      if (isDeleted) { harness.store.delete('source', 'in/a-2026-11-24.csv'); }
      harness.put('in/a-2026-11-24.csv', 'new');
      return isDeleted ? { kind: 'ResetBefore' } : undefined;
    };
    expect(await moveBatch(workerWith(), batch(items), 60_000)).toMatchObject({ counts: { conflicting: 1 } });
    const archived = { destination: 'archive/2026/11/24/a-2026-11-24.csv', etag, archivedEtag: etag, size: 3, day: '2026-11-24' };
    expect(ledger()).toEqual([
      expect.objectContaining({ status: 'conflicting', code: 'SOURCE_CHANGED', earlier: [expect.objectContaining(archived)] }),
    ]);
  });

  test('deletes that were sent early because S3 throttles, and were slow, are confirmed, too', async () => {
    put(300);
    const items = listed();
    let lateness = 0;
    let doubted: string | undefined;
    harness.before = ({ operation, keys = [] }) => {
      if (operation !== 'DeleteObjects' || doubted !== undefined) { return; }
      // ReportRun looks before the delete is executed, and says what it sees.
      lateness = 5_000;
      [doubted] = keys;
      const line = ledger().find(({ key }) => key === doubted)!;
      const part = harness.store.keys('reports', 'runs/')[0].replace(/[^-]+$/, 'reconciled.jsonl');
      harness.store.put('reports', part, `${JSON.stringify({ ...line, status: 'failed', code: 'BATCH_FAILED', at: line.at + 60_000 })}\n`);
    };
    const worker = workerWith();
    Object.defineProperty(worker.rate, 'isThrottled', { value: true });
    const clock = { now: () => Date.now() + lateness, sleep: systemClock.sleep };
    await moveBatch({ ...worker, clock, promptDeletes: 4_000 }, batch(items), 60_000);
    expect(doubted).toBeDefined();
    expect(await tallyLedger(harness.s3, 'reports', run.ledgerPrefix)).toMatchObject({ archived: 300, failed: 0 });
  });

  test.each([
    ['before', 2_000], ['after', 60_000],
  ])('an attempt that was given up confirms its deletes, if another one saw the sources before them, and said so %s them', async (_, later) => {
    put(1);
    const [item] = listed();
    const late = { now: () => Date.now() + lateness, sleep: systemClock.sleep };
    let lateness = 0;
    harness.before = ({ operation }) => {
      if (operation !== 'DeleteObjects') { return; }
      lateness = 5_000;
      const [line] = ledger();
      const key = harness.store.keys('reports', 'runs/')[0].replace(/[^-]+$/, 'reconciled.jsonl');
      harness.store.put('reports', key, `${JSON.stringify({ ...line, status: 'failed', code: 'BATCH_FAILED', at: line.at! + later })}\n`);
    };
    await moveBatch({ ...workerWith(), clock: late }, batch([item]), 60_000);
    const tally = await tallyLedger(harness.s3, 'reports', run.ledgerPrefix);
    expect(tally).toMatchObject({ archived: 1, failed: 0 });
  });
});

describe('what an attempt had sent when it died, and S3 executes after the answer of the next one, comes too late', () => {
  test('where the next one has nothing else to say', async () => {
    put(1);
    const items = listed();
    harness.put(items[0].Key, 'a longer content than the listed one');
    const allow = harness.store.deny({ operations: ['DeleteObject'], bucket: 'source' });
    // The first write says archived. The second says that the delete failed.
    const dying = holdWrite(harness.s3, 2);
    await expect(moveBatch({ ...workerWith(), s3: dying.s3 }, batch(items), 60_000)).rejects.toThrow('dead');
    allow();
    harness.store.bucket('source').delete(items[0].Key, 0);
    expect(await moveBatch(workerWith(), batch(items), 60_000)).toMatchObject({ counts: { archived: 1, failed: 0 } });
    expect(await dying.release()).toBe('PreconditionFailed');
    expect(await tallyLedger(harness.s3, 'reports', run.ledgerPrefix)).toMatchObject({ archived: 1, failed: 0 });
  });

  test('where the next one says the same in a round that is not the first', async () => {
    put(1);
    const items = listed();
    const progress = { ...initialProgress(), rounds: 1 };
    const allow = harness.store.deny({ operations: ['DeleteObject'], bucket: 'source' });
    const dying = holdWrite(harness.s3, 2);
    await expect(moveBatch({ ...workerWith(), s3: dying.s3 }, batch(items, { progress }), 60_000)).rejects.toThrow('dead');
    allow();
    expect(await moveBatch(workerWith(), batch(items, { progress }), 60_000)).toMatchObject({ counts: { archived: 1, failed: 0 } });
    expect(await dying.release()).toBe('PreconditionFailed');
    expect(await tallyLedger(harness.s3, 'reports', run.ledgerPrefix)).toMatchObject({ archived: 1, failed: 0 });
  });

  test('where the next one has no line, because somebody removed the object', async () => {
    put(1);
    const items = listed();
    const allow = harness.store.deny({ operations: ['DeleteObject'], bucket: 'source' });
    const dying = holdWrite(harness.s3, 1);
    await expect(moveBatch({ ...workerWith(), s3: dying.s3 }, batch(items), 60_000)).rejects.toThrow('dead');
    allow();
    for (const bucket of ['source', 'archive']) { harness.store.keys(bucket).forEach((key) => harness.store.bucket(bucket).delete(key, 0)); }
    const { counts, digest } = await moveBatch(workerWith(), batch(items), 60_000);
    expect(counts).toMatchObject({ skipped: 1, archived: 0 });
    expect(digest!.parts).toMatchObject([{ lines: 0 }]);
    expect(await dying.release()).toBe('PreconditionFailed');
    expect(ledger()).toEqual([]);
  });
});

test('a round has one part, however far it gets, and another attempt at it writes to the same', async () => {
  put(3);
  const items = listed();
  harness.before = ({ operation, key }) => (operation === 'CopyObject' && key!.includes('d0001') ? { kind: 'Latency', ms: 5_000 } : undefined);
  const progress = await moveBatch(workerWith(), batch(items), 2_000);
  expect(progress).toMatchObject({ finished: false, cursor: 1 });
  const [part, ...others] = harness.store.keys('reports', run.ledgerPrefix);
  expect(others).toEqual([]);
  harness.before = undefined;
  await moveBatch(workerWith(), batch(items), 60_000);
  expect(harness.store.keys('reports', run.ledgerPrefix)).toEqual([part]);
  await moveBatch(workerWith(), batch(items, { progress }), 60_000);
  expect(ledger()).toHaveLength(3);
});

test('one bad object fails alone', async () => {
  put(20);
  harness.store.deny({ operations: ['CopyObject'], bucket: 'archive', keyPrefix: 'archive/2026/11/24/d0007' });
  const { counts, problems: shown } = await moveBatch(workerWith(), batch(listed()), 60_000);
  expect(counts).toEqual({ listed: 20, archived: 19, skipped: 0, conflicting: 0, failed: 1 });
  expect(shown).toEqual([expect.objectContaining({ key: 'in/d0007-2026-11-24.csv', code: 'ACCESS_DENIED' })]);
});

test('the batch keeps to its share of the run\'s rate', async () => {
  const worker = workerWith();
  put(1);
  const allow = jest.spyOn(worker.rate, 'allow');
  await moveBatch(worker, batch(listed()), 60_000);
  expect(allow).toHaveBeenCalledWith(expect.objectContaining({ id: run.id, objectsPerSecond: run.objectsPerSecond }), expect.any(AbortSignal));
});

test('where S3 has refused a request of the run, sources are deleted while copies go on', async () => {
  put(1_000);
  const worker = workerWith();
  let copiesAtDelete: number | undefined;
  harness.before = ({ operation }) => {
    if (operation === 'DeleteObjects') { copiesAtDelete ??= harness.requests.CopyObject; }
  };
  worker.rate.allow(run);
  worker.rate.deletes.onAnswer(0, 0, 1);
  const { counts, finished } = await moveBatch(worker, batch(listed()), 60_000);
  expect({ counts, finished }).toEqual({ counts: { listed: 1_000, archived: 1_000, skipped: 0, conflicting: 0, failed: 0 }, finished: true });
  expect(copiesAtDelete).toBeLessThan(1_000);
  expect(harness.requests.DeleteObjects).toBeGreaterThan(1);
  expect(harness.store.keys('source')).toEqual([]);
});

test('what S3 does not delete early is deleted at the end', async () => {
  put(600);
  const worker = workerWith();
  worker.rate.allow(run);
  worker.rate.deletes.onAnswer(0, 0, 1);
  let requests = 0;
  harness.before = ({ operation }) => (operation === 'DeleteObjects' && requests++ === 0 ? { kind: 'Error', code: 'MethodNotAllowed', status: 405 } : undefined);
  const { counts } = await moveBatch(worker, batch(listed()), 60_000);
  expect(counts).toEqual({ listed: 600, archived: 600, skipped: 0, conflicting: 0, failed: 0 });
});

test('in the rehearsal of a day to come, what its start is not behind was written by the run all the same', async () => {
  put(1);
  const items = listed();
  harness.store.delete('source', items[0].Key);
  // Under another ETag, as multipart copies have it.
  harness.store.put('archive', 'archive/2026/11/24/d0000-2026-11-24.csv', 'content of in/d0000-2026-11-24.csv', { partSize: 20 });
  const tomorrow = { ...run, startTime: new Date(Date.now() + 86_400_000).toISOString() };
  expect((await moveBatch(workerWith({}, tomorrow), batch(items, { run: tomorrow }), 60_000)).counts).toMatchObject({ archived: 1, skipped: 0 });
});

describe('a failure that lies in the set-up', () => {
  const KEY_ARN = 'arn:aws:kms:us-east-1:123456789012:key/own';

  test.each<[string, Environment, () => unknown]>([
    ['KMS_DENIED', { DESTINATION_KEY_ARN: KEY_ARN }, () => harness.store.deny({ kmsKeyId: KEY_ARN })],
    ['NO_SUCH_BUCKET', { DESTINATION_BUCKET: 'nowhere' }, () => undefined],
  ])('fails the batch with its code, after a few objects and not after all: %s', async (code, environment, prepare) => {
    put(1_000);
    prepare();
    const round = moveBatch(workerWith(environment), batch(listed()), 60_000);
    await expect(round).rejects.toMatchObject({ name: 'SystemicFailure', message: expect.stringContaining(code) });
    expect(harness.requests.CopyObject).toBeLessThan(200);
    expect(harness.store.keys('source')).toHaveLength(1_000);
  });

  test('fails the batch in its last round, too: what was not tried has not run out of time', async () => {
    put(1_000);
    harness.store.deny({ kmsKeyId: KEY_ARN });
    const round = moveBatch(workerWith({ MAX_ROUNDS: '1', DESTINATION_KEY_ARN: KEY_ARN }), batch(listed()), 60_000);
    await expect(round).rejects.toMatchObject({ name: 'SystemicFailure', message: expect.stringContaining('KMS_DENIED') });
  });

  test.each(['100', '1'])('that denies all writes fails the batch after every object was tried (%s rounds)', async (MAX_ROUNDS) => {
    put(300);
    harness.store.deny({ operations: ['CopyObject'], bucket: 'archive' });
    await expect(moveBatch(workerWith({ MAX_ROUNDS }), batch(listed()), 60_000)).rejects.toMatchObject({ name: 'SystemicFailure' });
    expect(ledger()).toHaveLength(300);
    expect(new Set(ledger().map(({ code }) => code))).toEqual(new Set(['ACCESS_DENIED']));
  });

  test('that shows in the deletes only is judged per object: a policy about sources may deny them', async () => {
    put(20);
    harness.store.deny({ operations: ['DeleteObjects'], bucket: 'source' });
    expect(await moveBatch(workerWith(), batch(listed()), 60_000)).toMatchObject({ finished: true, counts: { failed: 20 } });
    expect(ledger()).toHaveLength(20);
    expect(new Set(ledger().map(({ status }) => status))).toEqual(new Set(['failed']));
  });

  test('of one folder, which comes first, does not keep the others from being archived', async () => {
    for (let i = 0; i < 200; i++) { harness.put(`in/a/${i}-2026-11-24.csv`); }
    for (let i = 0; i < 300; i++) { harness.put(`in/b/${i}-2026-11-24.csv`); }
    harness.store.deny({ operations: ['CopyObject'], bucket: 'archive', keyPrefix: 'archive/2026/11/24/a/' });
    const { counts } = await moveBatch(workerWith(), batch(listed()), 60_000);
    expect(counts).toEqual({ listed: 500, archived: 300, skipped: 0, conflicting: 0, failed: 200 });
  });

  test('of one folder with almost all objects does not keep the one other object from being archived', async () => {
    for (let i = 0; i < 600; i++) { harness.put(`in/a/${String(i).padStart(3, '0')}-2026-11-24.csv`); }
    harness.put('in/b/0-2026-11-24.csv');
    for (let i = 0; i < 300; i++) { harness.put(`in/c/${i}-2026-11-24.csv`); }
    for (const folder of ['a', 'c']) { harness.store.deny({ operations: ['CopyObject'], bucket: 'archive', keyPrefix: `archive/2026/11/24/${folder}/` }); }
    const { counts } = await moveBatch(workerWith(), batch(listed()), 60_000);
    expect(counts).toEqual({ listed: 901, archived: 1, skipped: 0, conflicting: 0, failed: 900 });
  });
});

describe('objects that only their writer can read', () => {
  test.each(['first', 'all'])('under a key that is not the archiver\'s stop nobody else, although they come %s', async (which) => {
    const foreign = 'arn:aws:kms:us-east-1:999999999999:key/foreign';
    for (let i = 0; i < 160; i++) { harness.store.put('source', `in/${String(i).padStart(3, '0')}-2026-11-24.csv`, 'x', { serverSideEncryption: 'aws:kms', kmsKeyId: foreign } as never); }
    if (which === 'first') { put(300); }
    harness.before = (call) => (call.operation === 'CopyObject' && /\/\d{3}-/.test(call.key!)
      ? { kind: 'Error', status: 403, code: 'AccessDenied', message: `User is not authorized to perform: kms:Decrypt on resource: ${foreign}` }
      : undefined);
    const environment = { DESTINATION_KEY_ARN: 'arn:aws:kms:us-east-1:123456789012:key/own' };
    const { counts, problems: shown } = await moveBatch(workerWith(environment), batch(listed()), 60_000);
    expect(counts).toMatchObject({ archived: which === 'first' ? 300 : 0, failed: 160 });
    expect(shown[0]).toMatchObject({ code: 'KMS_DENIED' });
  });

  test('are all tried if they are denied without a reason: none of the others is given up', async () => {
    put(400);
    harness.store.deny({ operations: ['CopyObject'], bucket: 'archive', keyPrefix: 'archive/2026/11/24/d00' });
    harness.store.deny({ operations: ['CopyObject'], bucket: 'archive', keyPrefix: 'archive/2026/11/24/d01' });
    harness.store.deny({ operations: ['CopyObject'], bucket: 'archive', keyPrefix: 'archive/2026/11/24/d02' });
    harness.store.deny({ operations: ['HeadObject'], bucket: 'source' });
    harness.store.deny({ operations: ['CopyObject'], bucket: 'archive', keyPrefix: 'archive/2026/11/24/d030' });
    harness.store.deny({ operations: ['CopyObject'], bucket: 'archive', keyPrefix: 'archive/2026/11/24/d031' });
    const { counts } = await moveBatch(workerWith(), batch(listed()), 60_000);
    expect(counts).toMatchObject({ archived: 80, failed: 320 });
  });
});

describe('a failure of some objects', () => {
  test('is not taken for that of the others, whose copies take longer', async () => {
    for (let i = 0; i < 12; i++) { harness.put(`in/a/${i}-2026-11-24.csv`); }
    for (let i = 0; i < 988; i++) { harness.put(`in/b/${i}-2026-11-24.csv`); }
    harness.before = ({ operation, key }) => {
      if (operation !== 'CopyObject') { return undefined; }
      return key!.includes('/b/') ? { kind: 'Latency', ms: 300 } : { kind: 'Error', status: 404, code: 'NoSuchBucket' };
    };
    // Looks have connections of their own.
    const { endpoint, s3: { config: { credentials } } } = harness;
    const s3 = new S3Client({ endpoint, region: 'us-east-1', credentials, maxAttempts: 1, requestHandler: { httpAgent: { maxSockets: 448 } } });
    s3.middlewareStack.add((next) => (args) => next(args).catch(inThisRealm), { step: 'finalizeRequest', priority: 'low' });
    const round = moveBatch({ ...workerWith({ MAX_ROUNDS: '1' }), s3 }, batch(listed()), 60_000);
    const { counts, finished, problems: shown } = await round.finally(() => s3.destroy());
    expect({ counts, finished }).toEqual({ counts: { listed: 1_000, archived: 988, skipped: 0, conflicting: 0, failed: 12 }, finished: true });
    expect(shown).toContainEqual(expect.objectContaining({ code: 'NO_SUCH_BUCKET' }));
    expect(problems.map(({ code }) => code)).toEqual(Array(12).fill('NO_SUCH_BUCKET'));
  });

  test('of a few objects is judged per object: it may be theirs', async () => {
    put(3);
    harness.store.deny({ operations: ['CopyObject'], bucket: 'archive' });
    expect(await moveBatch(workerWith(), batch(listed()), 60_000)).toMatchObject({ finished: true, counts: { failed: 3 } });
  });
});

describe('an object that has to be read to compare it', () => {
  const KEY = 'in/z-2026-11-24.csv';
  const TAKEN = 'archive/2026/11/24/z-2026-11-24.csv';
  /** Neither its ETag nor a checksum proves its bytes. */
  const unproven = { serverSideEncryption: 'aws:kms', checksum: { algorithm: 'SHA256', type: 'COMPOSITE', composite: 'x-1' } } as never;
  const large = Buffer.alloc(33 * 1024 ** 2, 'x');

  function putInBothPlaces(content: Buffer | string): void {
    harness.store.put('source', KEY, content as Buffer, unproven);
    harness.store.put('archive', TAKEN, content as Buffer);
  }
  const hangReads = (): void => {
    harness.before = ({ operation, bucket }) => (operation === 'GetObject' && bucket !== 'reports' ? { kind: 'Latency', ms: 5_000 } : undefined);
  };

  test.each(['small', large])('ends with a code if it cannot be read in a round, and not with the last round', async (content) => {
    put(3);
    putInBothPlaces(content);
    const items = listed();
    hangReads();
    const progress = await moveBatch(workerWith(), batch(items), 3_000);
    expect(progress).toMatchObject({ finished: true, rounds: 1, counts: { archived: 3, failed: 1 }, problems: [{ key: KEY, code: 'NOT_COMPARED' }] });
    expect([harness.store.keys('source'), harness.store.keys('archive')]).toEqual([[KEY], expect.arrayContaining([TAKEN])]);
  });

  test('gets the next round where the others left no time, and then it is found the same', async () => {
    put(3);
    putInBothPlaces(large);
    const items = listed();
    const start = Date.now();
    let leap = 0;
    let comparisons = 0;
    harness.before = (call) => {
      // A little more than half of the time until which copies begin.
      if (call.operation === 'CopyObject') { leap = Math.max(leap, start + 2_500 - Date.now()); }
      if (call.operation !== 'GetObject') { return undefined; }
      comparisons++;
      return { kind: 'Latency', ms: 10_000 };
    };
    const clock = { ...systemClock, now: () => Date.now() + leap };
    const first = await moveBatch({ ...workerWith(), clock }, batch(items), 6_000);
    expect(comparisons).toBeGreaterThan(0);
    expect(first).toMatchObject({ finished: false, cursor: 3, counts: { archived: 3, failed: 0 } });
    harness.before = undefined;
    const second = await moveBatch(workerWith(), batch(items, { progress: first }), 60_000);
    expect(second).toMatchObject({ finished: true, counts: { archived: 4, failed: 0 } });
  });

  test('is compared in a dry run as in the real one', async () => {
    putInBothPlaces(large);
    const dryRun = { ...run, dryRun: true };
    expect((await moveBatch(workerWith({}, dryRun), batch(listed(), { run: dryRun }), 60_000)).counts).toMatchObject({ archived: 1 });
    hangReads();
    expect(await moveBatch(workerWith({}, dryRun), batch(listed(), { run: dryRun }), 3_000)).toMatchObject({ finished: true, problems: [{ code: 'NOT_COMPARED' }] });
  });
});

test('a filter decides again about the size of an object that is rewritten after the listing', async () => {
  harness.put('in/a-2026-11-24', 'ten bytes!');
  harness.put('in/b-2026-11-24', 'ten bytes!');
  harness.put('in/c-2026-11-24', 'tiny');
  const items = listed();
  harness.put('in/a-2026-11-24', 'tiny');
  harness.put('in/b-2026-11-24', 'ten others');
  const filtered = workerWith({ FILTER: '{"minSize":10}' });
  const result = await moveBatch(filtered, batch(items), 60_000);
  expect(result).toMatchObject({ counts: { listed: 3, archived: 1, skipped: 2, failed: 0 }, filtered: { minSize: 1 } });
  expect(harness.store.keys('source')).toEqual(['in/a-2026-11-24', 'in/c-2026-11-24']);
  expect(harness.store.keys('archive')).toEqual(['archive/2026/11/24/b-2026-11-24']);
});

test('what filters left out is added up over the rounds of a batch', async () => {
  harness.put('in/a-2026-11-24', 'x');
  const progress = { ...initialProgress(), filtered: { exclude: 2, minSize: 1 } };
  const { filtered } = await moveBatch(workerWith({ FILTER: '{"minSize":10}' }), batch(listed(), { progress }), 60_000);
  expect(filtered).toEqual({ exclude: 2, minSize: 2 });
});

test('with lastModified, an object that is rewritten after the listing is left alone: its new date is not selected', async () => {
  const lastModified = { DATE_SOURCE: JSON.stringify({ kind: 'lastModified', formats: [] }) };
  const yesterday = Date.parse('2026-11-24T12:00:00Z') / 1_000;
  ['in/a.csv', 'in/b.csv'].forEach((key) => harness.put(key, 'old'));
  const items = listed().map((item) => ({ ...item, LastModified: yesterday }));
  harness.put('in/a.csv', 'new');
  const { counts } = await moveBatch(workerWith(lastModified), batch(items), 60_000);
  expect(counts).toEqual({ listed: 2, archived: 1, skipped: 1, conflicting: 0, failed: 0 });
  expect(harness.read('source', 'in/a.csv')).toBe('new');
  expect(ledger().map(({ key }) => key)).toEqual(['in/b.csv']);
});

test.each([
  ['before its delete', 'dies'], ['after its delete', 'dies'], ['after its delete', 'is one round'],
])('with lastModified, an object that an attempt archived and that is written again on another day %s conflicts, where the attempt %s', async (when, how) => {
  const lastModified = { DATE_SOURCE: JSON.stringify({ kind: 'lastModified', formats: [] }) };
  const etag = harness.put('in/a.csv', 'old');
  const items = listed().map((item) => ({ ...item, LastModified: Date.parse('2026-11-24T12:00:00Z') / 1_000 }));
  // The first attempt dies with its deletes. Somebody writes the source again.
  let isDead = false;
  harness.before = ({ operation }) => {
    isDead ||= operation === 'DeleteObjects' && when.startsWith('before') && how === 'dies';
    return isDead ? { kind: 'ResetBefore' } : undefined;
  };
  harness.after = ({ operation }) => { isDead ||= operation === 'DeleteObjects' && how === 'dies'; };
  const first = workerWith({ ...lastModified, MAX_ROUNDS: '1' });
  await moveBatch({ ...first, s3: how === 'dies' ? withLostDeletes(first.s3) : first.s3 }, batch(items), 2_000).catch(() => undefined);
  harness.before = harness.after = undefined;
  harness.put('in/a.csv', 'new');
  // A round that is not the first comes back to an object behind the cursor that it has finished.
  const progress = how === 'dies' ? initialProgress() : { ...initialProgress(), rounds: 1 };
  const { counts } = await moveBatch(workerWith(lastModified), batch(items, { progress }), 60_000);
  expect(counts).toEqual({ listed: 1, archived: 0, skipped: 0, conflicting: 1, failed: 0 });
  expect(await tallyLedger(harness.s3, 'reports', run.ledgerPrefix)).toMatchObject({ archived: 0, conflicting: 1, failed: 0 });
  expect(ledger()).toEqual([expect.objectContaining({
    status: 'conflicting', code: 'SOURCE_CHANGED', earlier: [expect.objectContaining({ destination: 'archive/2026/11/24/a.csv', etag, day: '2026-11-24' })],
  })]);
});

describe('when the time runs short', () => {
  /** A clock that leaps behind the round's time at the hundredth copy. */
  function outOfTimeAtTheHundredth(worker: BatchWorker): BatchWorker {
    let leap = 0;
    let copies = 0;
    harness.before = (call) => { if (call.operation === 'CopyObject' && ++copies === 100) { leap = 50_000; } };
    return { ...worker, clock: { now: () => Date.now() + leap, sleep: async () => undefined } };
  }

  test('the batch stops in time, deletes what it copied, and the next round goes on from there', async () => {
    put(800);
    const items = listed();
    const first = await moveBatch(outOfTimeAtTheHundredth(workerWith()), batch(items), 60_000);
    expect(first.finished).toBe(false);
    expect(first.cursor).toBeGreaterThanOrEqual(100);
    expect(first.cursor).toBeLessThan(400);
    expect(first.counts).toEqual({ listed: first.cursor, archived: first.cursor, skipped: 0, conflicting: 0, failed: 0 });
    expect(harness.store.keys('source')).toHaveLength(800 - first.cursor);

    const second = await moveBatch(workerWith(), batch(items, { progress: first }), 60_000);
    expect(second).toMatchObject({ finished: true, cursor: 800, rounds: 2 });
    expect(second.counts).toEqual({ listed: 800, archived: 800, skipped: 0, conflicting: 0, failed: 0 });
    expect(harness.store.keys('source')).toEqual([]);
    expect(ledger()).toHaveLength(800);
  });

  test('a copy that hangs is cut off, and its object is the next round\'s first', async () => {
    put(10);
    const items = listed();
    harness.before = (call) => (call.operation === 'CopyObject' && call.key!.includes('d0003') ? { kind: 'Latency', ms: 5_000 } : undefined);
    const first = await moveBatch(workerWith(), batch(items), 2_000);
    expect(first).toMatchObject({ finished: false, cursor: 3, counts: { listed: 3, archived: 3 } });
    // What was copied behind it is deleted, too: nothing is half moved.
    expect(harness.store.keys('source')).toEqual(['in/d0003-2026-11-24.csv']);

    harness.before = undefined;
    const second = await moveBatch(workerWith(), batch(items, { progress: first }), 60_000);
    expect(second).toMatchObject({ finished: true, counts: { listed: 10, archived: 10, skipped: 0, conflicting: 0, failed: 0 } });
    expect(ledger()).toHaveLength(10);
  });

  test('a multipart copy that is cut off stays open, and the next round copies only what is missing', async () => {
    const MiB = 1024 ** 2;
    harness.store.put('source', 'in/big-2026-11-24.bin', Buffer.alloc(15 * MiB, 'x'));
    put(2);
    const items = listed();
    const large = { MULTIPART_THRESHOLD_BYTES: String(5 * MiB) };
    harness.before = (call) => (call.operation === 'UploadPartCopy' && harness.requests.UploadPartCopy > 2 ? { kind: 'Latency', ms: 5_000 } : undefined);
    const first = await moveBatch(workerWith(large), batch(items), 2_000);
    expect(first).toMatchObject({ finished: false, cursor: 0, upload: { key: 'archive/2026/11/24/big-2026-11-24.bin' } });

    harness.before = undefined;
    harness.resetRequests();
    const second = await moveBatch(workerWith(large), batch(items, { progress: first }), 60_000);
    expect(second).toMatchObject({ finished: true, upload: null, counts: { listed: 3, archived: 3, skipped: 0, conflicting: 0, failed: 0 } });
    expect(harness.requests.CreateMultipartUpload).toBeUndefined();
    expect(harness.requests.UploadPartCopy).toBe(1);
  });

  test('an object that one request did not copy in a round is copied in parts by the next', async () => {
    harness.store.put('source', 'in/big-2026-11-24.bin', Buffer.alloc(9 * 1024 ** 2, 'x'));
    put(2);
    const items = listed();
    harness.before = (call) => (call.operation === 'CopyObject' && call.key!.includes('big') ? { kind: 'Latency', ms: 5_000 } : undefined);
    const first = await moveBatch(workerWith(), batch(items), 2_000);
    expect(first).toMatchObject({ finished: false, cursor: 0, upload: null, counts: { listed: 0, archived: 0 } });
    expect(harness.requests.CreateMultipartUpload).toBeUndefined();

    const second = await moveBatch(workerWith(), batch(items, { progress: first }), 60_000);
    expect(second).toMatchObject({ finished: true, counts: { listed: 3, archived: 3, failed: 0 } });
    expect(harness.requests).toMatchObject({ CreateMultipartUpload: 1, UploadPartCopy: 1, CompleteMultipartUpload: 1 });
  });

  test('copies in parts run side by side in a short round, and only the first that is cut off stays open', async () => {
    // In two seconds, S3 is assumed to copy 12 MiB in one request.
    for (const name of ['a', 'b', 'c']) { harness.store.put('source', `in/${name}-2026-11-24.bin`, Buffer.alloc(13 * 1024 ** 2, name)); }
    const items = listed();
    const uploads = () => [...harness.store.bucket('archive').uploads.values()].map(({ key }) => key);
    let most = 0;
    harness.before = (call) => {
      if (call.operation !== 'UploadPartCopy') { return undefined; }
      most = Math.max(most, uploads().length);
      return { kind: 'Latency', ms: 5_000 };
    };
    const first = await moveBatch(workerWith(), batch(items), 2_000);
    expect(most).toBe(3);
    expect(first).toMatchObject({ finished: false, cursor: 0, upload: { key: 'archive/2026/11/24/a-2026-11-24.bin' } });
    expect(uploads()).toEqual(['archive/2026/11/24/a-2026-11-24.bin']);
    expect(harness.store.keys('source')).toHaveLength(3);

    harness.before = undefined;
    const second = await moveBatch(workerWith(), batch(items, { progress: first }), 60_000);
    expect(second).toMatchObject({ finished: true, upload: null, counts: { listed: 3, archived: 3, failed: 0 } });
    expect(uploads()).toEqual([]);
    for (const name of ['a', 'b', 'c']) {
      expect(harness.store.get('archive', `archive/2026/11/24/${name}-2026-11-24.bin`)!.body.bytes().equals(Buffer.alloc(13 * 1024 ** 2, name))).toBe(true);
    }
  });

  test('the time that a copy takes lowers the threshold of the next batch', async () => {
    const worker = workerWith();
    const onCopyTime = jest.spyOn(worker.copyThroughput, 'onCopyTime');
    put(1);
    await moveBatch(worker, batch(listed()), 60_000);
    expect(onCopyTime.mock.calls.map(([, , isCutOff]) => isCutOff)).toEqual([false]);
    put(1);
    harness.before = (call) => (call.operation === 'CopyObject' ? { kind: 'Latency', ms: 5_000 } : undefined);
    await moveBatch(worker, batch(listed()), 2_000);
    expect(onCopyTime.mock.calls.map(([, , isCutOff]) => isCutOff)).toEqual([false, true]);
  });

  test('the last round gives up what is left, with a code, and ends the loop', async () => {
    put(800);
    const { counts, finished } = await moveBatch(outOfTimeAtTheHundredth(workerWith({ MAX_ROUNDS: '1' })), batch(listed()), 60_000);
    expect(finished).toBe(true);
    expect(counts.failed).toBeGreaterThan(400);
    expect(counts.archived + counts.failed).toBe(800);
    expect(ledger().filter(({ code }) => code === 'OUT_OF_TIME')).toHaveLength(counts.failed);
  });
});

describe('where S3 does not answer', () => {
  /** The first requests of an operation, or all. */
  function hang(operation: string, requests = Infinity): void {
    harness.before = (call) => (call.operation === operation && harness.requests[operation] <= requests ? { kind: 'Latency', ms: 12_000 } : undefined);
  }

  /** Milliseconds by which a machine with other work on it wakes up late. */
  const BUSY = 3_000;

  async function inTime<T>(milliseconds: number, round: (milliseconds: number) => Promise<T>): Promise<T> {
    const began = Date.now();
    const answer = await round(milliseconds);
    expect(Date.now() - began).toBeLessThan(milliseconds + BUSY);
    return answer;
  }

  test.each(['DeleteObjects', 'PutObject'])('%s is asked again in time', async (operation) => {
    put(5);
    hang(operation, 1);
    const { counts } = await inTime(4_000, (time) => moveBatch(workerWith(), batch(listed()), time));
    expect(counts).toEqual({ listed: 5, archived: 5, skipped: 0, conflicting: 0, failed: 0 });
    expect(harness.store.keys('source')).toEqual([]);
    expect(ledger()).toHaveLength(5);
  });

  test('a delete without end leaves time to say so', async () => {
    put(5);
    hang('DeleteObjects');
    const { counts } = await inTime(4_000, (time) => moveBatch(workerWith(), batch(listed()), time));
    expect(counts).toEqual({ listed: 5, archived: 0, skipped: 0, conflicting: 0, failed: 5 });
    const failed = expect.objectContaining({ status: 'failed', code: 'SERVER_ERROR', message: expect.stringContaining('did not answer') });
    expect(ledger()).toEqual(Array(5).fill(failed));
  });

  test('a delete whose answer never comes is looked for', async () => {
    put(5);
    hang('DeleteObjects');
    const { before } = harness;
    harness.before = (call) => {
      if (call.operation === 'DeleteObjects') { call.keys!.forEach((key) => harness.store.delete('source', key)); }
      return before!(call);
    };
    const { counts } = await inTime(4_000, (time) => moveBatch(workerWith(), batch(listed()), time));
    expect(counts).toMatchObject({ archived: 5, failed: 0 });
  });

  describe.each([['was executed', true], ['was not executed', false]])('neither to a delete, which %s, nor to a look at the source', (_, isExecuted) => {
    beforeEach(() => {
      put(5);
      harness.before = (call) => {
        if (isExecuted && call.operation === 'DeleteObjects') { call.keys!.forEach((key) => harness.store.delete('source', key)); }
        return ['DeleteObjects', 'HeadObject'].includes(call.operation) ? { kind: 'Latency', ms: 12_000 } : undefined;
      };
    });

    test('the next round finds out', async () => {
      const items = listed();
      const first = await inTime(4_000, (time) => moveBatch(workerWith(), batch(items), time));
      expect(first).toMatchObject({ finished: false, cursor: 0, counts: { listed: 0 } });
      expect(ledger()).toEqual(Array(5).fill(expect.objectContaining({ status: 'archived' })));
      harness.before = undefined;
      const second = await moveBatch(workerWith(), batch(items, { progress: first }), 60_000);
      expect(second).toMatchObject({ finished: true, counts: { listed: 5, archived: 5, failed: 0 } });
      expect(ledger()).toHaveLength(5);
      expect(harness.store.keys('source')).toEqual([]);
    });

    test('after the last round another attempt at it does, or ReportRun: the ledger still says what it said before the delete', async () => {
      const last = workerWith({ MAX_ROUNDS: '1' });
      const items = listed();
      await inTime(4_000, (time) => expect(moveBatch(last, batch(items), time)).rejects.toThrow('another attempt must find out'));
      expect(ledger()).toEqual(Array(5).fill(expect.objectContaining({ status: 'archived' })));
      harness.before = undefined;
      expect(await moveBatch(last, batch(items), 60_000)).toMatchObject({ finished: true, counts: { archived: 5, failed: 0 } });
    });
  });

  test('a ledger that cannot be written fails the round before its time is over', async () => {
    put(5);
    hang('PutObject');
    await inTime(4_000, (time) => expect(moveBatch(workerWith(), batch(listed()), time)).rejects.toThrow('did not answer'));
  });

  test.each(['GetObjectTagging', 'CreateMultipartUpload', 'CompleteMultipartUpload'])('%s does not outlast the round', async (operation) => {
    harness.store.put('source', 'in/big-2026-11-24.bin', Buffer.alloc(11 * 1024 ** 2, 'x'));
    const large = { MULTIPART_THRESHOLD_BYTES: String(5 * 1024 ** 2) };
    const items = listed();
    hang(operation);
    const first = await inTime(3_000, (time) => moveBatch(workerWith(large), batch(items), time));
    expect(first).toMatchObject({ finished: false, cursor: 0 });
    harness.before = undefined;
    const second = await moveBatch(workerWith(large), batch(items, { progress: first }), 60_000);
    expect(second).toMatchObject({ finished: true, counts: { archived: 1, failed: 0 } });
  });
});

describe('a dry run', () => {
  const dryRun = { ...run, dryRun: true };

  test('counts as the real run would and changes nothing', async () => {
    put(5);
    harness.store.put('source', 'in/cold-2026-11-24.csv', 'x', { storageClass: 'DEEP_ARCHIVE' });
    harness.store.put('archive', 'archive/2026/11/24/d0001-2026-11-24.csv', 'theirs');
    harness.store.put('archive', 'archive/2026/11/24/d0002-2026-11-24.csv', 'content of in/d0002-2026-11-24.csv');
    harness.put('in/other');
    const items = listed();
    const before = [harness.store.keys('source'), harness.store.keys('archive')];

    const dry = await moveBatch(workerWith({}, dryRun), batch(items, { run: dryRun }), 60_000);
    expect([harness.store.keys('source'), harness.store.keys('archive')]).toEqual(before);
    const real = await moveBatch(workerWith(), batch(items), 60_000);
    expect(dry.counts).toEqual(real.counts);
    expect(dry.counts).toEqual({ listed: 7, archived: 4, skipped: 1, conflicting: 1, failed: 1 });
    expect(dry.bytes).toBe(real.bytes);
  });

  test('sees that two objects of a batch want one place', async () => {
    harness.put('in/a/x-2026-11-24.csv', 'one');
    harness.put('in/b/x-2026-11-24.csv', 'two');
    const flat = { LAYOUT: JSON.stringify({ format: 'yyyy/MM/dd/', flatten: true }) };
    const items = listed();
    const dry = await moveBatch(workerWith(flat, dryRun), batch(items, { run: dryRun }), 60_000);
    const real = await moveBatch(workerWith(flat), batch(items), 60_000);
    expect(real.counts).toMatchObject({ archived: 1, conflicting: 1 });
    expect(dry.counts).toEqual(real.counts);
  });
});

test('the child output stays small with long keys and long messages', async () => {
  for (let i = 0; i < 9; i++) { harness.put(`in/${'\u0001'.repeat(900)}${i}-2026-11-24.csv`); }
  harness.store.deny({ operations: ['CopyObject'], bucket: 'archive', message: 'no '.repeat(500) });
  const progress = await moveBatch(workerWith(), batch(listed()), 60_000);
  expect(progress.counts.failed).toBe(9);
  expect(Buffer.byteLength(JSON.stringify(progress))).toBeLessThan(12_000);
});

test('an object that is gone takes back the line that an attempt before this one gave it', async () => {
  harness.put('in/a-2026-11-24.csv');
  const items = listed();
  const undo = harness.store.deny({ operations: ['CopyObject'] });
  await moveBatch(workerWith(), batch(items), 60_000);
  expect(ledger()).toMatchObject([{ status: 'failed' }]);
  undo();
  harness.store.bucket('source').delete('in/a-2026-11-24.csv', 0);
  expect((await moveBatch(workerWith(), batch(items), 60_000)).counts).toMatchObject({ listed: 1, skipped: 1, failed: 0 });
  expect(ledger()).toEqual([]);
});

describe('with a flat layout, and copies that have ETags of their own', () => {
  const flat = { LAYOUT: JSON.stringify({ format: 'yyyy/MM/dd/', flatten: true }) };
  const [one, other] = ['in/a/x-2026-11-24.csv', 'in/b/x-2026-11-24.csv'];
  const putInParts = (key: string) => harness.store.put('source', key, `of one length: ${key}`, { partSize: 5 });

  test('an object that vanished is not taken for the one of the same name that was archived', async () => {
    putInParts(one);
    putInParts(other);
    const items = listed();
    harness.store.bucket('source').delete(other, 0);
    await moveBatch(workerWith(flat), batch(items.slice(0, 1)), 60_000);
    expect((await moveBatch(workerWith(flat), batch(items.slice(1)), 60_000)).counts).toMatchObject({ listed: 1, archived: 0, skipped: 1 });
    expect(ledger()).toMatchObject([{ key: one, status: 'archived' }]);
  });

  test('what an attempt archived that died is known from the ledger', async () => {
    putInParts(one);
    const items = listed();
    await moveBatch(workerWith(flat), batch(items), 60_000);
    const [line] = ledger();
    expect((await moveBatch(workerWith(flat), batch(items), 60_000)).counts).toMatchObject({ listed: 1, archived: 1, skipped: 0 });
    expect(ledger()).toMatchObject([{ status: 'archived', archivedEtag: line.archivedEtag, checksum: line.checksum }]);
  });
});

describe('an attempt whose credentials have expired, after another one has written that the objects are archived', () => {
  let items: ListedObject[];
  const expire = (...operations: string[]) => {
    harness.before = ({ operation, bucket }) => (operations.includes(operation) && bucket !== 'reports' ? { kind: 'ExpiredToken' } : undefined);
  };
  beforeEach(() => {
    put(5);
    items = listed();
  });

  test('finds them archived if their sources are gone', async () => {
    await moveBatch(workerWith(), batch(items), 60_000);
    expire('CopyObject');
    expect((await moveBatch(workerWith(), batch(items), 60_000)).counts).toMatchObject({ listed: 5, archived: 5, failed: 0 });
    expect(ledger()).toEqual(Array(5).fill(expect.objectContaining({ status: 'archived' })));
    expect(problems).toEqual([]);
  });

  test('says that they failed if their sources are still there', async () => {
    const undo = harness.store.deny({ operations: ['DeleteObjects'] });
    await moveBatch(workerWith(), batch(items), 60_000);
    undo();
    expire('CopyObject');
    expect((await moveBatch(workerWith(), batch(items), 60_000)).counts).toMatchObject({ listed: 5, archived: 0, failed: 5 });
    expect(ledger()).toEqual(Array(5).fill(expect.objectContaining({ status: 'failed', earlier: [expect.anything()] })));
  });

  test('leaves it to another attempt, or ReportRun, if nobody may look', async () => {
    await moveBatch(workerWith(), batch(items), 60_000);
    expire('CopyObject', 'ListObjectsV2');
    await expect(moveBatch(workerWith(), batch(items), 60_000)).rejects.toMatchObject({ name: 'ExpiredToken' });
    harness.before = undefined;
    expect((await moveBatch(workerWith(), batch(items), 60_000)).counts).toMatchObject({ archived: 5, failed: 0 });
    expect(ledger()).toEqual(Array(5).fill(expect.objectContaining({ status: 'archived' })));
  });
});
