import { getBaseName, parseDateSource } from '../../../src/dates/key-dates';

test.each<[Parameters<typeof parseDateSource>[0], string]>([
  [
    { kind: 'objectName', formats: [] },
    'DateSource.objectName needs at least one date format: write, for example, yyyy-MM-dd',
  ],
  [
    { kind: 'objectKey', formats: [] },
    'DateSource.objectKey needs at least one date format: write, for example, yyyy-MM-dd',
  ],
  [
    { kind: 'objectName', formats: ['yyyyMMdd', 'yyyy/MM/dd'] },
    'date format "yyyy/MM/dd" has a "/", but an object name has none: use DateSource.objectKey ' +
      'or DateSource.keyPrefix',
  ],
])('parseDateSource rejects %j', (settings, message) => {
  expect(() => parseDateSource(settings)).toThrow(new Error(message));
});

test('getBaseName returns the part after the last slash', () => {
  expect(getBaseName('a/b/c')).toBe('c');
  expect(getBaseName('c')).toBe('c');
  expect(getBaseName('a//c')).toBe('c');
  expect(getBaseName('a/')).toBe('');
});
