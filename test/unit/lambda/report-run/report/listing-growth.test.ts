import { getListingGrowth } from '../../../../../src/lambda/report-run/report/estimate';
import { describeGrowthIfDue, describeListingGrowth } from '../../../../../src/lambda/report-run/report/estimate-text';
import type { ReportFacts } from '../../../../../src/lambda/report-run/report/report';
import { factsOf, RUN, settings } from '../../../../helpers/report-fixtures';

const million = 1_000_000;
const run = (skipped: number, archived: number, more: Partial<ReportFacts> = {}): ReportFacts => factsOf({}, {
  counts: { listed: skipped + archived, archived, skipped, conflicting: 0, failed: 0 },
  batches: { count: (skipped + archived) / 1000, rounds: (skipped + archived) / 1000 },
  ...more,
});
const ARCHIVE_IN_LISTING = { source: { bucket: 'archive', prefix: '' } };

test('a million skipped objects cost a list request, a child and an invocation per thousand', () => {
  const growth = getListingGrowth(run(million, 10_000))!;
  // 0.000005 + 4 transitions + an invocation of a tenth of a second
  expect(growth.usdPerRun).toBeCloseTo(1000 * (0.000005 + 4 * 0.000025 + 0.0000002 + 0.1 * 1769 / 1024 * 0.0000133334), 2);
  expect(growth.usdPerYear).toBeCloseTo(365 * growth.usdPerRun, 3);
  expect(growth.usdPerYearWithKeyPrefix).toBeCloseTo(growth.usdPerYear / 100, 3);
  expect(growth.objectsAddedPerRun).toBe(0);
});

test('an archive inside the listing makes every night more expensive than the one before', () => {
  const still = getListingGrowth(run(million, 10_000))!;
  const growing = getListingGrowth(run(million, 10_000, ARCHIVE_IN_LISTING))!;
  expect(growing).toMatchObject({ objectsAddedPerRun: 10_000, usdPerRun: still.usdPerRun });
  // On average the listing contains half a year of nights.
  expect(growing.usdPerYear / still.usdPerYear).toBeCloseTo(1 + 10_000 * 182 / million, 2);
});

test('EXPRESS children cost less', () => {
  const express = getListingGrowth(run(million, 0, { batch: { ...settings().batch, express: true } }))!;
  expect(express.usdPerRun).toBeLessThan(getListingGrowth(run(million, 0))!.usdPerRun / 3);
});

test.each([
  ['the run lists only its own days', run(million, 0, { dateSource: { kind: 'keyPrefix', formats: [] } })],
  ['the run restores', run(million, 0, { run: { ...RUN, action: 'restore' } })],
  ['few objects are skipped', run(9_999, 0)],
  ['many of the listed objects are archived', run(100_000, 20_000)],
])('is undefined if %s', (_name, facts) => {
  expect(getListingGrowth(facts)).toBeUndefined();
});

describe('in the message', () => {
  const growth = getListingGrowth(run(100 * million, 100_000))!;
  const about = (more: { dryRun?: boolean; to?: string; growth?: typeof growth }) => describeGrowthIfDue({
    growth: 'growth' in more ? more.growth : growth,
    run: { id: 'nightly', executionArn: 'arn', dryRun: more.dryRun ?? false },
    dates: { from: null, to: more.to ?? '2026-12-01' },
  }).join('\n');

  test('once a month, if it costs a dollar per night', () => {
    expect(about({})).toBe(describeListingGrowth(growth));
    expect(about({ to: '2026-12-02' })).toBe('');
    expect(about({ growth: getListingGrowth(run(million, 10_000)) })).toBe('');
    expect(about({ growth: undefined })).toBe('');
  });

  test('in every dry run', () => {
    expect(about({ dryRun: true, to: '2026-12-02', growth: getListingGrowth(run(million, 10_000)) })).toContain('DateSource.keyPrefix');
  });

  test('names the cost and how to avoid it', () => {
    expect(describeListingGrowth(getListingGrowth(run(million, 10_000, ARCHIVE_IN_LISTING))!)).toMatch(
      /^Listing the 1,000,000 objects that the run skipped costs \$0\.11 per run\. A year of nightly runs costs \$\d+\.\d\d, including the 10,000 objects that each run adds to the listing\. If the keys begin with their date, use DateSource\.keyPrefix: it lists only the days of the run, for \$0\.\d\d per year\.$/);
  });
});
