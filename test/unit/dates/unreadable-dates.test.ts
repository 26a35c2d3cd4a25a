import { parseDateFormat } from '../../../src/dates/date-format';
import { findUnreadable } from '../../../src/dates/unreadable-dates';

test.each([
  ["yyyy-'W'ww", 'a week, "ww"'],
  ['YYYY-ww', 'a week, "ww"'],
  ['YYYYww', 'a week, "ww"'],
  ["GGGG-'W'WW", 'a week, "WW"'],
  ['%G-W%V', 'a week, "%G"'],
  ['%Y-%U', 'a week, "%U"'],
  ["yyyy-'Q'q", 'a quarter, "q"'],
  ['YYYY-QQ', 'a quarter, "QQ"'],
  ['Gyy-MM-dd', 'an era, "G"'],
  ['令和yy年MM月dd日', 'an era, "令和"'],
  ["'民國'yy-MM-dd", 'an era, "民國"'],
  ['２０２６-MM-dd', 'a digit other than 0 to 9, "２"'],
])('the error about %s names the ways out', (format, what) => {
  expect(() => parseDateFormat(format)).toThrow(
    `date format "${format}" has ${what}, which no token can read: use DateSource.lastModified() ` +
      'if each object is written on its day, or give each run a manifest with a "date" column, ' +
      'which needs Listing.selective()',
  );
});

test.each(["'week-'yyyy-MM-dd", "'W'yyyyMMdd", "yyyy'Q'MMdd", "'G'yyyyMMdd", "yyyy-MM-dd'٣'"])(
  '%s has such letters only as text',
  (format) => {
    expect(() => parseDateFormat(format)).not.toThrow();
  },
);

test.each(['logyyyy-MM-dd', 'week-yyyy-MM-dd', 'GZyyyyMMddX'])(
  '%s has a word without quotes, and no week',
  (format) => {
    expect(() => parseDateFormat(format)).toThrow(/^unknown letter/);
  },
);

test.each([
  ['sales-2026-W48.csv', 'a week'],
  ['sales-2026w48.csv', 'a week'],
  ['sales_2026Q4.csv', 'a quarter'],
  ['令和8年11月24日.csv', 'an era'],
  ['２０２６-１１-２４.csv', 'digits other than 0 to 9'],
  ['٢٠٢٦-١١-٢٤.csv', 'digits other than 0 to 9'],
  ['readme.txt', undefined],
  ['build-12026W481.zip', undefined],
  ['sales-2026-Q5.csv', undefined],
])('%s has %s', (key, what) => {
  expect(findUnreadable(key)).toBe(what);
});
