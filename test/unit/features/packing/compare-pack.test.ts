import { createHash } from 'node:crypto';
import { verifyBatch } from '../../../../src/actions/verify/lambda/verify-batch';
import type { VerifyProgress } from '../../../../src/contract/payloads/batch-payloads';
import type { LedgerLine, VerifiedLine } from '../../../../src/contract/payloads/ledger-line';
import type { Run } from '../../../../src/contract/payloads/run';
import { hashRanges } from '../../../../src/features/packing/lambda/unpack/compare-pack';
import { testRun } from '../../../helpers/batch-fixtures';
import { type Harness, startHarness } from '../../../helpers/harness';
import { buildPack, countReads, flip, manyObjects, md5, putPack } from '../../../helpers/packs';

let harness: Harness;
beforeEach(async () => {
  harness = await startHarness();
  harness.store.createBucket('reports');
});
afterEach(() => harness.close());

const RUN = testRun({
  id: 'check',
  action: 'verify',
  reportPrefix: 'runs/2026-11-26/check/',
  ledgerPrefix: 'runs/ledger/day=2026-11-26/run=check/',
});
const PART = 'runs/ledger/day=2026-11-24/run=nightly/aa-000000.jsonl';
const START: VerifyProgress = {
  cursor: 0,
  finished: false,
  rounds: 0,
  counts: { listed: 0, present: 0, changed: 0, missing: 0, unproven: 0, skipped: 0 },
  bytes: 0,
  requests: {},
  retrieved: {},
  milliseconds: 0,
  seen: '',
};

interface Options {
  readonly run?: Partial<Run>;
  readonly progress?: VerifyProgress;
  readonly slow?: boolean;
  readonly shared?: true;
}

function verify(
  lines: readonly LedgerLine[],
  { run, progress = START, slow, shared }: Options = {},
) {
  const { etag, size } = harness.store.put(
    'reports',
    PART,
    lines.map((line) => `${JSON.stringify(line)}\n`).join(''),
  );
  const part = { key: PART, etag: `"${etag}"`, size, ...(shared && { shared }) };
  let now = Date.parse('2026-11-26T01:00:00Z');
  harness.after = ({ operation, bucket }) => {
    if (slow && operation === 'GetObject' && bucket === 'archive') {
      now += 575_000;
    }
  };
  harness.resetRequests();
  return verifyBatch(
    {
      s3: harness.s3,
      clock: { now: () => now, sleep: async () => undefined },
      settings: { destinationBucket: 'archive', reportBucket: 'reports', maxRounds: 10 },
    },
    { BatchInput: { run: { ...RUN, ...run }, progress }, parts: [part] },
    600_000,
  );
}

const findings = () =>
  harness.store.keys('reports', RUN.ledgerPrefix).flatMap((key) =>
    harness
      .read('reports', key)!
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line) as VerifiedLine),
  );

test('one look at a pack verifies ten thousand objects', async () => {
  const lines = putPack(harness.store, 'archive', buildPack(manyObjects(10_000)));
  const { counts, bytes } = await verify(lines);
  expect(counts).toEqual({
    listed: 10_000,
    present: 10_000,
    changed: 0,
    missing: 0,
    unproven: 0,
    skipped: 0,
  });
  expect(bytes).toBe(lines.reduce((sum, { size }) => sum + size, 0));
  // That of the ledger, and that of the pack.
  expect(harness.requests).toEqual({ GetObject: 1, HeadObject: 1 });
});

test.each([[false], [true]])(
  'a missing pack counts each of its members, and an object beside it is its own (deep: %s)',
  async (deep) => {
    const pack = buildPack(manyObjects(20));
    const lines = putPack(harness.store, 'archive', pack);
    const { etag, size } = harness.store.put('archive', 'archive/2026/11/24/z', 'loose');
    const loose: LedgerLine = {
      v: 2,
      key: 'in/z',
      destination: 'archive/2026/11/24/z',
      status: 'archived',
      etag: `"${etag}"`,
      archivedEtag: `"${etag}"`,
      size,
      day: '2026-11-24',
      at: 1,
    };
    harness.store.delete('archive', pack.key);
    expect((await verify([...lines, loose], { run: { deep } })).counts).toMatchObject({
      listed: 21,
      present: 1,
      missing: 20,
    });
    expect(
      findings().map(({ v, key, destination, member, code }) => [
        v,
        key,
        destination,
        member!.name,
        code,
      ]),
    ).toEqual(
      lines.map(({ key, member }) => [3, key, pack.key, member!.name, 'ARCHIVED_COPY_MISSING']),
    );
  },
);

test.each([[false], [true]])(
  'another pack of the same name changes all members (deep: %s)',
  async (deep) => {
    const pack = buildPack(manyObjects(20));
    const lines = putPack(harness.store, 'archive', pack);
    harness.store.put('archive', pack.key, buildPack(manyObjects(40).slice(20)).bytes);
    expect((await verify(lines, { run: { deep } })).counts).toMatchObject({
      present: 0,
      changed: 20,
    });
  },
);

describe('the same bytes, put again in parts', () => {
  const OBJECTS = 763;
  const IN_PARTS = { partSize: 8 * 1024 };

  test('are unproven by their ETag, and present once each member is read', async () => {
    const pack = buildPack(manyObjects(OBJECTS));
    const lines = putPack(harness.store, 'archive', pack);
    harness.store.put('archive', pack.key, pack.bytes, IN_PARTS);
    expect((await verify(lines)).counts).toMatchObject({ present: 0, unproven: OBJECTS });
    const reads = countReads(harness.s3, 'archive');
    expect((await verify(lines, { run: { deep: true } })).counts).toMatchObject({
      listed: OBJECTS,
      present: OBJECTS,
    });
    expect(reads.requests).toHaveLength(1);
  });

  test('are judged one by one if a byte is another', async () => {
    const pack = buildPack(manyObjects(OBJECTS));
    const lines = putPack(harness.store, 'archive', pack);
    const bytes = Buffer.from(pack.bytes);
    flip(bytes, pack.lines[500].offset);
    harness.store.put('archive', pack.key, bytes, IN_PARTS);
    expect((await verify(lines, { run: { deep: true } })).counts).toMatchObject({
      present: OBJECTS - 1,
      changed: 1,
      unproven: 0,
    });
    expect(findings()).toMatchObject([{ key: pack.lines[500].key, status: 'changed' }]);
  });

  test('count as far as they go if the end is missing', async () => {
    const pack = buildPack(manyObjects(100));
    const lines = putPack(harness.store, 'archive', pack);
    harness.store.put('archive', pack.key, pack.bytes.subarray(0, pack.lines[60].offset), IN_PARTS);
    expect((await verify(lines, { run: { deep: true } })).counts).toMatchObject({
      present: 60,
      changed: 40,
    });
  });

  test('are what their ETag says in a class that cannot be read', async () => {
    const pack = buildPack(manyObjects(10));
    const lines = putPack(harness.store, 'archive', pack);
    harness.store.put('archive', pack.key, pack.bytes, { ...IN_PARTS, storageClass: 'GLACIER' });
    expect((await verify(lines, { run: { deep: true } })).counts).toMatchObject({ unproven: 10 });
    expect(findings()[0].message).toContain('another ETag');
  });

  test('are not read as what a program writes meanwhile', async () => {
    const pack = buildPack(manyObjects(10));
    const lines = putPack(harness.store, 'archive', pack);
    harness.before = ({ operation, bucket }) => {
      if (operation === 'GetObject' && bucket === 'archive') {
        harness.store.put('archive', pack.key, pack.bytes, IN_PARTS);
      }
      return undefined;
    };
    const { counts } = await verify(lines, { run: { deep: true } });
    expect(counts).toMatchObject({ present: 0, changed: 10 });
    expect(findings()[0].message).toContain('written again while it was read');
  });
});

test('of a pack, deep reads only where the members are that the ledger has', async () => {
  const objects = manyObjects(3_000);
  const pack = buildPack(objects);
  const lines = putPack(harness.store, 'archive', pack);
  const few = [lines[5], lines[6], lines[2_500]];
  const reads = countReads(harness.s3, 'archive');
  expect((await verify(few, { run: { deep: true } })).counts).toMatchObject({ present: 3 });
  const end = ({ member }: LedgerLine) => member!.offset + member!.size - 1;
  expect(reads.requests).toEqual([
    `${pack.key} bytes=${few[0].member!.offset}-${end(few[1])}`,
    `${pack.key} bytes=${few[2].member!.offset}-${end(few[2])}`,
  ]);
});

test('a byte that the pack has otherwise is found by deep, and only its member is changed', async () => {
  const pack = buildPack(manyObjects(100));
  const bytes = Buffer.from(pack.bytes);
  const { offset, size } = pack.lines[42];
  flip(bytes, offset + size - 1);
  const lines = putPack(harness.store, 'archive', pack, { bytes });
  expect((await verify(lines)).counts).toMatchObject({ present: 100 });
  const reads = countReads(harness.s3, 'archive');
  expect((await verify(lines, { run: { deep: true } })).counts).toMatchObject({
    present: 99,
    changed: 1,
  });
  expect(findings()).toMatchObject([
    {
      key: pack.lines[42].key,
      status: 'changed',
      code: 'ARCHIVED_COPY_CHANGED',
      message: expect.stringContaining(pack.lines[42].name),
    },
  ]);
  const last = pack.lines.at(-1)!;
  expect(reads.requests).toEqual([
    `${pack.key} bytes=${pack.lines[0].offset}-${last.offset + last.size - 1}`,
  ]);
});

test('an offset that is off by one is found by deep', async () => {
  const lines = putPack(harness.store, 'archive', buildPack(manyObjects(10))).map((line, i) =>
    i === 3 ? { ...line, member: { ...line.member!, offset: line.member!.offset + 1 } } : line,
  );
  expect((await verify(lines, { run: { deep: true } })).counts).toMatchObject({
    present: 9,
    changed: 1,
  });
});

test('what cannot be read is unproven to deep, and present without it', async () => {
  const lines = putPack(harness.store, 'archive', buildPack(manyObjects(10)), {
    storageClass: 'DEEP_ARCHIVE',
  });
  expect((await verify(lines)).counts).toMatchObject({ present: 10 });
  expect((await verify(lines, { run: { deep: true } })).counts).toMatchObject({
    present: 0,
    unproven: 10,
  });
  expect(findings()[0]).toMatchObject({
    code: 'ARCHIVED_COPY_UNPROVEN',
    message: expect.stringContaining('thaw the pack'),
  });
});

test('of two versions of a pack, each has its own finding', async () => {
  const pack = buildPack(manyObjects(4));
  const lines = putPack(harness.store, 'archive', pack);
  const earlier = lines.slice(2).map((line) => ({
    ...line,
    archivedEtag: md5('earlier'),
    checksum: createHash('sha256').update('earlier').digest('base64'),
  }));
  expect((await verify([...lines.slice(0, 2), ...earlier])).counts).toMatchObject({
    present: 2,
    changed: 2,
  });
});

test('members with one key count once, and those of one pack never as one', async () => {
  const lines = putPack(harness.store, 'archive', buildPack(manyObjects(50)));
  const { seen } = await verify(lines, { shared: true });
  expect(Buffer.from(seen, 'base64').length).toBe(50 * 16);
});

test('a round that reads for too long ends between two packs, and the next one goes on there', async () => {
  const packs = Array.from({ length: 12 }, (_, i) => buildPack(manyObjects(13 + i).slice(10 + i)));
  const lines = packs.flatMap((pack) => putPack(harness.store, 'archive', pack));
  const run = { deep: true };
  let progress = START;
  let rounds = 0;
  for (; !progress.finished; rounds++) {
    progress = await verify(lines, { run, progress, slow: true });
  }
  // Each finishes the packs that it has begun to read.
  expect([progress.counts, rounds]).toMatchObject([{ listed: 36, present: 36 }, 3]);
});

test('a dry run predicts one look at each pack, and to read it if it is deep', async () => {
  const lines = putPack(harness.store, 'archive', buildPack(manyObjects(1_000)));
  expect((await verify(lines, { run: { dryRun: true } })).requests).toMatchObject({
    HeadObject: 1,
  });
  expect((await verify(lines, { run: { dryRun: true, deep: true } })).requests).toMatchObject({
    HeadObject: 1,
    GetObject: 2,
  });
});

test.each([[1], [3], [7], [1_000]])(
  'ranges in any order, empty, next to each other, overlapping and beyond the end have their ' +
    'digests (chunks of %s)',
  async (size) => {
    const bytes = Buffer.from('0123456789'.repeat(5));
    const chunks = async function* () {
      for (let at = 0; at < bytes.length; at += size) {
        yield bytes.subarray(at, at + size);
      }
    };
    const ranges = [
      [40, 10],
      [0, 5],
      [5, 5],
      [7, 20],
      [7, 0],
      [0, 50],
      [45, 10],
      [60, 5],
      [50, 0],
    ].map(([offset, length]) => ({ offset, size: length }));
    const expected = ranges.map(({ offset, size: length }) =>
      createHash('sha256')
        .update(bytes.subarray(offset, offset + length))
        .digest('hex'),
    );
    expect(await hashRanges(chunks(), ranges)).toEqual(expected);
  },
);
