import type { VersionFacts } from '../../../../src/lambda/move/decide';
import { findCopy } from '../../../../src/lambda/move/find-copy';

const START = Date.parse('2026-11-25T01:00:00.700Z');
const NEW = Date.parse('2026-11-25T01:00:00Z');
const OLD = NEW - 1_000;
const A = `"${'a'.repeat(32)}"`;
const B = `"${'b'.repeat(32)}"`;

const facts = (more: Partial<VersionFacts> = {}): VersionFacts => ({
  size: 1,
  etag: A,
  isMd5: false,
  checksums: {},
  ...more,
});
const at = (key: string, lastModified: number, more: Partial<VersionFacts> = {}) => ({
  key,
  facts: facts(more),
  lastModified,
});
const find = async (
  found: ReturnType<typeof at>[],
  source: VersionFacts,
  sharesDestinations = false,
) => {
  const versions = found.map(({ key }) => ({ etag: A, destination: key, facts: source }));
  const look = async (key: string) => found.find((each) => each.key === key);
  const copy = await findCopy(versions, look, {
    conflictPolicy: 'REPORT',
    runStart: START,
    sharesDestinations,
  });
  return copy && [copy.key, copy.proof];
};

test('a proof at any place says more than size and time at another', async () => {
  const proven = at('later', OLD, { isMd5: true });
  expect(await find([at('first', NEW, { etag: B }), proven], facts())).toEqual([
    'later',
    undefined,
  ]);
});

test('two MD5s that differ say that it is not the copy, however new it is', async () => {
  expect(
    await find([at('a', NEW, { etag: B, isMd5: true })], facts({ isMd5: true })),
  ).toBeUndefined();
});

test('another size says that it is not the copy, whatever the ETag is', async () => {
  expect(await find([at('a', NEW, { size: 2 })], facts())).toBeUndefined();
});

test.each([
  ['is of this run', NEW, false, ['a', 'size']],
  ['is older than the run', OLD, false, undefined],
  ['may be the copy of another source', NEW, true, undefined],
])(
  'where only the sizes are known to be equal, and the object %s',
  async (_, lastModified, shares, expected) => {
    expect(await find([at('a', lastModified, { etag: B })], facts(), shares)).toEqual(expected);
  },
);

test('an ETag that is no proof is a better hint than time', async () => {
  expect(await find([at('new', NEW, { etag: B }), at('old', OLD)], facts())).toEqual([
    'old',
    'size',
  ]);
  expect(await find([at('old', OLD)], facts(), true)).toEqual(['old', 'size']);
});
