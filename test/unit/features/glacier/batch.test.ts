/**
 * Sources in Glacier: batches that die anywhere, that meet, and that others disturb ask S3 for each
 * restore once.
 */
import { CreateMultipartUploadCommand } from '@aws-sdk/client-s3';
import { Life } from '../../../../assurance/properties/life';
import type { LedgerLine } from '../../../../src/contract/payloads/ledger-line';
import type { Run } from '../../../../src/contract/payloads/run';
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
const restoring = (more: object = {}) => ({
  GLACIER_SOURCES: JSON.stringify({ tier: 'Standard', days: 2, ...NO_LIMITS, ...more }),
});
const RESTORE = restoring();

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
  harness.before = ({ operation, key = '' }) => {
    if (others || operation !== 'PutObject' || !key.startsWith('runs/ledger/')) {
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

test('what the archive holds already counts as archived, also while a person has it restored', async () => {
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

describe('limits', () => {
  const notes = () => lines().map(({ key, status, notes: told }) => [key, status, told]);
  const REQUESTED = { restoring: 'REQUESTED' };

  test('those that are listed first are restored, and the others are told', async () => {
    const items = listSource(harness);
    expect(await move(items, testRun(), undefined, restoring({ maxObjects: 2 }))).toMatchObject({
      archived: 0,
      skipped: COUNT,
      failed: 0,
    });
    expect([restores(), notes()]).toEqual([
      2,
      [
        [keyOf(0), 'restoring', REQUESTED],
        [keyOf(1), 'restoring', REQUESTED],
        [keyOf(2), 'restoring', { restoreLimit: 'MAX_OBJECTS' }],
      ],
    ]);
    // One request reserves for all of them.
    expect(harness.read('reports', 'runs/2026-11-25/nightly/restore-budget.json')).toContain(
      '"changes":1,',
    );
  });

  test('what is too large is told, and smaller ones are restored', async () => {
    put(0, 'GLACIER', 'x'.repeat(100));
    await move(undefined, undefined, undefined, restoring({ maxBytes: 50 }));
    expect(notes()).toEqual([
      [keyOf(0), 'restoring', { restoreLimit: 'MAX_SIZE' }],
      [keyOf(1), 'restoring', REQUESTED],
      [keyOf(2), 'restoring', REQUESTED],
    ]);
  });

  test('a few each night, until all are archived', async () => {
    const archived: number[] = [];
    for (let night = 0; night < 6; night++, now += 24 * HOUR) {
      const before = restores();
      const run = testRun({ id: `night-${night}`, startTime: new Date(now).toISOString() });
      archived.push((await move(undefined, run, undefined, restoring({ maxObjects: 1 }))).archived);
      expect(restores() - before).toBeLessThanOrEqual(1);
      if (harness.store.keys('source').length === 0) {
        break;
      }
    }
    expect([archived, restores()]).toEqual([[0, 1, 1, 1], COUNT]);
  });

  test.each([false, true])(
    'batches that die at each call (the last one executed: %s) and are repeated, two at once, ' +
      'ask for no more',
    async (isLastExecuted) => {
      const more = restoring({ maxObjects: 2 });
      let deaths = 0;
      for (let calls = 0, isPastTheEnd = false; !isPastTheEnd; calls += KILL_EVERY) {
        const before = restores();
        for (let i = 0; i < 2 * COUNT; i++) {
          put(i);
        }
        harness.store.keys('reports').forEach((key) => harness.store.delete('reports', key));
        const items = listSource(harness);
        const halves = [items.slice(0, COUNT), items.slice(COUNT)];
        const lives = halves.map(() => new Life(calls, isLastExecuted));
        const ends = await Promise.allSettled(
          halves.map((half, i) => move(half, testRun(), lives[i], more)),
        );
        await Promise.all(lives.map((life) => life.quiet()));
        isPastTheEnd = ends.every(({ status }) => status === 'fulfilled');
        deaths += ends.filter(({ status }) => status === 'rejected').length;
        const counts = await Promise.all(
          halves.map((half) => move(half, testRun(), undefined, more)),
        );
        const again = await Promise.all(
          halves.map((half) => move(half, testRun(), undefined, more)),
        );
        for (const each of [...counts, ...again]) {
          expect([calls, each]).toEqual([
            calls,
            { listed: COUNT, archived: 0, skipped: COUNT, conflicting: 0, failed: 0 },
          ]);
        }
        expect([calls, restores() - before <= 2]).toEqual([calls, true]);
        expect(harness.store.keys('source')).toHaveLength(2 * COUNT);
      }
      expect(deaths).toBeGreaterThan(6 / KILL_EVERY);
    },
  );

  test('each of two runs at once has its own limit', async () => {
    const items = listSource(harness);
    await Promise.all(
      ['one', 'other'].map((id) =>
        move(items, testRun({ id }), undefined, restoring({ maxObjects: 1 })),
      ),
    );
    expect(restores()).toBeLessThanOrEqual(2);
    expect(restores()).toBeGreaterThan(0);
  });

  test('objects whose class no listing names are limited, too', async () => {
    const items = listSource(harness).map(({ StorageClass: _, ...item }) => item);
    await move(items, testRun(), undefined, restoring({ maxObjects: 2 }));
    await move(items, testRun(), undefined, restoring({ maxObjects: 2 }));
    expect(restores()).toBe(2);
    expect(notes().filter(([, , told]) => 'restoreLimit' in (told as object))).toHaveLength(1);
  });

  test('what S3 refuses does not count', async () => {
    harness.store.deny({ operations: ['RestoreObject'], bucket: 'source', keyPrefix: keyOf(0) });
    const items = listSource(harness);
    const more = restoring({ maxObjects: 2 });
    expect(await move([items[0]], testRun(), undefined, more)).toMatchObject({ failed: 1 });
    expect(await move(items.slice(1), testRun(), undefined, more)).toMatchObject({ skipped: 2 });
    expect(restores()).toBe(2);
  });

  test('nothing is restored if it is unknown what is left', async () => {
    harness.store.deny({
      operations: ['PutObject'],
      bucket: 'reports',
      keyPrefix: 'runs/2026-11-25/nightly/restore-budget.json',
    });
    expect(await move()).toMatchObject({ archived: 0, failed: COUNT });
    expect([restores(), lines()[0]]).toMatchObject([0, { code: 'ACCESS_DENIED' }]);
  });

  test('a dry run knows the limit of all its batches', async () => {
    const dry = testRun({ id: 'dry', dryRun: true });
    const items = listSource(harness);
    const more = restoring({ maxObjects: 2 });
    await move(items.slice(0, 2), dry, undefined, more);
    await move(items.slice(2), dry, undefined, more);
    expect([restores(), notes()]).toEqual([
      0,
      expect.arrayContaining([
        [keyOf(0), 'restoring', REQUESTED],
        [keyOf(1), 'restoring', REQUESTED],
        [keyOf(2), 'restoring', { restoreLimit: 'MAX_OBJECTS' }],
      ]),
    ]);
    const asked = lines().filter(({ requests }) => 'RestoreObject@GLACIER/Standard' in requests!);
    expect(asked).toHaveLength(2);
  });
});

test('without capacity for expedited restores, nothing is restored, slowed down or used up', async () => {
  const more = restoring({ tier: 'Expedited', maxObjects: COUNT });
  harness.before = ({ operation }) =>
    operation === 'RestoreObject' ? { kind: 'NoExpeditedCapacity' } : undefined;
  expect(await move(undefined, undefined, undefined, more)).toMatchObject({ failed: COUNT });
  expect(lines()).toMatchObject(Array(COUNT).fill({ code: 'NO_EXPEDITED_CAPACITY' }));
  harness.before = undefined;
  expect(await move(undefined, undefined, undefined, more)).toMatchObject({ skipped: COUNT });
});

describe('what was restored in vain', () => {
  let night = 0;
  let mend: () => void;
  /** Moves once a night, from the first one on. */
  const nextNight = async (overrides: Partial<Run> = {}, days = 1) => {
    now += days * 24 * HOUR;
    night += 1;
    const run = testRun({
      id: `night-${night}`,
      startTime: new Date(now).toISOString(),
      ...overrides,
    });
    const before = restores();
    const counts = await move(undefined, run);
    return { ...counts, restored: restores() - before };
  };
  const codes = () => [...new Set(lines().map(({ code }) => code))];
  const forgetLedgers = () =>
    harness.store
      .keys('reports', 'runs/ledger/')
      .forEach((key) => harness.store.delete('reports', key));

  beforeEach(async () => {
    night = 0;
    await move();
    mend = harness.store.deny({
      operations: ['CopyObject'],
      bucket: 'archive',
      keyPrefix: 'archive/2026/11/24/1',
    });
    // The second night archives two, and fails to archive one.
    expect(await nextNight()).toMatchObject({ archived: 2, failed: 1, restored: 0 });
    forgetLedgers();
  });

  test('is not restored again, and the message says why and until when', async () => {
    for (let i = 0; i < 5; i++) {
      expect(await nextNight()).toMatchObject({ archived: 0, failed: 1, restored: 0 });
    }
    const last = lines().at(-1)!;
    expect([last.code, last.message]).toEqual([
      'RESTORED_IN_VAIN',
      // It was still readable then.
      'the run of 2026-11-27 could not archive this version after S3 had restored it ' +
        '(ACCESS_DENIED), so S3 is not asked again before 2026-12-27, unless a run is started ' +
        'for 2026-11-24',
    ]);
  });

  test.each<[string, Partial<Run>, number]>([
    ['a run whose input names its days restores it again', { namesDays: true }, 5],
    ['after 30 days it is restored again', {}, 30],
  ])('once the cause is mended, %s, and the next one archives it', async (_, overrides, days) => {
    mend();
    expect(await nextNight(overrides, days)).toMatchObject({ skipped: 1, restored: 1 });
    expect(await nextNight(overrides)).toMatchObject({ archived: 1, restored: 0 });
    expect(harness.store.keys('source')).toEqual([]);
  });

  test('another version of it is restored', async () => {
    await nextNight({}, 4);
    expect(codes()).toContain('RESTORED_IN_VAIN');
    put(1, 'GLACIER', 'another');
    expect(await nextNight()).toMatchObject({ skipped: 1, restored: 1 });
  });

  test('a dry run says so, and notes nothing', async () => {
    await nextNight({ dryRun: true }, 4);
    expect(codes()).toEqual(['RESTORED_IN_VAIN']);
  });

  test('the file of the day has hashes, and is bounded', () => {
    const file = harness.read('reports', 'runs/not-restored-again/2026-11-24.json')!;
    expect(Object.entries(JSON.parse(file) as object)).toEqual([
      [expect.stringMatching(/^[0-9a-f]{24}$/), { at: '2026-11-26', code: 'ACCESS_DENIED' }],
    ]);
  });
});
