import { guessDateSources } from '../../../src/dates/guess-date-source';
import { findDatesInKey, parseDateSource } from '../../../src/dates/key-dates';
import { DAY, PRODUCERS } from '../../helpers/producers';

test.each(PRODUCERS.map(({ producer, prefix, key }) => [producer, key.slice(prefix.length)]))(
  '%s: the guess reads the day',
  (_, key) => {
    const [{ kind, format, keys }] = guessDateSources([key]);
    expect(keys).toEqual([key]);
    expect(findDatesInKey(parseDateSource({ kind, formats: [format] }), key)).toContainEqual(
      expect.objectContaining({ date: DAY }),
    );
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
  ['1764000000.json'],
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
