import type { LedgerLine } from '../../../../../src/contract/payloads/ledger-line';
import { Tally } from '../../../../../src/lambda/ledger/tally';
import { createReport, type ReportFacts } from '../../../../../src/lambda/report-run/report/report';
import { renderRunPage } from '../../../../../src/lambda/report-run/report/run-page';
import { viewRun } from '../../../../../src/lambda/report-run/report/run-view';
import {
  describeCharges,
  describeEstimate,
} from '../../../../../src/lambda/report-run/report/text/estimate-text';
import { factsOf, ledgerLine } from '../../../../helpers/report-fixtures';

const GIB = 1024 ** 3;
const START = Date.parse('2026-11-25T01:00:00Z') / 1000;
const DAY = 86_400;

const line = (i: number, more: Partial<LedgerLine> = {}): LedgerLine => ({
  ...ledgerLine(`k${i}`, 'archived'),
  ...more,
});
const plain = (count: number, more: Partial<LedgerLine> = {}) =>
  Array.from({ length: count }, (_, i) => line(i, more));

/** Adds up a dry run as ReportRun does: batch by batch. */
function reportOf(batches: LedgerLine[][], more: Partial<ReportFacts> = {}) {
  const tally = new Tally(START);
  for (const lines of batches) {
    const batch = new Tally(START);
    batch.parts = 1;
    lines.forEach((each) => batch.add(each));
    tally.merge(batch);
  }
  const { archived, conflicting, failed } = tally;
  const counts = {
    listed: archived + conflicting + failed,
    archived,
    conflicting,
    failed,
    skipped: 0,
  };
  const facts = factsOf(
    { run: { dryRun: true, objectsPerSecond: 150, maxConcurrency: 10 } },
    {
      tally,
      counts,
      outcome: failed ? 'FAILED' : conflicting ? 'PROBLEMS' : 'CLEAN',
      batches: { count: batches.length, rounds: batches.length },
      ...more,
    },
  );
  return createReport(facts);
}
const estimated = (...given: Parameters<typeof reportOf>) => reportOf(...given).estimate!;

test('only a dry run has an estimate, which names the region of its prices', () => {
  expect(createReport(factsOf({ lines: plain(1) })).estimate).toBeUndefined();
  expect(estimated([plain(1)], { awsRegion: 'moon-north-1' }).prices).toEqual({
    region: 'us-east-1',
    asOf: expect.stringMatching(/^\d{4}-\d\d-\d\d$/),
  });
});

test('requests are those of the objects, of the batches and of the run', () => {
  const observed = {
    lookBack: { ListObjectsV2: 2, GetObject: 7 },
    latencySeconds: 0.01,
    seconds: 0.2,
    initSeconds: 0.15,
  };
  const { requests } = estimated([plain(1000), plain(500)], { observed });
  expect(requests.byOperation).toEqual({
    // Two pages of the listing, one of the ledger, and the look back.
    ListObjectsV2: 2 + 1 + 2,
    CopyObject: 1500,
    // Two hundred keys each, because ten batches may delete at the same time.
    DeleteObjects: 5 + 3,
    // Manifest and results, twice; two parts of the ledger, earlier reports and that of this dry
    // run, and the calendar.
    GetObject: 4 + 2 + 7 + 2 + 1,
    // Two parts of the ledger, two claims, manifest, results, two reports, the list of the parts,
    // and the calendar.
    PutObject: 2 + 8,
    GetObjectLockConfiguration: 2,
  });
  expect(requests.total).toBe(1500 + 8 + 5 + 16 + 10 + 2);
});

test('an object with requests of its own counts as its ledger line predicts', () => {
  const conflict = {
    ...line(1),
    status: 'conflicting' as const,
    code: 'DESTINATION_EXISTS',
    requests: { CopyObject: 2, HeadObject: 2 },
  };
  const none = { ...line(2), status: 'failed' as const, code: 'KEY_TOO_LONG', requests: {} };
  const { requests } = estimated([[line(0), conflict, none]]);
  expect(requests.byOperation).toMatchObject({ CopyObject: 3, HeadObject: 2, DeleteObjects: 1 });
  expect(estimated([[conflict]]).requests.byOperation.DeleteObjects).toBeUndefined();
});

test('dollars depend on the storage classes of the archive and of the sources', () => {
  const usd = (more: Partial<ReportFacts>, lines = plain(1000)) =>
    estimated([lines], more).usd.total;
  expect(usd({ storageClass: 'GLACIER_IR' }) - usd({})).toBeCloseTo(1000 * 0.000015, 6);
  const cold = plain(1000, { size: GIB, storageClass: 'STANDARD_IA', modified: START - 10 * DAY });
  const warm = plain(1000, { size: GIB });
  // Retrieval of 1,000 GiB, and the remaining twenty of thirty days.
  expect(usd({}, cold) - usd({}, warm)).toBeCloseTo(10 + (1000 * 0.0125 * 2) / 3, 4);
});

test('the estimate includes the messages of the run', () => {
  const conflict = {
    ...line(1),
    status: 'conflicting' as const,
    code: 'DESTINATION_EXISTS',
    requests: { CopyObject: 1 },
  };
  const transitions = (lines: LedgerLine[], alertMode?: 'EVERY_RUN' | 'PER_BATCH') =>
    estimated([lines], { alertMode }).usd.items.find(
      ({ what }) => what === 'Step Functions: transitions',
    )!.count;
  expect(transitions([line(0)])).toBe(8);
  expect(transitions([line(0)], 'EVERY_RUN')).toBe(9);
  expect(transitions([line(0), conflict])).toBe(9);
  expect(transitions([line(0), conflict], 'PER_BATCH')).toBe(12);
});

test('the time depends on the rate, and concurrent batches share it', () => {
  const seconds = (batches: number) =>
    estimated(Array.from({ length: batches }, () => plain(1000))).minutes * 60;
  expect(seconds(1)).toBeGreaterThan(1000 / 150);
  expect(seconds(10)).toBeLessThan(seconds(1) * 1.1);
  expect(seconds(20)).toBeGreaterThan(seconds(10) * 1.5);
});

test('lists the ten largest objects, the largest first', () => {
  const { largest } = estimated([
    plain(15).map((each, i) => ({ ...each, size: i })),
    [line(99, { size: 1000 })],
  ]);
  expect(largest).toHaveLength(10);
  expect(largest.slice(0, 2)).toEqual([
    { key: 'k99', size: 1000 },
    { key: 'k14', size: 14 },
  ]);
});

test('charges for leaving a storage class early, and for entering the next one', () => {
  const lines = [
    ...plain(3, { size: GIB, storageClass: 'STANDARD_IA', modified: START - 10 * DAY }),
    line(4, { size: GIB, storageClass: 'STANDARD_IA', modified: START - 40 * DAY }),
    ...plain(10, { size: 1024 }),
  ];
  const estimate = estimated([lines], { storageClass: 'GLACIER_IR' });
  expect(estimate.storageClasses.source).toEqual([
    expect.objectContaining({
      storageClass: 'STANDARD',
      objects: 10,
      retrievalUsd: 0,
      early: { objects: 0, bytes: 0, usd: 0 },
    }),
    expect.objectContaining({
      storageClass: 'STANDARD_IA',
      objects: 4,
      bytes: 4 * GIB,
      retrievalUsd: 0.04,
      minimumDays: 30,
      early: { objects: 3, bytes: 3 * GIB, usd: 0.025 },
    }),
  ]);
  expect(estimate.storageClasses.destination).toMatchObject({
    storageClass: 'GLACIER_IR',
    minimumDays: 90,
    smaller: { objects: 10, bytes: 10 * 1024, billedBytes: 10 * 128 * 1024 },
    usdPerMonth: expect.closeTo(4 * 0.004, 4),
    leastUsd: expect.closeTo(12 * 0.004, 4),
  });
  expect(describeCharges(estimate)).toEqual([
    'Reading 4 objects (4 GiB) from STANDARD_IA would cost $0.040 for retrieval.',
    '3 objects (3 GiB) would leave STANDARD_IA before its minimum of 30 days. The remaining ' +
      'days would cost $0.025.',
    'Storing these objects in GLACIER_IR would cost $0.016 per month. At least 90 days are ' +
      'billed: $0.048, even if the objects are deleted at once.',
    '10 objects below 128 KiB would be billed as 128 KiB each: 1.3 MiB instead of 10 KiB.',
  ]);
});

test('no charges are listed from STANDARD to STANDARD', () => {
  const estimate = estimated([plain(3)]);
  expect(describeCharges(estimate)).toEqual([]);
  expect(describeEstimate(estimate).join('\n')).toMatch(
    /^The real run would cost about \$0\.0\d+ \(list prices for us-east-1 as of .*\), take \d+ s at best and send \d+ requests to S3\.$/,
  );
});

describe('the requests of a run', () => {
  const batches = { count: 2, rounds: 2 };
  const counted = { 'CopyObject@GLACIER_IR': 3, CopyObject: 2, PutObject: 7, DeleteObjects: 1 };
  const reportWith = (more: Partial<ReportFacts>) =>
    createReport(factsOf({ lines: plain(5) }, { batches, ...more }));
  const costOf = (report: ReturnType<typeof reportWith>, what: string) =>
    report.cost.items.find((each) => each.what === what);

  test('are those that its batches counted, and those that follow from its shape', () => {
    const none = reportWith({});
    const report = reportWith({ requests: counted });
    expect(report.requests).toEqual({ CopyObject: 5, PutObject: 7, DeleteObjects: 1 });
    expect(costOf(none, 'S3: copies')).toBeUndefined();
    expect(costOf(report, 'S3: copies')).toEqual({
      what: 'S3: copies',
      count: 5,
      usd: expect.closeTo((3 * 0.02 + 2 * 0.005) / 1_000, 8) as number,
    });
    const writes = costOf(none, 'S3: other writes')!.count;
    expect(costOf(report, 'S3: other writes')!.count).toBe(writes + 7);
  });

  test('are the least if batches left no count', () => {
    expect(reportWith({})).not.toHaveProperty('uncountedBatches');
    const report = reportWith({ uncounted: 2 });
    expect(report.uncountedBatches).toBe(2);
    const page = (uncounted: number) => renderRunPage(viewRun(reportWith({ uncounted })));
    expect(page(0)).not.toContain('This is the least');
    expect(page(1)).toContain('This is the least: 1 batch left no count of requests.');
    expect(page(2)).toContain('This is the least: 2 batches left no count of requests.');
  });
});
