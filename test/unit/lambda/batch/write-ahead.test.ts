/** The ledger is written ahead of the deletes, also if attempts at a batch fail or are killed. */
import type { ListedObject } from '../../../../src/contract/payloads/listing';
import { moveBatch } from '../../../../src/lambda/batch/batch-round';
import { tallyLedger } from '../../../../src/lambda/ledger/read-ledger';
import { initialProgress } from '../../../../src/lambda/plan-run/plan-run';
import { systemClock } from '../../../../src/lambda/s3/retry';
import { run, useBatches, withLostDeletes } from '../../../helpers/batch-harness';
import { holdWrite } from '../../../helpers/held-writes';

const batches = useBatches();
const { batch, ledger, listed, put, workerWith } = batches;

describe('the ledger is written ahead', () => {
  /** Collects what the ledger says of each key at the time of its delete. */
  function watchDeletes(): string[] {
    const unrecorded: string[] = [];
    batches.harness.before = ({ operation, keys = [] }) => {
      if (operation !== 'DeleteObjects') {
        return;
      }
      const archived = new Set(
        ledger()
          .filter(({ status }) => status === 'archived')
          .map(({ key }) => key),
      );
      unrecorded.push(...keys.filter((key) => !archived.has(key)));
    };
    return unrecorded;
  }

  test('a line comes before its delete', async () => {
    put(1_200);
    const unrecorded = watchDeletes();
    await moveBatch(workerWith(), batch(listed()), 60_000);
    expect(batches.harness.requests.DeleteObjects).toBe(2);
    expect(unrecorded).toEqual([]);
  });

  test(
    'a line comes before its delete, also where sources are deleted early because S3 ' +
      'throttles',
    async () => {
      put(1_000);
      const unrecorded = watchDeletes();
      const worker = workerWith();
      Object.defineProperty(worker.rate, 'isThrottled', { value: true });
      await moveBatch(worker, batch(listed()), 60_000);
      expect(batches.harness.requests.DeleteObjects).toBeGreaterThan(1);
      expect(unrecorded).toEqual([]);
      expect(ledger()).toHaveLength(1_000);
    },
  );

  test('a line comes before its delete, also behind an object that stays open', async () => {
    put(10);
    const unrecorded = watchDeletes();
    const watch = batches.harness.before!;
    batches.harness.before = (call) =>
      call.operation === 'CopyObject' && call.key!.includes('d0003')
        ? { kind: 'Latency', ms: 12_000 }
        : watch(call);
    expect(await moveBatch(workerWith(), batch(listed()), 6_000)).toMatchObject({
      finished: false,
      cursor: 3,
    });
    expect(batches.harness.store.keys('source')).toEqual(['in/d0003-2026-11-24.csv']);
    expect(unrecorded).toEqual([]);
  });

  test('nothing is deleted while the ledger cannot be written', async () => {
    put(3);
    batches.harness.store.deny({ operations: ['PutObject'], bucket: 'reports' });
    await expect(moveBatch(workerWith(), batch(listed()), 60_000)).rejects.toMatchObject({
      name: 'AccessDenied',
    });
    expect(batches.harness.store.keys('source')).toHaveLength(3);
    expect(batches.harness.requests.DeleteObjects).toBeUndefined();
  });

  test('a part is written again only if a delete turned out otherwise', async () => {
    put(3);
    batches.harness.store.deny({
      operations: ['DeleteObject'],
      bucket: 'source',
      keyPrefix: 'in/d0001',
    });
    await moveBatch(workerWith(), batch(listed()), 60_000);
    expect(batches.harness.requests.PutObject).toBe(2);
    expect(Object.fromEntries(ledger().map(({ key, status }) => [key, status]))).toEqual({
      'in/d0000-2026-11-24.csv': 'archived',
      'in/d0001-2026-11-24.csv': 'failed',
      'in/d0002-2026-11-24.csv': 'archived',
    });
  });

  test.each([60_000, 2_000])(
    'a version that was rewritten before its copy is counted by the attempt after the one that ' +
      'died',
    async (milliseconds) => {
      put(2);
      const items = listed();
      const etag = batches.harness.put(items[0].Key, 'a longer content than the listed one');
      // The first attempt dies after the deletes: nothing that it sends afterwards arrives.
      let isDead = false;
      batches.harness.before = () =>
        isDead ? { kind: 'Error', status: 400, code: 'Dead' } : undefined;
      batches.harness.after = ({ operation }) => {
        isDead ||= operation === 'DeleteObjects';
      };
      const first = workerWith();
      await moveBatch(
        { ...first, s3: withLostDeletes(first.s3) },
        batch(items),
        milliseconds,
      ).catch(() => undefined);
      expect(batches.harness.store.keys('source')).toEqual([]);
      batches.harness.before = batches.harness.after = undefined;
      const { counts } = await moveBatch(workerWith(), batch(items), 60_000);
      expect(counts).toEqual({ listed: 2, archived: 2, skipped: 0, conflicting: 0, failed: 0 });
      expect(ledger()).toEqual([
        expect.objectContaining({ key: items[0].Key, status: 'archived', etag, size: 36 }),
        expect.objectContaining({ key: items[1].Key, status: 'archived' }),
      ]);
    },
  );

  test.each([
    ['before its delete', false],
    ['after its delete, whose answer was lost', true],
  ])(
    'a source that is written again %s conflicts, and the line names what is archived',
    async (_, isDeleted) => {
      const etag = batches.harness.put('in/a-2026-11-24.csv', 'old');
      const items = listed();
      batches.harness.before = (call) => {
        if (call.operation !== 'DeleteObjects') {
          return undefined;
        }
        batches.harness.before = undefined;
        if (isDeleted) {
          batches.harness.store.delete('source', 'in/a-2026-11-24.csv');
        }
        batches.harness.put('in/a-2026-11-24.csv', 'new');
        return isDeleted ? { kind: 'ResetBefore' } : undefined;
      };
      expect(await moveBatch(workerWith(), batch(items), 60_000)).toMatchObject({
        counts: { conflicting: 1 },
      });
      const archived = {
        destination: 'archive/2026/11/24/a-2026-11-24.csv',
        etag,
        archivedEtag: etag,
        size: 3,
        day: '2026-11-24',
      };
      expect(ledger()).toEqual([
        expect.objectContaining({
          status: 'conflicting',
          code: 'SOURCE_CHANGED',
          earlier: [expect.objectContaining(archived)],
        }),
      ]);
    },
  );

  test('deletes that were sent early because S3 throttles, and were slow, are confirmed, too', async () => {
    put(300);
    const items = listed();
    let lateness = 0;
    let doubted: string | undefined;
    batches.harness.before = ({ operation, keys = [] }) => {
      if (operation !== 'DeleteObjects' || doubted !== undefined) {
        return;
      }
      // ReportRun looks before the delete is executed, and says what it sees.
      lateness = 5_000;
      [doubted] = keys;
      const line = ledger().find(({ key }) => key === doubted)!;
      const part = batches.harness.store
        .keys('reports', 'runs/')[0]
        .replace(/[^-]+$/, 'reconciled.jsonl');
      batches.harness.store.put(
        'reports',
        part,
        `${JSON.stringify({ ...line, status: 'failed', code: 'BATCH_FAILED', at: line.at + 60_000 })}\n`,
      );
    };
    const worker = workerWith();
    Object.defineProperty(worker.rate, 'isThrottled', { value: true });
    const clock = { now: () => Date.now() + lateness, sleep: systemClock.sleep };
    await moveBatch({ ...worker, clock, promptDeletes: 4_000 }, batch(items), 60_000);
    expect(doubted).toBeDefined();
    expect(await tallyLedger(batches.harness.s3, 'reports', run.ledgerPrefix)).toMatchObject({
      archived: 300,
      failed: 0,
    });
  });

  test.each([
    ['before', 2_000],
    ['after', 60_000],
  ])(
    'an attempt that was given up confirms its deletes, if another one saw the sources before ' +
      'them, and said so %s them',
    async (_, later) => {
      put(1);
      const [item] = listed();
      const late = { now: () => Date.now() + lateness, sleep: systemClock.sleep };
      let lateness = 0;
      batches.harness.before = ({ operation }) => {
        if (operation !== 'DeleteObjects') {
          return;
        }
        lateness = 5_000;
        const [line] = ledger();
        const key = batches.harness.store
          .keys('reports', 'runs/')[0]
          .replace(/[^-]+$/, 'reconciled.jsonl');
        batches.harness.store.put(
          'reports',
          key,
          `${JSON.stringify({ ...line, status: 'failed', code: 'BATCH_FAILED', at: line.at! + later })}\n`,
        );
      };
      await moveBatch({ ...workerWith(), clock: late }, batch([item]), 60_000);
      const tally = await tallyLedger(batches.harness.s3, 'reports', run.ledgerPrefix);
      expect(tally).toMatchObject({ archived: 1, failed: 0 });
    },
  );
});

describe(
  'what an attempt had sent when it died, and S3 executes after the answer of the next one, ' +
    'comes too late',
  () => {
    test('where the next one has nothing else to say', async () => {
      put(1);
      const items = listed();
      batches.harness.put(items[0].Key, 'a longer content than the listed one');
      const allow = batches.harness.store.deny({ operations: ['DeleteObject'], bucket: 'source' });
      // The first write says archived. The second says that the delete failed.
      const dying = holdWrite(batches.harness.s3, 2);
      await expect(
        moveBatch({ ...workerWith(), s3: dying.s3 }, batch(items), 60_000),
      ).rejects.toThrow('dead');
      allow();
      batches.harness.store.bucket('source').delete(items[0].Key, 0);
      expect(await moveBatch(workerWith(), batch(items), 60_000)).toMatchObject({
        counts: { archived: 1, failed: 0 },
      });
      expect(await dying.release()).toBe('PreconditionFailed');
      expect(await tallyLedger(batches.harness.s3, 'reports', run.ledgerPrefix)).toMatchObject({
        archived: 1,
        failed: 0,
      });
    });

    test('where the next one says the same in a round that is not the first', async () => {
      put(1);
      const items = listed();
      const progress = { ...initialProgress(), rounds: 1 };
      const allow = batches.harness.store.deny({ operations: ['DeleteObject'], bucket: 'source' });
      const dying = holdWrite(batches.harness.s3, 2);
      await expect(
        moveBatch({ ...workerWith(), s3: dying.s3 }, batch(items, { progress }), 60_000),
      ).rejects.toThrow('dead');
      allow();
      expect(await moveBatch(workerWith(), batch(items, { progress }), 60_000)).toMatchObject({
        counts: { archived: 1, failed: 0 },
      });
      expect(await dying.release()).toBe('PreconditionFailed');
      expect(await tallyLedger(batches.harness.s3, 'reports', run.ledgerPrefix)).toMatchObject({
        archived: 1,
        failed: 0,
      });
    });

    test('where the next one has no line, because a program removed the object', async () => {
      put(1);
      const items = listed();
      const allow = batches.harness.store.deny({ operations: ['DeleteObject'], bucket: 'source' });
      const dying = holdWrite(batches.harness.s3, 1);
      await expect(
        moveBatch({ ...workerWith(), s3: dying.s3 }, batch(items), 60_000),
      ).rejects.toThrow('dead');
      allow();
      for (const bucket of ['source', 'archive']) {
        batches.harness.store
          .keys(bucket)
          .forEach((key) => batches.harness.store.bucket(bucket).delete(key, 0));
      }
      const { counts, digest } = await moveBatch(workerWith(), batch(items), 60_000);
      expect(counts).toMatchObject({ skipped: 1, archived: 0 });
      expect(digest!.parts).toMatchObject([{ lines: 0 }]);
      expect(await dying.release()).toBe('PreconditionFailed');
      expect(ledger()).toEqual([]);
    });
  },
);

describe(
  'an attempt whose credentials have expired, after another one has written that the objects are ' +
    'archived',
  () => {
    let items: ListedObject[];
    const expire = (...operations: string[]) => {
      batches.harness.before = ({ operation, bucket }) =>
        operations.includes(operation) && bucket !== 'reports'
          ? { kind: 'ExpiredToken' }
          : undefined;
    };
    beforeEach(() => {
      put(5);
      items = listed();
    });

    test('finds them archived if their sources are gone', async () => {
      await moveBatch(workerWith(), batch(items), 60_000);
      expire('CopyObject');
      expect((await moveBatch(workerWith(), batch(items), 60_000)).counts).toMatchObject({
        listed: 5,
        archived: 5,
        failed: 0,
      });
      expect(ledger()).toEqual(Array(5).fill(expect.objectContaining({ status: 'archived' })));
      expect(batches.problems).toEqual([]);
    });

    test('says that they failed if their sources are still there', async () => {
      const undo = batches.harness.store.deny({ operations: ['DeleteObjects'] });
      await moveBatch(workerWith(), batch(items), 60_000);
      undo();
      expire('CopyObject');
      expect((await moveBatch(workerWith(), batch(items), 60_000)).counts).toMatchObject({
        listed: 5,
        archived: 0,
        failed: 5,
      });
      expect(ledger()).toEqual(
        Array(5).fill(expect.objectContaining({ status: 'failed', earlier: [expect.anything()] })),
      );
    });

    test('leaves it to another attempt, or ReportRun, if it may not look', async () => {
      await moveBatch(workerWith(), batch(items), 60_000);
      expire('CopyObject', 'ListObjectsV2');
      await expect(moveBatch(workerWith(), batch(items), 60_000)).rejects.toMatchObject({
        name: 'ExpiredToken',
      });
      batches.harness.before = undefined;
      expect((await moveBatch(workerWith(), batch(items), 60_000)).counts).toMatchObject({
        archived: 5,
        failed: 0,
      });
      expect(ledger()).toEqual(Array(5).fill(expect.objectContaining({ status: 'archived' })));
    });
  },
);
