import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { checkTimeZone, createDayFinder, toWindow } from '../../../src/dates/date-window';
import type { SelectionSettings } from '../../../src/dates/settings';

const yesterday: SelectionSettings = { kind: 'daysAgo', days: 1 };

function at(instant: string, timeZone: string, selection = yesterday) {
  return toWindow(selection, new Date(instant), timeZone);
}

function day(date: string) {
  return { from: date, to: date };
}

describe('yesterday', () => {
  test.each([
    // Clocks go forward on 2026-03-08: that day has 23 hours.
    ['America/New_York', '2026-03-08T04:30:00Z', '2026-03-06', '23:30 on the evening before'],
    ['America/New_York', '2026-03-08T05:30:00Z', '2026-03-07', '00:30 on the short day'],
    ['America/New_York', '2026-03-09T03:30:00Z', '2026-03-07', '23:30 on the short day'],
    [
      'America/New_York',
      '2026-03-09T04:30:00Z',
      '2026-03-08',
      '00:30 on the day after, when 24 hours ago was the day before yesterday',
    ],
    // Clocks go back on 2026-11-01: that day has 25 hours.
    ['America/New_York', '2026-11-01T03:30:00Z', '2026-10-30', '23:30 on the evening before'],
    ['America/New_York', '2026-11-01T04:30:00Z', '2026-10-31', '00:30 on the long day'],
    [
      'America/New_York',
      '2026-11-02T04:30:00Z',
      '2026-10-31',
      '23:30 on the long day, when 24 hours ago was today',
    ],
    ['America/New_York', '2026-11-02T05:30:00Z', '2026-11-01', '00:30 on the day after'],
    [
      'Asia/Tokyo',
      '2026-11-24T16:00:00Z',
      '2026-11-24',
      '01:00 on the 25th, which UTC has not reached',
    ],
    ['Asia/Tokyo', '2026-11-24T14:30:00Z', '2026-11-23', '23:30 on the 24th'],
    ['Asia/Tokyo', '2026-11-24T15:30:00Z', '2026-11-24', '00:30 on the 25th'],
    [
      'Asia/Kolkata',
      '2026-11-24T18:29:59Z',
      '2026-11-23',
      'a second before midnight in a zone of half hours',
    ],
    ['Asia/Kolkata', '2026-11-24T18:30:00Z', '2026-11-24', 'midnight in a zone of half hours'],
    [
      'Australia/Lord_Howe',
      '2026-10-04T13:00:00Z',
      '2026-10-04',
      'midnight, after clocks went forward by half an hour',
    ],
    [
      'Pacific/Apia',
      '2011-12-30T09:59:59Z',
      '2011-12-28',
      'the last second before the day that Samoa skipped',
    ],
    [
      'Pacific/Apia',
      '2011-12-30T10:00:00Z',
      '2011-12-30',
      'the first second after it: yesterday is a date without hours',
    ],
    ['America/Sao_Paulo', '2018-11-04T03:30:00Z', '2018-11-03', 'a day that begins at 01:00'],
    ['UTC', '2024-03-01T00:00:00Z', '2024-02-29', 'a leap year'],
    ['UTC', '2026-03-01T00:00:00Z', '2026-02-28', 'a common year'],
    ['UTC', '2026-01-01T00:00:00Z', '2025-12-31', 'New Year'],
  ])('in %s at %s is %s: %s', (timeZone, instant, expected) => {
    expect(at(instant, timeZone)).toEqual(day(expected));
  });
});

test.each<[SelectionSettings, { from: string | null; to: string }]>([
  [{ kind: 'daysAgo', days: 0 }, day('2026-11-25')],
  [{ kind: 'daysAgo', days: 3 }, day('2026-11-22')],
  [{ kind: 'lastDays', days: 1 }, day('2026-11-24')],
  [
    { kind: 'lastDays', days: 7 },
    { from: '2026-11-18', to: '2026-11-24' },
  ],
  [
    { kind: 'lastDays', days: 366 },
    { from: '2025-11-24', to: '2026-11-24' },
  ],
  [
    { kind: 'olderThan', days: 0 },
    { from: null, to: '2026-11-24' },
  ],
  [
    { kind: 'olderThan', days: 30 },
    { from: null, to: '2026-10-25' },
  ],
])('toWindow of %j on 2026-11-25 is %j', (selection, expected) => {
  expect(at('2026-11-24T16:00:00Z', 'Asia/Tokyo', selection)).toEqual(expected);
});

test('lastDays(2) on the day after a skipped date selects the skipped date and the day before it', () => {
  expect(at('2011-12-31T12:00:00Z', 'Pacific/Apia', { kind: 'lastDays', days: 2 })).toEqual({
    from: '2011-12-30',
    to: '2011-12-31',
  });
});

test('rejects an unknown time zone, and says what to write', () => {
  expect(() => checkTimeZone('Asia/Tokio')).toThrow(
    new Error(
      'timeZone "Asia/Tokio" must be a name of the IANA time zone database: perhaps you mean ' +
        'Asia/Tokyo',
    ),
  );
  expect(checkTimeZone('Asia/Tokyo')).toBe('Asia/Tokyo');
});

test.each([
  ['Europe/Berln', 'Europe/Berlin'],
  ['Europe/Tokyo', 'Asia/Tokyo'],
  ['new york', 'America/New_York'],
  ['America/NewYork', 'America/New_York'],
  ['Asia/Singapur', 'Asia/Singapore'],
  ['JST', 'Asia/Tokyo'],
  ['BST', 'Europe/London'],
  ['CEST', 'Europe/Paris'],
  ['UTC+9', 'Etc/GMT-9'],
  ['GMT-05:00', 'Etc/GMT+5'],
  ['+09:00', 'Etc/GMT-9'],
  ['-0500', 'Etc/GMT+5'],
])('for the time zone %s the error suggests %s, which exists', (given, meant) => {
  expect(() => checkTimeZone(given)).toThrow(`: perhaps you mean ${meant}`);
  expect(checkTimeZone(meant)).toBe(meant);
});

test.each(['Mars/Base', 'UTC+15', '+05:30', '', 'Local'])(
  'for the time zone "%s" the error has examples',
  (given) => {
    expect(() => checkTimeZone(given)).toThrow(
      ': write, for example, UTC, Asia/Tokyo or America/New_York',
    );
  },
);

test.each(['UTC', 'GMT', 'EST', 'CET', 'Japan', 'EST5EDT', 'Asia/Kolkata', 'Asia/Calcutta'])(
  'the time zone %s is accepted',
  (timeZone) => {
    expect(checkTimeZone(timeZone)).toBe(timeZone);
  },
);

test('days and windows are the same as those of Temporal in every time zone', () => {
  const cases = fc.sample(
    fc.tuple(
      fc.constantFrom(...Intl.supportedValuesOf('timeZone')),
      fc.integer({ min: Date.UTC(1975, 0), max: Date.UTC(2037, 0) }),
      fc.nat(800),
    ),
    2_000,
  );
  const ours = cases.map(([zone, milliseconds, days]) => {
    const instant = new Date(milliseconds);
    return [
      createDayFinder(zone)(instant),
      toWindow({ kind: 'lastDays', days }, instant, zone).from,
    ];
  });
  expect(ours).toEqual(byTemporal(cases));
});

/** In a process of its own: the polyfill is an ES module, which jest does not load. */
function byTemporal(cases: [string, number, number][]): string[][] {
  const program = `
    import { readFileSync } from 'node:fs';
    import { Temporal } from 'temporal-polyfill';
    const answers = JSON.parse(readFileSync(0, 'utf8')).map(([zone, milliseconds, days]) => {
      const today = Temporal.Instant.fromEpochMilliseconds(milliseconds).toZonedDateTimeISO(zone).toPlainDate();
      return [today.toString(), today.subtract({ days }).toString()];
    });
    console.log(JSON.stringify(answers));`;
  return JSON.parse(
    execFileSync(process.execPath, ['--input-type=module', '--eval', program], {
      input: JSON.stringify(cases),
      encoding: 'utf8',
    }),
  );
}
