import { getCommonPrefix } from '../../../../src/lambda/s3/listing/compare-keys';

test.each([
  [[], ''],
  [['in/a'], 'in/a'],
  [['in/2026/11/24', 'in/2026/12/01', 'in/2026/1'], 'in/2026/1'],
  [['b', 'a'], ''],
  [['a', ''], ''],
])('all of %j start with "%s"', (texts, prefix) => {
  expect(getCommonPrefix(texts)).toBe(prefix);
});

test('a common prefix does not end within a surrogate pair', () => {
  expect(getCommonPrefix(['x/\u{1f600}', 'x/\u{1f601}'])).toBe('x/');
});
