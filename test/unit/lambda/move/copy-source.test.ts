import { copySource } from '../../../../src/lambda/move/multipart-copy';

test.each([
  ['a b+c%d?e#f&g=é.csv', 'b/a%20b%2Bc%25d%3Fe%23f%26g%3D%C3%A9.csv'],
  ['in//a/./../b', 'b/in//a/./../b'],
  ['/leading', 'b//leading'],
  ['🚀/x', 'b/%F0%9F%9A%80/x'],
])('the key %s is sent as %s', (key, expected) => {
  expect(copySource('b', key)).toBe(expected);
});
