import { getPrices } from '../../../../../src/lambda/pricing/prices';
import { growthForMessage, describeListingGrowth } from '../../../../../src/lambda/report-run/estimate/estimate-wording';
import { getListingGrowth, type ListingFacts } from '../../../../../src/lambda/report-run/estimate/listing-growth';

const million = 1_000_000;
const run = (skipped: number, archived: number, more: Partial<ListingFacts> = {}): ListingFacts => ({
  counts: { listed: skipped + archived, archived, skipped, conflicting: 0, failed: 0 },
  narrowed: false,
  archiveInListing: false,
  batches: (skipped + archived) / 1000,
  memoryMb: 1769,
  express: false,
  prices: getPrices('us-east-1'),
  ...more,
});

test('a million objects that are only looked at cost a list, a child and an invocation for each thousand', () => {
  const growth = getListingGrowth(run(million, 10_000))!;
  // 0.000005 + 4 transitions + an invocation of a tenth of a second
  expect(growth.usdPerRun).toBeCloseTo(1000 * (0.000005 + 4 * 0.000025 + 0.0000002 + 0.1 * 1769 / 1024 * 0.0000133334), 2);
  expect(growth.usdPerYear).toBeCloseTo(365 * growth.usdPerRun, 3);
  expect(growth.usdPerYearWithKeyPrefix).toBeCloseTo(growth.usdPerYear / 100, 3);
  expect(growth.objectsAddedPerRun).toBe(0);
});

test('an archive in the listing makes every night dearer than the one before', () => {
  const still = getListingGrowth(run(million, 10_000))!;
  const growing = getListingGrowth(run(million, 10_000, { archiveInListing: true }))!;
  expect(growing).toMatchObject({ objectsAddedPerRun: 10_000, usdPerRun: still.usdPerRun });
  // On average half a year of nights lies in it.
  expect(growing.usdPerYear / still.usdPerYear).toBeCloseTo(1 + 10_000 * 182 / million, 2);
});

test('EXPRESS children cost less', () => {
  expect(getListingGrowth(run(million, 0, { express: true }))!.usdPerRun).toBeLessThan(getListingGrowth(run(million, 0))!.usdPerRun / 3);
});

test.each([
  ['the run lists its own days only', run(million, 0, { narrowed: true })],
  ['few are skipped', run(9_999, 0)],
  ['as many are archived', run(100_000, 20_000)],
])('nothing where %s', (_name, looking) => {
  expect(getListingGrowth(looking)).toBeUndefined();
});

describe('in the message', () => {
  const growth = getListingGrowth(run(100 * million, 100_000))!;
  const about = (more: { dryRun?: boolean; to?: string; growth?: typeof growth }) => growthForMessage({
    growth: 'growth' in more ? more.growth : growth,
    dryRun: more.dryRun ?? false,
    to: more.to ?? '2026-12-01',
  });

  test('once a month, where it costs a dollar a night', () => {
    expect(about({})).toBe(describeListingGrowth(growth));
    expect(about({ to: '2026-12-02' })).toBeUndefined();
    expect(about({ growth: getListingGrowth(run(million, 10_000)) })).toBeUndefined();
    expect(about({ growth: undefined })).toBeUndefined();
  });

  test('whenever a dry run asks', () => {
    expect(about({ dryRun: true, to: '2026-12-02', growth: getListingGrowth(run(million, 10_000)) })).toContain('DateSource.keyPrefix');
  });

  test('names the figure and the way out', () => {
    expect(describeListingGrowth(getListingGrowth(run(million, 10_000, { archiveInListing: true }))!)).toMatch(
      /^Listing the 1,000,000 objects that the run skipped costs \$0\.11 per run\. A year of nightly runs costs \$\d+\.\d\d, including the 10,000 objects that each run adds to the listing\. If the keys begin with their date, use DateSource\.keyPrefix: it lists only the days of the run, for \$0\.\d\d per year\.$/);
  });
});
