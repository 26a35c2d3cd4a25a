import { createHash } from 'node:crypto';
import { verifyBatch } from '../../../../src/actions/verify/lambda/verify-batch';
import type {
  PartVersion,
  VerifyEvent,
  VerifyProgress,
} from '../../../../src/contract/payloads/batch-payloads';
import type {
  ArchivedVersion,
  LedgerLine,
  VerifiedLine,
} from '../../../../src/contract/payloads/ledger-line';
import type { VerifyCounts } from '../../../../src/contract/payloads/outcomes';
import type { Run } from '../../../../src/contract/payloads/run';
import { testRun } from '../../../helpers/batch-fixtures';
import { type Harness, startHarness } from '../../../helpers/harness';
import { expectSchema } from '../../../helpers/report-schema';

let harness: Harness;
beforeEach(async () => {
  harness = await startHarness();
  harness.store.createBucket('reports');
});
afterEach(() => expectSchema(findings()));
afterEach(() => harness.close());

const LEDGER = 'runs/ledger/day=2026-11-24/run=nightly/';
const RUN = testRun({
  id: 'check',
  action: 'verify',
  startTime: '2026-11-26T01:00:00.000Z',
  reportPrefix: 'runs/2026-11-26/check/',
  objectsPerSecond: 1,
  maxConcurrency: 1,
});
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

/** Archives an object, and returns its line. */
function archived(name: string, more: Partial<LedgerLine> = {}): LedgerLine {
  const { etag, size } = harness.store.put('archive', `archive/${name}`, `content of ${name}`);
  return {
    v: 2,
    key: `in/${name}`,
    destination: `archive/${name}`,
    status: 'archived',
    etag: `"${etag}"`,
    size,
    day: '2026-11-24',
    at: 5,
    archivedEtag: `"${etag}"`,
    ...more,
  };
}

function writePart(name: string, lines: readonly LedgerLine[]): PartVersion {
  const key = `${LEDGER}${name}`;
  const { etag, size } = harness.store.put(
    'reports',
    key,
    lines.map((line) => `${JSON.stringify(line)}\n`).join(''),
  );
  return { key, etag: `"${etag.replaceAll('"', '')}"`, size };
}

function verify(
  parts: readonly PartVersion[],
  more: { run?: Partial<Run>; progress?: VerifyProgress; slow?: boolean; maxRounds?: number } = {},
): Promise<VerifyProgress> {
  const event: VerifyEvent = {
    BatchInput: { run: { ...RUN, ...more.run }, progress: more.progress ?? START },
    parts: [...parts],
  };
  let now = Date.parse('2026-11-26T01:00:00Z');
  const clock = { now: () => now, sleep: async () => undefined };
  // A slow listing leaves only the time that is reserved for the ledger.
  harness.after = ({ operation }) => {
    if (more.slow && operation === 'ListObjectsV2') {
      now += 575_000;
    }
  };
  harness.resetRequests();
  const settings = {
    destinationBucket: 'archive',
    reportBucket: 'reports',
    maxRounds: more.maxRounds ?? 10,
  };
  return verifyBatch({ s3: harness.s3, clock, settings }, event, 600_000);
}

function findings(): VerifiedLine[] {
  return harness.store.keys('reports', RUN.ledgerPrefix).flatMap((key) =>
    harness
      .read('reports', key)!
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line) as VerifiedLine),
  );
}

const names = (count: number) =>
  Array.from({ length: count }, (_, i) => `n${String(i).padStart(5, '0')}`);

test('lists a thousand objects with one request, and writes nothing if all are present', async () => {
  const part = writePart(
    'aa-000000_001000.jsonl',
    names(1_000).map((name) => archived(name)),
  );
  const { counts, bytes, finished } = await verify([part]);
  expect(counts).toEqual({
    listed: 1_000,
    present: 1_000,
    changed: 0,
    missing: 0,
    unproven: 0,
    skipped: 0,
  });
  expect([bytes, finished]).toEqual([1_000 * 'content of n00000'.length, true]);
  expect(harness.requests).toEqual({ GetObject: 1, ListObjectsV2: 1 });
});

test.each([[false], [true]])(
  'finds exactly what was removed and what was replaced (deep: %s)',
  async (deep) => {
    const part = writePart(
      'aa-000000_000050.jsonl',
      names(50).map((name) => archived(name)),
    );
    harness.store.delete('archive', 'archive/n00007');
    harness.store.put('archive', 'archive/n00009', 'other');
    harness.store.put('archive', 'archive/n00011', 'content of n00012');
    harness.store.put('archive', 'archive/n00013', 'content of n00013');
    const { counts } = await verify([part], { run: { deep } });
    expect(counts).toEqual({
      listed: 50,
      present: 47,
      changed: 2,
      missing: 1,
      unproven: 0,
      skipped: 0,
    });
    expect(
      findings().map(({ destination, status, code, part: from }) => [
        destination,
        status,
        code,
        from,
      ]),
    ).toEqual([
      ['archive/n00007', 'missing', 'ARCHIVED_COPY_MISSING', part.key],
      ['archive/n00009', 'changed', 'ARCHIVED_COPY_CHANGED', part.key],
      ['archive/n00011', 'changed', 'ARCHIVED_COPY_CHANGED', part.key],
    ]);
  },
);

test('deep: another checksum is a change even if ETag and size are the same', async () => {
  const same = archived('same');
  const head = harness.store.get('archive', 'archive/same')!;
  expect(head).toBeDefined();
  const part = writePart('aa-000000_000001.jsonl', [
    {
      ...same,
      checksumAlgorithm: 'CRC64NVME',
      checksumType: 'FULL_OBJECT',
      checksum: 'AAAAAAAAAAA=',
    },
  ]);
  expect((await verify([part])).counts.present).toBe(1);
  expect((await verify([part], { run: { deep: true } })).counts).toMatchObject({
    present: 0,
    changed: 1,
  });
  expect(findings()[0].message).toContain('its CRC64NVME is');
});

/** The fields of a line that say what is in the archive. */
function toVersion({ destination, etag, size, day, archivedEtag }: LedgerLine): ArchivedVersion {
  return { destination, etag, size, day, archivedEtag };
}

test(
  'every version that a line names is verified, also that of a line that is not archived ' +
    'itself',
  async () => {
    const [first, second, third] = ['first', 'second', 'third'].map((name) => archived(name));
    const part = writePart('aa-000000_000002.jsonl', [
      { ...second, earlier: [toVersion(first)] },
      {
        ...archived('now'),
        status: 'conflicting',
        code: 'SOURCE_CHANGED',
        archivedEtag: undefined,
        earlier: [toVersion(third)],
      },
    ]);
    expect((await verify([part])).counts).toMatchObject({ listed: 3, present: 3 });
    harness.store.delete('archive', first.destination);
    harness.store.put('archive', third.destination, 'something else');
    expect((await verify([part])).counts).toEqual({
      listed: 3,
      present: 1,
      changed: 1,
      missing: 1,
      unproven: 0,
      skipped: 0,
    });
    expect(
      findings().map(({ key, destination, etag, status }) => [key, destination, etag, status]),
    ).toEqual([
      ['in/second', first.destination, first.etag, 'missing'],
      ['in/now', third.destination, third.etag, 'changed'],
    ]);
  },
);

describe('an object of which the line does not say enough', () => {
  const PROVEN = { checksumAlgorithm: 'SHA256', checksumType: 'FULL_OBJECT' } as const;
  const digest = (text: string) => createHash('sha256').update(text).digest('base64');

  async function verifyOne(line: LedgerLine): Promise<Partial<VerifyCounts>> {
    const { counts } = await verify([writePart('aa-000000_000001.jsonl', [line])]);
    return Object.fromEntries(
      Object.entries(counts).filter(([name, count]) => count > 0 && name !== 'listed'),
    );
  }

  test.each<[string, Partial<LedgerLine>]>([
    ['no ETag of the archived object', { etag: '"x"', archivedEtag: undefined }],
    ['only its size and its time speak for it', { etag: '"x"', proof: 'size' }],
  ])('is unproven if something of the same size is there (%s)', async (_, more) => {
    expect(await verifyOne(archived('a', more))).toEqual({ unproven: 1 });
    expect(findings()).toEqual([
      expect.objectContaining({
        status: 'unproven',
        code: 'ARCHIVED_COPY_UNPROVEN',
        destination: 'archive/a',
      }),
    ]);
  });

  test.each<[string, Partial<LedgerLine>]>([
    ['no ETag of the archived object', { etag: '"x"', archivedEtag: undefined }],
    ['only its size and its time speak for it', { etag: '"x"', proof: 'size' }],
  ])(
    'is changed if something of another size is there, and missing if nothing is (%s)',
    async (_, more) => {
      const line = archived('a', more);
      harness.store.put('archive', 'archive/a', 'longer than it was before');
      expect(await verifyOne(line)).toEqual({ changed: 1 });
      harness.store.delete('archive', 'archive/a');
      expect(await verifyOne(line)).toEqual({ missing: 1 });
    },
  );

  test('is present if its source had the digest that the archived object has', async () => {
    const md5 = createHash('md5').update('content of a').digest('hex');
    expect(
      await verifyOne(archived('a', { archivedEtag: undefined, etag: `"${md5}"`, proof: 'size' })),
    ).toEqual({ present: 1 });
  });

  test('is present if its checksum proves it, whatever its ETag', async () => {
    const line = { ...archived('a'), ...PROVEN, archivedEtag: '"other"' };
    harness.store.put('archive', 'archive/a', 'content of a', {
      checksum: { algorithm: 'SHA256', type: 'FULL_OBJECT' },
    });
    expect(await verifyOne({ ...line, checksum: digest('content of a') })).toEqual({ present: 1 });
    expect(await verifyOne({ ...line, checksum: digest('another') })).toEqual({ changed: 1 });
  });
});

test('asks for single objects where others lie between them', async () => {
  const mine = names(3_000).filter((_, i) => i % 300 === 0);
  const lines = mine.map((name) => archived(name));
  for (const name of names(3_000)) {
    harness.store.put('archive', `archive/${name}`, `content of ${name}`);
  }
  const part = writePart('aa-000000_000010.jsonl', lines);
  expect((await verify([part])).counts.present).toBe(mine.length);
  expect(harness.requests).toEqual({ GetObject: 1, HeadObject: mine.length });

  const more = names(12_000)
    .filter((_, i) => i % 400 === 0)
    .map((name) => archived(`z${name}`));
  for (const name of names(12_000)) {
    harness.store.put('archive', `archive/z${name}`, `content of z${name}`);
  }
  expect((await verify([writePart('bb-000000_000030.jsonl', more)])).counts.present).toBe(
    more.length,
  );
  expect(harness.requests.ListObjectsV2).toBeLessThanOrEqual(2);
});

test(
  'lines of objects that were not archived are not compared, and a copy that a line does ' +
    'not name any more is',
  async () => {
    const copied = { ...archived('copied'), at: 1 };
    const parts = [
      writePart('aa-000000_000002.jsonl', [
        copied,
        { ...archived('conflict'), status: 'conflicting' },
        archived('there'),
      ]),
      // The batch died before it deleted the source.
      writePart('aa-reconciled.jsonl', [
        { ...copied, status: 'failed', archivedEtag: undefined, at: 9 },
      ]),
    ];
    expect((await verify(parts)).counts).toMatchObject({ listed: 2, present: 2 });
  },
);

test('a round that runs out of time goes on where it ended, and what it found is written once', async () => {
  const part = writePart(
    'aa-000000_002500.jsonl',
    names(2_500).map((name) => archived(name)),
  );
  harness.store.delete('archive', 'archive/n00001');
  harness.store.delete('archive', 'archive/n02400');
  const first = await verify([part], { slow: true });
  expect(first.finished).toBe(false);
  expect(first.cursor).toBeGreaterThan(0);
  const progress = await verify([part], { progress: first });
  expect(progress).toMatchObject({
    finished: true,
    counts: { listed: 2_500, present: 2_498, missing: 2 },
  });
  expect(
    findings()
      .map(({ key }) => key)
      .sort(),
  ).toEqual(['in/n00001', 'in/n02400']);
});

test(
  'a part that is not the planned version ends the verification with a name that is not ' +
    'retried',
  async () => {
    const part = writePart('aa-000000_000001.jsonl', [archived('a')]);
    writePart('aa-000000_000001.jsonl', [archived('a'), archived('b')]);
    await expect(verify([part])).rejects.toMatchObject({
      name: 'LedgerChanged',
      message: expect.stringContaining('was written again'),
    });
    harness.store.delete('reports', part.key);
    await expect(verify([part])).rejects.toMatchObject({
      name: 'LedgerChanged',
      message: expect.stringContaining('was deleted'),
    });
  },
);

test('a denied listing ends the verification, because it must not count as missing', async () => {
  const part = writePart(
    'aa-000000_000100.jsonl',
    names(100).map((name) => archived(name)),
  );
  harness.store.deny({ operations: ['ListObjectsV2', 'HeadObject'] });
  await expect(verify([part])).rejects.toMatchObject({ name: 'AccessDenied' });
  expect(findings()).toEqual([]);
});

test('a dry run counts the objects, predicts the requests, and sends none to the archive', async () => {
  const part = writePart(
    'aa-000000_000100.jsonl',
    names(100).map((name) => archived(name)),
  );
  harness.store.delete('archive', 'archive/n00001');
  const plain = await verify([part], { run: { dryRun: true } });
  expect(plain).toMatchObject({
    finished: true,
    counts: { listed: 100, present: 100 },
    requests: { GetObject: 1, ListObjectsV2: 1 },
  });
  expect(harness.requests).toEqual({ GetObject: 1 });
  expect((await verify([part], { run: { dryRun: true, deep: true } })).requests).toEqual({
    GetObject: 1,
    HeadObject: 100,
  });
});

test(
  'a batch that used all its rounds ends the verification, because what is left was not ' +
    'compared',
  async () => {
    const part = writePart(
      'aa-000000_002500.jsonl',
      names(2_500).map((name) => archived(name)),
    );
    await expect(verify([part], { slow: true, maxRounds: 1 })).rejects.toMatchObject({
      name: 'SystemicFailure',
      message: expect.stringMatching(/^OUT_OF_TIME: after 1 rounds only/),
    });
  },
);

test('nothing to verify is finished', async () => {
  expect(await verify([])).toMatchObject({ finished: true, counts: { listed: 0 } });
});
