import { guessDateSource } from '../../../src/dates/guess-date-source';
import { findDatesInKey, parseDateSource } from '../../../src/dates/key-dates';
import { DAY, PRODUCERS } from '../../helpers/producers';

test.each(PRODUCERS.map(({ producer, prefix, key }) => [producer, key.slice(prefix.length)]))('%s: the guess reads the day', (_, key) => {
  const guess = guessDateSource([key])!;
  expect(guess).toMatchObject({ key });
  const { kind, format } = guess;
  expect(findDatesInKey(parseDateSource({ kind, formats: [format] }), key)).toContainEqual(expect.objectContaining({ date: DAY }));
});

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
  expect(guessDateSource(keys)).toMatchObject({ kind, format });
});

test.each([['report.csv'], ['build-12345678.zip'], ['1764000000.json'], ['v1.2.3.tgz'], ['99999999.log']])('%s has no date', (key) => {
  expect(guessDateSource([key])).toBeUndefined();
});
