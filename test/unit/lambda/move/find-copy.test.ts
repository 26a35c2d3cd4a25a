import type { VersionFacts } from '../../../../src/lambda/move/decide';
import { type Found, findCopy } from '../../../../src/lambda/move/find-copy';

const START = Date.parse('2026-11-25T01:00:00.700Z');
const NEW = Date.parse('2026-11-25T01:00:00Z');
const OLD = NEW - 1_000;
const A = `"${'a'.repeat(32)}"`;
const B = `"${'b'.repeat(32)}"`;

const facts = (more: Partial<VersionFacts> = {}): VersionFacts => ({ size: 1, etag: A, isMd5: false, checksums: {}, ...more });
const at = (key: string, lastModified: number, more: Partial<VersionFacts> = {}): Found<VersionFacts> => {
  return { key, facts: facts(more), lastModified, versions: [] };
};
const find = (found: Found<VersionFacts>[], source: VersionFacts, sharesDestinations = false) => {
  const copy = findCopy(found.map((each) => ({ ...each, versions: [source] })), (version) => version, { runStart: START, sharesDestinations });
  return copy && [copy.found.key, copy.proof];
};

test('a proof at any place says more than size and time at another', () => {
  const proven = at('later', OLD, { isMd5: true });
  expect(find([at('first', NEW, { etag: B }), proven], facts())).toEqual(['later', undefined]);
});

test('two MD5s that differ say that it is not the copy, however new it is', () => {
  expect(find([at('a', NEW, { etag: B, isMd5: true })], facts({ isMd5: true }))).toBeUndefined();
});

test('another size says that it is not the copy, whatever the ETag is', () => {
  expect(find([at('a', NEW, { size: 2 })], facts())).toBeUndefined();
});

test.each([
  ['is of this run', NEW, false, ['a', 'size']],
  ['is older than the run', OLD, false, undefined],
  ['may be the copy of another source', NEW, true, undefined],
])('where only the sizes are known to be equal, and the object %s', (_, lastModified, shares, expected) => {
  expect(find([at('a', lastModified, { etag: B })], facts(), shares)).toEqual(expected);
});

test('an ETag that is no proof is a better hint than time', () => {
  expect(find([at('new', NEW, { etag: B }), at('old', OLD)], facts())).toEqual(['old', 'size']);
  expect(find([at('old', OLD)], facts(), true)).toEqual(['old', 'size']);
});
