import fc from 'fast-check';
import { compareKeys, SortedKeys } from '../../src/store/sorted-keys';

const byBytes = (a: string, b: string) => Buffer.compare(Buffer.from(a), Buffer.from(b));

/**
 * The keys are short, so that they collide and share prefixes. They have characters on both sides
 * of the surrogates.
 */
const keyArbitrary = fc.string({
  unit: fc.constantFrom(
    'a',
    'b',
    '/',
    'é',
    '\ud7ff',
    '\ue000',
    '\uffff',
    '\u{10000}',
    '\u{10ffff}',
  ),
  maxLength: 4,
});

test('the order of keys is that of their UTF-8 bytes', () => {
  fc.assert(
    fc.property(keyArbitrary, keyArbitrary, (a, b) => {
      expect(Math.sign(compareKeys(a, b))).toBe(Math.sign(byBytes(a, b)));
    }),
  );
});

test('holds the keys that were added and not deleted, in order', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(keyArbitrary, fc.boolean()), { maxLength: 60 }), (steps) => {
      const sorted = new SortedKeys();
      const expected = new Set<string>();
      for (const [key, add] of steps) {
        if (!add) {
          sorted.delete(key);
        } else if (!expected.has(key)) {
          sorted.add(key);
        }
        expected[add ? 'add' : 'delete'](key);
      }
      expect([...sorted.from('')]).toEqual([...expected].sort(byBytes));
    }),
  );
});

test('reads from, after and past any point', () => {
  fc.assert(
    fc.property(fc.uniqueArray(keyArbitrary), keyArbitrary, (keys, point) => {
      const sorted = new SortedKeys();
      keys.forEach((key) => sorted.add(key));
      keys.sort(byBytes);
      expect([...sorted.from(point)]).toEqual(keys.filter((key) => byBytes(key, point) >= 0));
      expect([...sorted.after(point)]).toEqual(keys.filter((key) => byBytes(key, point) > 0));
      expect([...sorted.past(point)]).toEqual(
        keys.filter((key) => byBytes(key, point) > 0 && !key.startsWith(point)),
      );
    }),
  );
});

test('stays in order over many chunks', () => {
  const sorted = new SortedKeys();
  const keys = Array.from({ length: 20_000 }, (_, i) => `key-${(i * 7919) % 20_000}`);
  keys.forEach((key) => sorted.add(key));
  keys.filter((_, i) => i % 3 === 0).forEach((key) => sorted.delete(key));
  expect([...sorted.from('')]).toEqual(keys.filter((_, i) => i % 3 !== 0).sort(byBytes));
});
