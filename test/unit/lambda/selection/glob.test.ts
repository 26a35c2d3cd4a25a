import fc from 'fast-check';
import { matchesGlob, parseGlob } from '../../../../src/lambda/selection/glob';

const matches = (pattern: string, key: string) => matchesGlob(parseGlob(pattern), key);

test.each([
  ['in/a.csv', ['in/a.csv'], ['in/aXcsv', 'in/a.csv/', 'xin/a.csv', '']],
  ['in/*.csv', ['in/.csv', 'in/a.csv', 'in/a.b.csv'], ['in/eu/a.csv', 'in/a.csvx']],
  ['in/*', ['in/', 'in/a'], ['in', 'in/a/b']],
  ['in/**', ['in/', 'in/a', 'in/eu/a.csv'], ['in', 'x/in/a']],
  ['**', ['', 'a', 'a/b', '/'], []],
  ['**/a.csv', ['a.csv', 'in/a.csv', 'in/eu/a.csv'], ['in/xa.csv', 'a.csv/b']],
  ['in/**/a.csv', ['in/a.csv', 'in/eu/a.csv', 'in/eu/de/a.csv'], ['in/xa.csv', 'ina.csv']],
  ['in/x**y', ['in/xy', 'in/x/1/y'], ['in/x/1/yz']],
  ['a?c', ['abc', 'a😀c'], ['ac', 'a/c', 'abbc']],
  ['[ab].{c,d}\\*', ['[ab].{c,d}\\', '[ab].{c,d}\\x'], ['a.c', '[ab].{c,d}']],
  ['*', ['.hidden', ''], ['a/b']],
])('%s', (pattern, matching, others) => {
  for (const key of matching) { expect([key, matches(pattern, key)]).toEqual([key, true]); }
  for (const key of others) { expect([key, matches(pattern, key)]).toEqual([key, false]); }
});

/** The same meaning, as a regular expression: short patterns and keys are no danger to it. */
function toRegExp(pattern: string): RegExp {
  const source = pattern.replace(/(?<=^|\/)\*{2,}\/|\*+|[^*]/gsu, (token) => {
    if (token.endsWith('*/')) { return '(?:.*/)?'; }
    if (token === '*') { return '[^/]*'; }
    if (token.startsWith('*')) { return '.*'; }
    return token === '?' ? '[^/]' : token.replace(/[$^()[\]{}.+|\\-]/g, '\\$&');
  });
  return new RegExp(`^${source}$`, 'su');
}

test('agrees with regular expressions', () => {
  const text = (letters: string) => fc.string({ unit: fc.constantFrom(...letters), maxLength: 8 });
  fc.assert(fc.property(text('ab/*?.'), text('ab/.'), (pattern, key) => {
    expect(matches(pattern, key)).toBe(toRegExp(pattern).test(key));
  }), { numRuns: 5_000 });
});

test('the work grows with the product of the lengths, also where a regular expression would take years', () => {
  let visits = 0;
  const glob = parseGlob(`${'*a'.repeat(60)}b`);
  const counted = new Proxy(glob, { get: (steps, name) => { visits += 1; return Reflect.get(steps, name) as unknown; } });
  expect(matchesGlob(counted, 'a'.repeat(200))).toBe(false);
  expect(visits).toBeLessThan(10 * glob.length * 200);
});
