/**
 * Sources in Glacier: batches that die anywhere, that meet, and that others disturb ask S3 for each
 * restore once.
 */
import { CreateMultipartUploadCommand } from '@aws-sdk/client-s3';
import { Life } from '../../../../assurance/properties/life';
import type { LedgerLine } from '../../../../src/contract/payloads/ledger-line';
import { moveBatch } from '../../../../src/lambda/batch/batch-round';
import { initialProgress } from '../../../../src/lambda/plan-run/plan-run';
import { reconcileBatch } from '../../../../src/lambda/report-run/reconcile-batch';
import { systemClock } from '../../../../src/lambda/s3/retry';
import { listSource, testRun, testWorker } from '../../../helpers/batch-fixtures';
import { type Harness, startHarness } from '../../../helpers/harness';
import { KILL_EVERY } from '../../../helpers/thorough';

const NIGHT = Date.parse('2026-11-25T01:00:00Z');
const HOUR = 3_600_000;
const COUNT = 3;
/** Far beyond what these tests restore. */
const NO_LIMITS = { maxObjects: 1_000_000, maxBytes: 1024 ** 5 };
const RESTORE = {
  GLACIER_SOURCES: JSON.stringify({ tier: 'Standard', days: 2, ...NO_LIMITS }),
};

let harness: Harness;
let now = NIGHT;
beforeEach(async () => {
  now = NIGHT;
  harness = await startHarness({ now: () => new Date(now) });
  harness.store.createBucket('reports');
  for (let i = 0; i < COUNT; i++) {
    put(i);
  }
});
afterEach(() => harness.close());

const keyOf = (i: number) => `in/${i}-2026-11-24.csv`;
const put = (i: number, storageClass = 'GLACIER', content = 'content') =>
  harness.store.put('source', keyOf(i), content, { storageClass });
/** What S3 has accepted. */
const restores = () => (harness.bill.retrieved['GLACIER/Standard'] ?? 0) / 'content'.length;
const lines = () =>
  harness.store.keys('reports', 'runs/ledger/').flatMap((key) =>
    harness
      .read('reports', key)!
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line) as LedgerLine),
  );

function workerOf(run = testRun(), life?: Life, more: Record<string, string> = {}) {
  const clock = { ...systemClock, now: () => now };
  return testWorker({
    s3: life ? life.of(harness.s3) : harness.s3,
    run,
    environment: { ...RESTORE, ...more },
    clock,
  });
}

async function move(
  items = listSource(harness),
  run = testRun(),
  life?: Life,
  more?: Record<string, string>,
) {
  const progress = await moveBatch(
    workerOf(run, life, more),
    { BatchInput: { run, progress: initialProgress() }, Items: items },
    300_000,
  );
  return progress.counts;
}

test.each([false, true])(
  'dies at each call, which S3 executes (%s), and is repeated: each restore is asked for once, ' +
    'and each object archived',
  async (isLastExecuted) => {
    let deaths = 0;
    for (let calls = 0, isPastTheEnd = false; !isPastTheEnd; calls += KILL_EVERY) {
      const before = restores();
      now = NIGHT;
      for (let i = 0; i < COUNT; i++) {
        put(i);
      }
      harness.store.keys('archive').forEach((key) => harness.store.delete('archive', key));
      harness.store.keys('reports').forEach((key) => harness.store.delete('reports', key));
      const items = listSource(harness);
      const life = new Life(calls, isLastExecuted);
      isPastTheEnd = await move(items, testRun(), life).then(
        () => true,
        () => false,
      );
      await life.quiet();
      if (!isPastTheEnd) {
        deaths += 1;
      }
      expect([calls, await move(items)]).toEqual([
        calls,
        { listed: COUNT, archived: 0, skipped: COUNT, conflicting: 0, failed: 0 },
      ]);
      expect([calls, restores() - before]).toEqual([calls, COUNT]);
      // The next night dies at the same call.
      now += 24 * HOUR;
      const next = testRun({ id: 'next' });
      const second = new Life(calls, isLastExecuted);
      await move(items, next, second).catch(() => undefined);
      await second.quiet();
      expect([calls, await move(items, next)]).toEqual([
        calls,
        { listed: COUNT, archived: COUNT, skipped: 0, conflicting: 0, failed: 0 },
      ]);
      expect([
        harness.store.keys('source'),
        harness.store.keys('archive').length,
        restores() - before,
      ]).toEqual([[], COUNT, COUNT]);
    }
    expect(deaths).toBeGreaterThan(6 / KILL_EVERY);
  },
);

test(
  'an object whose destination would be too long is not restored, which would cost money in ' +
    'vain',
  async () => {
    harness.store.keys('source').forEach((key) => harness.store.delete('source', key));
    harness.store.put('source', `in/${'x'.repeat(1_000)}-2026-11-24.csv`, 'content', {
      storageClass: 'GLACIER',
    });
    expect([await move(), restores()]).toMatchObject([{ failed: 1, skipped: 0 }, 0]);
    expect(lines()).toMatchObject([{ status: 'failed', code: 'KEY_TOO_LONG' }]);
  },
);

test('two runs at once ask once for each object', async () => {
  const items = listSource(harness);
  const counts = await Promise.all([
    move(items, testRun({ id: 'one' })),
    move([...items].reverse(), testRun({ id: 'other' })),
  ]);
  expect(counts).toMatchObject([
    { skipped: COUNT, failed: 0 },
    { skipped: COUNT, failed: 0 },
  ]);
  expect(restores()).toBe(COUNT);
  expect(lines().map(({ status }) => status)).toEqual(Array(2 * COUNT).fill('restoring'));
});

test.each<[string, () => unknown, object]>([
  [
    'writes it again in a class that can be read',
    () => put(1, 'STANDARD', 'new'),
    { archived: 1, skipped: 2, failed: 0 },
  ],
  [
    'writes it again in Glacier',
    () => put(1, 'GLACIER', 'another'),
    { archived: 0, skipped: 3, failed: 0 },
  ],
  [
    'removes it',
    () => harness.store.delete('source', keyOf(1)),
    { archived: 0, skipped: 3, failed: 0 },
  ],
])('before S3 is asked for an object, somebody %s', async (_, act, counts) => {
  harness.before = ({ operation, key }) => {
    if (operation === 'RestoreObject' && key === keyOf(1)) {
      act();
    }
  };
  expect(await move()).toMatchObject(counts);
});

test('an object that may not be restored fails alone, and the message says what was denied', async () => {
  harness.store.deny({ operations: ['RestoreObject'], bucket: 'source', keyPrefix: keyOf(1) });
  expect(await move()).toEqual({
    listed: COUNT,
    archived: 0,
    skipped: 2,
    conflicting: 0,
    failed: 1,
  });
  expect(lines().find(({ status }) => status === 'failed')).toMatchObject({
    code: 'ACCESS_DENIED',
    message: expect.stringContaining('S3 could not be asked to restore the object: AccessDenied'),
  });
});

test('what was restored and has expired between listing and copy is asked for again', async () => {
  await move();
  now += 6 * HOUR;
  harness.before = ({ operation }) => {
    if (operation === 'CopyObject') {
      now = NIGHT + 100 * HOUR;
    }
  };
  expect(await move(listSource(harness), testRun({ id: 'next' }))).toMatchObject({
    archived: 0,
    skipped: COUNT,
    failed: 0,
  });
  expect(restores()).toBe(2 * COUNT);
});

test('what the archive holds already is not restored', async () => {
  for (let i = 0; i < COUNT; i++) {
    harness.store.put('archive', `archive/2026/11/24/${i}-2026-11-24.csv`, 'content');
  }
  expect(await move()).toMatchObject({ archived: COUNT, skipped: 0, failed: 0 });
  expect([restores(), harness.store.keys('source')]).toEqual([0, []]);
});

test('ReportRun counts what a batch that did not answer has asked for as skipped', async () => {
  const items = listSource(harness);
  await move(items);
  const { settings, select, clock } = workerOf();
  const event = { BatchInput: { run: testRun(), progress: initialProgress() }, Items: items };
  const onProblem = jest.fn();
  expect(
    await reconcileBatch({ s3: harness.s3, settings, select, clock, onProblem } as never, {
      event,
      error: 'Lambda.Unknown',
    }),
  ).toMatchObject({
    listed: COUNT,
    skippedCount: COUNT,
    skipped: { notes: { restoring: { count: COUNT } } },
  });
  expect([onProblem.mock.calls, lines().map(({ status }) => status)]).toEqual([
    [],
    Array(COUNT).fill('restoring'),
  ]);
});

test('another attempt archives what this one has found unreadable: both count it as archived', async () => {
  const items = listSource(harness);
  let others: Promise<unknown> | undefined;
  harness.before = ({ operation, bucket }) => {
    if (others || operation !== 'PutObject' || bucket !== 'reports') {
      return undefined;
    }
    now += 6 * HOUR;
    others = move(items);
    return others.then(() => undefined);
  };
  const archived = { listed: COUNT, archived: COUNT, skipped: 0, conflicting: 0, failed: 0 };
  expect([await move(items), await others, harness.store.keys('source')]).toEqual([
    archived,
    archived,
    [],
  ]);
});

test('what the archive holds already counts as archived, also while somebody has it restored', async () => {
  for (let i = 0; i < COUNT; i++) {
    harness.store.put('archive', `archive/2026/11/24/${i}-2026-11-24.csv`, 'content');
  }
  expect(
    await move(listSource(harness).map((item) => ({ ...item, RestoredUntil: 'ongoing' }))),
  ).toMatchObject({ archived: COUNT, skipped: 0 });
  expect(restores()).toBe(0);
});

test('what the archive holds under another name is not restored', async () => {
  const rename = { CONFLICT_POLICY: 'RENAME', KEEPS_SOURCES: 'true' };
  for (let i = 0; i < COUNT; i++) {
    harness.store.put('archive', `archive/2026/11/24/${i}-2026-11-24.csv`, 'theirs');
  }
  const counts = [];
  // The readable copies expire after the third night.
  for (let night = 0; night < 5; night++, now += 24 * HOUR) {
    const { archived } = await move(
      undefined,
      testRun({ id: `night-${night}` }),
      undefined,
      rename,
    );
    counts.push(archived);
  }
  expect([counts, restores()]).toEqual([[0, COUNT, COUNT, COUNT, COUNT], COUNT]);
});

test(
  'what the archive holds already is not restored, also where the list of a run does not ' +
    'name the class',
  async () => {
    for (let i = 0; i < COUNT; i++) {
      harness.store.put(
        'archive',
        `archive/2026/11/24/${i}-2026-11-24.csv`,
        i === 0 ? 'theirs' : 'content',
      );
    }
    const items = listSource(harness).map(({ StorageClass: _, ...item }) => item);
    expect(await move(items)).toMatchObject({ archived: COUNT - 1, skipped: 0, conflicting: 1 });
    expect(restores()).toBe(0);
  },
);

test(
  'a copy in parts that cannot be continued, because the readable copy has expired, leaves no ' +
    'upload behind',
  async () => {
    const [item] = listSource(harness);
    const key = 'archive/2026/11/24/0-2026-11-24.csv';
    const { UploadId } = await harness.s3.send(
      new CreateMultipartUploadCommand({ Bucket: 'archive', Key: key }),
    );
    const progress = {
      ...initialProgress(),
      rounds: 1,
      upload: { key, uploadId: UploadId!, etag: item.Etag },
    };
    const { counts } = await moveBatch(
      workerOf(),
      { BatchInput: { run: testRun(), progress }, Items: [item] },
      300_000,
    );
    expect(counts).toMatchObject({ skipped: 1, failed: 0 });
    expect([restores(), harness.store.bucket('archive').uploads.size]).toEqual([1, 0]);
  },
);
