/**
 * Whole runs over sources in GLACIER and DEEP_ARCHIVE: one night asks S3 to restore them, and a
 * later one archives them.
 */
import { Size } from 'aws-cdk-lib';
import type { FaultPlan } from '../../../packages/s3-double/src';
import {
  GlacierSources,
  DateSelection,
  Listing,
  RetrievalTier,
  type S3DatedArchiverProps,
  SourceDisposition,
} from '../../../src';
import { addRequests, type Requests } from '../../../src/lambda/pricing/requests';
import type { Report } from '../../../src/lambda/report-run/report/report';
import { formatBytes, formatObjects } from '../../../src/lambda/text/format';
import { schemaErrors } from '../../helpers/report-schema';
import { type Rehearsal, rehearse } from '../../helpers/run-in-sandbox';

jest.setTimeout(240_000);

const NIGHTS = [
  '2026-11-25T01:00:00Z',
  '2026-11-26T01:00:00Z',
  '2026-11-27T01:00:00Z',
  '2026-11-28T01:00:00Z',
];
/**
 * Answers to what asks for restores, and to looks, get lost; the looks after that tell what was
 * done.
 */
const FAULTS: FaultPlan = {
  seed: 25,
  rules: (['LostAnswer', 'InternalError', 'ResetBefore', 'HalfAnswer'] as const).map((kind) => ({
    kind,
    probability: 0.05,
    operations: ['RestoreObject', 'HeadObject', 'CopyObject'],
  })),
};

/** The ledger of a run is that of the last day that it selects. */
const LEDGERS = { from: '2026-11-24', to: '2026-11-25' };

let it: Rehearsal;
afterEach(() => {
  billed = {};
  return it.close();
});

async function open(
  count: number,
  storageClass: string,
  props: Partial<S3DatedArchiverProps>,
  faults?: FaultPlan,
): Promise<void> {
  it = await rehearse(
    {
      selection: DateSelection.lastDays(3),
      glacierSources: GlacierSources.restoreFirst({ days: 2 }),
      retryPolicy: { maxAttempts: 0 },
      ...props,
    },
    { s3: { faults } },
  );
  putMany(count, storageClass);
}
function putMany(count: number, storageClass: string): void {
  for (let i = 0; i < count; i++) {
    put(
      `incoming/2026-11-24/${String(i).padStart(4, '0')}-${storageClass}-2026-11-24.csv`,
      storageClass,
    );
  }
}
const put = (key: string, storageClass?: string, content = key) =>
  it.sandbox.s3!.store.put(it.sandbox.sourceBucket, key, content, { storageClass });
const read = (key: string) =>
  it.sandbox.s3!.store.get(it.sandbox.reportBucket, key)!.body.bytes().toString();
/** What S3 has billed since the sandbox was opened. Each run begins a new bill. */
let billed: Requests = {};
const night = async (index: number, input: object = {}) => {
  const summary = await it.sandbox.run({
    now: NIGHTS[index],
    input: { scheduledTime: NIGHTS[index], ...input },
  });
  const { requests, retrieved } = it.sandbox.s3!.bill;
  for (const amounts of [
    requests,
    Object.fromEntries(Object.entries(retrieved).map(([name, bytes]) => [`bytes@${name}`, bytes])),
  ]) {
    addRequests(billed, amounts);
  }
  return summary;
};
const restores = () =>
  Object.fromEntries(Object.entries(billed).filter(([name]) => name.startsWith('RestoreObject')));

/** RESTORED_OBJECTS=1000 runs everything with as many. */
const objects = (count: number) => Number(process.env.RESTORED_OBJECTS ?? count);
const COUNT = objects(30);
const LISTINGS: [string, Listing][] = [
  ['the map', Listing.distributedMap()],
  ['a function', Listing.selective()],
];
/** The storage classes that a tier restores within one night, and within two. */
const TIERS: [RetrievalTier, string[], string[]][] = [
  [RetrievalTier.EXPEDITED, ['GLACIER'], []],
  [RetrievalTier.STANDARD, ['GLACIER', 'DEEP_ARCHIVE'], []],
  [RetrievalTier.BULK, ['GLACIER'], ['DEEP_ARCHIVE']],
];
const CASES = LISTINGS.flatMap(([who, listing]) =>
  TIERS.map(([tier, first, second]) => [tier, who, first, second, listing] as const),
);

test.each(CASES)(
  'objects are asked for once with tier %s, listed by %s, and archived one night after that: ' +
    '%j, and two nights: %j',
  async (tier, _, soon, late, listing) => {
    await open(0, '', { listing, glacierSources: GlacierSources.restoreFirst({ tier, days: 2 }) });
    for (const storageClass of [...soon, ...late]) {
      putMany(COUNT, storageClass);
    }
    put('incoming/plain-2026-11-24.csv');
    const [ready, all] = [soon.length * COUNT, (soon.length + late.length) * COUNT];
    const first = await night(0);
    expect(first).toMatchObject({
      status: 'SUCCEEDED',
      counts: { listed: all + 1, archived: 1, skipped: all, conflicting: 0, failed: 0 },
    });
    expect(it.ledger().filter(({ status }) => status === 'restoring')).toHaveLength(all);
    const report = JSON.parse(read(first.report!.key)) as Report;
    expect([schemaErrors(report), report.notes?.restoring]).toEqual([
      [],
      { count: all, reasons: { REQUESTED: all }, examples: expect.any(Array) },
    ]);
    expect(read(first.report!.key.replace('.json', '.html'))).toContain(
      `${formatObjects(all)} are restored from Glacier first. Why: this run has asked ` +
        'S3. S3 takes hours for that. A later run archives what it selects again.',
    );
    expect(await night(1)).toMatchObject({
      status: 'SUCCEEDED',
      counts: { listed: all, archived: ready, skipped: all - ready, failed: 0 },
    });
    if (late.length > 0) {
      expect(await night(2)).toMatchObject({
        status: 'SUCCEEDED',
        counts: { listed: all - ready, archived: all - ready, failed: 0 },
      });
    }
    expect([it.source(), Object.keys(it.archive()).length]).toEqual([[], all + 1]);
    expect(restores()).toEqual(
      Object.fromEntries(
        [...soon, ...late].map((storageClass) => [`RestoreObject@${storageClass}/${tier}`, COUNT]),
      ),
    );
  },
);

test('ledgers with such lines are verified and restored', async () => {
  await open(30, 'GLACIER', { allowRestore: true, batchSize: 7 });
  await night(0);
  expect(await night(1, { action: 'verify', ...LEDGERS })).toMatchObject({
    status: 'SUCCEEDED',
    counts: { listed: 0 },
  });
  await night(1);
  expect(await night(1, { action: 'verify', ...LEDGERS })).toMatchObject({
    status: 'SUCCEEDED',
    counts: { listed: 30, present: 30 },
  });
  expect(await it.sandbox.run({ input: { action: 'restore', ...LEDGERS } })).toMatchObject({
    status: 'SUCCEEDED',
    counts: { listed: 30, restored: 30 },
  });
  expect(it.source()).toHaveLength(30);
});

test.each(LISTINGS)(
  'with lost answers, three nights archive what %s lists, and S3 accepts one request for each ' +
    'object',
  async (_, listing) => {
    const count = objects(200);
    await open(
      count,
      'DEEP_ARCHIVE',
      {
        listing,
        glacierSources: GlacierSources.restoreFirst({ tier: RetrievalTier.BULK, days: 2 }),
      },
      FAULTS,
    );
    for (const index of [0, 1, 2]) {
      expect(await night(index)).toMatchObject({ status: 'SUCCEEDED', counts: { failed: 0 } });
    }
    expect([it.source(), Object.keys(it.archive()).length]).toEqual([[], count]);
    // The double bills the bytes of what it accepts.
    const bytes = count * 'incoming/2026-11-24/0000-DEEP_ARCHIVE-2026-11-24.csv'.length;
    expect(billed['bytes@DEEP_ARCHIVE/Bulk']).toBe(bytes);
  },
);

test.each(LISTINGS)(
  '%s lists what others have done meanwhile: a restore of their own, a rewritten object, a ' +
    'removed one',
  async (_, listing) => {
    await open(5, 'GLACIER', { listing });
    const [others, rewritten, removed] = it.source();
    const { store } = it.sandbox.s3!;
    const object = store.get(it.sandbox.sourceBucket, others)!;
    object.attributes = {
      ...object.attributes,
      restore: { readyAt: Date.parse(NIGHTS[1]), expiresAt: Date.parse(NIGHTS[3]) },
    };
    expect(await night(0)).toMatchObject({
      status: 'SUCCEEDED',
      counts: { archived: 0, skipped: 5, failed: 0 },
    });
    put(rewritten, undefined, 'new');
    store.delete(it.sandbox.sourceBucket, removed);
    expect(await night(1)).toMatchObject({
      status: 'SUCCEEDED',
      counts: { listed: 4, archived: 4, failed: 0 },
    });
    expect(Object.values(it.archive())).toContain('new');
    expect(restores()).toEqual({ 'RestoreObject@GLACIER/Standard': 4 });
  },
);

test.each(LISTINGS)(
  'what has expired before %s comes is asked for again while its day is selected, and is a ' +
    'straggler after that',
  async (_, listing) => {
    await open(2, 'GLACIER', {
      listing,
      glacierSources: GlacierSources.restoreFirst({ tier: RetrievalTier.EXPEDITED, days: 1 }),
    });
    await night(0);
    // No run of the next night: the copies are there until the end of 26 November.
    expect(await night(2)).toMatchObject({
      status: 'SUCCEEDED',
      counts: { archived: 0, skipped: 2 },
    });
    expect(restores()).toEqual({ 'RestoreObject@GLACIER/Expedited': 4 });
    const last = await night(3);
    expect(last).toMatchObject({ status: 'SUCCEEDED', counts: { archived: 0, skipped: 2 } });
    expect((JSON.parse(read(last.report!.key)) as Report).stragglers).toMatchObject({
      count: 2,
      oldest: '2026-11-24',
    });
    expect(it.source()).toHaveLength(2);
  },
);

test('a dry run asks for nothing, counts as the real run, and says the dollars by tier', async () => {
  const count = objects(100);
  await open(count, 'GLACIER', {
    glacierSources: GlacierSources.restoreFirst({ tier: RetrievalTier.EXPEDITED, days: 2 }),
  });
  const dry = await night(0, { dryRun: true });
  expect(dry).toMatchObject({
    status: 'SUCCEEDED',
    counts: { listed: count, archived: 0, skipped: count },
  });
  expect(restores()).toEqual({});
  const bytes = count * 'incoming/2026-11-24/0000-GLACIER-2026-11-24.csv'.length;
  const { estimate } = JSON.parse(read(dry.report!.key)) as Report;
  expect(estimate!.storageClasses.source).toMatchObject([
    {
      storageClass: 'GLACIER/Expedited',
      objects: count,
      retrievalUsd: expect.closeTo(count / 100, 1),
    },
  ]);
  expect(estimate!.requests.byOperation).toMatchObject({ RestoreObject: count });
  expect(dry.alerts[0].message).toContain(
    `Restoring ${formatObjects(count)} (${formatBytes(bytes)}) from GLACIER with tier Expedited ` +
      `would cost $${(count / 100).toFixed(2)}.`,
  );
  const real = await night(0);
  const { cost } = JSON.parse(read(real.report!.key)) as Report;
  expect(cost.total).toBeCloseTo(estimate!.usd.total, 1);
});

test.each(LISTINGS)(
  'batches of %s share the limit of the run, those of a dry run do, too, and the message says so',
  async (_, listing) => {
    const limits = { maxObjects: 12, maxSize: Size.mebibytes(1) };
    await open(
      30,
      'GLACIER',
      {
        listing,
        batchSize: 4,
        maxConcurrency: 4,
        glacierSources: GlacierSources.restoreFirst({ days: 2, ...limits }),
      },
      FAULTS,
    );
    const told = { count: 18, reasons: { MAX_OBJECTS: 18 }, examples: expect.any(Array) };
    const dry = await night(0, { dryRun: true });
    expect(JSON.parse(read(dry.report!.key))).toMatchObject({
      notes: { restoreLimit: told, restoring: { count: 12 } },
      estimate: { requests: { byOperation: { RestoreObject: 12 } } },
    });
    expect(restores()).toEqual({});
    const first = await night(0);
    expect(first).toMatchObject({
      status: 'SUCCEEDED',
      counts: { listed: 30, archived: 0, skipped: 30, failed: 0 },
    });
    const report = JSON.parse(read(first.report!.key)) as Report;
    // An answer that got lost may leave something unused.
    const { restoreLimit, restoring } = report.notes!;
    expect(restoring.count).toBeLessThanOrEqual(12);
    expect(restoring.count + restoreLimit.count).toBe(30);
    expect(first.alerts[0].message).toContain(
      'were not restored from Glacier, because the run reached its limit.',
    );
    expect(await night(1)).toMatchObject({
      status: 'SUCCEEDED',
      counts: { archived: restoring.count, failed: 0 },
    });
  },
);

test('an object in DEEP_ARCHIVE fails with tier EXPEDITED, and nothing is asked for', async () => {
  await open(1, 'DEEP_ARCHIVE', {
    glacierSources: GlacierSources.restoreFirst({ tier: RetrievalTier.EXPEDITED, days: 2 }),
  });
  expect(await night(0)).toMatchObject({ status: 'FAILED', counts: { failed: 1 } });
  expect(it.ledger()).toMatchObject([
    {
      status: 'failed',
      code: 'ARCHIVED_CLASS',
      message: expect.stringContaining('give GlacierSources.restoreFirst() another tier'),
    },
  ]);
  expect(restores()).toEqual({});
});

test.each([GlacierSources.report(), undefined])(
  'without a restore, such an object fails as before',
  async (glacierSources) => {
    await open(1, 'GLACIER', { glacierSources });
    expect(await night(0)).toMatchObject({ status: 'FAILED', counts: { failed: 1 } });
    expect(restores()).toEqual({});
  },
);

test(
  'what the archive holds already is not restored: sources that are kept are asked for once, and ' +
    'others are deleted',
  async () => {
    await open(3, 'GLACIER', {
      sourceDisposition: SourceDisposition.KEEP,
      selection: DateSelection.olderThan(0),
    });
    await night(0);
    expect(await night(1)).toMatchObject({ counts: { archived: 3 } });
    // The readable copies are gone by the next night but one.
    expect(await night(3)).toMatchObject({
      status: 'SUCCEEDED',
      counts: { archived: 3, skipped: 0 },
    });
    expect(restores()).toEqual({ 'RestoreObject@GLACIER/Standard': 3 });
  },
);

test(
  'a manifest names objects that S3 restores first: the report does not say that they are ' +
    'gone',
  async () => {
    await open(3, 'GLACIER', { listing: Listing.selective() });
    const { store } = it.sandbox.s3!;
    store.put(
      it.sandbox.reportBucket,
      'lists/today',
      it
        .source()
        .map((key) => `${JSON.stringify({ key })}\n`)
        .join(''),
    );
    const { report, alerts, ...summary } = await night(0, {
      manifest: `s3://${it.sandbox.reportBucket}/lists/today`,
      date: '2026-11-24',
    });
    expect(summary).toMatchObject({
      status: 'SUCCEEDED',
      counts: { listed: 3, archived: 0, skipped: 3, failed: 0 },
    });
    expect(JSON.parse(read(report!.key))).toMatchObject({
      outcome: 'CLEAN',
      notes: { restoring: { count: 3, reasons: { REQUESTED: 3 } } },
      manifestSkipped: { gone: 0, repeated: 0 },
    });
    expect(alerts).toEqual([]);
  },
);
