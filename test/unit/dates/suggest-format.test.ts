import { parseDateFormat, parseLayoutFormat } from '../../../src/dates/date-format';

/** Returns the format that the error suggests, or undefined if it suggests none. */
function suggestion(parse: () => unknown): string | undefined {
  try {
    parse();
  } catch (error) {
    return /Perhaps you mean "(.*)"$/.exec((error as Error).message)?.[1];
  }
  throw new Error('the format was accepted');
}

test.each([
  ['%Y-%m-%d', 'yyyy-MM-dd'],
  ['%F', 'yyyy-MM-dd'],
  ['%Y%j', 'yyyyDDD'],
  ['backup-%Y-%m-%d', "'backup'-yyyy-MM-dd"],
  ['%Y%m%dT%H%M%S', "yyyyMMdd'T'HHmmss"],
  ['%yyyy-%MM-%dd', 'yyyy-MM-dd'],
  ['YYYY-MM-DD', 'yyyy-MM-dd'],
  ['uuuu-MM-dd', 'yyyy-MM-dd'],
  ['yyyy-mm-dd', 'yyyy-MM-dd'],
  ['YYYY-DDDD', 'yyyy-DDD'],
  ['YYYYMMDDTHHmmss', "yyyyMMdd'T'HHmmss"],
  ['dt=yyyy-MM-dd', "'dt'=yyyy-MM-dd"],
  ['%Q', undefined],
  ['dd-MON-YYYY', 'dd-MMM-yyyy'],
  ['DD-Month-YYYY', 'dd-MMMM-yyyy'],
  ['dd-mmm-yyyy', 'dd-MMM-yyyy'],
  ['%d-%b-%Y', 'dd-MMM-yyyy'],
  ['%d %B %Y', 'dd MMMM yyyy'],
  ['%s', 'epochSeconds'],
  ['X', 'epochSeconds'],
  ['x', 'epochMilliseconds'],
  ['EpochMillis', 'epochMilliseconds'],
  ['ｙｙｙｙ-ＭＭ-ｄｄ', 'yyyy-MM-dd'],
  ['yesterday', undefined],
])('for the date format %s the error suggests %s, which is accepted', (given, expected) => {
  const suggested = suggestion(() => parseDateFormat(given));
  expect(suggested).toBe(expected);
  if (suggested !== undefined) {
    expect(() => parseDateFormat(suggested)).not.toThrow();
  }
});

test.each([
  ['YYYY/MM/DD/', 'yyyy/MM/dd/'],
  ['%Y/%m/%d', 'yyyy/MM/dd/'],
  ['year=yyyy/month=MM/', "'year'=yyyy/'month'=MM/"],
  ['yyyy/mm/', 'yyyy/MM/'],
])('for the layout %s the error suggests %s, which is accepted', (given, expected) => {
  const suggested = suggestion(() => parseLayoutFormat(given));
  expect(suggested).toBe(expected);
  expect(() => parseLayoutFormat(suggested!)).not.toThrow();
});

test('a % in quotes is a character as any other', () => {
  expect(parseDateFormat("'100%-'yyyy-MM-dd").segments[0]).toEqual({ literal: '100%-' });
});
