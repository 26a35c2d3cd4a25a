import fc from 'fast-check';
import { addDays } from '../../../../src/dates/calendar';
import { createDayFinder, toStartOfDay } from '../../../../src/dates/date-window';
import { findDatesInKey, parseDateSource } from '../../../../src/dates/key-dates';
import { getListingPrefix } from '../../../../src/lambda/plan-run/listing-prefix';

function prefixFor(format: string, from: string | null, to = from!) {
  return getListingPrefix('in/', parseDateSource({ kind: 'keyPrefix', formats: [format] }), {
    from,
    to,
  });
}

describe('the listing prefix with DateSource.keyPrefix', () => {
  test.each([
    ['yyyy/MM/dd', '2026-11-24', '2026-11-24', 'in/2026/11/24'],
    ['yyyy/MM/dd/HH', '2026-11-24', '2026-11-24', 'in/2026/11/24/'],
    ["yyyyMMdd'T'HHmm'Z'", '2026-11-24', '2026-11-24', 'in/20261124T'],
    ["'dt='yyyy-MM-dd/", '2026-11-24', '2026-11-24', 'in/dt=2026-11-24/'],
    ['yyyyDDD', '2026-11-24', '2026-11-24', 'in/2026328'],
    ['yyyy/MM/dd', '2026-11-22', '2026-11-24', 'in/2026/11/2'],
    ['yyyy/MM/dd', '2026-11-09', '2026-11-10', 'in/2026/11/'],
    ['yyyy/MM/dd', '2026-10-31', '2026-11-01', 'in/2026/1'],
    ['yyyy/MM/dd', '2026-12-31', '2027-01-01', 'in/202'],
    ['dd-MM-yyyy', '2026-11-20', '2026-11-24', 'in/2'],
    ['dd-MM-yyyy', '2020-01-01', '2026-01-01', 'in/'],
    ['MM-dd-yyyy', '2025-11-24', '2026-11-24', 'in/'],
    ["HH'h'-yyyy-MM-dd", '2026-11-24', '2026-11-24', 'in/'],
    ["'h'HH-yyyy-MM-dd", '2026-11-24', '2026-11-24', 'in/h'],
    ['yyMMdd', '1950-01-01', '2050-01-01', 'in/'],
    ['yyMMdd', '1950-01-01', '2000-01-31', 'in/0001'],
    ['yyyy/MM/dd', '0001-01-01', '9999-12-31', 'in/'],
    // Keys may have NOV or nov.
    ['yyyy/MMM/dd', '2026-11-24', '2026-11-24', 'in/2026/'],
    ["'d='dd-MMMM-yyyy", '2026-11-24', '2026-11-24', 'in/d=24-'],
    ['MMM-dd-yyyy', '2026-11-24', '2026-11-24', 'in/'],
    // From 1795424400 to 1795618800.
    ['epochSeconds', '2026-11-24', '2026-11-24', 'in/1795'],
    ['epochMilliseconds', '2026-11-24', '2026-11-24', 'in/1795'],
    ['epochSeconds', '2026-01-01', '2026-12-31', 'in/17'],
    ['epochSeconds', '2001-09-09', '2001-09-09', 'in/'],
    ['epochSeconds', '2001-01-01', '2001-01-02', 'in/0978'],
    ['epochSeconds', '1900-01-01', '2300-01-01', 'in/'],
    ['epochSeconds', '1900-01-01', '1900-01-02', 'in/'],
  ])('of %s from %s to %s is %s', (format, from, to, expected) => {
    expect(prefixFor(format, from, to)).toBe(expected);
  });

  test('has only the literals before the date, if the window has no first day', () => {
    expect(prefixFor('yyyy/MM/dd', null, '2026-11-24')).toBe('in/');
    expect(prefixFor("'dt='yyyy-MM-dd", null, '2026-11-24')).toBe('in/dt=');
  });

  test('is the source prefix, if two digits cannot write any year of the window', () => {
    expect(prefixFor('yyMMdd', '1999-01-01', '1999-12-31')).toBe('in/');
  });
});

test.each(['objectName', 'objectKey'] as const)(
  'DateSource.%s lists everything, because its dates may be anywhere in the key',
  (kind) => {
    const source = parseDateSource({ kind, formats: ['yyyy-MM-dd'] });
    expect(getListingPrefix('in/', source, { from: '2026-11-24', to: '2026-11-24' })).toBe('in/');
  },
);

test('DateSource.lastModified lists everything', () => {
  expect(
    getListingPrefix('in/', parseDateSource({ kind: 'lastModified', formats: [] }), {
      from: '2026-11-24',
      to: '2026-11-24',
    }),
  ).toBe('in/');
});

test('every instant of a window starts with the listing prefix, in every time zone', () => {
  let narrowed = 0;
  fc.assert(
    fc.property(
      fc.constantFrom(...Intl.supportedValuesOf('timeZone')),
      fc.constantFrom('epochSeconds', 'epochMilliseconds'),
      fc.integer({ min: Date.UTC(1999, 11, 30), max: Date.UTC(2100, 0, 2) }),
      fc.oneof(fc.nat(3), fc.nat(400)),
      (timeZone, format, milliseconds, days) => {
        const getDay = createDayFinder(timeZone);
        const from = getDay(new Date(milliseconds));
        const prefix = prefixFor(format, from, addDays(from, days));
        narrowed += Number(prefix !== 'in/');
        // Around the limits of days, whether clocks change or not.
        const start = toStartOfDay(from, timeZone).getTime();
        const end = toStartOfDay(addDays(from, days + 1), timeZone).getTime();
        const instants = [start, end].flatMap((limit) =>
          [-7_200, -3_600, -60, -1, 0, 1, 60, 3_600, 7_200].map((s) => limit + s * 1000),
        );
        const source = parseDateSource({ kind: 'keyPrefix', formats: [format] });
        for (const instant of [milliseconds, ...instants]) {
          const unit = format === 'epochSeconds' ? 1000 : 1;
          const key = String(Math.floor(instant / unit)).padStart(unit === 1 ? 13 : 10, '0');
          const [found] = findDatesInKey(source, key, (at) => ({ date: getDay(at) }));
          if (found && found.date >= from && found.date <= addDays(from, days)) {
            expect(`in/${key}`.startsWith(prefix)).toBe(true);
          }
        }
      },
    ),
    { numRuns: 500 },
  );
  expect(narrowed).toBeGreaterThan(300);
});

test('a day is not one interval where clocks go back at midnight', () => {
  // At 00:01 on 2010-11-07, clocks in Newfoundland went back to 23:01.
  const getDay = createDayFinder('America/St_Johns');
  expect(getDay(new Date('2010-11-07T02:30:30Z'))).toBe('2010-11-07');
  expect(getDay(new Date('2010-11-07T03:15:00Z'))).toBe('2010-11-06');
  expect(toStartOfDay('2010-11-07', 'America/St_Johns').toISOString()).toBe(
    '2010-11-07T03:30:00.000Z',
  );
});

test('every key of the window starts with the listing prefix, which is as long as possible', () => {
  const tokens: { [token: string]: (date: string) => string } = {
    yyyy: (date) => date.slice(0, 4),
    yy: (date) => date.slice(2, 4),
    MM: (date) => date.slice(5, 7),
    dd: (date) => date.slice(8),
    DDD: (date) =>
      String(
        1 + (Date.parse(date) - Date.parse(`${date.slice(0, 4)}-01-01`)) / 86_400_000,
      ).padStart(3, '0'),
    HH: () => '12',
  };
  const order = fc
    .constantFrom<string[]>(
      ['yyyy', 'MM', 'dd'],
      ['yy', 'MM', 'dd'],
      ['yyyy', 'DDD'],
      ['yy', 'DDD'],
      ['yyyy', 'MM', 'dd', 'HH'],
      ['yy', 'DDD', 'HH'],
    )
    .chain((all) => fc.shuffledSubarray(all, { minLength: all.length }));
  const anyDay = fc.integer({ min: 0, max: 36_524 }).map((days) => addDays('2000-01-01', days));
  const length = fc.oneof(fc.nat(3), fc.nat(40), fc.nat(800), fc.nat(36_000));

  fc.assert(
    fc.property(
      order,
      fc.constantFrom('', '/', '-'),
      anyDay,
      length,
      (names, between, from, days) => {
        const to = [addDays(from, days), '2099-12-31'].sort()[0];
        const prefix = prefixFor(names.join(between), from, to);
        const written = [];
        for (let day = from; day <= to; day = addDays(day, 1)) {
          written.push(`in/${names.map((name) => tokens[name](day)).join(between)}`);
        }
        expect(written.filter((key) => !key.startsWith(prefix))).toEqual([]);
        // Not wider than it must be, unless a time of day ends what can be known.
        const next = new Set(written.map((key) => key.charAt(prefix.length)));
        expect(next.size > 1 || written[0] === prefix || names.includes('HH')).toBe(true);
      },
    ),
    { numRuns: 150 },
  );
});
