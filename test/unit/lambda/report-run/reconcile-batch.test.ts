import { PutObjectCommand } from '@aws-sdk/client-s3';
import type { ListedObject } from '../../../../src/contract/payloads/listing';
import type { Settings } from '../../../../src/contract/payloads/settings';
import { getLedgerBatchPrefix, toLedgerPartKeys } from '../../../../src/lambda/ledger/part-keys';
import { tallyLedger } from '../../../../src/lambda/ledger/read-ledger';
import { initialProgress } from '../../../../src/lambda/plan-run/plan-run';
import { reconcileBatch } from '../../../../src/lambda/report-run/reconcile-batch';
import { systemClock } from '../../../../src/lambda/s3/retry';
import { createSelector } from '../../../../src/lambda/selection/select-objects';
import { nothingSkipped } from '../../../../src/lambda/selection/skipped-objects';
import type { Harness } from '../../../helpers/harness';
import { holdWrite } from '../../../helpers/held-writes';
import {
  ledgerLine,
  listed,
  readLedger,
  RUN,
  settings,
  startReportHarness,
  writeLedger,
} from '../../../helpers/report-fixtures';
import { expectSchema } from '../../../helpers/report-schema';

let harness: Harness;
const now = new Date('2026-11-25T01:00:30Z');
beforeEach(async () => {
  harness = await startReportHarness({ now: () => now });
});
afterEach(() => harness.close());
afterEach(() => expectSchema(Object.values(readLedger(harness)).flat()));

const BEFORE = new Date('2026-11-25T00:59:59Z');

/** What happens while ReportRun waits. */
let meanwhile: () => void;
beforeEach(() => {
  meanwhile = () => undefined;
});
const clock = { now: systemClock.now, sleep: async () => meanwhile() };

function reconcile(items: ListedObject[], given: Settings = settings(), s3 = harness.s3) {
  const event = { BatchInput: { run: RUN, progress: initialProgress() }, Items: items };
  return reconcileBatch(
    { s3, clock, settings: given, select: createSelector(given, RUN) },
    { event, error: 'Sandbox.Timedout', cause: 'too late' },
  );
}

function allLines() {
  return Object.values(readLedger(harness)).flat();
}

/** The one part that the reconciliation wrote. */
function lines() {
  const parts = Object.entries(readLedger(harness)).filter(([name]) =>
    name.endsWith('reconciled.jsonl'),
  );
  return parts.flatMap(([, each]) => each);
}

function put(bucket: string, key: string, body = 'x', options = {}): string {
  return `"${harness.store.put(bucket, key, body, options).etag.replaceAll('"', '')}"`;
}

const NAME = 'a-2026-11-24.csv';

test('still at its source: failed', async () => {
  put('source', `incoming/${NAME}`);
  expect(await reconcile([listed(`incoming/${NAME}`)])).toEqual({
    listed: 1,
    skippedCount: 0,
    skipped: nothingSkipped(),
  });
  expect(lines()).toMatchObject([
    {
      key: `incoming/${NAME}`,
      destination: `archive/2026/11/24/${NAME}`,
      status: 'failed',
      code: 'BATCH_FAILED',
      message: 'Sandbox.Timedout: too late',
    },
  ]);
});

test.each([
  ['as it was', undefined],
  ['with other content', 'newer'],
])('copied by a run that keeps sources, and still there %s: archived', async (_, content) => {
  const etag = put('source', `incoming/${NAME}`);
  const item = listed(`incoming/${NAME}`, { Etag: etag });
  const destination = `archive/2026/11/24/${NAME}`;
  writeLedger(
    harness,
    `${getLedgerBatchPrefix(RUN, [item]).slice(RUN.ledgerPrefix.length)}000000_000001.jsonl`,
    [{ ...ledgerLine(item.Key, 'archived'), destination, etag, kept: true }],
  );
  if (content) {
    put('source', `incoming/${NAME}`, content);
  }
  expect(await reconcile([item])).toMatchObject({ listed: 1, skippedCount: 0 });
  expect(allLines()).toMatchObject([{ status: 'archived', kept: true, etag }]);
});

test('what the buckets show counts, however far the clock of the batch was ahead', async () => {
  const etag = put('source', `incoming/${NAME}`);
  const item = listed(`incoming/${NAME}`, { Etag: etag });
  const part = toLedgerPartKeys(RUN, [item], 0)[0].slice(RUN.ledgerPrefix.length);
  writeLedger(harness, part, [
    {
      ...ledgerLine(item.Key, 'archived'),
      destination: `archive/2026/11/24/${NAME}`,
      etag,
      at: 10 ** 12,
    },
  ]);
  await reconcile([item]);
  expect(await tallyLedger(harness.s3, 'reports', RUN.ledgerPrefix)).toMatchObject({
    archived: 0,
    failed: 1,
  });
});

test('copied, but still at its source: failed, because the move is not complete', async () => {
  const etag = put('source', `incoming/${NAME}`);
  put('archive', `archive/2026/11/24/${NAME}`);
  await reconcile([listed(`incoming/${NAME}`, { Etag: etag })]);
  expect(lines()).toMatchObject([{ status: 'failed', code: 'BATCH_FAILED' }]);
});

test.each([
  ['the same ETag, from an earlier run', { lastModified: BEFORE }, 'x', 'archived'],
  ['another ETag and the same size, written by this run', { partSize: 1 }, 'x', 'archived'],
  [
    'another ETag and the same size, older than this run',
    { partSize: 1, lastModified: BEFORE },
    'x',
    undefined,
  ],
  ['another size', {}, 'xy', undefined],
])('gone, and at its destination there is %s', async (_, options, body, status) => {
  const etag = put('source', `incoming/${NAME}`);
  harness.store.bucket('source').delete(`incoming/${NAME}`, 0);
  put('archive', `archive/2026/11/24/${NAME}`, body, options);
  const reconciled = await reconcile([listed(`incoming/${NAME}`, { Etag: etag })]);
  expect(lines().map((line) => [line.status, line.proof])).toEqual(
    status ? [[status, 'size']] : [],
  );
  expect(reconciled.skippedCount).toBe(status ? 0 : 1);
});

test(
  'gone, and with a flat layout a copy with another ETag is at its destination: it may be ' +
    'that of another source',
  async () => {
    const etag = put('source', `incoming/${NAME}`);
    harness.store.bucket('source').delete(`incoming/${NAME}`, 0);
    put('archive', `archive/2026/11/24/${NAME}`, 'x', { partSize: 1 });
    const given = settings({ LAYOUT: JSON.stringify({ format: 'yyyy/MM/dd/', flatten: true }) });
    expect(await reconcile([listed(`incoming/${NAME}`, { Etag: etag })], given)).toMatchObject({
      listed: 1,
      skippedCount: 1,
    });
    expect(lines()).toEqual([]);
  },
);

test('gone, and archived under a renamed key', async () => {
  const item = listed(`incoming/${NAME}`);
  put('archive', `archive/2026/11/24/${NAME}`, 'other');
  put('archive', 'archive/2026/11/24/a-2026-11-24~0cc175b9.csv');
  await reconcile([item], settings({ CONFLICT_POLICY: 'RENAME' }));
  expect(lines()).toMatchObject([
    {
      status: 'archived',
      destination: 'archive/2026/11/24/a-2026-11-24~0cc175b9.csv',
      proof: 'size',
    },
  ]);
});

test.each([
  ['of the source, from an earlier run', {}, BEFORE],
  ['of another copy', { partSize: 1 }, undefined],
])(
  'gone, and archived under a renamed key next to an object of the same size and age, with an ' +
    'ETag %s',
  async (_, options, lastModified) => {
    const etag = put('source', `incoming/${NAME}`);
    harness.store.bucket('source').delete(`incoming/${NAME}`, 0);
    put('archive', `archive/2026/11/24/${NAME}`, 'y');
    const renamedKey = `archive/2026/11/24/a-2026-11-24~${etag.slice(1, 9)}.csv`;
    put('archive', renamedKey, 'x', { ...options, ...(lastModified && { lastModified }) });
    await reconcile(
      [listed(`incoming/${NAME}`, { Etag: etag })],
      settings({ CONFLICT_POLICY: 'RENAME' }),
    );
    expect(lines()).toMatchObject([{ status: 'archived', destination: renamedKey }]);
  },
);

test('does not look for a renamed key that would be too long', async () => {
  const name = 'x'.repeat(1_024 - 'archive/2026/'.length - NAME.length) + NAME;
  const etag = put('source', `incoming/${name}`);
  harness.store.bucket('source').delete(`incoming/${name}`, 0);
  const destination = `archive/2026/${name}`;
  const given = settings({
    CONFLICT_POLICY: 'RENAME',
    LAYOUT: JSON.stringify({ format: 'yyyy/', flatten: false }),
  });
  put('archive', destination);
  await reconcile([listed(`incoming/${name}`, { Etag: etag })], given);
  expect(lines()).toMatchObject([{ status: 'archived', destination }]);
  // The batch's parts, what is still at the source, and the destination.
  expect(harness.requests.ListObjectsV2).toBe(3);
});

test('objects that are far apart are found without listing all that lies between them', async () => {
  const keys = ['a', 'f', 'x', 'y'].map((folder) => `incoming/${folder}/${NAME}`);
  for (let i = 0; i < 6_000; i++) {
    put('source', `incoming/${'bgh'[i % 3]}/${String(i).padStart(4, '0')}`);
  }
  for (const key of keys) {
    put('source', key);
  }
  await reconcile(keys.map((key) => listed(key)));
  expect(lines().map(({ key, code }) => [key, code])).toEqual(
    keys.map((key) => [key, 'BATCH_FAILED']),
  );
  // The batch's parts, and a page from each of `a`, `f` and `x` on.
  expect(harness.requests.ListObjectsV2).toBe(4);
});

test('gone from both places: someone removed it, so it is skipped, as in a batch that succeeds', async () => {
  expect(await reconcile([listed(`incoming/${NAME}`)])).toMatchObject({
    listed: 1,
    skippedCount: 1,
    skipped: {
      notes: { gone: { count: 1, reasons: { REMOVED: 1 }, examples: [`incoming/${NAME}`] } },
    },
  });
  expect(allLines()).toEqual([]);
});

test('not selected: skipped, with its stragglers', async () => {
  const reconciled = await reconcile([
    listed('incoming/x-2026-11-20.csv'),
    listed('incoming/y-2026-11-21.csv'),
    listed('incoming/'),
    listed('incoming/z-2026-11-25.csv'),
  ]);
  const examples = [
    { key: 'incoming/x-2026-11-20.csv', date: '2026-11-20' },
    { key: 'incoming/y-2026-11-21.csv', date: '2026-11-21' },
  ];
  expect(reconciled).toEqual({
    listed: 4,
    skippedCount: 4,
    skipped: {
      reasons: { 'outside-window': 3, 'folder-marker': 1 },
      filters: {},
      stragglers: { count: 2, oldest: '2026-11-20', examples },
      undated: [],
      newUndated: 0,
      notes: {},
    },
  });
  expect(harness.requests).toEqual({});
});

test('lines that the batch wrote itself stay as they are', async () => {
  const items = ['a', 'b', 'c'].map((each) => listed(`incoming/${each}-2026-11-24.csv`));
  items.forEach(({ Key }) => put('source', Key));
  const prefix = getLedgerBatchPrefix(RUN, items).slice(RUN.ledgerPrefix.length);
  writeLedger(harness, `${prefix}000000_000002.jsonl`, [
    ledgerLine(items[0].Key, 'archived'),
    ledgerLine(items[1].Key, 'conflicting', 'DESTINATION_EXISTS'),
  ]);
  await reconcile(items);
  expect(lines().map(({ key }) => key)).toEqual(['incoming/c-2026-11-24.csv']);
  // The second time, it ignores the part that it wrote the first time.
  await reconcile(items);
  expect(lines().map(({ key }) => key)).toEqual(['incoming/c-2026-11-24.csv']);
});

test('a second reconciliation writes the state at that time', async () => {
  const items = [listed(`incoming/${NAME}`), listed('incoming/b-2026-11-24.csv')];
  items.forEach(({ Key }) => put('source', Key));
  await reconcile(items);
  expect(lines().map(({ status }) => status)).toEqual(['failed', 'failed']);

  items.forEach(({ Key }) => harness.store.bucket('source').delete(Key, 0));
  put('archive', `archive/2026/11/24/${NAME}`);
  expect(await reconcile(items)).toMatchObject({ skippedCount: 1 });
  expect(lines().map(({ status }) => status)).toEqual(['archived']);

  // A user deletes the archived object. The run did archive it.
  harness.store.bucket('archive').delete(`archive/2026/11/24/${NAME}`, 0);
  expect(await reconcile(items)).toMatchObject({ skippedCount: 1 });
  expect(lines().map(({ status }) => status)).toEqual(['archived']);
});

test(
  'a thousand objects take a handful of requests, even if JavaScript sorts their names in ' +
    'another order',
  async () => {
    // U+FF61 sorts before U+1F600 in UTF-8, and after it in UTF-16.
    const names = Array.from(
      { length: 1_000 },
      (_, i) => `incoming/${i % 2 ? '\uff61' : '\u{1f600}'}${i}-2026-11-24.csv`,
    );
    names.forEach((name) => put('source', name));
    const keys = harness.store.keys('source');
    put('source', 'incoming/\u{1f601}');
    harness.store.bucket('source').delete(keys[500], 0);
    harness.resetRequests();
    expect(await reconcile(keys.map((key) => listed(key)))).toMatchObject({
      listed: 1_000,
      skippedCount: 1,
    });
    expect(lines()).toHaveLength(999);
    // Two of them seal the parts that attempts before this one may be writing to.
    expect(Object.values(harness.requests).reduce((a, b) => a + b)).toBeLessThanOrEqual(7);
  },
);

test('recorded as failed by an earlier attempt: the current state counts', async () => {
  const names = ['a', 'b', 'c'].map((name) => `${name}-2026-11-24.csv`);
  const items = names.map((name) =>
    listed(`incoming/${name}`, {
      Etag: put('source', `incoming/${name}`, name),
      Size: name.length,
    }),
  );
  const part = `${getLedgerBatchPrefix(RUN, items).split('/').at(-1)}000000_000003.jsonl`;
  writeLedger(
    harness,
    part,
    items.map(({ Key }) => ledgerLine(Key, 'failed', 'KMS_DENIED')),
  );
  // The first was archived by a redriven attempt that died before it wrote its ledger part; the
  // second is gone.
  put('archive', `archive/2026/11/24/${names[0]}`, names[0]);
  for (const name of names.slice(0, 2)) {
    harness.store.bucket('source').delete(`incoming/${name}`, 0);
  }
  expect(await reconcile(items)).toMatchObject({ listed: 3, skippedCount: 1 });
  expect(allLines()).toMatchObject([
    { key: items[0].Key, status: 'archived' },
    { key: items[2].Key, status: 'failed', code: 'KMS_DENIED' },
  ]);
});

describe('what a process had sent when it died, and S3 executes after this, comes too late', () => {
  const key = `incoming/${NAME}`;
  const tally = () => tallyLedger(harness.s3, 'reports', RUN.ledgerPrefix);

  test('an attempt of ReportRun that saw the source before an abandoned batch deleted it', async () => {
    const etag = put('source', key);
    const items = [listed(key, { Etag: etag })];
    const part = toLedgerPartKeys(RUN, items, 0)[0].slice(RUN.ledgerPrefix.length);
    writeLedger(harness, part, [
      { ...ledgerLine(key, 'archived'), destination: `archive/2026/11/24/${NAME}`, etag },
    ]);
    // It seals two parts, and then says failed.
    const dying = holdWrite(harness.s3, 3);
    await expect(reconcile(items, settings(), dying.s3)).rejects.toThrow('dead');
    harness.store.bucket('source').delete(key, 0);
    expect(await reconcile(items)).toMatchObject({ listed: 1, skippedCount: 0 });
    expect(await dying.release()).toBe('PreconditionFailed');
    expect(await tally()).toMatchObject({ archived: 1, failed: 0 });
  });

  test('an attempt of ReportRun that saw the object before a program removed it', async () => {
    const items = [listed(key, { Etag: put('source', key) })];
    const dying = holdWrite(harness.s3, 3);
    await expect(reconcile(items, settings(), dying.s3)).rejects.toThrow('dead');
    harness.store.bucket('source').delete(key, 0);
    expect(await reconcile(items)).toMatchObject({ listed: 1, skippedCount: 1 });
    expect(await dying.release()).toBe('PreconditionFailed');
    expect(await tally()).toMatchObject({ archived: 0, failed: 0 });
  });

  test.each([
    ['first', false],
    ['second', true],
  ])('the %s write of the batch', async (_, hasPart) => {
    const items = [listed(key)];
    const part = toLedgerPartKeys(RUN, items, 0)[0];
    if (hasPart) {
      writeLedger(harness, part.slice(RUN.ledgerPrefix.length), [
        { ...ledgerLine(key, 'failed', 'KMS_DENIED'), message: 'no' },
      ]);
    }
    const condition = hasPart
      ? { IfMatch: `"${harness.store.get('reports', part)!.etag}"` }
      : { IfNoneMatch: '*' };
    expect(await reconcile(items)).toMatchObject({ listed: 1, skippedCount: 1 });
    const late = new PutObjectCommand({
      Bucket: 'reports',
      Key: part,
      Body: `${JSON.stringify(ledgerLine(key, 'failed', 'SERVER_ERROR'))}\n`,
      ...condition,
    });
    await expect(harness.s3.send(late)).rejects.toMatchObject({ name: 'PreconditionFailed' });
    expect(allLines()).toEqual([]);
  });
});

describe('two attempts of ReportRun that run at the same time', () => {
  const key = `incoming/${NAME}`;
  const tally = () => tallyLedger(harness.s3, 'reports', RUN.ledgerPrefix);
  /**
   * The first attempt has looked and is about to write. Then the source vanishes, and the second
   * attempt does all of its work.
   */
  function overtake(items: ListedObject[]) {
    let puts = 0;
    harness.before = async ({ operation }) => {
      if (operation !== 'PutObject' || ++puts !== 3) {
        return undefined;
      }
      harness.before = undefined;
      harness.store.bucket('source').delete(key, 0);
      await reconcile(items);
      return undefined;
    };
  }

  test('the older one does not write what it saw over what the younger one saw', async () => {
    const etag = put('source', key);
    const items = [listed(key, { Etag: etag })];
    writeLedger(harness, toLedgerPartKeys(RUN, items, 0)[0].slice(RUN.ledgerPrefix.length), [
      { ...ledgerLine(key, 'archived'), destination: `archive/2026/11/24/${NAME}`, etag },
    ]);
    overtake(items);
    expect(await reconcile(items)).toMatchObject({ listed: 1, skippedCount: 0 });
    expect(await tally()).toMatchObject({ archived: 1, failed: 0 });
  });

  test('the older one does not bring a line back that the younger one removed', async () => {
    const items = [listed(key, { Etag: put('source', key) })];
    overtake(items);
    expect(await reconcile(items)).toMatchObject({ listed: 1, skippedCount: 1 });
    expect(await tally()).toMatchObject({ archived: 0, failed: 0 });
  });
});

test('what an attempt copied is archived where sources are kept, although a later attempt failed', async () => {
  const etag = put('source', `incoming/${NAME}`);
  const item = listed(`incoming/${NAME}`, { Etag: etag });
  const { status: _, ...version } = {
    ...ledgerLine(item.Key, 'archived'),
    destination: `archive/2026/11/24/${NAME}`,
    etag,
  };
  const { destination, size, day } = version;
  writeLedger(
    harness,
    `${getLedgerBatchPrefix(RUN, [item]).slice(RUN.ledgerPrefix.length)}000000_000001.jsonl`,
    [
      {
        ...version,
        status: 'failed',
        code: 'ACCESS_DENIED',
        message: 'expired',
        earlier: [{ destination, etag, size, day }],
      },
    ],
  );
  await reconcile([item], { ...settings(), keepsSources: true });
  expect(await tallyLedger(harness.s3, 'reports', RUN.ledgerPrefix)).toMatchObject({
    archived: 1,
    failed: 0,
  });
  expect(allLines()).toMatchObject([{ status: 'archived', kept: true, destination, etag }]);
});

test('a batch that was not started has no attempt whose part could be sealed', async () => {
  const items = [listed(`incoming/${NAME}`, { Etag: put('source', `incoming/${NAME}`) })];
  const event = { BatchInput: { run: RUN, progress: initialProgress() }, Items: items };
  await reconcileBatch(
    {
      s3: harness.s3,
      clock: systemClock,
      settings: settings(),
      select: createSelector(settings(), RUN),
    },
    { event },
  );
  expect(Object.keys(readLedger(harness))).toEqual([expect.stringMatching(/-reconciled\.jsonl$/)]);
});

describe('the batch wrote that it archived an object, and died before the delete or after it', () => {
  const key = `incoming/${NAME}`;
  const DESTINATION = `archive/2026/11/24/${NAME}`;
  const PREFIX = getLedgerBatchPrefix(RUN, [listed(key)])
    .split('/')
    .at(-1);
  const record = (etag: string) => {
    writeLedger(harness, `${PREFIX}000000_000001.jsonl`, [
      { ...ledgerLine(key, 'archived'), destination: DESTINATION, etag },
    ]);
  };

  test('the source is gone: archived, also if the archived version is not the listed one', async () => {
    record('"of-a-later-version"');
    expect(await reconcile([listed(key)])).toMatchObject({ listed: 1, skippedCount: 0 });
    expect(allLines()).toMatchObject([{ status: 'archived', etag: '"of-a-later-version"' }]);
    expect(lines()).toEqual([]);
  });

  test('the source is still there: failed', async () => {
    const etag = put('source', key);
    record(etag);
    expect(await reconcile([listed(key, { Etag: etag })])).toMatchObject({
      listed: 1,
      skippedCount: 0,
    });
    expect(allLines()).toMatchObject([
      {
        status: 'failed',
        code: 'BATCH_FAILED',
        message: 'copied, but the source was not deleted: Sandbox.Timedout: too late',
        notes: { notDeleted: 'BATCH_ENDED' },
      },
    ]);
  });

  test(
    'the source is there at the first look, and the batch, which was given up, deletes it ' +
      'at once after that: archived',
    async () => {
      const etag = put('source', key);
      record(etag);
      meanwhile = () => harness.store.bucket('source').delete(key, 0);
      await reconcile([listed(key, { Etag: etag })]);
      expect(await tallyLedger(harness.s3, 'reports', RUN.ledgerPrefix)).toMatchObject({
        archived: 1,
        failed: 0,
      });
    },
  );

  test('a second look is for such objects only', async () => {
    let sleeps = 0;
    meanwhile = () => {
      sleeps += 1;
    };
    await reconcile([listed(key, { Etag: put('source', key) })]);
    expect(sleeps).toBe(0);
  });

  test('the source was rewritten: conflicting', async () => {
    const etag = put('source', key);
    record(etag);
    put('source', key, 'other');
    await reconcile([listed(key, { Etag: etag })]);
    expect(allLines()).toMatchObject([{ status: 'conflicting', code: 'SOURCE_CHANGED' }]);
  });

  test.each(['its line', 'the line of a later attempt'])(
    'the source is gone after a failure, and %s names the version: archived',
    async (which) => {
      const version = {
        destination: DESTINATION,
        etag: '"of-a-later-version"',
        size: 36,
        day: '2026-11-24',
      };
      if (which === 'its line') {
        record(version.etag);
      }
      const more =
        which === 'its line'
          ? {}
          : { earlier: [{ ...version, etag: '"of-the-first-version"' }, version] };
      writeLedger(harness, `${PREFIX}000000_000002.jsonl`, [
        { ...ledgerLine(key, 'failed', 'SERVER_ERROR'), at: 1_000, ...more },
      ]);
      expect(await reconcile([listed(key)])).toMatchObject({ listed: 1, skippedCount: 0 });
      const ledger = await tallyLedger(harness.s3, 'reports', RUN.ledgerPrefix);
      expect(ledger).toMatchObject({ archived: 1, failed: 0 });
      expect(allLines().at(-1)).toMatchObject({
        status: 'archived',
        destination: DESTINATION,
        etag: version.etag,
      });
    },
  );

  test(
    'a batch that was given up deletes the source after this, and writes that: the younger line ' +
      'counts',
    async () => {
      const etag = put('source', key);
      record(etag);
      await reconcile([listed(key, { Etag: etag })]);
      const part = `${getLedgerBatchPrefix(RUN, [listed(key)])
        .split('/')
        .at(-1)}000000_000002.jsonl`;
      writeLedger(harness, part, [
        { ...ledgerLine(key, 'archived'), at: Date.now() - Date.parse(RUN.startTime) + 1 },
      ]);
      harness.store.bucket('source').delete(key, 0);
      const ledger = await tallyLedger(harness.s3, 'reports', RUN.ledgerPrefix);
      expect(ledger).toMatchObject({ archived: 1, failed: 0 });
    },
  );
});
