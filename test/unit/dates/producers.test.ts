import { parseDateSource } from '../../../src/dates/key-dates';
import { getListingPrefix } from '../../../src/lambda/plan-run/listing-prefix';
import { createSelector } from '../../../src/lambda/selection/select-objects';
import { testSettings } from '../../helpers/environment';
import { DAY, type Producer, PRODUCERS } from '../../helpers/producers';

const WINDOW = { from: DAY, to: DAY };
const RUN = { ...WINDOW, startTime: '2026-11-25T01:00:00Z' };

function select({ prefix, dateSource }: Producer, key: string) {
  const selector = createSelector(
    testSettings({
      sourcePrefix: prefix,
      destinationBucket: 'archive',
      destinationPrefix: '',
      dateSource: parseDateSource(dateSource),
    }),
    RUN,
  );
  return selector({ Key: key, Etag: '"e"', LastModified: 0, Size: 1 });
}

describe.each(PRODUCERS.map((row) => [row.producer, row] as const))('%s', (_, row) => {
  test('is archived under its day', () => {
    const relativeKey = row.key.slice(row.prefix.length);
    expect(select(row, row.key)).toEqual({
      selected: true,
      date: DAY,
      destinationKey: `2026/11/24/${relativeKey}`,
    });
  });

  test('is listed by the run', () => {
    expect(
      row.key.startsWith(getListingPrefix(row.prefix, parseDateSource(row.dateSource), WINDOW)),
    ).toBe(true);
  });

  test.each(row.nearMisses)('%s is not selected', (key) => {
    expect(key.startsWith(row.prefix)).toBe(true);
    expect(select(row, key)).toMatchObject({ selected: false, reason: 'no-date' });
  });
});

test('there are at least a hundred producers', () => {
  expect(PRODUCERS.length).toBeGreaterThanOrEqual(100);
});

test('every producer has one row with a page of its documentation', () => {
  expect(new Set(PRODUCERS.map((row) => row.producer)).size).toBe(PRODUCERS.length);
  expect(PRODUCERS.filter((row) => !row.page.startsWith('https://'))).toEqual([]);
});
