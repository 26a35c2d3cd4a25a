import { toActionPattern, toPattern } from '../../src/policy-language/pattern';

test.each([
  ['arn:aws:s3:::b/in/*', 'arn:aws:s3:::b/in/x/y', true],
  ['arn:aws:s3:::b/in/*', 'arn:aws:s3:::b/in/', true],
  ['arn:aws:s3:::b/in/*', 'arn:aws:s3:::b/out/x', false],
  ['arn:aws:s3:::b', 'arn:aws:s3:::bc', false],
  ['a*c', 'a/b:c', true],
  ['a*c', 'ab', false],
  ['a?c', 'abc', true],
  ['a?c', 'abbc', false],
  ['a.c*d', 'abcxd', false],
  ['x${*}y/*', 'x*y/z', true],
  ['x${*}y/*', 'xay/z', false],
  ['${?}${$}*', '?$z', true],
  ['${?}${$}*', 'a$z', false],
  ['home/${aws:username}/*', 'home/${aws:username}/a', false],
])('%s on %s: %s', (pattern, text, expected) => {
  expect(toPattern(pattern)(text)).toBe(expected);
});

test('actions are compared without regard to case', () => {
  expect(toActionPattern('S3:Get*')('s3:GetObject')).toBe(true);
  expect(toActionPattern('s3:Get*')('s3:PutObject')).toBe(false);
});
