import * as fc from 'fast-check';
import { findReadings, isYearFirst, KNOWN_FORMATS } from '../../../src/dates/find-readings';
import { isPlausible } from '../../../src/dates/guess-date-source';
import { findDatesInKey, parseDateSource } from '../../../src/dates/key-dates';
import { findDatesAt, readInUtc } from '../../../src/dates/read-dates';
import { PRODUCERS } from '../../helpers/producers';

const shown = (key: string) =>
  findReadings(key).map(({ known, at, end, date }) => [
    known.format.text,
    key.slice(at, end),
    date,
  ]);

test('every way in which a name can be read', () => {
  expect(shown('a-05-06-2026.csv')).toEqual([
    ['dd-MM-yyyy', '05-06-2026', '2026-06-05'],
    ['MM-dd-yyyy', '05-06-2026', '2026-05-06'],
  ]);
});

test('what stands as a date does and is none has no day', () => {
  expect(shown('a-2026-11-31.csv')).toEqual([['yyyy-MM-dd', '2026-11-31', undefined]]);
  expect(shown('a-1026-11-30.csv')).toEqual([['yyyy-MM-dd', '1026-11-30', undefined]]);
});

test('the time of a date, and a part of it, are no other dates', () => {
  expect(shown('2026-11-24-10-12-05.log')).toEqual([['yyyy-MM-dd', '2026-11-24', '2026-11-24']]);
  expect(shown('2026/05/06/2026-05-06.csv').map(([format]) => format)).toEqual([
    'yyyy/MM/dd',
    'yyyy-MM-dd',
  ]);
});

test('names of months, in any case, with the short name and with the long one', () => {
  expect(shown('sales_24NOV2026.csv')).toEqual([
    ['ddMMMyyyy', '24NOV2026', '2026-11-24'],
    ['ddMMMMyyyy', '24NOV2026', undefined],
  ]);
  expect(shown('2026/november/24/a.csv')).toEqual([
    ['yyyy/MMM/dd', '2026/november/24', undefined],
    ['yyyy/MMMM/dd', '2026/november/24', '2026-11-24'],
  ]);
  expect(shown('May 24, 2026.pdf').map(([, , date]) => date)).toEqual(['2026-05-24', '2026-05-24']);
  expect(shown('24-Nov-26.csv').map(([format, , date]) => [format, date])).toEqual([
    ['dd-MMM-yy', '2026-11-24'],
    ['dd-MMMM-yy', undefined],
    ['yy-MMM-dd', '2024-11-26'],
    ['yy-MMMM-dd', undefined],
  ]);
});

test('other words are no months', () => {
  expect(shown('24-Sept-2026.csv')).toEqual([]);
  expect(shown('24-Novembre-2026.csv')).toEqual([]);
  expect(shown('march-of-24-abc-2026.csv')).toEqual([]);
});

test('a day that a month does not have is no day', () => {
  expect(shown('31-Nov-2026.csv').map(([, , date]) => date)).toEqual([undefined, undefined]);
});

test('instants, in the time zone that is given', () => {
  expect(shown('events-1795478400.json')).toEqual([
    ['yyyyMMddHH', '1795478400', undefined],
    ['epochSeconds', '1795478400', '2026-11-24'],
  ]);
  expect(shown('events-1795478400123.json')).toEqual([
    ['epochMilliseconds', '1795478400123', '2026-11-24'],
  ]);
  const [, seconds] = findReadings('events-1795478399.json', () => ({ date: '2026-11-25' }));
  expect(seconds.date).toBe('2026-11-25');
});

test('digits that are a year, a month, a day and an hour are no instant', () => {
  expect(shown('a-2026112410.csv')).toEqual([
    ['yyyyMMddHH', '2026112410', '2026-11-24'],
    ['epochSeconds', '2026112410', undefined],
  ]);
});

test('a random word has no date', () => {
  expect(shown('E5B20261124C31C0.gz')).toEqual([]);
});

const piece = fc.oneof(
  fc.constantFrom('/', '-', '_', '.', 'T', 'a', 'year=', 'month=', 'day=', '\u00e9'),
  fc.constantFrom('2026', '11', '24', '05', '328', '26', '1795478400', '1795478400123'),
  fc.constantFrom('Nov', 'MAY', 'january', 'September', 'sept', ' ', ', '),
  fc.stringMatching(/^\d{1,8}$/),
);
const anyKey = fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join(''));

test('each day is what the archiver reads there in that format', () => {
  fc.assert(
    fc.property(anyKey, (key) => {
      for (const { known, at, end, date } of findReadings(key)) {
        const found = findDatesAt(known.format.writings, key, at, readInUtc);
        const there = found.filter((each) => each.end === end && isPlausible(each));
        if (date !== undefined || !known.isInstant) {
          expect(there.map((each) => each.date)).toEqual(date === undefined ? [] : [date]);
        }
      }
    }),
    { verbose: true },
  );
});

test('no first date of a producer is missed, in any format that begins with the year', () => {
  for (const { prefix, key } of PRODUCERS) {
    const relative = key.slice(prefix.length);
    const readings = findReadings(relative);
    for (const { format } of KNOWN_FORMATS) {
      const source = parseDateSource({ kind: 'objectKey', formats: [format.text] });
      const [first] = findDatesInKey(source, relative, readInUtc).filter(isPlausible);
      if (first && isYearFirst(format.writings[0])) {
        expect(readings).toContainEqual(
          expect.objectContaining({ at: first.at, date: first.date }),
        );
      }
    }
  }
});
