import { createDayFinder } from '../../../src/dates/date-window';
import { guessDateSources, guessKeyPrefix } from '../../../src/dates/guess-date-source';
import { findDatesInKey, parseDateSource } from '../../../src/dates/key-dates';
import { DAY, PRODUCERS } from '../../helpers/producers';

const getDay = createDayFinder('UTC');

function readsDay(key: string): boolean {
  const [guess] = guessDateSources([key]);
  if (guess === undefined) {
    return false;
  }
  const source = parseDateSource({ kind: guess.kind, formats: [guess.format] });
  const dates = findDatesInKey(source, key, (instant) => ({ date: getDay(instant) }));
  return dates.some(({ date }) => date === DAY);
}

test.each(PRODUCERS.map((row) => [row.producer, row] as const))(
  '%s: the guess reads the day, or there is a reason why not',
  (_, { prefix, key, notGuessed }) => {
    expect(readsDay(key.slice(prefix.length))).toBe(notGuessed === undefined);
  },
);

test.each([
  [['app-20261124.log.gz'], 'objectName', 'yyyyMMdd'],
  [['24.11.2026 backup.zip'], 'objectName', 'dd.MM.yyyy'],
  [['11-24-2026.csv'], 'objectName', 'MM-dd-yyyy'],
  [['11-12-2026.csv', '11-24-2026.csv'], 'objectName', 'MM-dd-yyyy'],
  [['2026/11/24/a.csv'], 'objectKey', 'yyyy/MM/dd'],
  [['year=2026/month=11/day=24/part-0.parquet'], 'objectKey', "'year='yyyy'/month='MM'/day='dd"],
  [['dt=2026-11-24/part-0.parquet'], 'objectKey', 'yyyy-MM-dd'],
  [['24-Nov-2026.csv', '23-NOV-2026.csv'], 'objectName', 'dd-MMM-yyyy'],
  [['24-November-2026.csv'], 'objectName', 'dd-MMMM-yyyy'],
  [['02-May-2026.csv', '02-June-2026.csv'], 'objectName', 'dd-MMMM-yyyy'],
  [['Nov242026.zip'], 'objectName', 'MMMddyyyy'],
  [['2026/Nov/24/a.csv'], 'objectKey', 'yyyy/MMM/dd'],
  [['events-1795478400.json'], 'objectName', 'epochSeconds'],
  [['events-1795478400123.json'], 'objectName', 'epochMilliseconds'],
  [['1795478400-2026-11-24.csv'], 'objectName', 'yyyy-MM-dd'],
  [['app-20261124153000.log'], 'objectName', 'yyyyMMddHHmmss'],
  [['readme.txt', 'app-20261124.log'], 'objectName', 'yyyyMMdd'],
])('%j', (keys, kind, format) => {
  expect(guessDateSources(keys)).toEqual([
    { kind, format, keys: keys.filter((key) => key !== 'readme.txt') },
  ]);
});

test.each([
  ['report.csv'],
  ['build-12345678.zip'],
  ['0912345678.json'],
  ['5551234567890.json'],
  ['v1.2.3.tgz'],
  ['99999999.log'],
])('%s has no date', (key) => {
  expect(guessDateSources([key])).toEqual([]);
});

test('keys of several producers have a guess each, the commonest first', () => {
  const keys = [
    'b_24.11.2026.csv',
    'a-20261124.log',
    'a-20261123.log',
    'notes.txt',
    'hr-26-11.csv',
  ];
  expect(guessDateSources(keys)).toEqual([
    { kind: 'objectName', format: 'yyyyMMdd', keys: ['a-20261124.log', 'a-20261123.log'] },
    { kind: 'objectName', format: 'dd.MM.yyyy', keys: ['b_24.11.2026.csv'] },
  ]);
});

test.each([
  [['2026-11-24-report.csv', '2026-11-23/a.csv'], 'yyyy-MM-dd'],
  [['2026/11/24/a.csv', '2026/11/23/a.csv'], 'yyyy/MM/dd'],
  [['dt=2026-11-24/a.csv'], undefined],
  [['year=2026/month=11/day=24/a.csv'], "'year='yyyy'/month='MM'/day='dd"],
  [['1795478400.json', '1795478401.json'], 'epochSeconds'],
  [['2026/11/24/a.csv', 'eu/2026/11/23/a.csv'], undefined],
  [['2026-11-24.csv', '20261124.csv'], undefined],
])('all keys of %j begin with a date in the format %s', (keys, format) => {
  expect(guessKeyPrefix(keys)).toBe(format);
});
