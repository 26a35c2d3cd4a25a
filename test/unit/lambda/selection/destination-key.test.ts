import { isTooLong, renamed } from '../../../../src/lambda/selection/destination-key';

describe('renamed', () => {
  test.each([
    ['archive/2026/11/24/a.csv', 'archive/2026/11/24/a~0123abcd.csv'],
    ['archive/2026/11/24/a.tar.gz', 'archive/2026/11/24/a.tar~0123abcd.gz'],
    ['archive/2026/11/24/no-extension', 'archive/2026/11/24/no-extension~0123abcd'],
    ['archive/v1.2/no-extension', 'archive/v1.2/no-extension~0123abcd'],
    ['archive/.hidden', 'archive/.hidden~0123abcd'],
    ['a.', 'a~0123abcd.'],
  ])('%s becomes %s', (key, expected) => {
    expect(renamed(key, '"0123abcd4567ef890123abcd4567ef89"')).toBe(expected);
  });

  test('uses the same characters of the ETag of a multipart upload', () => {
    expect(renamed('a.csv', '"0123abcd4567ef890123abcd4567ef89-7"')).toBe('a~0123abcd.csv');
  });
});

test('isTooLong counts the bytes of a key, not its characters', () => {
  expect(isTooLong('x'.repeat(1_024))).toBe(false);
  expect(isTooLong('x'.repeat(1_025))).toBe(true);
  expect(isTooLong('é'.repeat(513))).toBe(true);
});
