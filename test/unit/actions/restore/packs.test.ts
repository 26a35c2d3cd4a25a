import type { S3Client } from '@aws-sdk/client-s3';
import type { PartVersion } from '../../../../src/contract/payloads/batch-payloads';
import type { LedgerLine } from '../../../../src/contract/payloads/ledger-line';
import { ReasonCode } from '../../../../src/contract/payloads/reason-codes';
import { toBits } from '../../../../src/lambda/plan/positions';
import { explainFindings } from '../../../../src/lambda/report-run/explain-findings';
import { systemClock } from '../../../../src/lambda/s3/retry';
import { testRun } from '../../../helpers/batch-fixtures';
import { ARCHIVE_RUN, BothWays, RESTORE_RUN } from '../../../helpers/both-ways';
import { testSettings } from '../../../helpers/environment';
import { type Harness, startHarness } from '../../../helpers/harness';
import {
  buildPack,
  type BuiltPack,
  countReads,
  flip,
  manyObjects,
  md5,
  type Packed,
  putPack,
  toIndexFile,
} from '../../../helpers/packs';
import { isThorough } from '../../../helpers/thorough';

let harness: Harness;
let rig: BothWays;
beforeEach(async () => {
  harness = await startHarness({ minPartBytes: 1 });
  harness.store.createBucket('reports');
  rig = new BothWays(harness);
});
afterEach(() => harness.close());

/** Writes lines as a batch does: at most a thousand to a part. */
function writeLedger(lines: readonly LedgerLine[]): PartVersion[] {
  for (let i = 0; i * 1_000 < lines.length; i++) {
    const body = lines
      .slice(i * 1_000, (i + 1) * 1_000)
      .map((line) => `${JSON.stringify(line)}\n`)
      .join('');
    harness.store.put(
      'reports',
      `${ARCHIVE_RUN.ledgerPrefix}0123456789abcdef-${String(i).padStart(6, '0')}.jsonl`,
      body,
    );
  }
  return rig.parts();
}

function put(pack: BuiltPack, options: Parameters<typeof putPack>[3] = {}): LedgerLine[] {
  return putPack(harness.store, 'archive', pack, options);
}

const OBJECTS = [
  { key: 'in/a-2026-11-24.csv', bytes: 'one', tags: { team: 'data' } },
  { key: 'in/b-2026-11-24.csv', bytes: '' },
  { key: 'in/c-2026-11-24.csv', bytes: 'three' },
];
const contents = (bucket: string, prefix = '') =>
  Object.fromEntries(
    harness.store
      .keys(bucket, prefix)
      .map((key) => [key.slice(prefix.length), harness.read(bucket, key)]),
  );
const expected = (objects: readonly Packed[]) =>
  Object.fromEntries(objects.map(({ key, bytes }) => [key, bytes]));

test('all objects of a pack, and one beside it, go back, and the ledger says from where', async () => {
  const lines = put(buildPack(OBJECTS));
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
  const archive = contents('archive');
  const { counts, bytes } = await rig.restore({}, writeLedger([...lines, loose]));
  expect({ counts, bytes }).toEqual({
    counts: { listed: 4, archived: 4, skipped: 0, conflicting: 0, failed: 0 },
    bytes: 13,
  });
  expect([contents('source'), contents('archive')]).toEqual([
    { ...expected(OBJECTS), 'in/z': 'loose' },
    archive,
  ]);
  const [, , third] = rig.lines();
  expect(third).toEqual({
    ...lines[2],
    status: 'restored',
    origin: rig.parts()[0].key,
    restoredEtag: md5('three'),
    at: expect.any(Number),
    ms: expect.any(Number),
  });
  expect(rig.lines().map(({ v, member }) => [v, member !== undefined])).toEqual([
    [3, true],
    [3, true],
    [3, true],
    [2, false],
  ]);
});

const WAYS = [
  ['the source', {}],
  ['the reports', { target: 'reports' }],
] as const;
test.each(isThorough ? WAYS : WAYS.slice(0, 1))(
  'three of ten thousand, to %s: reads less than a megabyte of the archive',
  async (_, target) => {
    const objects = manyObjects(10_000).map((object) => ({
      ...object,
      checksum: { algorithm: 'CRC64NVME', type: 'FULL_OBJECT', value: object.key.slice(3, 14) },
    }));
    const parts = writeLedger(put(buildPack(objects)));
    const reads = countReads(harness.s3, 'archive');
    const keys = [7, 5_000, 9_999].map((i) => objects[i].key);
    const { counts } = await rig.restore({ run: { action: 'restore', keys, ...target } }, parts);
    expect(counts).toEqual({
      listed: 10_000,
      archived: 3,
      skipped: 9_997,
      conflicting: 0,
      failed: 0,
    });
    // The end of the pack, its index in the tree, and three ranges.
    expect(reads.requests).toHaveLength(5);
    expect(reads.bytes).toBeLessThan(1_000_000);
  },
);

describe('a pack that cannot be what was archived', () => {
  const problems = () =>
    rig.lines().map(({ status, code, v, member }) => [status, code, v, member !== undefined]);
  const message = () => rig.lines()[0].message;

  test('is missing: so is each of its members', async () => {
    const pack = buildPack(OBJECTS);
    const parts = writeLedger(put(pack));
    harness.store.delete('archive', pack.key);
    expect((await rig.restore({}, parts)).counts).toMatchObject({ archived: 0, failed: 3 });
    expect(problems()).toEqual(
      Array(3).fill(['failed', ReasonCode.ARCHIVED_COPY_MISSING, 3, true]),
    );
    expect(message()).toBe(`the archive holds nothing under ${pack.key}, and the old key is free`);
  });

  test('is another one: nothing of it is put', async () => {
    const pack = buildPack(OBJECTS);
    const parts = writeLedger(put(pack));
    const forged = buildPack(OBJECTS.map((object) => ({ ...object, bytes: 'forged' })));
    harness.store.put('archive', pack.key, forged.bytes, {
      checksum: { algorithm: 'SHA256', type: 'FULL_OBJECT' },
    });
    harness.store.put('archive', pack.indexKey, forged.indexFile);
    expect((await rig.restore({}, parts)).counts).toMatchObject({ archived: 0, conflicting: 3 });
    expect([problems(), contents('source')]).toEqual([
      Array(3).fill(['conflicting', ReasonCode.ARCHIVED_COPY_CHANGED, 3, true]),
      {},
    ]);
  });

  test('has a byte that changed under its ETag: only that member stays away', async () => {
    const pack = buildPack(OBJECTS);
    const bytes = Buffer.from(pack.bytes);
    flip(bytes, pack.lines[2].offset);
    expect((await rig.restore({}, writeLedger(put(pack, { bytes })))).counts).toMatchObject({
      archived: 2,
      conflicting: 1,
    });
    expect(rig.lines().map(({ status, code }) => [status, code])).toEqual([
      ['restored', undefined],
      ['restored', undefined],
      ['conflicting', ReasonCode.ARCHIVED_COPY_CHANGED],
    ]);
  });

  test('is in Glacier: the pack is named', async () => {
    const pack = buildPack(OBJECTS);
    expect(
      (await rig.restore({}, writeLedger(put(pack, { storageClass: 'GLACIER' })))).counts,
    ).toMatchObject({ failed: 3 });
    expect(problems()[0]).toEqual(['failed', ReasonCode.ARCHIVED_COPY_IN_GLACIER, 3, true]);
    expect(message()).toContain(pack.key);
  });

  test('is missing after an earlier restore: the objects are restored', async () => {
    const pack = buildPack(OBJECTS);
    const parts = writeLedger(put(pack));
    await rig.restore({}, parts);
    harness.store.delete('archive', pack.key);
    const again = { id: 'again', ledgerPrefix: 'runs/ledger/day=2026-11-24/run=again/' };
    expect((await rig.restore({ run: again }, parts)).counts).toMatchObject({ archived: 3 });
  });
});

test.each<[string, (pack: BuiltPack) => void]>([
  [
    'is gone',
    (pack) => {
      harness.store.delete('archive', pack.indexKey);
    },
  ],
  [
    'is forged',
    (pack) => {
      harness.store.put(
        'archive',
        pack.indexKey,
        buildPack(OBJECTS.map((object) => ({ ...object, tags: { team: 'theirs' } }))).indexFile,
      );
    },
  ],
])('the index in the pack counts if that of the tree %s', async (_, change) => {
  const pack = buildPack(OBJECTS);
  const parts = writeLedger(put(pack));
  change(pack);
  expect((await rig.restore({}, parts)).counts).toMatchObject({ archived: 3 });
  expect(harness.store.get('source', OBJECTS[0].key)!.attributes).toMatchObject({
    tags: [['team', 'data']],
  });
});

test('a pack is opened once, and what is at old keys already is found without reading it', async () => {
  const objects = manyObjects(200);
  const parts = writeLedger(put(buildPack(objects)));
  const reads = countReads(harness.s3, 'archive');
  await rig.restore({}, parts);
  expect(reads.requests).toHaveLength(2 + 200);
  const again = { id: 'again', ledgerPrefix: 'runs/ledger/day=2026-11-24/run=again/' };
  reads.requests.splice(0);
  expect((await rig.restore({ run: again }, parts)).counts).toMatchObject({ archived: 200 });
  // After the first few, the others are listed.
  expect(reads.requests.length).toBeLessThan(200);
});

test('a restore that is cut off and repeated restores each object once', async () => {
  const parts = writeLedger(put(buildPack(manyObjects(60))));
  let puts = 0;
  const s3 = Object.create(harness.s3, {
    send: {
      value: async (command: { constructor: { name: string } }, options: never) => {
        if (command.constructor.name === 'PutObjectCommand' && puts++ === 30) {
          throw new Error('dead');
        }
        return harness.s3.send(command as never, options);
      },
    },
  }) as S3Client;
  await rig.restore({ s3 }, parts).catch(() => undefined);
  expect((await rig.restore({}, parts)).counts).toMatchObject({ listed: 60, archived: 60 });
  expect(contents('source')).toEqual(expected(manyObjects(60)));
});

test('a dry run counts the requests, finds what is taken, and puts nothing', async () => {
  const parts = writeLedger(put(buildPack(OBJECTS)));
  harness.put(OBJECTS[0].key, 'theirs');
  expect((await rig.restore({ run: { dryRun: true } }, parts)).counts).toMatchObject({
    archived: 2,
    conflicting: 1,
  });
  expect(rig.lines().map(({ status, code, requests }) => [status, code, requests])).toEqual([
    ['conflicting', ReasonCode.OLD_KEY_TAKEN, { GetObject: 1, PutObject: 1 }],
    ['restored', undefined, { GetObject: 1, PutObject: 1 }],
    ['restored', undefined, { GetObject: 1, PutObject: 1 }],
  ]);
  expect(contents('source')).toEqual({ [OBJECTS[0].key]: 'theirs' });
});

test.each([undefined, 'reports' as const])(
  'a restore to %s takes the index of a pack for a part of a ledger, which it is not, and puts nothing',
  async (target) => {
    const pack = buildPack(OBJECTS);
    put(pack);
    const { etag, size } = harness.store.get('archive', pack.indexKey)!;
    const part = { key: pack.indexKey, etag: `"${etag}"`, size };
    const run = { action: 'restore' as const, target };
    await expect(
      rig.restore({ run }, [{ ...part, pack: { key: pack.key, day: '2026-11-24' } }]),
    ).rejects.toMatchObject({ name: 'LedgerChanged' });
    expect([contents('source'), contents('reports')]).toEqual([{}, {}]);
  },
);

test('a restore by packs puts nothing to the source, whatever an index says', async () => {
  const pack = buildPack(OBJECTS);
  put(pack);
  const { etag, size } = harness.store.get('archive', pack.indexKey)!;
  const written: string[] = [];
  harness.before = ({ operation, bucket }) => {
    if (!/^(Get|Head|List)/.test(operation)) {
      written.push(bucket!);
    }
    return undefined;
  };
  const part = { key: pack.indexKey, etag: `"${etag}"`, size };
  await rig.restore({ run: { action: 'restore', target: 'reports', lines: 'packs' } }, [
    { ...part, pack: { key: pack.key, day: '2026-11-24' } },
  ]);
  expect([...new Set(written)]).toEqual(['reports']);
});

describe('to the reports', () => {
  const EXTRACT = {
    id: 'look',
    action: 'restore' as const,
    target: 'reports' as const,
    lines: 'packs' as const,
    reportPrefix: 'runs/2026-11-25/look/',
    ledgerPrefix: 'runs/ledger/day=2026-11-24/run=look/',
  };
  const FOLDER = 'runs/extracted/look/';
  const lines = () => rig.lines(EXTRACT.ledgerPrefix);

  function indexes(...packs: readonly BuiltPack[]): PartVersion[] {
    return packs.map(({ key, indexKey }) => {
      const { etag, size } = harness.store.get('archive', indexKey)!;
      return { key: indexKey, etag: `"${etag}"`, size, pack: { key, day: '2026-11-24' } };
    });
  }

  /** A child for each pack, as PlanRun plans it. */
  async function extract(
    keys: readonly string[] | undefined,
    ...packs: readonly BuiltPack[]
  ): Promise<Record<string, number>> {
    const sum: Record<string, number> = {};
    for (const index of indexes(...packs)) {
      const { counts } = await rig.restore(
        { run: { ...EXTRACT, ...(keys && { keys: [...keys] }) } },
        [index],
      );
      for (const [name, count] of Object.entries(counts)) {
        sum[name] = (sum[name] ?? 0) + count;
      }
    }
    return sum;
  }

  test(
    'by a ledger copies the members that its ledger names to a folder of its own, and nothing ' +
      'else',
    async () => {
      const [a, ...others] = put(buildPack(OBJECTS));
      const loose = {
        ...a,
        v: 2 as const,
        key: 'in/z',
        destination: 'archive/2026/11/24/z',
        member: undefined,
      };
      const archive = contents('archive');
      const { counts } = await rig.restore(
        { run: { ...EXTRACT, lines: undefined, keys: ['in/a*', 'in/b*', 'in/z'] } },
        writeLedger([a, ...others, loose]),
      );
      expect(counts).toEqual({ listed: 4, archived: 2, skipped: 2, conflicting: 0, failed: 0 });
      expect(contents('reports', FOLDER)).toEqual(expected(OBJECTS.slice(0, 2)));
      expect([contents('source'), contents('archive')]).toEqual([{}, archive]);
      expect(lines()[0]).toMatchObject({
        v: 3,
        key: a.key,
        destination: a.destination,
        status: 'extracted',
        member: a.member,
      });
      expect(lines()[0]).not.toHaveProperty('restoredEtag');
    },
  );

  test('by packs needs no ledger', async () => {
    const packs = [buildPack(OBJECTS), buildPack(manyObjects(20))];
    packs.forEach((pack) => put(pack));
    expect(await extract(['in/a*.csv', manyObjects(1)[0].key], ...packs)).toEqual({
      listed: 23,
      archived: 2,
      skipped: 21,
      conflicting: 0,
      failed: 0,
    });
    expect(contents('reports', FOLDER)).toEqual(expected([OBJECTS[0], manyObjects(1)[0]]));
    expect(
      lines()
        .map(({ status, day, origin }) => [status, day, origin])
        .sort(),
    ).toEqual(packs.map(({ indexKey }) => ['extracted', '2026-11-24', indexKey]).sort());
  });

  test('by packs reads less than a megabyte for three of ten thousand', async () => {
    const pack = buildPack(manyObjects(10_000));
    put(pack);
    const reads = countReads(harness.s3, 'archive');
    const keys = [7, 5_000, 9_999].map((i) => manyObjects(10_000)[i].key);
    expect(await extract(keys, pack)).toMatchObject({ archived: 3, skipped: 9_997 });
    expect(reads.bytes).toBeLessThan(1_000_000);
  });

  test('believes neither a forged pack of the right name nor a forged index', async () => {
    const [pack, other] = [buildPack(OBJECTS), buildPack(manyObjects(5))];
    [pack, other].forEach((each) => put(each));
    const forged = buildPack(OBJECTS.map((object) => ({ ...object, bytes: 'forged' })));
    harness.store.put('archive', pack.key, forged.bytes, {
      checksum: { algorithm: 'SHA256', type: 'FULL_OBJECT' },
    });
    harness.store.put(
      'archive',
      pack.indexKey,
      toIndexFile(forged.lines, pack.key, forged.bytes.length),
    );
    // Of a pack that is there, it names a member for another.
    const [first, second, ...more] = other.lines;
    const swapped = [{ ...first, key: second.key }, { ...second, key: first.key }, ...more];
    harness.store.put(
      'archive',
      other.indexKey,
      toIndexFile(swapped, other.key, other.bytes.length),
    );
    // The pack of the forged index has its own, which its name proves.
    expect(await extract(undefined, pack, other)).toMatchObject({
      listed: 8,
      archived: 5,
      conflicting: 3,
    });
    expect(
      new Set(
        lines()
          .filter(({ status }) => status === 'conflicting')
          .map(({ code }) => code),
      ),
    ).toEqual(new Set([ReasonCode.ARCHIVED_COPY_CHANGED]));
    expect(contents('reports', FOLDER)).toEqual(expected(manyObjects(5)));
    expect(lines().find(({ status }) => status === 'extracted')!.notes).toEqual({
      ownIndex: 'OTHER',
    });
  });

  test('of a pack that is gone since the plan fails each of its objects', async () => {
    const pack = buildPack(OBJECTS);
    put(pack);
    harness.store.delete('archive', pack.key);
    expect(await extract(undefined, pack)).toMatchObject({ failed: 3 });
    expect(lines()[0]).toMatchObject({ code: ReasonCode.ARCHIVED_COPY_MISSING });
  });

  test('fails if an index was written again since the plan, and says which', async () => {
    const pack = buildPack(OBJECTS);
    put(pack);
    const planned = indexes(pack);
    harness.store.put('archive', pack.indexKey, 'junk');
    await expect(rig.restore({ run: EXTRACT }, planned)).rejects.toMatchObject({
      name: 'LedgerChanged',
      message: expect.stringContaining(pack.indexKey),
    });
  });

  test.each<[string, (pack: BuiltPack) => Buffer]>([
    ['is junk', () => Buffer.from('junk')],
    ['is cut', ({ indexFile }) => indexFile.subarray(0, indexFile.length / 2)],
    ['lacks a line', ({ lines: all, key, bytes }) => toIndexFile(all.slice(1), key, bytes.length)],
    ['is empty', ({ key, bytes }) => toIndexFile([], key, bytes.length)],
  ])('reads the index in the pack if that in the tree %s', async (_, change) => {
    const pack = buildPack(OBJECTS);
    put(pack);
    harness.store.put('archive', pack.indexKey, change(pack));
    expect(await extract(undefined, pack)).toMatchObject({ listed: 3, archived: 3 });
    expect(contents('reports', FOLDER)).toEqual(expected(OBJECTS));
  });

  test('reads a pack that has no index in the tree', async () => {
    const pack = buildPack(OBJECTS);
    put(pack);
    harness.store.delete('archive', pack.indexKey);
    const { etag, size } = harness.store.get('archive', pack.key)!;
    const item = { key: pack.key, etag: `"${etag}"`, size };
    const { counts } = await rig.restore({ run: EXTRACT }, [
      { ...item, pack: { key: pack.key, day: '2026-11-24' } },
    ]);
    expect(counts).toMatchObject({ listed: 3, archived: 3 });
    expect(contents('reports', FOLDER)).toEqual(expected(OBJECTS));
    expect(lines()[0]).toMatchObject({
      day: '2026-11-24',
      origin: pack.key,
      notes: { ownIndex: 'MISSING' },
    });
  });

  test('finds nothing in what only has the name of a pack', async () => {
    const key = 'archive/2026/11/24/pack-0123456789abcdef.zip';
    const { etag, size } = harness.store.put('archive', key, buildPack(OBJECTS).bytes);
    const { counts } = await rig.restore({ run: EXTRACT }, [
      { key, etag: `"${etag}"`, size, pack: { key, day: '2026-11-24' } },
    ]);
    expect(counts).toMatchObject({ listed: 0 });
  });

  test('takes nothing for ours that is of another bucket, or not below the prefix', async () => {
    const theirs = manyObjects(6).map((object, i) => ({
      ...object,
      ...(i < 3 ? { bucket: 'theirs' } : { key: object.key.replace('in/', 'other/') }),
    }));
    const pack = buildPack([...theirs, ...OBJECTS], { prefix: '' });
    put(pack);
    expect(await extract(undefined, pack)).toMatchObject({ listed: 3, archived: 3 });
    expect(contents('reports', FOLDER)).toEqual(expected(OBJECTS));
  });

  test('extracts the version that is the latest, and says so of the one before it', async () => {
    const packs = [
      buildPack(OBJECTS),
      buildPack(OBJECTS.map((object) => ({ ...object, bytes: `${object.bytes}, later` }))),
    ];
    packs.forEach((pack) => put(pack));
    const [earlier, later] = indexes(...packs);
    const run = { ...EXTRACT, keys: ['in/a*'] };
    const replaced = { ...earlier, replaced: toBits([0, 1, 2]) };
    for (const part of [replaced, later]) {
      await rig.restore({ run }, [part]);
    }
    expect(contents('reports', FOLDER)).toEqual({ [OBJECTS[0].key]: 'one, later' });
    expect(lines().find(({ status }) => status === 'conflicting')).toMatchObject({
      code: ReasonCode.LATER_VERSION,
      key: OBJECTS[0].key,
    });
  });

  test('counts an unwanted object once, however often it was packed', async () => {
    const packs = [buildPack(manyObjects(3)), buildPack(manyObjects(4))];
    packs.forEach((pack) => put(pack));
    const [earlier, later] = indexes(...packs);
    const run = { ...EXTRACT, keys: [manyObjects(1)[0].key] };
    const { counts } = await rig.restore({ run }, [{ ...earlier, repeated: toBits([0, 1, 2]) }]);
    expect(counts).toMatchObject({ listed: 1, archived: 1, skipped: 0 });
    expect((await rig.restore({ run }, [later])).counts).toMatchObject({
      listed: 4,
      archived: 1,
      skipped: 3,
    });
  });

  test('of two versions of one key extracts one, and says that the other one conflicts', async () => {
    const packs = [
      buildPack(OBJECTS),
      buildPack(OBJECTS.map((object) => ({ ...object, bytes: `${object.bytes}, later` }))),
    ];
    packs.forEach((pack) => put(pack));
    expect(await extract(undefined, ...packs)).toMatchObject({
      listed: 6,
      archived: 3,
      conflicting: 3,
    });
    expect(lines().find(({ status }) => status === 'conflicting')).toMatchObject({
      code: ReasonCode.DESTINATION_EXISTS,
      message: 'its key in the reports holds other content',
    });
  });
});

test('a restore of one member explains the loss of that member only', async () => {
  const pack = buildPack(OBJECTS);
  const lines = put(pack);
  const parts = writeLedger(lines);
  const claim = (action: string) => ({
    archiver: 'Archiver',
    executionArn: 'arn:aws:states:us-east-1:111122223333:execution:a:undo',
    startTime: RESTORE_RUN.startTime,
    action,
    dryRun: false,
    from: '2026-11-24',
    to: '2026-11-24',
    source: { bucket: 'source', prefix: 'in/' },
    destination: { bucket: 'archive', prefix: 'archive/' },
  });
  harness.store.put(
    'reports',
    `runs/claims/${RESTORE_RUN.ledgerPrefix.slice('runs/ledger/'.length)}claim.json`,
    JSON.stringify(claim('restore')),
  );
  await rig.restore({ run: { keys: [OBJECTS[0].key] } }, parts);
  const check = testRun({
    id: 'check',
    action: 'verify',
    ledgerPrefix: 'runs/ledger/day=2026-11-26/run=check/',
  });
  const findings = lines.map((line) => ({
    ...line,
    status: 'missing',
    code: ReasonCode.ARCHIVED_COPY_MISSING,
    part: parts[0].key,
  }));
  harness.store.put(
    'reports',
    `${check.ledgerPrefix}aa-000000.jsonl`,
    findings.map((line) => `${JSON.stringify(line)}\n`).join(''),
  );
  const context = {
    s3: harness.s3,
    clock: systemClock,
    settings: testSettings({ archiverName: 'Archiver', sourceBucket: 'source' }),
  };
  // The pack itself at the old key is not the object.
  harness.store.put('source', OBJECTS[0].key, pack.bytes);
  expect(await explainFindings(context, check)).toMatchObject({ missing: 3, skipped: 0 });
  harness.store.put('source', OBJECTS[0].key, OBJECTS[0].bytes);
  expect(await explainFindings(context, check)).toMatchObject({ missing: 2, skipped: 1 });
});
