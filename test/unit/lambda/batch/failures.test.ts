/** What a batch makes of failures, of one object or of all. */
import { S3Client } from '@aws-sdk/client-s3';
import { ReasonCode } from '../../../../src/contract/payloads/reason-codes';
import { BatchOutcomes, type Outcome } from '../../../../src/lambda/batch/batch-outcomes';
import { moveBatch } from '../../../../src/lambda/batch/batch-round';
import { initialProgress } from '../../../../src/lambda/plan-run/plan-run';
import type { Environment } from '../../../../src/lambda/runtime/environment';
import { systemClock } from '../../../../src/lambda/s3/retry';
import { run, useBatches } from '../../../helpers/batch-harness';
import { inThisRealm } from '../../../helpers/harness';

const batches = useBatches();
const { batch, ledger, listed, put, workerWith } = batches;

describe('a failure that lies in the set-up', () => {
  const KEY_ARN = 'arn:aws:kms:us-east-1:123456789012:key/own';

  test.each<[string, Environment, () => unknown]>([
    [
      'KMS_DENIED',
      { DESTINATION_KEY_ARN: KEY_ARN },
      () => batches.harness.store.deny({ kmsKeyId: KEY_ARN }),
    ],
    ['NO_SUCH_BUCKET', { DESTINATION_BUCKET: 'nowhere' }, () => undefined],
  ])(
    'fails the batch with its code, after a few objects and not after all: %s',
    async (code, environment, prepare) => {
      put(1_000);
      prepare();
      const round = moveBatch(workerWith(environment), batch(listed()), 60_000);
      await expect(round).rejects.toMatchObject({
        name: 'SystemicFailure',
        message: expect.stringContaining(code),
      });
      expect(batches.harness.requests.CopyObject).toBeLessThan(200);
      expect(batches.harness.store.keys('source')).toHaveLength(1_000);
    },
  );

  test('fails the batch in its last round, too: what was not tried has not run out of time', async () => {
    put(1_000);
    batches.harness.store.deny({ kmsKeyId: KEY_ARN });
    const round = moveBatch(
      workerWith({ MAX_ROUNDS: '1', DESTINATION_KEY_ARN: KEY_ARN }),
      batch(listed()),
      60_000,
    );
    await expect(round).rejects.toMatchObject({
      name: 'SystemicFailure',
      message: expect.stringContaining('KMS_DENIED'),
    });
  });

  test.each(['100', '1'])(
    'that denies all writes fails the batch after every object was tried (%s rounds)',
    async (MAX_ROUNDS) => {
      put(100);
      batches.harness.store.deny({ operations: ['CopyObject'], bucket: 'archive' });
      await expect(
        moveBatch(workerWith({ MAX_ROUNDS }), batch(listed()), 60_000),
      ).rejects.toMatchObject({ name: 'SystemicFailure' });
      expect(ledger()).toHaveLength(100);
      expect(new Set(ledger().map(({ code }) => code))).toEqual(new Set(['ACCESS_DENIED']));
    },
  );

  test(
    'that shows in the deletes only is judged per object: a policy about sources may deny ' +
      'them',
    async () => {
      put(20);
      batches.harness.store.deny({ operations: ['DeleteObjects'], bucket: 'source' });
      expect(await moveBatch(workerWith(), batch(listed()), 60_000)).toMatchObject({
        finished: true,
        counts: { failed: 20 },
      });
      expect(ledger()).toHaveLength(20);
      expect(new Set(ledger().map(({ status }) => status))).toEqual(new Set(['failed']));
    },
  );

  test('of one folder, which comes first, does not keep the others from being archived', async () => {
    for (let i = 0; i < 100; i++) {
      batches.harness.put(`in/a/${i}-2026-11-24.csv`);
    }
    for (let i = 0; i < 100; i++) {
      batches.harness.put(`in/b/${i}-2026-11-24.csv`);
    }
    batches.harness.store.deny({
      operations: ['CopyObject'],
      bucket: 'archive',
      keyPrefix: 'archive/2026/11/24/a/',
    });
    const { counts } = await moveBatch(workerWith(), batch(listed()), 60_000);
    expect(counts).toEqual({ listed: 200, archived: 100, skipped: 0, conflicting: 0, failed: 100 });
  });

  test(
    'of one folder with almost all objects does not keep the one other object from being ' +
      'archived',
    async () => {
      for (let i = 0; i < 200; i++) {
        batches.harness.put(`in/a/${String(i).padStart(3, '0')}-2026-11-24.csv`);
      }
      batches.harness.put('in/b/0-2026-11-24.csv');
      for (let i = 0; i < 100; i++) {
        batches.harness.put(`in/c/${i}-2026-11-24.csv`);
      }
      for (const folder of ['a', 'c']) {
        batches.harness.store.deny({
          operations: ['CopyObject'],
          bucket: 'archive',
          keyPrefix: `archive/2026/11/24/${folder}/`,
        });
      }
      const { counts } = await moveBatch(workerWith(), batch(listed()), 60_000);
      expect(counts).toEqual({ listed: 301, archived: 1, skipped: 0, conflicting: 0, failed: 300 });
    },
  );
});

test('the question whether all failed takes a step for each object, and not one for each two', () => {
  const countSteps = (objects: number): number => {
    let steps = 0;
    const denied: Outcome = {
      get status() {
        steps += 1;
        return 'failed' as const;
      },
      destination: 'archive/a',
      code: ReasonCode.ACCESS_DENIED,
      message: 'denied',
      isInSetup: true,
    };
    const items = Array.from({ length: objects }, (_, i) => ({ Key: `${i}`, Etag: 'e', Size: 1 }));
    const outcomes = new BatchOutcomes(items, initialProgress(), { runStart: 0 });
    const found = items.filter((_, index) => {
      outcomes.set(index, denied);
      return outcomes.findSystemicFailure();
    });
    expect(found).toEqual(items.slice(-1));
    return steps;
  };
  expect(countSteps(10_000)).toBeLessThan(2.1 * countSteps(5_000));
});

describe('objects that only their writer can read', () => {
  test.each(['first', 'all'])(
    "under a key that is not the archiver's stop nobody else, although they come %s",
    async (which) => {
      const foreign = 'arn:aws:kms:us-east-1:999999999999:key/foreign';
      for (let i = 0; i < 160; i++) {
        batches.harness.store.put(
          'source',
          `in/${String(i).padStart(3, '0')}-2026-11-24.csv`,
          'x',
          { serverSideEncryption: 'aws:kms', kmsKeyId: foreign } as never,
        );
      }
      if (which === 'first') {
        put(300);
      }
      batches.harness.before = (call) =>
        call.operation === 'CopyObject' && /\/\d{3}-/.test(call.key!)
          ? {
              kind: 'Error',
              status: 403,
              code: 'AccessDenied',
              message: `User is not authorized to perform: kms:Decrypt on resource: ${foreign}`,
            }
          : undefined;
      const environment = { DESTINATION_KEY_ARN: 'arn:aws:kms:us-east-1:123456789012:key/own' };
      const { counts, problems: shown } = await moveBatch(
        workerWith(environment),
        batch(listed()),
        60_000,
      );
      expect(counts).toMatchObject({ archived: which === 'first' ? 300 : 0, failed: 160 });
      expect(shown[0]).toMatchObject({ code: 'KMS_DENIED' });
    },
  );

  test('are all tried if they are denied without a reason: none of the others is given up', async () => {
    put(400);
    batches.harness.store.deny({
      operations: ['CopyObject'],
      bucket: 'archive',
      keyPrefix: 'archive/2026/11/24/d00',
    });
    batches.harness.store.deny({
      operations: ['CopyObject'],
      bucket: 'archive',
      keyPrefix: 'archive/2026/11/24/d01',
    });
    batches.harness.store.deny({
      operations: ['CopyObject'],
      bucket: 'archive',
      keyPrefix: 'archive/2026/11/24/d02',
    });
    batches.harness.store.deny({ operations: ['HeadObject'], bucket: 'source' });
    batches.harness.store.deny({
      operations: ['CopyObject'],
      bucket: 'archive',
      keyPrefix: 'archive/2026/11/24/d030',
    });
    batches.harness.store.deny({
      operations: ['CopyObject'],
      bucket: 'archive',
      keyPrefix: 'archive/2026/11/24/d031',
    });
    const { counts } = await moveBatch(workerWith(), batch(listed()), 60_000);
    expect(counts).toMatchObject({ archived: 80, failed: 320 });
  });
});

describe('a failure of some objects', () => {
  test('is not taken for that of the others, whose copies take longer', async () => {
    for (let i = 0; i < 12; i++) {
      batches.harness.put(`in/a/${i}-2026-11-24.csv`);
    }
    for (let i = 0; i < 988; i++) {
      batches.harness.put(`in/b/${i}-2026-11-24.csv`);
    }
    batches.harness.before = ({ operation, key }) => {
      if (operation !== 'CopyObject') {
        return undefined;
      }
      return key!.includes('/b/')
        ? { kind: 'Latency', ms: 300 }
        : { kind: 'Error', status: 404, code: 'NoSuchBucket' };
    };
    // Looks have connections of their own.
    const {
      endpoint,
      s3: {
        config: { credentials },
      },
    } = batches.harness;
    const s3 = new S3Client({
      endpoint,
      region: 'us-east-1',
      credentials,
      maxAttempts: 1,
      requestHandler: { httpAgent: { maxSockets: 448 } },
    });
    s3.middlewareStack.add((next) => (args) => next(args).catch(inThisRealm), {
      step: 'finalizeRequest',
      priority: 'low',
    });
    const round = moveBatch({ ...workerWith({ MAX_ROUNDS: '1' }), s3 }, batch(listed()), 60_000);
    const { counts, finished, problems: shown } = await round.finally(() => s3.destroy());
    expect({ counts, finished }).toEqual({
      counts: { listed: 1_000, archived: 988, skipped: 0, conflicting: 0, failed: 12 },
      finished: true,
    });
    expect(shown).toContainEqual(expect.objectContaining({ code: 'NO_SUCH_BUCKET' }));
    expect(batches.problems.map(({ code }) => code)).toEqual(Array(12).fill('NO_SUCH_BUCKET'));
  });

  test('of a few objects is judged per object: it may be theirs', async () => {
    put(3);
    batches.harness.store.deny({ operations: ['CopyObject'], bucket: 'archive' });
    expect(await moveBatch(workerWith(), batch(listed()), 60_000)).toMatchObject({
      finished: true,
      counts: { failed: 3 },
    });
  });
});

describe('an object that has to be read to compare it', () => {
  const KEY = 'in/z-2026-11-24.csv';
  const TAKEN = 'archive/2026/11/24/z-2026-11-24.csv';
  /** Neither its ETag nor a checksum proves its bytes. */
  const unproven = {
    serverSideEncryption: 'aws:kms',
    checksum: { algorithm: 'SHA256', type: 'COMPOSITE', composite: 'x-1' },
  } as never;
  const large = Buffer.alloc(33 * 1024 ** 2, 'x');

  function putInBothPlaces(content: Buffer | string): void {
    batches.harness.store.put('source', KEY, content as Buffer, unproven);
    batches.harness.store.put('archive', TAKEN, content as Buffer);
  }
  const hangReads = (): void => {
    batches.harness.before = ({ operation, bucket }) =>
      operation === 'GetObject' && bucket !== 'reports'
        ? { kind: 'Latency', ms: 5_000 }
        : undefined;
  };

  test.each(['small', large])(
    'ends with a code if it cannot be read in a round, and not with the last round',
    async (content) => {
      put(3);
      putInBothPlaces(content);
      const items = listed();
      hangReads();
      const progress = await moveBatch(workerWith(), batch(items), 3_000);
      expect(progress).toMatchObject({
        finished: true,
        rounds: 1,
        counts: { archived: 3, failed: 1 },
        problems: [{ key: KEY, code: 'NOT_COMPARED' }],
      });
      expect([batches.harness.store.keys('source'), batches.harness.store.keys('archive')]).toEqual(
        [[KEY], expect.arrayContaining([TAKEN])],
      );
    },
  );

  test('gets the next round where the others left no time, and then it is found the same', async () => {
    put(3);
    putInBothPlaces(large);
    const items = listed();
    const start = Date.now();
    let leap = 0;
    let comparisons = 0;
    batches.harness.before = (call) => {
      // A little more than half of the time until which copies begin.
      if (call.operation === 'CopyObject') {
        leap = Math.max(leap, start + 2_500 - Date.now());
      }
      if (call.operation !== 'GetObject') {
        return undefined;
      }
      comparisons++;
      return { kind: 'Latency', ms: 10_000 };
    };
    const clock = { ...systemClock, now: () => Date.now() + leap };
    const first = await moveBatch({ ...workerWith(), clock }, batch(items), 6_000);
    expect(comparisons).toBeGreaterThan(0);
    expect(first).toMatchObject({ finished: false, cursor: 3, counts: { archived: 3, failed: 0 } });
    batches.harness.before = undefined;
    const second = await moveBatch(workerWith(), batch(items, { progress: first }), 60_000);
    expect(second).toMatchObject({ finished: true, counts: { archived: 4, failed: 0 } });
  });

  test('is compared in a dry run as in the real one', async () => {
    putInBothPlaces(large);
    const dryRun = { ...run, dryRun: true };
    expect(
      (await moveBatch(workerWith({}, dryRun), batch(listed(), { run: dryRun }), 60_000)).counts,
    ).toMatchObject({ archived: 1 });
    hangReads();
    expect(
      await moveBatch(workerWith({}, dryRun), batch(listed(), { run: dryRun }), 3_000),
    ).toMatchObject({ finished: true, problems: [{ code: 'NOT_COMPARED' }] });
  });
});
