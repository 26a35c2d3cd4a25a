import { readBits, toBits } from '../../../../src/lambda/plan/positions';

test.each([[[]], [[0]], [[7, 8]], [[0, 1, 2, 63, 64, 9_999]], [[3, 3]]])(
  '%j comes back, and nothing else',
  (positions: number[]) => {
    const has = readBits(toBits(positions));
    const found = Array.from({ length: 10_100 }, (_, i) => i).filter(has);
    expect(found).toEqual([...new Set(positions)]);
  },
);

test('ten thousand objects take less than two kilobytes', () => {
  expect(toBits(Array.from({ length: 10_000 }, (_, i) => i)).length).toBeLessThan(2_000);
});

test('without a text it is none of them', () => {
  expect(readBits(undefined)(0)).toBe(false);
});
