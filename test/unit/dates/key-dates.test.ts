import { getBaseName, parseDateSource } from '../../../src/dates/key-dates';

test.each<[Parameters<typeof parseDateSource>[0], string]>([
  [{ kind: 'objectName', formats: [] }, 'date source objectName needs at least one date format, such as yyyy-MM-dd'],
  [{ kind: 'objectKey', formats: [] }, 'date source objectKey needs at least one date format, such as yyyy-MM-dd'],
  [{ kind: 'keyPrefix', formats: [] }, 'date source keyPrefix takes exactly one date format (none was given)'],
  [{ kind: 'keyPrefix', formats: ['yyyy/MM/dd', 'yyyyMMdd'] }, 'date source keyPrefix takes exactly one date format (given: "yyyy/MM/dd", "yyyyMMdd")'],
  [{ kind: 'lastModified', formats: ['yyyy-MM-dd'] }, 'date source lastModified takes no date format (given: "yyyy-MM-dd")'],
  [{ kind: 'objectName', formats: ['yyyyMMdd', 'yyyy/MM/dd'] },
    'date format "yyyy/MM/dd" has a "/", which no object name has: read it with date source objectKey or keyPrefix'],
])('%j is refused', (settings, message) => {
  expect(() => parseDateSource(settings)).toThrow(new Error(message));
});

test('a base name is what follows the last slash', () => {
  expect(getBaseName('a/b/c')).toBe('c');
  expect(getBaseName('c')).toBe('c');
  expect(getBaseName('a//c')).toBe('c');
  expect(getBaseName('a/')).toBe('');
});
