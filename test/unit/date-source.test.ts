import { Lazy } from 'aws-cdk-lib';
import { DateSource } from '../../src';

test.each([
  [DateSource.objectName('yyyy-MM-dd'), { kind: 'objectName', formats: ['yyyy-MM-dd'] }],
  [
    DateSource.objectName('yyyyMMdd', "'A'yyyyDDD"),
    { kind: 'objectName', formats: ['yyyyMMdd', "'A'yyyyDDD"] },
  ],
  [DateSource.objectKey('yyyy/MM/dd'), { kind: 'objectKey', formats: ['yyyy/MM/dd'] }],
  [DateSource.keyPrefix("'dt='yyyy-MM-dd"), { kind: 'keyPrefix', formats: ["'dt='yyyy-MM-dd"] }],
  [DateSource.lastModified(), { kind: 'lastModified', formats: [] }],
])('%#: settings for the handlers', (source, settings) => {
  expect(source._settings()).toEqual(settings);
});

test.each([
  [
    () => DateSource.objectName(),
    'DateSource.objectName needs at least one date format, for example ' +
      "DateSource.objectName('yyyy-MM-dd')",
  ],
  [
    () => DateSource.objectKey(),
    'DateSource.objectKey needs at least one date format, for example ' +
      "DateSource.objectKey('yyyy-MM-dd')",
  ],
  [
    () => DateSource.objectName('yyyy/MM/dd'),
    'DateSource.objectName cannot match "yyyy/MM/dd", since the name of an object has no "/": ' +
      'use DateSource.objectKey or DateSource.keyPrefix',
  ],
  [
    () => DateSource.objectName('YYYY-MM-DD'),
    'unknown letter "Y" in date format "YYYY-MM-DD": write yyyy for the year, or \'Y\' in ' +
      'quotes for the letter itself',
  ],
  [
    () => DateSource.objectName('%Y-%m-%d'),
    'date format "%Y-%m-%d" has a "%", which has no meaning here: write tokens (yyyy, yy, MM, MMM, MMMM, ' +
      'dd, DDD, HH, mm, ss) without it, ' +
      "or '%' in quotes for the character itself",
  ],
  [
    () => DateSource.objectName('YYYY/MM/DD'),
    'DateSource.objectName cannot match "YYYY/MM/DD", since the name of an object has no "/": ' +
      'use DateSource.objectKey or DateSource.keyPrefix',
  ],
  [() => DateSource.keyPrefix(''), 'date format "" does not determine a day'],
  [() => DateSource.keyPrefix('yyyy/MM/'), 'date format "yyyy/MM/" does not determine a day'],
])('%#: throws for formats that determine no day', (make, message) => {
  expect(make).toThrow(message);
});

test('formats that are tokens are checked at run time', () => {
  const later = Lazy.string({ produce: () => 'nonsense' });
  expect(DateSource.objectName(later, 'yyyyMMdd')._settings().formats).toEqual([later, 'yyyyMMdd']);
});
