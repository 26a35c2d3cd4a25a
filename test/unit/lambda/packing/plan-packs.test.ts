import * as fc from 'fast-check';
import type { ListedObject } from '../../../../src/contract/payloads/listing';
import { canBeMember } from '../../../../src/lambda/packing/member-name';
import { NameFilter } from '../../../../src/lambda/packing/name-filter';
import { PackPlanner } from '../../../../src/lambda/packing/plan-packs';

const LIMITS = { maxObjectSize: 1_000, maxPackSize: 20_000 };
const object = (name: string, more: Partial<ListedObject> = {}): ListedObject => ({
  Key: `in/${name}`,
  Etag: '"e"',
  Size: 10,
  LastModified: 0,
  ...more,
});
const selected = (name: string, folder = 'archive/2026/11/24/') =>
  ({ selected: true, date: '2026-11-24', folder, destinationKey: `${folder}${name}` }) as const;

/**
 * Plans the objects, and returns the names in each pack of each part, and of those that are moved.
 */
function plan(
  objects: readonly (readonly [string, Partial<ListedObject>?, string?])[],
  limits = LIMITS,
) {
  const planner = new PackPlanner(limits, new NameFilter());
  const parts: string[][][] = [];
  const moved: string[] = [];
  const toName = ({ Key }: ListedObject) => Key.slice('in/'.length);
  const take = (planned: { part?: ListedObject[]; moved: ListedObject[] }) => {
    moved.push(...planned.moved.map(toName));
    if (!planned.part) {
      return;
    }
    const packs: string[][] = [];
    planned.part.forEach((each) => {
      (packs[each.Pack!] ??= []).push(toName(each));
    });
    // The packs of a part come one after the other.
    expect(planned.part.map(({ Pack }) => Pack)).toEqual(
      planned.part.map(({ Pack }) => Pack!).sort((a, b) => a - b),
    );
    parts.push(packs);
  };
  for (const [name, more, folder] of objects) {
    const given = [object(name, more), selected(name, folder)] as const;
    if (planner.takes(...given)) {
      take(planner.add(...given));
    } else {
      moved.push(name);
    }
  }
  for (const planned of planner.end()) {
    take(planned);
  }
  return { parts, moved };
}

const names = (count: number, prefix = 'a') =>
  Array.from({ length: count }, (_, i) => [`${prefix}${i}`] as const);

test('small objects of one folder are packed, and larger ones are moved', () => {
  expect(
    plan([
      ['a'],
      ['b'],
      ['large', { Size: 1_001 }],
      ['c'],
      ['cold', { StorageClass: 'DEEP_ARCHIVE' }],
      ['d', { Size: 1_000 }],
    ]),
  ).toEqual({ parts: [[['a', 'b', 'c', 'd']]], moved: ['large', 'cold'] });
});

test('a group of fewer than three is moved', () => {
  expect(plan([['a'], ['b']])).toEqual({ parts: [], moved: ['a', 'b'] });
});

test('no pack holds two folders of days, and a part holds several packs', () => {
  const other = 'archive/2026/11/23/';
  expect(plan([['a'], ['x', {}, other], ['b'], ['y', {}, other], ['c'], ['z', {}, other]])).toEqual(
    {
      parts: [
        [
          ['a', 'b', 'c'],
          ['x', 'y', 'z'],
        ],
      ],
      moved: [],
    },
  );
});

test('no pack holds two days, also of one folder', () => {
  const planner = new PackPlanner(LIMITS, new NameFilter());
  const of = (name: string, date: string) =>
    [object(name), { ...selected(name, 'archive/2026/11/'), date }] as const;
  for (const given of ['a', 'b', 'c'].flatMap((name) => [
    of(name, '2026-11-23'),
    of(`${name}2`, '2026-11-24'),
  ])) {
    expect([planner.takes(...given), planner.add(...given)]).toEqual([true, { moved: [] }]);
  }
  const [{ part }] = [...planner.end()].filter((planned) => planned.part);
  expect(part!.map(({ Key, Pack }) => [Key, Pack])).toEqual([
    ['in/a', 0],
    ['in/b', 0],
    ['in/c', 0],
    ['in/a2', 1],
    ['in/b2', 1],
    ['in/c2', 1],
  ]);
});

test('a pack is full by its bytes, with its headers and its index', () => {
  const { parts, moved } = plan(names(100));
  expect(moved.length).toBeLessThan(3);
  expect(parts.flat(2)).toHaveLength(100 - moved.length);
  for (const part of parts) {
    expect(part).toHaveLength(1);
    expect(part[0].length * (10 + 600)).toBeLessThanOrEqual(LIMITS.maxPackSize);
  }
  expect(parts.length).toBeGreaterThan(2);
});

test('a pack has at most 10,000 objects', () => {
  const { parts, moved } = plan(names(25_000), { maxObjectSize: 1_000, maxPackSize: 2 ** 28 });
  expect(moved.length).toBeLessThan(50);
  expect(parts.flat().map(({ length }) => length)).toEqual([10_000, 10_000, 5_000 - moved.length]);
});

test.each(
  [
    [
      '',
      '/a',
      'a//b',
      'a/',
      './a',
      'a/../b',
      '..',
      'a\\b',
      'a\nb',
      'a\u0085',
      '\ud800',
      'x'.repeat(256),
      `a/${'é'.repeat(128)}`,
      '_index-0123456789abcdef.jsonl',
      'pack-0123456789abcdef.zip',
      'a/_index-0123456789abcdef.jsonl',
      'a/PACK-0123456789ABCDEF.ZIP',
      'pac\u212a-0123456789abcdef.zip. ',
      '.. /x',
      'a/.../x',
      'a/. ./x',
      ' ',
      'C:/x',
      'a/c:x',
      '\u{1f600}:/x',
      'CON',
      'a/nul.txt',
      'com1 .csv/x',
      'LPT³',
      'aux:x',
      'CONOUT$',
      'a/'.repeat(17) + 'b',
    ],
  ].flat(),
)('no extractor gets to see the name %j', (name) => {
  expect(canBeMember(name) && new NameFilter().add('d/', name)).toBe(false);
  expect(plan([['a'], ['b'], ['c'], [name]]).moved).toEqual([name]);
});

test.each([
  'a',
  'ä/ö.csv',
  '日本/a',
  'a b+c%d&e?.csv',
  '12:30:00/ab:c',
  'a. /b..',
  '..a',
  '.gitignore',
  'console/com10/nuls',
  'pack-0123456789abcdef.zip.txt',
  'a/'.repeat(16) + 'b',
  'x'.repeat(255),
  '\u{1f600}',
])('the name %j is packed', (name) => {
  expect(canBeMember(name) && new NameFilter().add('d/', name)).toBe(true);
});

test.each([
  ['a.csv', 'A.CSV'],
  ['straße', 'STRASSE'],
  ['\u00e9', 'e\u0301'],
  ['a', 'a/b'],
  ['a/b', 'a'],
  ['A', 'a/b/c'],
  ['a', 'A. .'],
  ['a ./b', 'a'],
  ['x/Y/z', 'X/y'],
])(
  'of %j and %j, which would be one file or a file and its folder, only the first is packed',
  (first, second) => {
    expect(plan([[first], [second], ['z1'], ['z2']])).toEqual({
      parts: [[[first, 'z1', 'z2']]],
      moved: [second],
    });
  },
);

test('the same name in two folders of days is no conflict', () => {
  const filter = new NameFilter();
  expect([filter.add('d1/', 'a'), filter.add('d2/', 'a'), filter.add('d1/', 'a')]).toEqual([
    true,
    true,
    false,
  ]);
});

test('the next round of a plan knows the names of the rounds before', () => {
  const filter = new NameFilter();
  filter.add('d/', 'a/b');
  const next = new NameFilter(filter.save());
  expect([next.add('d/', 'A/B'), next.add('d/', 'a'), next.add('d/', 'c')]).toEqual([
    false,
    false,
    true,
  ]);
});

test('any objects are each planned once', () => {
  const given = fc.array(
    fc.tuple(
      fc.string({ unit: 'binary', maxLength: 6 }),
      fc.nat(1_100),
      fc.constantFrom('d1/', 'd2/'),
    ),
    { maxLength: 60 },
  );
  fc.assert(
    fc.property(given, (all) => {
      const { parts, moved } = plan(all.map(([name, Size, folder]) => [name, { Size }, folder]));
      const sort = (some: readonly string[]) => [...some].sort();
      expect(sort([...parts.flat(2), ...moved])).toEqual(sort(all.map(([name]) => name)));
      for (const pack of parts.flat()) {
        expect(pack.length).toBeGreaterThanOrEqual(3);
      }
    }),
    { numRuns: 50 },
  );
});
