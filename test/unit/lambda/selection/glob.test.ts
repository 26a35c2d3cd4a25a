import fc from 'fast-check';
import { minimatch } from 'minimatch';
import { matchesGlob, parseGlob } from '../../../../src/features/filter/lambda/glob';

const matches = (pattern: string, key: string) => matchesGlob(parseGlob(pattern), key);
const isMinimatch = (key: string, pattern: string) =>
  minimatch(key, pattern, {
    dot: true,
    nonegate: true,
    nocomment: true,
    noext: true,
    platform: 'linux',
  });

/** A pattern, keys that match, and keys that do not. minimatch agrees about all of them. */
const CASES: [string, string[], string[]][] = [
  // Literals
  ['in/a.csv', ['in/a.csv'], ['in/aXcsv', 'in/a.csv/x', 'xin/a.csv']],
  ['A.csv', ['A.csv'], ['a.csv', 'A.CSV']],
  ['é', ['é'], ['e', 'É', 'e\u0301']],
  ['a b', ['a b'], ['a+b', 'a%20b']],
  ['a,b', ['a,b'], ['a', 'b']],
  ['a-b', ['a-b'], ['ab']],
  ['a.b$c^d', ['a.b$c^d'], ['aXb$c^d']],
  ['日本/2026.csv', ['日本/2026.csv'], ['日/2026.csv']],
  // *
  ['*', ['a', '.hidden', 'a b'], ['a/b', '/a']],
  ['in/*.csv', ['in/.csv', 'in/a.csv', 'in/a.b.csv'], ['in/eu/a.csv', 'in/a.csvx']],
  ['in/*', ['in/a'], ['in', 'in/a/b']],
  ['*/a', ['in/a'], ['a', 'x/in/a']],
  ['*/*', ['a/b'], ['a', 'a/b/c']],
  ['a*', ['a', 'ab', 'a.b'], ['ba', 'a/b']],
  ['*a*', ['a', 'bab', 'aa'], ['b', 'b/a']],
  ['a*b*c', ['abc', 'aXbYc', 'abbc'], ['ab', 'aXbY', 'ac']],
  ['*.*', ['a.b', '.b', 'a.'], ['ab']],
  ['in/*/a-*.csv', ['in/eu/a-1.csv'], ['in/a-1.csv', 'in/eu/x/a-1.csv']],
  // ?
  ['a?c', ['abc', 'a.c', 'a😀c'], ['ac', 'a/c', 'abbc']],
  ['??', ['ab'], ['a', 'abc', 'a/']],
  ['in/?', ['in/a'], ['in/', 'in/ab']],
  ['a-????-??.csv', ['a-2026-11.csv'], ['a-2026-1.csv', 'a-2026/11.csv']],
  // **
  ['**', ['a', 'a/b', '.a/.b', 'a/b/c'], []],
  ['in/**', ['in/a', 'in/eu/a.csv', 'in/.git/a'], ['x/in/a', 'inx/a']],
  ['**/a.csv', ['a.csv', 'in/a.csv', 'in/eu/a.csv'], ['in/xa.csv', 'a.csv/b']],
  ['in/**/a.csv', ['in/a.csv', 'in/eu/a.csv', 'in/eu/de/a.csv'], ['in/xa.csv', 'ina.csv', 'a.csv']],
  ['**/eu/**', ['eu/a', 'in/eu/a', 'in/eu/de/a'], ['in/eux/a', 'in/xeu/a']],
  ['**/*.csv', ['a.csv', 'in/a.csv', 'in/.csv'], ['a.csv.gz', 'in/a.csvx']],
  ['**/.*', ['.a', 'in/.a', 'in/eu/.a'], ['a', 'in/a']],
  ['**/**/a', ['a', 'b/a', 'b/c/a'], ['ba']],
  ['a/**/b/**/c', ['a/b/c', 'a/x/b/c', 'a/b/y/z/c'], ['a/c', 'a/b/xc']],
  ['in/**/*', ['in/a', 'in/b/a'], ['xin/a']],
  // Classes
  ['[ab].csv', ['a.csv', 'b.csv'], ['c.csv', 'ab.csv', '.csv']],
  ['[a-c]', ['a', 'b', 'c'], ['d', 'A', '-']],
  ['[a-cx-z]', ['b', 'y'], ['d', 'w']],
  ['[0-9][0-9]', ['07', '42'], ['7', 'a7', '123']],
  ['[!a]', ['b', '-'], ['a', '/', 'bc']],
  ['[^a-c]', ['d', 'A'], ['b', '/']],
  ['[a-]', ['a', '-'], ['b']],
  ['[-a]', ['a', '-'], ['b']],
  ['[.]', ['.'], ['a']],
  ['[a*]', ['a', '*'], ['b', 'aa']],
  ['[?]', ['?'], ['a']],
  ['x[!0-9]*', ['xa', 'xab', 'x.1'], ['x1', 'x', 'x1a']],
  ['**/[a-z]*.csv', ['a.csv', 'in/b1.csv'], ['in/1.csv', 'A.csv']],
  // Braces
  ['{a,b}', ['a', 'b'], ['c', 'ab', '{a,b}']],
  ['*.{csv,json}', ['a.csv', 'a.json', '.csv'], ['a.xml', 'a.csvjson']],
  ['{eu,us}/**', ['eu/a', 'us/b/c'], ['ap/a', 'eux/a']],
  ['{a,b}{c,d}', ['ac', 'bd', 'ad'], ['ab', 'cd', 'acd']],
  ['a{,b}c', ['ac', 'abc'], ['abbc', 'ab']],
  ['{a,{b,c}d}', ['a', 'bd', 'cd'], ['b', 'c', 'ad']],
  ['{*.csv,x/**}', ['a.csv', 'x/y/z'], ['y/a.csv', 'xy']],
  ['{**/a,b}.csv', ['a.csv', 'in/a.csv', 'b.csv'], ['in/b.csv']],
  ['{in,out}/{eu,us}/*', ['in/eu/a', 'out/us/b'], ['in/a', 'in/ap/a']],
  // Escapes
  ['a\\*', ['a*'], ['a', 'ab', 'a\\*']],
  ['a\\?', ['a?'], ['ab']],
  ['\\[a\\]', ['[a]'], ['a']],
  ['\\{a,b\\}', ['{a,b}'], ['a', 'b']],
  ['\\!a', ['!a'], ['a', 'b']],
  ['in/\\*/*', ['in/*/a'], ['in/x/a']],
  ['\\a', ['a'], ['\\a']],
];

test('there are at least 60 cases', () => {
  expect(CASES.length).toBeGreaterThanOrEqual(60);
});

test.each(CASES)('%s', (pattern, matching, others) => {
  for (const [keys, expected] of [
    [matching, true],
    [others, false],
  ] as const) {
    for (const key of keys) {
      expect([key, matches(pattern, key)]).toEqual([key, expected]);
      expect(['minimatch', key, isMinimatch(key, pattern)]).toEqual(['minimatch', key, expected]);
    }
  }
});

/** Where minimatch, which is made for the names of files, says something else. */
test.each<[string, string, boolean, string]>([
  ['in/**', 'in', false, 'a key is no folder, so ** behind a slash needs the slash'],
  ['in/**', 'in/', true, 'a folder marker is a key like any other; it is never selected anyway'],
  ['in/x**y', 'in/x/1/y', true, '** crosses folders wherever it stands'],
  ['**', '/', true, '** is any text'],
  ['*', '', true, '* may be empty'],
  ['.*', '..', true, '.. is a name like any other'],
  ['[!a]', '.', true, 'so is .'],
  ['in/a.csv', 'in/a.csv/', false, 'a slash at the end belongs to the key'],
  ['a/**/b', 'a//b', true, 'a folder may have an empty name'],
  ['a(b|c)', 'a(b|c)', true, 'parentheses are characters: "report (1).csv" is a usual name'],
  ['+(a)', '+(a)', true, 'there are no other operators'],
])('%s and %s: %s, because %s', (pattern, key, expected) => {
  expect(matches(pattern, key)).toBe(expected);
});

test.each([
  ['', 'is empty, and would match nothing: write a pattern, such as "**/*.csv", or remove it'],
  [
    '!a',
    'starts with "!", which negates nothing here: write the pattern without it where objects ' +
      'are excluded, or \\! for the character itself',
  ],
  ['[ab', 'has a "[" that is not closed: add "]", or write \\[ for the character itself'],
  ['[', 'has a "[" that is not closed'],
  ['a]', 'has a "]" without a "[": write \\] for the character itself'],
  ['{a,b', 'has a "{" that is not closed: add "}", or write \\{ for the character itself'],
  ['a}', 'has a "}" without a "{": write \\} for the character itself'],
  [
    '{a}',
    'has braces with one alternative: separate alternatives with commas, as in {csv,json}, or ' +
      'write \\{ and \\} for the characters themselves',
  ],
  ['{1..9}', 'has braces with one alternative'],
  ['[]', 'has an empty class: write characters between "[" and "]", and \\] for the "]" itself'],
  ['[!]', 'has an empty class'],
  ['[z-a]', 'has the range [z-a], which is empty: write [a-z]'],
  [
    '[a/b]',
    'has a "/" between "[" and "]", but a class is for one character of a name: use {a/,b} for ' +
      'alternatives with folders',
  ],
  [
    '[[:digit:]]',
    'has "[:" in a class, and named classes are not known here: write the characters, such as ' +
      '[0-9], or \\[ for the character itself',
  ],
  ['a\\', 'ends with a single backslash: write \\\\ for the character itself'],
])('refuses %p', (pattern, problem) => {
  expect(() => parseGlob(pattern)).toThrow(`glob "${pattern}" ${problem}`);
});

/** The same meaning, as a regular expression: short patterns and keys are no danger to it. */
function toRegExp(pattern: string): RegExp {
  const source = pattern.replace(/(?<=^|\/)\*{2,}\/|\*+|[^*]/gsu, (token) => {
    if (token.endsWith('*/')) {
      return '(?:.*/)?';
    }
    if (token === '*') {
      return '[^/]*';
    }
    if (token.startsWith('*')) {
      return '.*';
    }
    return token === '?' ? '[^/]' : token.replace(/[$^()[\]{}.+|\\-]/g, '\\$&');
  });
  return new RegExp(`^${source}$`, 'su');
}

const text = (letters: string, maxLength = 8) =>
  fc.string({ unit: fc.constantFrom(...letters), maxLength });

test('agrees with regular expressions', () => {
  fc.assert(
    fc.property(
      text('ab/*?.').filter((pattern) => pattern !== ''),
      text('ab/.'),
      (pattern, key) => {
        expect(matches(pattern, key)).toBe(toRegExp(pattern).test(key));
      },
    ),
    { numRuns: 5_000 },
  );
});

test('agrees with minimatch where the two mean the same', () => {
  const name = fc
    .array(
      fc.constantFrom('a', 'b', '.', '?', '*', '[ab]', '[!a]', '[a-c]', '{a,b}', '{a*,}c', '\\*'),
      { minLength: 1, maxLength: 4 },
    )
    // Stars side by side would be a globstar inside of a name, which only we have.
    .map((pieces) =>
      pieces
        .filter((piece, i) => !(piece.startsWith('*') && (pieces[i - 1] ?? '').endsWith('*')))
        .join(''),
    );
  const pattern = fc
    .array(fc.oneof({ weight: 3, arbitrary: name }, fc.constant('**')), {
      minLength: 1,
      maxLength: 3,
    })
    // `a/**` is `a` as well for minimatch.
    .map((names) => names.join('/'))
    .filter((each) => !each.endsWith('/**') && !/\*{3}|(^|\/)\.{1,2}(\/|$)/.test(each));
  const key = fc
    .array(
      text('abc*', 4).filter((each) => each !== ''),
      { minLength: 1, maxLength: 3 },
    )
    .map((names) => names.join('/'));
  fc.assert(
    fc.property(pattern, key, (each, candidate) => {
      expect(matches(each, candidate)).toBe(isMinimatch(candidate, each));
    }),
    { numRuns: 5_000 },
  );
});

test('one pattern gives the same answers however many keys it has seen', () => {
  const glob = parseGlob('**/{a,b}*[!x]?.{csv,json}');
  fc.assert(
    fc.property(text('abx./csvjon😀', 20), (key) => {
      expect(matchesGlob(glob, key)).toBe(matches('**/{a,b}*[!x]?.{csv,json}', key));
    }),
    { numRuns: 3_000 },
  );
});

test.each([`${'*a'.repeat(60)}b`, `${'{*a,**}'.repeat(30)}b`, `{${'a*,'.repeat(60)}b}`])(
  'the work grows with the product of the lengths, also where a regular expression would take ' +
    'years: %s',
  (pattern) => {
    let visits = 0;
    const { states, ...glob } = parseGlob(pattern);
    const counted = states.map((state) =>
      'accepts' in state
        ? {
            ...state,
            accepts: (codePoint: number) => {
              visits += 1;
              return state.accepts(codePoint);
            },
          }
        : state,
    );
    expect(matchesGlob({ ...glob, states: counted }, 'a'.repeat(200) + '/')).toBe(false);
    expect(visits).toBeGreaterThan(0);
    expect(visits).toBeLessThan(2 * states.length * 201);
  },
);

test('what a pattern remembers does not grow with the keys', () => {
  const glob = parseGlob('**/*a?');
  for (let i = 0; i < 20_000; i++) {
    matchesGlob(glob, String.fromCodePoint(0x4e00 + i) + i);
  }
  expect(glob.remembered).toBeLessThan(5_000);
});
