import { S3Client } from '@aws-sdk/client-s3';
import type { BatchEvent, LedgerLine, ListedObject, Progress, Run } from '../../../../src/contract/payloads';
import { Env } from '../../../../src/contract/settings';
import { archiveBatch } from '../../../../src/lambda/archive-batch/archive-batch';
import type { BatchWorker } from '../../../../src/lambda/archive-batch/batch-worker';
import { initialProgress } from '../../../../src/lambda/plan-run/plan-run';
import { readArchiveSettings } from '../../../../src/lambda/runtime/environment';
import { systemClock } from '../../../../src/lambda/s3/retry';
import { createSelector } from '../../../../src/lambda/selection/select-objects';
import { AimdConcurrencyController } from '../../../../src/lambda/throughput/concurrency-controller';
import { WriteRates } from '../../../../src/lambda/throughput/write-rates';
import { type Harness, inThisRealm, startHarness } from '../../../helpers/harness';

let harness: Harness;
let problems: LedgerLine[];
beforeEach(async () => {
  harness = await startHarness({ minPartBytes: 1 });
  harness.store.createBucket('reports');
  problems = [];
});
afterEach(() => harness.close());

const run: Run = {
  id: 'run-1', startTime: new Date().toISOString(), from: '2026-11-24', to: '2026-11-24', dryRun: false, reportPrefix: 'runs/2026-11-25/run-1/', objectsPerSecond: 10_000,
};

function workerWith(environment: Partial<Record<Env, string>> = {}, forRun = run): BatchWorker {
  const settings = readArchiveSettings({
    [Env.SOURCE_BUCKET]: 'source',
    [Env.SOURCE_PREFIX]: 'in/',
    [Env.DESTINATION_BUCKET]: 'archive',
    [Env.DESTINATION_PREFIX]: 'archive/',
    [Env.DATE_SOURCE]: JSON.stringify({ kind: 'objectName', formats: ['yyyy-MM-dd'] }),
    [Env.LAYOUT]: JSON.stringify({ format: 'yyyy/MM/dd/', flatten: false }),
    [Env.TIME_ZONE]: 'UTC',
    [Env.CONFLICT_POLICY]: 'REPORT',
    [Env.REPORT_BUCKET]: 'reports',
    [Env.MAX_ROUNDS]: '100',
    ...environment,
  });
  return {
    s3: harness.s3,
    rate: new WriteRates(systemClock),
    concurrency: new AimdConcurrencyController(),
    clock: systemClock,
    settings,
    select: createSelector(settings, forRun),
    sourceLocks: false,
    onProblem: (line) => problems.push(line),
  };
}

function listed(): ListedObject[] {
  return harness.store.keys('source').map((key) => {
    const { etag, size, lastModified, attributes } = harness.store.get('source', key)!;
    return { Key: key, Etag: `"${etag}"`, Size: size, LastModified: lastModified / 1000, StorageClass: attributes.storageClass };
  });
}

function batch(items: ListedObject[], more: { run?: Run; progress?: Progress } = {}): BatchEvent {
  return { BatchInput: { run: more.run ?? run, progress: more.progress ?? initialProgress() }, Items: items };
}

function ledger(): LedgerLine[] {
  return harness.store.keys('reports', 'runs/').flatMap((key) => harness.read('reports', key)!.split('\n').filter(Boolean).map((line) => JSON.parse(line) as LedgerLine));
}

function put(count: number): void {
  for (let i = 0; i < count; i++) { harness.put(`in/d${String(i).padStart(4, '0')}-2026-11-24.csv`); }
}

test('a batch moves what is selected and leaves the rest', async () => {
  ['in/a-2026-11-24.csv', 'in/eu/b-2026-11-24.csv', 'in/c-2026-11-23.csv', 'in/d-2026-11-241.csv', 'in/no-date', 'in/folder/'].forEach((key) => harness.put(key));
  const progress = await archiveBatch(workerWith(), batch(listed()), 60_000);
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
  const { bytes } = await archiveBatch(workerWith(), batch(listed()), 60_000);
  expect(bytes).toBe('mine'.length);
  expect(ledger()).toEqual([
    { key: 'in/a-2026-11-24.csv', destination: 'archive/2026/11/24/a-2026-11-24.csv', status: 'archived', etag, size: 4, at: expect.any(Number), ms: expect.any(Number) },
    expect.objectContaining({ key: 'in/b-2026-11-24.csv', status: 'conflicting', code: 'DESTINATION_EXISTS', size: 4 }),
  ]);
  expect(problems).toEqual([expect.objectContaining({ key: 'in/b-2026-11-24.csv' })]);
});

test('a thousand objects cost a copy each, one delete and one ledger part', async () => {
  put(1_000);
  await archiveBatch(workerWith(), batch(listed()), 60_000);
  expect(harness.requests).toEqual({ CopyObject: 1_000, DeleteObjects: 1, PutObject: 1 });
});

test('the same batch again, as after a lost answer, is a success and writes over its own part', async () => {
  put(5);
  const items = listed();
  const first = await archiveBatch(workerWith(), batch(items), 60_000);
  const parts = harness.store.keys('reports');
  expect(await archiveBatch(workerWith(), batch(items), 60_000)).toEqual(first);
  expect(harness.store.keys('reports')).toEqual(parts);
  expect(ledger()).toHaveLength(5);
});

test('one bad object fails alone', async () => {
  put(20);
  harness.store.deny({ operations: ['CopyObject'], bucket: 'archive', keyPrefix: 'archive/2026/11/24/d0007' });
  const { counts, problems: shown } = await archiveBatch(workerWith(), batch(listed()), 60_000);
  expect(counts).toEqual({ listed: 20, archived: 19, skipped: 0, conflicting: 0, failed: 1 });
  expect(shown).toEqual([expect.objectContaining({ key: 'in/d0007-2026-11-24.csv', code: 'ACCESS_DENIED' })]);
});

test('the batch keeps to its share of the run\'s rate', async () => {
  const worker = workerWith();
  put(1);
  const allow = jest.spyOn(worker.rate, 'allow');
  await archiveBatch(worker, batch(listed()), 60_000);
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
  const { counts, finished } = await archiveBatch(worker, batch(listed()), 60_000);
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
  const { counts } = await archiveBatch(worker, batch(listed()), 60_000);
  expect(counts).toEqual({ listed: 600, archived: 600, skipped: 0, conflicting: 0, failed: 0 });
});

test('in the rehearsal of a day to come, what its start is not behind was written by the run all the same', async () => {
  put(1);
  const items = listed();
  harness.store.delete('source', items[0].Key);
  // Under another ETag, as multipart copies have it.
  harness.store.put('archive', 'archive/2026/11/24/d0000-2026-11-24.csv', 'content of in/d0000-2026-11-24.csv', { partSize: 20 });
  const tomorrow = { ...run, startTime: new Date(Date.now() + 86_400_000).toISOString() };
  expect((await archiveBatch(workerWith({}, tomorrow), batch(items, { run: tomorrow }), 60_000)).counts).toMatchObject({ archived: 1, skipped: 0 });
});

describe('a failure that lies in the set-up', () => {
  test('fails the batch with its code, after a few objects and not after all', async () => {
    put(1_000);
    harness.store.deny({ operations: ['CopyObject'], bucket: 'archive' });
    const round = archiveBatch(workerWith(), batch(listed()), 60_000);
    await expect(round).rejects.toMatchObject({ name: 'SystemicFailure', message: expect.stringContaining('ACCESS_DENIED') });
    expect(harness.requests.CopyObject).toBeLessThan(200);
    expect(harness.store.keys('source')).toHaveLength(1_000);
  });

  test('fails the batch in its last round, too: what was not tried has not run out of time', async () => {
    put(1_000);
    harness.store.deny({ operations: ['CopyObject'], bucket: 'archive' });
    const round = archiveBatch(workerWith({ MAX_ROUNDS: '1' }), batch(listed()), 60_000);
    await expect(round).rejects.toMatchObject({ name: 'SystemicFailure', message: expect.stringContaining('ACCESS_DENIED') });
  });

  test('that shows in the deletes only fails the batch, too, and the ledger keeps what is known', async () => {
    put(20);
    harness.store.deny({ operations: ['DeleteObjects'], bucket: 'source' });
    await expect(archiveBatch(workerWith(), batch(listed()), 60_000)).rejects.toMatchObject({ name: 'SystemicFailure' });
    expect(ledger()).toHaveLength(20);
  });

  test('is not taken for that of the others, whose copies take longer', async () => {
    for (let i = 0; i < 12; i++) { harness.put(`in/a/${i}-2026-11-24.csv`); }
    for (let i = 0; i < 988; i++) { harness.put(`in/b/${i}-2026-11-24.csv`); }
    harness.store.deny({ operations: ['CopyObject'], bucket: 'archive', keyPrefix: 'archive/2026/11/24/a/' });
    harness.before = ({ operation, key }) => (operation === 'CopyObject' && key!.includes('/b/') ? { kind: 'Latency', ms: 300 } : undefined);
    // Looks have connections of their own.
    const { endpoint, s3: { config: { credentials } } } = harness;
    const s3 = new S3Client({ endpoint, region: 'us-east-1', credentials, maxAttempts: 1, requestHandler: { httpAgent: { maxSockets: 448 } } });
    s3.middlewareStack.add((next) => (args) => next(args).catch(inThisRealm), { step: 'finalizeRequest', priority: 'low' });
    const round = archiveBatch({ ...workerWith({ [Env.MAX_ROUNDS]: '1' }), s3 }, batch(listed()), 60_000);
    const { counts, finished, problems: shown } = await round.finally(() => s3.destroy());
    expect({ counts, finished }).toEqual({ counts: { listed: 1_000, archived: 988, skipped: 0, conflicting: 0, failed: 12 }, finished: true });
    expect(shown).toContainEqual(expect.objectContaining({ code: 'ACCESS_DENIED' }));
    expect(problems.map(({ code }) => code)).toEqual(Array(12).fill('ACCESS_DENIED'));
  });

  test('of a few objects is judged per object: it may be theirs', async () => {
    put(3);
    harness.store.deny({ operations: ['CopyObject'], bucket: 'archive' });
    expect(await archiveBatch(workerWith(), batch(listed()), 60_000)).toMatchObject({ finished: true, counts: { failed: 3 } });
  });
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
    const first = await archiveBatch(outOfTimeAtTheHundredth(workerWith()), batch(items), 60_000);
    expect(first.finished).toBe(false);
    expect(first.cursor).toBeGreaterThanOrEqual(100);
    expect(first.cursor).toBeLessThan(400);
    expect(first.counts).toEqual({ listed: first.cursor, archived: first.cursor, skipped: 0, conflicting: 0, failed: 0 });
    expect(harness.store.keys('source')).toHaveLength(800 - first.cursor);

    const second = await archiveBatch(workerWith(), batch(items, { progress: first }), 60_000);
    expect(second).toMatchObject({ finished: true, cursor: 800, rounds: 2 });
    expect(second.counts).toEqual({ listed: 800, archived: 800, skipped: 0, conflicting: 0, failed: 0 });
    expect(harness.store.keys('source')).toEqual([]);
    expect(ledger()).toHaveLength(800);
  });

  test('a copy that hangs is cut off, and its object is the next round\'s first', async () => {
    put(10);
    const items = listed();
    harness.before = (call) => (call.operation === 'CopyObject' && call.key!.includes('d0003') ? { kind: 'Latency', ms: 5_000 } : undefined);
    const first = await archiveBatch(workerWith(), batch(items), 2_000);
    expect(first).toMatchObject({ finished: false, cursor: 3, counts: { listed: 3, archived: 3 } });
    // What was copied behind it is deleted, too: nothing is half moved.
    expect(harness.store.keys('source')).toEqual(['in/d0003-2026-11-24.csv']);

    harness.before = undefined;
    const second = await archiveBatch(workerWith(), batch(items, { progress: first }), 60_000);
    expect(second).toMatchObject({ finished: true, counts: { listed: 10, archived: 10, skipped: 0, conflicting: 0, failed: 0 } });
    expect(ledger()).toHaveLength(10);
  });

  test('a multipart copy that is cut off stays open, and the next round copies only what is missing', async () => {
    const MiB = 1024 ** 2;
    harness.store.put('source', 'in/big-2026-11-24.bin', Buffer.alloc(15 * MiB, 'x'));
    put(2);
    const items = listed();
    const large = { [Env.MULTIPART_THRESHOLD_BYTES]: String(5 * MiB) };
    harness.before = (call) => (call.operation === 'UploadPartCopy' && harness.requests.UploadPartCopy > 2 ? { kind: 'Latency', ms: 5_000 } : undefined);
    const first = await archiveBatch(workerWith(large), batch(items), 2_000);
    expect(first).toMatchObject({ finished: false, cursor: 0, upload: { key: 'archive/2026/11/24/big-2026-11-24.bin' } });

    harness.before = undefined;
    harness.resetRequests();
    const second = await archiveBatch(workerWith(large), batch(items, { progress: first }), 60_000);
    expect(second).toMatchObject({ finished: true, upload: null, counts: { listed: 3, archived: 3, skipped: 0, conflicting: 0, failed: 0 } });
    expect(harness.requests.CreateMultipartUpload).toBeUndefined();
    expect(harness.requests.UploadPartCopy).toBe(1);
  });

  test('the last round gives up what is left, with a code, and ends the loop', async () => {
    put(800);
    const { counts, finished } = await archiveBatch(outOfTimeAtTheHundredth(workerWith({ [Env.MAX_ROUNDS]: '1' })), batch(listed()), 60_000);
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
    const { counts } = await inTime(4_000, (time) => archiveBatch(workerWith(), batch(listed()), time));
    expect(counts).toEqual({ listed: 5, archived: 5, skipped: 0, conflicting: 0, failed: 0 });
    expect(harness.store.keys('source')).toEqual([]);
    expect(ledger()).toHaveLength(5);
  });

  test('a delete without end leaves time to say so', async () => {
    put(5);
    hang('DeleteObjects');
    const { counts } = await inTime(4_000, (time) => archiveBatch(workerWith(), batch(listed()), time));
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
    const { counts } = await inTime(4_000, (time) => archiveBatch(workerWith(), batch(listed()), time));
    expect(counts).toMatchObject({ archived: 5, failed: 0 });
  });

  test('a ledger that cannot be written fails the round before its time is over', async () => {
    put(5);
    hang('PutObject');
    await inTime(4_000, (time) => expect(archiveBatch(workerWith(), batch(listed()), time)).rejects.toThrow('did not answer'));
  });

  test.each(['GetObjectTagging', 'CreateMultipartUpload', 'CompleteMultipartUpload'])('%s does not outlast the round', async (operation) => {
    harness.store.put('source', 'in/big-2026-11-24.bin', Buffer.alloc(11 * 1024 ** 2, 'x'));
    const large = { [Env.MULTIPART_THRESHOLD_BYTES]: String(5 * 1024 ** 2) };
    const items = listed();
    hang(operation);
    const first = await inTime(3_000, (time) => archiveBatch(workerWith(large), batch(items), time));
    expect(first).toMatchObject({ finished: false, cursor: 0 });
    harness.before = undefined;
    const second = await archiveBatch(workerWith(large), batch(items, { progress: first }), 60_000);
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

    const dry = await archiveBatch(workerWith({}, dryRun), batch(items, { run: dryRun }), 60_000);
    expect([harness.store.keys('source'), harness.store.keys('archive')]).toEqual(before);
    const real = await archiveBatch(workerWith(), batch(items), 60_000);
    expect(dry.counts).toEqual(real.counts);
    expect(dry.counts).toEqual({ listed: 7, archived: 4, skipped: 1, conflicting: 1, failed: 1 });
    expect(dry.bytes).toBe(real.bytes);
  });

  test('sees that two objects of a batch want one place', async () => {
    harness.put('in/a/x-2026-11-24.csv', 'one');
    harness.put('in/b/x-2026-11-24.csv', 'two');
    const flat = { [Env.LAYOUT]: JSON.stringify({ format: 'yyyy/MM/dd/', flatten: true }) };
    const items = listed();
    const dry = await archiveBatch(workerWith(flat, dryRun), batch(items, { run: dryRun }), 60_000);
    const real = await archiveBatch(workerWith(flat), batch(items), 60_000);
    expect(real.counts).toMatchObject({ archived: 1, conflicting: 1 });
    expect(dry.counts).toEqual(real.counts);
  });
});

test('the child output stays small with long keys and long messages', async () => {
  for (let i = 0; i < 9; i++) { harness.put(`in/${'\u0001'.repeat(900)}${i}-2026-11-24.csv`); }
  harness.store.deny({ operations: ['CopyObject'], bucket: 'archive', message: 'no '.repeat(500) });
  const progress = await archiveBatch(workerWith(), batch(listed()), 60_000);
  expect(progress.counts.failed).toBe(9);
  expect(Buffer.byteLength(JSON.stringify(progress))).toBeLessThan(12_000);
});

test('an object that is gone takes back the line that an attempt before this one gave it', async () => {
  harness.put('in/a-2026-11-24.csv');
  const items = listed();
  const undo = harness.store.deny({ operations: ['CopyObject'] });
  await archiveBatch(workerWith(), batch(items), 60_000);
  expect(ledger()).toMatchObject([{ status: 'failed' }]);
  undo();
  harness.store.bucket('source').delete('in/a-2026-11-24.csv', 0);
  expect((await archiveBatch(workerWith(), batch(items), 60_000)).counts).toMatchObject({ listed: 1, skipped: 1, failed: 0 });
  expect(ledger()).toEqual([]);
});
