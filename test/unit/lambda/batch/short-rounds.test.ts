/** Rounds whose time runs short, or whose requests are not answered. */
import { moveBatch } from '../../../../src/lambda/batch/batch-round';
import type { BatchWorker } from '../../../../src/lambda/batch/batch-worker';
import { useBatches } from '../../../helpers/batch-harness';

const batches = useBatches();
const { batch, ledger, listed, put, workerWith } = batches;

describe('when the time runs short', () => {
  /** A clock that leaps behind the round's time at the hundredth copy. */
  function outOfTimeAtTheHundredth(worker: BatchWorker): BatchWorker {
    let leap = 0;
    let copies = 0;
    batches.harness.before = (call) => {
      if (call.operation === 'CopyObject' && ++copies === 100) {
        leap = 50_000;
      }
    };
    return { ...worker, clock: { now: () => Date.now() + leap, sleep: async () => undefined } };
  }

  test('the batch stops in time, deletes what it copied, and the next round goes on from there', async () => {
    put(800);
    const items = listed();
    const first = await moveBatch(outOfTimeAtTheHundredth(workerWith()), batch(items), 60_000);
    expect(first.finished).toBe(false);
    expect(first.cursor).toBeGreaterThanOrEqual(100);
    expect(first.cursor).toBeLessThan(400);
    expect(first.counts).toEqual({
      listed: first.cursor,
      archived: first.cursor,
      skipped: 0,
      conflicting: 0,
      failed: 0,
    });
    expect(batches.harness.store.keys('source')).toHaveLength(800 - first.cursor);

    const second = await moveBatch(workerWith(), batch(items, { progress: first }), 60_000);
    expect(second).toMatchObject({ finished: true, cursor: 800, rounds: 2 });
    expect(second.counts).toEqual({
      listed: 800,
      archived: 800,
      skipped: 0,
      conflicting: 0,
      failed: 0,
    });
    expect(batches.harness.store.keys('source')).toEqual([]);
    expect(ledger()).toHaveLength(800);
  });

  test("a copy that hangs is cut off, and its object is the next round's first", async () => {
    put(10);
    const items = listed();
    batches.harness.before = (call) =>
      call.operation === 'CopyObject' && call.key!.includes('d0003')
        ? { kind: 'Latency', ms: 5_000 }
        : undefined;
    const first = await moveBatch(workerWith(), batch(items), 2_000);
    expect(first).toMatchObject({ finished: false, cursor: 3, counts: { listed: 3, archived: 3 } });
    // What was copied behind it is deleted, too: nothing is half moved.
    expect(batches.harness.store.keys('source')).toEqual(['in/d0003-2026-11-24.csv']);

    batches.harness.before = undefined;
    const second = await moveBatch(workerWith(), batch(items, { progress: first }), 60_000);
    expect(second).toMatchObject({
      finished: true,
      counts: { listed: 10, archived: 10, skipped: 0, conflicting: 0, failed: 0 },
    });
    expect(ledger()).toHaveLength(10);
  });

  test(
    'a multipart copy that is cut off stays open, and the next round copies only what is ' +
      'missing',
    async () => {
      const MiB = 1024 ** 2;
      batches.harness.store.put('source', 'in/big-2026-11-24.bin', Buffer.alloc(15 * MiB, 'x'));
      put(2);
      const items = listed();
      const large = { MULTIPART_THRESHOLD_BYTES: String(5 * MiB) };
      batches.harness.before = (call) =>
        call.operation === 'UploadPartCopy' && batches.harness.requests.UploadPartCopy > 2
          ? { kind: 'Latency', ms: 5_000 }
          : undefined;
      const first = await moveBatch(workerWith(large), batch(items), 2_000);
      expect(first).toMatchObject({
        finished: false,
        cursor: 0,
        upload: { key: 'archive/2026/11/24/big-2026-11-24.bin' },
      });

      batches.harness.before = undefined;
      batches.harness.resetRequests();
      const second = await moveBatch(workerWith(large), batch(items, { progress: first }), 60_000);
      expect(second).toMatchObject({
        finished: true,
        upload: null,
        counts: { listed: 3, archived: 3, skipped: 0, conflicting: 0, failed: 0 },
      });
      expect(batches.harness.requests.CreateMultipartUpload).toBeUndefined();
      expect(batches.harness.requests.UploadPartCopy).toBe(1);
    },
  );

  test('an object that one request did not copy in a round is copied in parts by the next', async () => {
    batches.harness.store.put('source', 'in/big-2026-11-24.bin', Buffer.alloc(9 * 1024 ** 2, 'x'));
    put(2);
    const items = listed();
    batches.harness.before = (call) =>
      call.operation === 'CopyObject' && call.key!.includes('big')
        ? { kind: 'Latency', ms: 5_000 }
        : undefined;
    const first = await moveBatch(workerWith(), batch(items), 2_000);
    expect(first).toMatchObject({
      finished: false,
      cursor: 0,
      upload: null,
      counts: { listed: 0, archived: 0 },
    });
    expect(batches.harness.requests.CreateMultipartUpload).toBeUndefined();

    const second = await moveBatch(workerWith(), batch(items, { progress: first }), 60_000);
    expect(second).toMatchObject({ finished: true, counts: { listed: 3, archived: 3, failed: 0 } });
    expect(batches.harness.requests).toMatchObject({
      CreateMultipartUpload: 1,
      UploadPartCopy: 1,
      CompleteMultipartUpload: 1,
    });
  });

  test(
    'copies in parts run side by side in a short round, and only the first that is cut off stays ' +
      'open',
    async () => {
      // In two seconds, S3 is assumed to copy 12 MiB in one request.
      for (const name of ['a', 'b', 'c']) {
        batches.harness.store.put(
          'source',
          `in/${name}-2026-11-24.bin`,
          Buffer.alloc(13 * 1024 ** 2, name),
        );
      }
      const items = listed();
      const uploads = () =>
        [...batches.harness.store.bucket('archive').uploads.values()].map(({ key }) => key);
      let most = 0;
      batches.harness.before = (call) => {
        if (call.operation !== 'UploadPartCopy') {
          return undefined;
        }
        most = Math.max(most, uploads().length);
        return { kind: 'Latency', ms: 5_000 };
      };
      const first = await moveBatch(workerWith(), batch(items), 2_000);
      expect(most).toBe(3);
      expect(first).toMatchObject({
        finished: false,
        cursor: 0,
        upload: { key: 'archive/2026/11/24/a-2026-11-24.bin' },
      });
      expect(uploads()).toEqual(['archive/2026/11/24/a-2026-11-24.bin']);
      expect(batches.harness.store.keys('source')).toHaveLength(3);

      batches.harness.before = undefined;
      const second = await moveBatch(workerWith(), batch(items, { progress: first }), 60_000);
      expect(second).toMatchObject({
        finished: true,
        upload: null,
        counts: { listed: 3, archived: 3, failed: 0 },
      });
      expect(uploads()).toEqual([]);
      for (const name of ['a', 'b', 'c']) {
        expect(
          batches.harness.store
            .get('archive', `archive/2026/11/24/${name}-2026-11-24.bin`)!
            .body.bytes()
            .equals(Buffer.alloc(13 * 1024 ** 2, name)),
        ).toBe(true);
      }
    },
  );

  test('the time that a copy takes lowers the threshold of the next batch', async () => {
    const worker = workerWith();
    const onCopyTime = jest.spyOn(worker.copyThroughput, 'onCopyTime');
    put(1);
    await moveBatch(worker, batch(listed()), 60_000);
    expect(onCopyTime.mock.calls.map(([, , isCutOff]) => isCutOff)).toEqual([false]);
    put(1);
    batches.harness.before = (call) =>
      call.operation === 'CopyObject' ? { kind: 'Latency', ms: 5_000 } : undefined;
    await moveBatch(worker, batch(listed()), 2_000);
    expect(onCopyTime.mock.calls.map(([, , isCutOff]) => isCutOff)).toEqual([false, true]);
  });

  test('the last round gives up what is left, with a code, and ends the loop', async () => {
    put(800);
    const { counts, finished } = await moveBatch(
      outOfTimeAtTheHundredth(workerWith({ MAX_ROUNDS: '1' })),
      batch(listed()),
      60_000,
    );
    expect(finished).toBe(true);
    expect(counts.failed).toBeGreaterThan(400);
    expect(counts.archived + counts.failed).toBe(800);
    expect(ledger().filter(({ code }) => code === 'OUT_OF_TIME')).toHaveLength(counts.failed);
  });
});

describe('where S3 does not answer', () => {
  /** The first requests of an operation, or all. */
  function hang(operation: string, requests = Infinity): void {
    batches.harness.before = (call) =>
      call.operation === operation && batches.harness.requests[operation] <= requests
        ? { kind: 'Latency', ms: 12_000 }
        : undefined;
  }

  /** Milliseconds by which a machine with other work on it wakes up late. */
  const BUSY = 3_000;

  async function inTime<T>(
    milliseconds: number,
    round: (milliseconds: number) => Promise<T>,
  ): Promise<T> {
    const began = Date.now();
    const answer = await round(milliseconds);
    expect(Date.now() - began).toBeLessThan(milliseconds + BUSY);
    return answer;
  }

  test.each(['DeleteObjects', 'PutObject'])('%s is asked again in time', async (operation) => {
    put(5);
    hang(operation, 1);
    const { counts } = await inTime(4_000, (time) =>
      moveBatch(workerWith(), batch(listed()), time),
    );
    expect(counts).toEqual({ listed: 5, archived: 5, skipped: 0, conflicting: 0, failed: 0 });
    expect(batches.harness.store.keys('source')).toEqual([]);
    expect(ledger()).toHaveLength(5);
  });

  test('a delete without end leaves time to say so', async () => {
    put(5);
    hang('DeleteObjects');
    const { counts } = await inTime(4_000, (time) =>
      moveBatch(workerWith(), batch(listed()), time),
    );
    expect(counts).toEqual({ listed: 5, archived: 0, skipped: 0, conflicting: 0, failed: 5 });
    const failed = expect.objectContaining({
      status: 'failed',
      code: 'SERVER_ERROR',
      message: expect.stringContaining('did not answer'),
    });
    expect(ledger()).toEqual(Array(5).fill(failed));
  });

  test('a delete whose answer never comes is looked for', async () => {
    put(5);
    hang('DeleteObjects');
    const { before } = batches.harness;
    batches.harness.before = (call) => {
      if (call.operation === 'DeleteObjects') {
        call.keys!.forEach((key) => batches.harness.store.delete('source', key));
      }
      return before!(call);
    };
    const { counts } = await inTime(4_000, (time) =>
      moveBatch(workerWith(), batch(listed()), time),
    );
    expect(counts).toMatchObject({ archived: 5, failed: 0 });
  });

  describe.each([
    ['was executed', true],
    ['was not executed', false],
  ])('neither to a delete, which %s, nor to a look at the source', (_, isExecuted) => {
    beforeEach(() => {
      put(5);
      batches.harness.before = (call) => {
        if (isExecuted && call.operation === 'DeleteObjects') {
          call.keys!.forEach((key) => batches.harness.store.delete('source', key));
        }
        return ['DeleteObjects', 'HeadObject'].includes(call.operation)
          ? { kind: 'Latency', ms: 12_000 }
          : undefined;
      };
    });

    test('the next round finds out', async () => {
      const items = listed();
      const first = await inTime(4_000, (time) => moveBatch(workerWith(), batch(items), time));
      expect(first).toMatchObject({ finished: false, cursor: 0, counts: { listed: 0 } });
      expect(ledger()).toEqual(Array(5).fill(expect.objectContaining({ status: 'archived' })));
      batches.harness.before = undefined;
      const second = await moveBatch(workerWith(), batch(items, { progress: first }), 60_000);
      expect(second).toMatchObject({
        finished: true,
        counts: { listed: 5, archived: 5, failed: 0 },
      });
      expect(ledger()).toHaveLength(5);
      expect(batches.harness.store.keys('source')).toEqual([]);
    });

    test(
      'after the last round another attempt at it does, or ReportRun: the ledger still says what ' +
        'it said before the delete',
      async () => {
        const last = workerWith({ MAX_ROUNDS: '1' });
        const items = listed();
        await inTime(4_000, (time) =>
          expect(moveBatch(last, batch(items), time)).rejects.toThrow(
            'another attempt must find out',
          ),
        );
        expect(ledger()).toEqual(Array(5).fill(expect.objectContaining({ status: 'archived' })));
        batches.harness.before = undefined;
        expect(await moveBatch(last, batch(items), 60_000)).toMatchObject({
          finished: true,
          counts: { archived: 5, failed: 0 },
        });
      },
    );
  });

  test('a ledger that cannot be written fails the round before its time is over', async () => {
    put(5);
    hang('PutObject');
    await inTime(4_000, (time) =>
      expect(moveBatch(workerWith(), batch(listed()), time)).rejects.toThrow('did not answer'),
    );
  });

  test.each(['GetObjectTagging', 'CreateMultipartUpload', 'CompleteMultipartUpload'])(
    '%s does not outlast the round',
    async (operation) => {
      batches.harness.store.put(
        'source',
        'in/big-2026-11-24.bin',
        Buffer.alloc(11 * 1024 ** 2, 'x'),
      );
      const large = { MULTIPART_THRESHOLD_BYTES: String(5 * 1024 ** 2) };
      const items = listed();
      hang(operation);
      const first = await inTime(3_000, (time) => moveBatch(workerWith(large), batch(items), time));
      expect(first).toMatchObject({ finished: false, cursor: 0 });
      batches.harness.before = undefined;
      const second = await moveBatch(workerWith(large), batch(items, { progress: first }), 60_000);
      expect(second).toMatchObject({ finished: true, counts: { archived: 1, failed: 0 } });
    },
  );
});
