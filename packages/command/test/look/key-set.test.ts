import * as fc from 'fast-check';
import { KeySet } from '../../src/look/key-set';

test('it knows exactly what it was given', () => {
  fc.assert(
    fc.property(fc.array(fc.string()), fc.array(fc.string()), (given, others) => {
      const set = new KeySet();
      const known = new Set<string>();
      for (const text of given) {
        expect(set.add(text)).toBe(!known.has(text));
        known.add(text);
      }
      for (const text of [...given, ...others]) {
        expect(set.has(text)).toBe(known.has(text));
      }
    }),
    { verbose: true },
  );
});

test('it grows, and forgets nothing', () => {
  const set = new KeySet();
  for (let n = 0; n < 200_000; n++) {
    expect(set.add(`incoming/2026-11-24-${n}.csv`)).toBe(true);
  }
  expect(set.isFull).toBe(false);
  for (let n = 0; n < 200_000; n += 7) {
    expect(set.has(`incoming/2026-11-24-${n}.csv`)).toBe(true);
    expect(set.has(`incoming/2026-11-25-${n}.csv`)).toBe(false);
  }
});

test('no two texts can be chosen that it takes for one: it begins with random numbers', () => {
  const [one, other] = [new KeySet([1, 2]), new KeySet([3, 4])];
  one.add('a');
  other.add('a');
  const slotsOf = (set: KeySet) => (set as unknown as { slots: Uint32Array }).slots;
  expect(slotsOf(one)).not.toEqual(slotsOf(other));
});
