import * as fc from 'fast-check';
import type { ListedObject } from '../../../../src/contract/payloads/listing';
import { canBeMember } from '../../../../src/features/packing/lambda/pack/member-name';
import { NameFilter } from '../../../../src/features/packing/lambda/pack/name-filter';
import { PackPlanner } from '../../../../src/features/packing/lambda/pack/plan-packs';
import type { Planned } from '../../../../src/lambda/selection/grouping';

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
  storageClass?: string,
) {
  const planner = new PackPlanner(limits, new NameFilter(), storageClass);
  const parts: string[][][] = [];
  const moved: string[] = [];
  const toName = ({ Key }: ListedObject) => Key.slice('in/'.length);
  const take = (planned: Planned) => {
    moved.push(...planned.moved.map(toName));
    for (const part of planned.parts) {
      const packs: string[][] = [];
      part.forEach((each) => {
        (packs[each.Pack!] ??= []).push(toName(each));
      });
      // The packs of a part come one after the other.
      expect(part.map(({ Pack }) => Pack)).toEqual(
        part.map(({ Pack }) => Pack!).sort((a, b) => a - b),
      );
      parts.push(packs);
    }
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

test('a group of fewer than four is moved', () => {
  expect(plan([['a'], ['b'], ['c']])).toEqual({ parts: [], moved: ['a', 'b', 'c'] });
});

test.each([
  ['STANDARD', 'STANDARD_IA', 4, 4],
  ['STANDARD', 'DEEP_ARCHIVE', 4, 4],
  ['STANDARD_IA', 'STANDARD', 4, 4],
  // Reads of these cost half of the copies, or more than them.
  ['GLACIER_IR', 'STANDARD', 20, 0],
  ['GLACIER_IR', 'STANDARD_IA', 20, 0],
  ['GLACIER_IR', 'GLACIER_IR', 4, 4],
])(
  'what lies in %s and goes to %s is packed where that costs less',
  (from, to, count, packedCount) => {
    const given = names(count).map(([name]) => [name, { StorageClass: from }] as const);
    expect(plan(given, LIMITS, to).parts.flat(2)).toHaveLength(packedCount);
  },
);

test('no pack holds two folders of days, and a part holds several packs', () => {
  const other = 'archive/2026/11/23/';
  const both = ['a', 'b', 'c', 'd'].flatMap((name) => [
    [name] as const,
    [`${name}2`, {}, other] as const,
  ]);
  expect(plan(both)).toEqual({
    parts: [
      [
        ['a', 'b', 'c', 'd'],
        ['a2', 'b2', 'c2', 'd2'],
      ],
    ],
    moved: [],
  });
});

test('no pack holds two days, also of one folder', () => {
  const planner = new PackPlanner(LIMITS, new NameFilter());
  const of = (name: string, date: string) =>
    [object(name), { ...selected(name, 'archive/2026/11/'), date }] as const;
  for (const given of ['a', 'b', 'c', 'd'].flatMap((name) => [
    of(name, '2026-11-23'),
    of(`${name}2`, '2026-11-24'),
  ])) {
    expect([planner.takes(...given), planner.add(...given)]).toEqual([
      true,
      { parts: [], moved: [] },
    ]);
  }
  const [part] = [...planner.end()].flatMap(({ parts }) => parts);
  expect(part.map(({ Key, Pack }) => [Key, Pack])).toEqual([
    ['in/a', 0],
    ['in/b', 0],
    ['in/c', 0],
    ['in/d', 0],
    ['in/a2', 1],
    ['in/b2', 1],
    ['in/c2', 1],
    ['in/d2', 1],
  ]);
});

test('a pack is full by its bytes, with its headers and its index', () => {
  const { parts, moved } = plan(names(100));
  expect(moved.length).toBeLessThan(4);
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
  expect(plan([['a'], ['b'], ['c'], ['d'], [name]]).moved).toEqual([name]);
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
    expect(plan([[first], [second], ['z1'], ['z2'], ['z3']])).toEqual({
      parts: [[[first, 'z1', 'z2', 'z3']]],
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
        expect(pack.length).toBeGreaterThanOrEqual(4);
      }
    }),
    { numRuns: 50 },
  );
});

/** Objects of as many hours as ten years have, out of order, and what is planned of them. */
function planHours(count: number): { readonly planned: number; readonly cpu: number } {
  const planner = new PackPlanner({ maxObjectSize: 1_000, maxPackSize: 2 ** 28 }, new NameFilter());
  const began = process.cpuUsage();
  let planned = 0;
  const take = ({ parts, moved }: Planned) => {
    planned += moved.length + parts.reduce((sum, part) => sum + part.length, 0);
  };
  for (let i = 0; i < count; i++) {
    const folder = `archive/${(i * 48_611) % 87_600}/`;
    take(planner.add(object(`${i}`), selected(`${i}`, folder)));
  }
  [...planner.end()].forEach(take);
  const { user, system } = process.cpuUsage(began);
  return { planned, cpu: user + system };
}

test('twice as many objects in as many groups take about twice the time', () => {
  planHours(200_000);
  const [once, twice] = [planHours(200_000), planHours(400_000)];
  expect([once.planned, twice.planned]).toEqual([200_000, 400_000]);
  // Twice the work on a busy machine. Quadratic planning would take four times as long.
  expect(twice.cpu / once.cpu).toBeLessThan(3.5);
});
