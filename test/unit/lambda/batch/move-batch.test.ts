import type { BatchDigest } from '../../../../src/contract/payloads/ledger-line';
import { ReasonCode } from '../../../../src/contract/payloads/reason-codes';
import { moveBatch } from '../../../../src/lambda/batch/batch-round';
import { MAX_DIGEST_LENGTH } from '../../../../src/lambda/batch/outcome-recorder';
import { readLines, tallyLedger } from '../../../../src/lambda/ledger/read-ledger';
import { Tally } from '../../../../src/lambda/ledger/tally';
import { initialProgress } from '../../../../src/lambda/plan-run/plan-run';
import { nothingSkipped } from '../../../../src/lambda/selection/skipped-objects';
import { run, useBatches, withLostDeletes } from '../../../helpers/batch-harness';

const batches = useBatches();
const { batch, ledger, listed, put, workerWith } = batches;

test('a batch moves what is selected and leaves the rest', async () => {
  [
    'in/a-2026-11-24.csv',
    'in/eu/b-2026-11-24.csv',
    'in/c-2026-11-23.csv',
    'in/d-2026-11-241.csv',
    'in/no-date',
    'in/folder/',
  ].forEach((key) => batches.harness.put(key));
  const progress = await moveBatch(workerWith(), batch(listed()), 60_000);
  expect(progress).toMatchObject({
    cursor: 6,
    finished: true,
    rounds: 1,
    counts: { listed: 6, archived: 2, skipped: 4, conflicting: 0, failed: 0 },
    skipped: { stragglers: { count: 1, oldest: '2026-11-23' } },
    problems: [],
    upload: null,
  });
  expect(progress.bytes).toBe(
    'content of in/a-2026-11-24.csv'.length + 'content of in/eu/b-2026-11-24.csv'.length,
  );
  expect(batches.harness.store.keys('archive')).toEqual([
    'archive/2026/11/24/a-2026-11-24.csv',
    'archive/2026/11/24/eu/b-2026-11-24.csv',
  ]);
  expect(batches.harness.store.keys('source')).toEqual([
    'in/c-2026-11-23.csv',
    'in/d-2026-11-241.csv',
    'in/folder/',
    'in/no-date',
  ]);
});

test('the ledger has a line for each object that was not skipped', async () => {
  const etag = batches.harness.put('in/a-2026-11-24.csv', 'mine');
  batches.harness.put('in/b-2026-11-24.csv', 'mine');
  batches.harness.put('in/c');
  batches.harness.store.put('archive', 'archive/2026/11/24/b-2026-11-24.csv', 'theirs');
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
    expect.objectContaining({
      key: 'in/b-2026-11-24.csv',
      status: 'conflicting',
      code: 'DESTINATION_EXISTS',
      size: 4,
    }),
  ]);
  expect(batches.problems).toEqual([expect.objectContaining({ key: 'in/b-2026-11-24.csv' })]);
});

test(
  'in buckets with versioning, the ledger knows the versions at both ends and the delete ' +
    'markers, for one more request',
  async () => {
    for (const bucket of ['source', 'archive']) {
      batches.harness.store.createBucket(bucket, { versioning: 'Enabled' });
    }
    put(10);
    const sources = new Map(
      batches.harness.store
        .keys('source')
        .map((key) => [key, batches.harness.store.get('source', key)!.versionId]),
    );
    await moveBatch(workerWith(), batch(listed()), 60_000);
    expect(batches.harness.requests).toEqual({ CopyObject: 10, DeleteObjects: 1, PutObject: 2 });
    const lines = ledger();
    expect(lines).toHaveLength(10);
    for (const line of lines) {
      expect(line).toMatchObject({
        sourceVersionId: sources.get(line.key),
        archivedVersionId: batches.harness.store.get('archive', line.destination)!.versionId,
        deleteMarkerVersionId: batches.harness.store.bucket('source').head(line.key)!.versionId,
      });
    }
  },
);

describe('the digest of a batch', () => {
  /** Returns what a reader of all parts would find out. */
  async function readDigest() {
    const parts = batches.harness.store.keys('reports', run.ledgerPrefix);
    const tally = new Tally();
    for (const line of (await readLines(batches.harness.s3, 'reports', parts)).values()) {
      tally.add(line);
    }
    return tally.toDigest(
      parts.map((key) => ({
        name: key.slice(run.ledgerPrefix.length),
        etag: `"${batches.harness.store.get('reports', key)!.etag}"`,
        lines: batches.harness.read('reports', key)!.split('\n').filter(Boolean).length,
      })),
    );
  }

  beforeEach(() => {
    put(100);
    batches.harness.put('in/skipped');
    batches.harness.store.put('archive', 'archive/2026/11/24/d0003-2026-11-24.csv', 'theirs');
  });

  test('says what its ledger says', async () => {
    const { digest } = await moveBatch(workerWith(), batch(listed()), 60_000);
    expect(digest).toEqual(await readDigest());
    expect(digest).toMatchObject({
      parts: [{ lines: 100 }],
      reasons: [{ status: 'conflicting', code: 'DESTINATION_EXISTS', count: 1 }],
    });
  });

  test('says what its ledger says after several rounds, each of which wrote a part', async () => {
    const items = listed();
    // A copy hangs until the first round ends, and others behind it succeed.
    batches.harness.before = ({ operation, key }) =>
      operation === 'CopyObject' && key!.includes('d0050')
        ? { kind: 'Latency', ms: 12_000 }
        : undefined;
    let progress = await moveBatch(workerWith(), batch(items), 5_000);
    batches.harness.before = undefined;
    expect(progress).toMatchObject({ finished: false, cursor: 50 });
    progress = await moveBatch(workerWith(), batch(items, { progress }), 60_000);
    expect(progress).toMatchObject({
      finished: true,
      rounds: 2,
      counts: { listed: 101, archived: 99, skipped: 1, conflicting: 1 },
    });
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
    expect(
      await moveBatch(workerWith({}, dry), batch(listed(), { run: dry }), 60_000),
    ).toMatchObject({ finished: true, digest: null });
  });

  test.each<[string, (digest: BatchDigest) => Partial<BatchDigest>]>([
    [
      'too many parts',
      ({ parts: [part] }) => ({
        parts: Array.from({ length: 41 }, (_, i) => ({ ...part, name: `${i}` })),
      }),
    ],
    ['too long a text', () => ({ classes: { ['X'.repeat(9_000)]: [1, 1] } })],
  ])('is left out if it would have %s for a state', async (_, change) => {
    const items = listed();
    const { digest } = await moveBatch(workerWith(), batch(items), 60_000);
    const progress = {
      ...initialProgress(),
      cursor: 101,
      digest: { ...digest!, ...change(digest!) },
    };
    expect(await moveBatch(workerWith(), batch(items, { progress }), 60_000)).toMatchObject({
      finished: true,
      digest: null,
    });
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
        ...(i % 2
          ? { status: 'archived', storageClass: `CLASS_${i % 12}` }
          : {
              status: 'failed',
              code: Object.keys(ReasonCode)[i % Object.keys(ReasonCode).length],
            }),
      });
    }
    const parts = Array.from({ length: 10 }, (_, i) => ({
      name: `0123456789abcdef-00${i}000_00${i}999.jsonl`,
      etag: `"${'0'.repeat(32)}"`,
      lines: 100,
    }));
    expect(JSON.stringify(tally.toDigest(parts)).length).toBeLessThan(MAX_DIGEST_LENGTH);
  });

  test('stays left out in later rounds', async () => {
    const progress = { ...initialProgress(), digest: null };
    expect(await moveBatch(workerWith(), batch(listed(), { progress }), 60_000)).toMatchObject({
      finished: true,
      digest: null,
    });
  });
});

test('a thousand objects cost a copy each, one delete and one ledger part', async () => {
  put(1_000);
  // However slow this machine is, the deletes count as prompt, so that the batch does not look at
  // its ledger again.
  await moveBatch({ ...workerWith(), promptDeletes: 60_000 }, batch(listed()), 60_000);
  expect(batches.harness.requests).toEqual({ CopyObject: 1_000, DeleteObjects: 1, PutObject: 1 });
});

test('the same batch again, as after a lost answer, is a success and writes over its own part', async () => {
  put(5);
  const items = listed();
  const first = await moveBatch(workerWith(), batch(items), 60_000);
  const parts = batches.harness.store.keys('reports');
  // ReportRun reads the ledger of a batch that another attempt wrote, too.
  expect(await moveBatch(workerWith(), batch(items), 60_000)).toEqual({ ...first, digest: null });
  expect(batches.harness.store.keys('reports')).toEqual(parts);
  expect(ledger()).toHaveLength(5);
});

test('a round has one part, however far it gets, and another attempt at it writes to the same', async () => {
  put(3);
  const items = listed();
  batches.harness.before = ({ operation, key }) =>
    operation === 'CopyObject' && key!.includes('d0001')
      ? { kind: 'Latency', ms: 5_000 }
      : undefined;
  const progress = await moveBatch(workerWith(), batch(items), 2_000);
  expect(progress).toMatchObject({ finished: false, cursor: 1 });
  const [part, ...others] = batches.harness.store.keys('reports', run.ledgerPrefix);
  expect(others).toEqual([]);
  batches.harness.before = undefined;
  await moveBatch(workerWith(), batch(items), 60_000);
  expect(batches.harness.store.keys('reports', run.ledgerPrefix)).toEqual([part]);
  await moveBatch(workerWith(), batch(items, { progress }), 60_000);
  expect(ledger()).toHaveLength(3);
});

test('one bad object fails alone', async () => {
  put(20);
  batches.harness.store.deny({
    operations: ['CopyObject'],
    bucket: 'archive',
    keyPrefix: 'archive/2026/11/24/d0007',
  });
  const { counts, problems: shown } = await moveBatch(workerWith(), batch(listed()), 60_000);
  expect(counts).toEqual({ listed: 20, archived: 19, skipped: 0, conflicting: 0, failed: 1 });
  expect(shown).toEqual([
    expect.objectContaining({ key: 'in/d0007-2026-11-24.csv', code: 'ACCESS_DENIED' }),
  ]);
});

test('a batch leaves as much room for copies as it found, also if it ends by an error', async () => {
  put(3);
  const worker = workerWith();
  worker.concurrency.limit = 1;
  const select = () => {
    throw new Error('a defect');
  };
  await expect(moveBatch({ ...worker, select }, batch(listed()), 60_000)).rejects.toThrow(
    'a defect',
  );
  expect(await moveBatch(worker, batch(listed()), 60_000)).toMatchObject({
    finished: true,
    counts: { archived: 3 },
  });
  await worker.concurrency.acquire();
});

test("the batch keeps to its share of the run's rate", async () => {
  const worker = workerWith();
  put(1);
  const allow = jest.spyOn(worker.rate, 'allow');
  await moveBatch(worker, batch(listed()), 60_000);
  expect(allow).toHaveBeenCalledWith(
    expect.objectContaining({ id: run.id, objectsPerSecond: run.objectsPerSecond }),
    expect.any(AbortSignal),
  );
});

test('where S3 has refused a request of the run, sources are deleted while copies go on', async () => {
  put(1_000);
  const worker = workerWith();
  let copiesAtDelete: number | undefined;
  batches.harness.before = ({ operation }) => {
    if (operation === 'DeleteObjects') {
      copiesAtDelete ??= batches.harness.requests.CopyObject;
    }
  };
  worker.rate.allow(run);
  worker.rate.deletes.onAnswer(0, 0, 1);
  const { counts, finished } = await moveBatch(worker, batch(listed()), 60_000);
  expect({ counts, finished }).toEqual({
    counts: { listed: 1_000, archived: 1_000, skipped: 0, conflicting: 0, failed: 0 },
    finished: true,
  });
  expect(copiesAtDelete).toBeLessThan(1_000);
  expect(batches.harness.requests.DeleteObjects).toBeGreaterThan(1);
  expect(batches.harness.store.keys('source')).toEqual([]);
});

test('what S3 does not delete early is deleted at the end', async () => {
  put(600);
  const worker = workerWith();
  worker.rate.allow(run);
  worker.rate.deletes.onAnswer(0, 0, 1);
  let requests = 0;
  batches.harness.before = ({ operation }) =>
    operation === 'DeleteObjects' && requests++ === 0
      ? { kind: 'Error', code: 'MethodNotAllowed', status: 405 }
      : undefined;
  const { counts } = await moveBatch(worker, batch(listed()), 60_000);
  expect(counts).toEqual({ listed: 600, archived: 600, skipped: 0, conflicting: 0, failed: 0 });
});

test(
  'in the rehearsal of a day to come, what its start is not behind was written by the run ' +
    'all the same',
  async () => {
    put(1);
    const items = listed();
    batches.harness.store.delete('source', items[0].Key);
    // Under another ETag, as multipart copies have it.
    batches.harness.store.put(
      'archive',
      'archive/2026/11/24/d0000-2026-11-24.csv',
      'content of in/d0000-2026-11-24.csv',
      { partSize: 20 },
    );
    const tomorrow = { ...run, startTime: new Date(Date.now() + 86_400_000).toISOString() };
    expect(
      (await moveBatch(workerWith({}, tomorrow), batch(items, { run: tomorrow }), 60_000)).counts,
    ).toMatchObject({ archived: 1, skipped: 0 });
  },
);

test('a filter decides again about the size of an object that is rewritten after the listing', async () => {
  batches.harness.put('in/a-2026-11-24', 'ten bytes!');
  batches.harness.put('in/b-2026-11-24', 'ten bytes!');
  batches.harness.put('in/c-2026-11-24', 'tiny');
  const items = listed();
  batches.harness.put('in/a-2026-11-24', 'tiny');
  batches.harness.put('in/b-2026-11-24', 'ten others');
  const filtered = workerWith({ FILTER: '{"minSize":10}' });
  const result = await moveBatch(filtered, batch(items), 60_000);
  expect(result).toMatchObject({
    counts: { listed: 3, archived: 1, skipped: 2, failed: 0 },
    skipped: { filters: { minSize: 1 } },
  });
  expect(batches.harness.store.keys('source')).toEqual(['in/a-2026-11-24', 'in/c-2026-11-24']);
  expect(batches.harness.store.keys('archive')).toEqual(['archive/2026/11/24/b-2026-11-24']);
});

test('what filters left out is added up over the rounds of a batch', async () => {
  batches.harness.put('in/a-2026-11-24', 'x');
  const progress = {
    ...initialProgress(),
    skipped: { ...nothingSkipped(), filters: { exclude: 2, minSize: 1 } },
  };
  const { skipped } = await moveBatch(
    workerWith({ FILTER: '{"minSize":10}' }),
    batch(listed(), { progress }),
    60_000,
  );
  expect(skipped.filters).toEqual({ exclude: 2, minSize: 2 });
});

test(
  'with lastModified, an object that is rewritten after the listing is left alone: its new date ' +
    'is not selected',
  async () => {
    const lastModified = { DATE_SOURCE: JSON.stringify({ kind: 'lastModified', formats: [] }) };
    const yesterday = Date.parse('2026-11-24T12:00:00Z') / 1_000;
    ['in/a.csv', 'in/b.csv'].forEach((key) => batches.harness.put(key, 'old'));
    const items = listed().map((item) => ({ ...item, LastModified: yesterday }));
    batches.harness.put('in/a.csv', 'new');
    const { counts } = await moveBatch(workerWith(lastModified), batch(items), 60_000);
    expect(counts).toEqual({ listed: 2, archived: 1, skipped: 1, conflicting: 0, failed: 0 });
    expect(batches.harness.read('source', 'in/a.csv')).toBe('new');
    expect(ledger().map(({ key }) => key)).toEqual(['in/b.csv']);
  },
);

test.each([
  ['before its delete', 'dies'],
  ['after its delete', 'dies'],
  ['after its delete', 'is one round'],
])(
  'with lastModified, an object that an attempt archived and that is written again on another ' +
    'day %s conflicts, where the attempt %s',
  async (when, how) => {
    const lastModified = { DATE_SOURCE: JSON.stringify({ kind: 'lastModified', formats: [] }) };
    const etag = batches.harness.put('in/a.csv', 'old');
    const items = listed().map((item) => ({
      ...item,
      LastModified: Date.parse('2026-11-24T12:00:00Z') / 1_000,
    }));
    // The first attempt dies with its deletes. A producer writes the source again.
    let isDead = false;
    batches.harness.before = ({ operation }) => {
      isDead ||= operation === 'DeleteObjects' && when.startsWith('before') && how === 'dies';
      return isDead ? { kind: 'ResetBefore' } : undefined;
    };
    batches.harness.after = ({ operation }) => {
      isDead ||= operation === 'DeleteObjects' && how === 'dies';
    };
    const first = workerWith({ ...lastModified, MAX_ROUNDS: '1' });
    await moveBatch(
      { ...first, s3: how === 'dies' ? withLostDeletes(first.s3) : first.s3 },
      batch(items),
      2_000,
    ).catch(() => undefined);
    batches.harness.before = batches.harness.after = undefined;
    batches.harness.put('in/a.csv', 'new');
    // A round that is not the first comes back to an object behind the cursor that it has finished.
    const progress = how === 'dies' ? initialProgress() : { ...initialProgress(), rounds: 1 };
    const { counts } = await moveBatch(
      workerWith(lastModified),
      batch(items, { progress }),
      60_000,
    );
    expect(counts).toEqual({ listed: 1, archived: 0, skipped: 0, conflicting: 1, failed: 0 });
    expect(await tallyLedger(batches.harness.s3, 'reports', run.ledgerPrefix)).toMatchObject({
      archived: 0,
      conflicting: 1,
      failed: 0,
    });
    expect(ledger()).toEqual([
      expect.objectContaining({
        status: 'conflicting',
        code: 'SOURCE_CHANGED',
        earlier: [
          expect.objectContaining({
            destination: 'archive/2026/11/24/a.csv',
            etag,
            day: '2026-11-24',
          }),
        ],
      }),
    ]);
  },
);

describe('a dry run', () => {
  const dryRun = { ...run, dryRun: true };

  test('counts as the real run would and changes nothing', async () => {
    put(5);
    batches.harness.store.put('source', 'in/cold-2026-11-24.csv', 'x', {
      storageClass: 'DEEP_ARCHIVE',
    });
    batches.harness.store.put('archive', 'archive/2026/11/24/d0001-2026-11-24.csv', 'theirs');
    batches.harness.store.put(
      'archive',
      'archive/2026/11/24/d0002-2026-11-24.csv',
      'content of in/d0002-2026-11-24.csv',
    );
    batches.harness.put('in/other');
    const items = listed();
    const before = [batches.harness.store.keys('source'), batches.harness.store.keys('archive')];

    const dry = await moveBatch(workerWith({}, dryRun), batch(items, { run: dryRun }), 60_000);
    expect([batches.harness.store.keys('source'), batches.harness.store.keys('archive')]).toEqual(
      before,
    );
    const real = await moveBatch(workerWith(), batch(items), 60_000);
    expect(dry.counts).toEqual(real.counts);
    expect(dry.counts).toEqual({ listed: 7, archived: 4, skipped: 1, conflicting: 1, failed: 1 });
    expect(dry.bytes).toBe(real.bytes);
  });

  test('sees that two objects of a batch want one place', async () => {
    batches.harness.put('in/a/x-2026-11-24.csv', 'one');
    batches.harness.put('in/b/x-2026-11-24.csv', 'two');
    const flat = { LAYOUT: JSON.stringify({ format: 'yyyy/MM/dd/', flatten: true }) };
    const items = listed();
    const dry = await moveBatch(workerWith(flat, dryRun), batch(items, { run: dryRun }), 60_000);
    const real = await moveBatch(workerWith(flat), batch(items), 60_000);
    expect(real.counts).toMatchObject({ archived: 1, conflicting: 1 });
    expect(dry.counts).toEqual(real.counts);
  });
});

test('the child output stays small with long keys and long messages', async () => {
  for (let i = 0; i < 9; i++) {
    batches.harness.put(`in/${'\u0001'.repeat(900)}${i}-2026-11-24.csv`);
  }
  batches.harness.store.deny({
    operations: ['CopyObject'],
    bucket: 'archive',
    message: 'no '.repeat(500),
  });
  const progress = await moveBatch(workerWith(), batch(listed()), 60_000);
  expect(progress.counts.failed).toBe(9);
  expect(Buffer.byteLength(JSON.stringify(progress))).toBeLessThan(12_000);
});

test('an object that is gone takes back the line that an attempt before this one gave it', async () => {
  batches.harness.put('in/a-2026-11-24.csv');
  const items = listed();
  const undo = batches.harness.store.deny({ operations: ['CopyObject'] });
  await moveBatch(workerWith(), batch(items), 60_000);
  expect(ledger()).toMatchObject([{ status: 'failed' }]);
  undo();
  batches.harness.store.bucket('source').delete('in/a-2026-11-24.csv', 0);
  expect((await moveBatch(workerWith(), batch(items), 60_000)).counts).toMatchObject({
    listed: 1,
    skipped: 1,
    failed: 0,
  });
  expect(ledger()).toEqual([]);
});

describe('with a flat layout, and copies that have ETags of their own', () => {
  const flat = { LAYOUT: JSON.stringify({ format: 'yyyy/MM/dd/', flatten: true }) };
  const [one, other] = ['in/a/x-2026-11-24.csv', 'in/b/x-2026-11-24.csv'];
  const putInParts = (key: string) =>
    batches.harness.store.put('source', key, `of one length: ${key}`, { partSize: 5 });

  test('an object that vanished is not taken for the one of the same name that was archived', async () => {
    putInParts(one);
    putInParts(other);
    const items = listed();
    batches.harness.store.bucket('source').delete(other, 0);
    await moveBatch(workerWith(flat), batch(items.slice(0, 1)), 60_000);
    expect((await moveBatch(workerWith(flat), batch(items.slice(1)), 60_000)).counts).toMatchObject(
      { listed: 1, archived: 0, skipped: 1 },
    );
    expect(ledger()).toMatchObject([{ key: one, status: 'archived' }]);
  });

  test('what an attempt archived that died is known from the ledger', async () => {
    putInParts(one);
    const items = listed();
    await moveBatch(workerWith(flat), batch(items), 60_000);
    const [line] = ledger();
    expect((await moveBatch(workerWith(flat), batch(items), 60_000)).counts).toMatchObject({
      listed: 1,
      archived: 1,
      skipped: 0,
    });
    expect(ledger()).toMatchObject([
      { status: 'archived', archivedEtag: line.archivedEtag, checksum: line.checksum },
    ]);
  });
});
