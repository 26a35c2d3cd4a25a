import * as fc from 'fast-check';
import { findReadings, KNOWN_FORMATS } from '../../../src/dates/find-readings';
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

test('a random word has no date', () => {
  expect(shown('E5B20261124C31C0.gz')).toEqual([]);
});

const piece = fc.oneof(
  fc.constantFrom('/', '-', '_', '.', 'T', 'a', 'year=', 'month=', 'day=', '\u00e9'),
  fc.constantFrom('2026', '11', '24', '05', '328', '26'),
  fc.stringMatching(/^\d{1,8}$/),
);
const anyKey = fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join(''));

test('each day is what the archiver reads there in that format', () => {
  fc.assert(
    fc.property(anyKey, (key) => {
      for (const { known, at, end, date } of findReadings(key)) {
        const found = findDatesAt([known.writing], key, at, readInUtc)[0];
        expect(date).toBe(found && isPlausible(found) ? found.date : undefined);
        expect(end - at).toBe(known.writing.shape.length);
      }
    }),
    { verbose: true },
  );
});

test('no first date of a producer is missed, in any format that begins with the year', () => {
  for (const { prefix, key } of PRODUCERS) {
    const relative = key.slice(prefix.length);
    const readings = findReadings(relative);
    for (const { format, lead, writing } of KNOWN_FORMATS) {
      const source = parseDateSource({ kind: 'objectKey', formats: [format.text] });
      const [first] = findDatesInKey(source, relative, readInUtc).filter(isPlausible);
      if (first && writing.offsets.yyyy === lead) {
        expect(readings).toContainEqual(
          expect.objectContaining({ at: first.at, date: first.date }),
        );
      }
    }
  }
});
