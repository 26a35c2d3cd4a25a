import { compareKeys } from '../../../../src/lambda/s3/compare-keys';

test('keys are compared by their UTF-8 bytes', () => {
  expect(['b', 'a', '\u{1f600}', '\uffee', 'aa', ''].sort(compareKeys)).toEqual([
    '',
    'a',
    'aa',
    'b',
    '\uffee',
    '\u{1f600}',
  ]);
  expect(compareKeys('a', 'a')).toBe(0);
});
