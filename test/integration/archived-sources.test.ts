/** Whole runs over sources in GLACIER and DEEP_ARCHIVE: one night asks S3 to restore them, and a later one archives them. */
import { StateMachineType } from 'aws-cdk-lib/aws-stepfunctions';
import type { FaultPlan } from '../../packages/s3-double/src';
import { ArchivedSources, DateSelection, Listing, RetrievalTier, type S3DatedArchiverProps, SourceDisposition } from '../../src';
import { addRequests, type Requests } from '../../src/lambda/pricing/requests';
import type { Report } from '../../src/lambda/report-run/report/report';
import { formatObjects } from '../../src/lambda/text/format';
import { schemaErrors } from '../helpers/report-schema';
import { type Rehearsal, rehearse } from '../helpers/run-in-sandbox';

jest.setTimeout(240_000);

const NIGHTS = ['2026-11-25T01:00:00Z', '2026-11-26T01:00:00Z', '2026-11-27T01:00:00Z', '2026-11-28T01:00:00Z'];
/** Answers to what asks for restores, and to looks, get lost; the looks after that tell what was done. */
const FAULTS: FaultPlan = {
  seed: 25,
  rules: (['LostAnswer', 'InternalError', 'ResetBefore', 'HalfAnswer'] as const).map((kind) => (
    { kind, probability: 0.05, operations: ['RestoreObject', 'HeadObject', 'CopyObject'] })),
};

/** The ledger of a run is that of the last day that it selects. */
const LEDGERS = { from: '2026-11-24', to: '2026-11-25' };

let it: Rehearsal;
afterEach(() => {
  billed = {};
  return it.close();
});

async function open(count: number, storageClass: string, props: Partial<S3DatedArchiverProps>, faults?: FaultPlan): Promise<void> {
  it = await rehearse(
    { selection: DateSelection.lastDays(3), archivedSources: ArchivedSources.restore({ days: 2 }), retryPolicy: { maxAttempts: 0 }, ...props },
    { s3: { faults } },
  );
  for (let i = 0; i < count; i++) { put(`incoming/2026-11-24/${String(i).padStart(4, '0')}-2026-11-24.csv`, storageClass); }
}
const put = (key: string, storageClass?: string, content = key) => it.sandbox.s3!.store.put(it.sandbox.sourceBucket, key, content, { storageClass });
const read = (key: string) => it.sandbox.s3!.store.get(it.sandbox.reportBucket, key)!.body.bytes().toString();
/** What S3 has billed since the sandbox was opened. Each run begins a new bill. */
let billed: Requests = {};
const night = async (index: number, input: object = {}) => {
  const summary = await it.sandbox.run({ now: NIGHTS[index], input: { scheduledTime: NIGHTS[index], ...input } });
  const { requests, retrieved } = it.sandbox.s3!.bill;
  for (const amounts of [requests, Object.fromEntries(Object.entries(retrieved).map(([name, bytes]) => [`bytes@${name}`, bytes]))]) { addRequests(billed, amounts); }
  return summary;
};
const restores = () => Object.fromEntries(Object.entries(billed).filter(([name]) => name.startsWith('RestoreObject')));

const COUNT = Number(process.env.OBJECTS ?? 30);
const LISTINGS: [string, Listing][] = [['the map', Listing.distributedMap()], ['a function', Listing.selective()]];
const TIERS: [string, RetrievalTier, number][] = [
  ['GLACIER', RetrievalTier.EXPEDITED, 1], ['GLACIER', RetrievalTier.STANDARD, 1], ['GLACIER', RetrievalTier.BULK, 1],
  ['DEEP_ARCHIVE', RetrievalTier.STANDARD, 1], ['DEEP_ARCHIVE', RetrievalTier.BULK, 2],
];
const CASES = LISTINGS.flatMap(([who, listing]) => TIERS.map(([storageClass, tier, ready]) => [storageClass, tier, who, ready, listing] as const));

test.each(CASES)('objects in %s with tier %s, listed by %s, are asked for once and archived in night %d after that', async (storageClass, tier, _, ready, listing) => {
  await open(COUNT, storageClass, { listing, archivedSources: ArchivedSources.restore({ tier, days: 2 }) });
  put('incoming/plain-2026-11-24.csv');
  const first = await night(0);
  expect(first).toMatchObject({ status: 'SUCCEEDED', counts: { listed: COUNT + 1, archived: 1, skipped: COUNT, conflicting: 0, failed: 0 } });
  expect(it.ledger().filter(({ status }) => status === 'restoring')).toHaveLength(COUNT);
  const report = JSON.parse(read(first.report!.key)) as Report;
  expect([schemaErrors(report), report.skipReasons.restoring]).toEqual([[], COUNT]);
  expect(read(first.report!.key.replace('.json', '.html'))).toContain(`S3 first restores ${formatObjects(COUNT)} from Glacier. A later run archives what it selects again.`);
  if (ready > 1) { expect(await night(1)).toMatchObject({ status: 'SUCCEEDED', counts: { archived: 0, skipped: COUNT, failed: 0 } }); }
  expect(await night(ready)).toMatchObject({ status: 'SUCCEEDED', counts: { listed: COUNT, archived: COUNT, failed: 0 } });
  expect([it.source(), Object.keys(it.archive()).length]).toEqual([[], COUNT + 1]);
  expect(restores()).toEqual({ [`RestoreObject@${storageClass}/${tier}`]: COUNT });
});

test.each([StateMachineType.STANDARD, StateMachineType.EXPRESS])('the ledgers of a %s map with such lines are verified and restored', async (mapExecutionType) => {
  await open(30, 'GLACIER', { mapExecutionType, allowRestore: true, batchSize: 7 });
  await night(0);
  expect(await night(1, { action: 'verify', ...LEDGERS })).toMatchObject({ status: 'SUCCEEDED', counts: { listed: 0 } });
  await night(1);
  expect(await night(1, { action: 'verify', ...LEDGERS })).toMatchObject({ status: 'SUCCEEDED', counts: { listed: 30, present: 30 } });
  expect(await it.sandbox.run({ input: { action: 'restore', ...LEDGERS } })).toMatchObject({ status: 'SUCCEEDED', counts: { listed: 30, restored: 30 } });
  expect(it.source()).toHaveLength(30);
});

test.each(LISTINGS)('with lost answers, three nights archive 1,000 objects that %s lists, and S3 accepts one request for each', async (_, listing) => {
  await open(1_000, 'DEEP_ARCHIVE', { listing, archivedSources: ArchivedSources.restore({ tier: RetrievalTier.BULK, days: 2 }) }, FAULTS);
  for (const index of [0, 1, 2]) { expect(await night(index)).toMatchObject({ status: 'SUCCEEDED', counts: { failed: 0 } }); }
  expect([it.source(), Object.keys(it.archive()).length]).toEqual([[], 1_000]);
  // The double bills the bytes of what it accepts.
  const bytes = 1_000 * 'incoming/2026-11-24/0000-2026-11-24.csv'.length;
  expect(billed['bytes@DEEP_ARCHIVE/Bulk']).toBe(bytes);
});

test.each(LISTINGS)('%s lists what others have done meanwhile: a restore of their own, a rewritten object, a removed one', async (_, listing) => {
  await open(5, 'GLACIER', { listing });
  const [others, rewritten, removed] = it.source();
  const { store } = it.sandbox.s3!;
  const object = store.get(it.sandbox.sourceBucket, others)!;
  object.attributes = { ...object.attributes, restore: { readyAt: Date.parse(NIGHTS[1]), expiresAt: Date.parse(NIGHTS[3]) } };
  expect(await night(0)).toMatchObject({ status: 'SUCCEEDED', counts: { archived: 0, skipped: 5, failed: 0 } });
  put(rewritten, undefined, 'new');
  store.delete(it.sandbox.sourceBucket, removed);
  expect(await night(1)).toMatchObject({ status: 'SUCCEEDED', counts: { listed: 4, archived: 4, failed: 0 } });
  expect(Object.values(it.archive())).toContain('new');
  expect(restores()).toEqual({ 'RestoreObject@GLACIER/Standard': 4 });
});

test.each(LISTINGS)('what has expired before %s comes is asked for again while its day is selected, and is a straggler after that', async (_, listing) => {
  await open(2, 'GLACIER', { listing, archivedSources: ArchivedSources.restore({ tier: RetrievalTier.EXPEDITED, days: 1 }) });
  await night(0);
  // No run of the next night: the copies are there until the end of 26 November.
  expect(await night(2)).toMatchObject({ status: 'SUCCEEDED', counts: { archived: 0, skipped: 2 } });
  expect(restores()).toEqual({ 'RestoreObject@GLACIER/Expedited': 4 });
  const last = await night(3);
  expect(last).toMatchObject({ status: 'SUCCEEDED', counts: { archived: 0, skipped: 2 } });
  expect((JSON.parse(read(last.report!.key)) as Report).stragglers).toMatchObject({ count: 2, oldest: '2026-11-24' });
  expect(it.source()).toHaveLength(2);
});

test('a dry run asks for nothing, counts as the real run, and says the dollars by tier', async () => {
  await open(1_000, 'GLACIER', { archivedSources: ArchivedSources.restore({ tier: RetrievalTier.EXPEDITED, days: 2 }) });
  const dry = await night(0, { dryRun: true });
  expect(dry).toMatchObject({ status: 'SUCCEEDED', counts: { listed: 1_000, archived: 0, skipped: 1_000 } });
  expect(restores()).toEqual({});
  const { estimate } = JSON.parse(read(dry.report!.key)) as Report;
  expect(estimate!.storageClasses.source).toMatchObject([{ storageClass: 'GLACIER/Expedited', objects: 1_000, retrievalUsd: expect.closeTo(10, 1) }]);
  expect(estimate!.requests.byOperation).toMatchObject({ RestoreObject: 1_000 });
  expect(dry.alerts[0].message).toContain('Restoring 1,000 objects (38.1 KiB) from GLACIER with tier Expedited would cost $10.00.');
  const real = await night(0);
  const { cost } = JSON.parse(read(real.report!.key)) as Report;
  expect(cost.total).toBeCloseTo(estimate!.usd.total, 1);
});

test('an object in DEEP_ARCHIVE fails with tier EXPEDITED, and nothing is asked for', async () => {
  await open(1, 'DEEP_ARCHIVE', { archivedSources: ArchivedSources.restore({ tier: RetrievalTier.EXPEDITED, days: 2 }) });
  expect(await night(0)).toMatchObject({ status: 'FAILED', counts: { failed: 1 } });
  expect(it.ledger()).toMatchObject([{ status: 'failed', code: 'ARCHIVED_CLASS', message: expect.stringContaining('give ArchivedSources.restore() another tier') }]);
  expect(restores()).toEqual({});
});

test.each([ArchivedSources.report(), undefined])('without a restore, such an object fails as before', async (archivedSources) => {
  await open(1, 'GLACIER', { archivedSources });
  expect(await night(0)).toMatchObject({ status: 'FAILED', counts: { failed: 1 } });
  expect(restores()).toEqual({});
});

test('what the archive holds already is not restored: sources that are kept are asked for once, and others are deleted', async () => {
  await open(3, 'GLACIER', { sourceDisposition: SourceDisposition.KEEP, selection: DateSelection.olderThan(0) });
  await night(0);
  expect(await night(1)).toMatchObject({ counts: { archived: 3 } });
  // The readable copies are gone by the next night but one.
  expect(await night(3)).toMatchObject({ status: 'SUCCEEDED', counts: { archived: 3, skipped: 0 } });
  expect(restores()).toEqual({ 'RestoreObject@GLACIER/Standard': 3 });
});

test('a manifest names objects that S3 restores first: the report does not say that they are gone', async () => {
  await open(3, 'GLACIER', { listing: Listing.selective() });
  const { store } = it.sandbox.s3!;
  store.put(it.sandbox.reportBucket, 'lists/today', it.source().map((key) => `${JSON.stringify({ key })}\n`).join(''));
  const { report, alerts, ...summary } = await night(0, { manifest: `s3://${it.sandbox.reportBucket}/lists/today`, date: '2026-11-24' });
  expect(summary).toMatchObject({ status: 'SUCCEEDED', counts: { listed: 3, archived: 0, skipped: 3, failed: 0 } });
  expect(JSON.parse(read(report!.key))).toMatchObject({ outcome: 'CLEAN', skipReasons: { restoring: 3 }, manifestSkipped: { gone: 0, repeated: 0 } });
  expect(alerts).toEqual([]);
});
