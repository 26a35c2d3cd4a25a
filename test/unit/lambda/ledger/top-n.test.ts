import type { SlowKey } from '../../../../src/lambda/ledger/tally';
import { TopN } from '../../../../src/lambda/ledger/top-n';

const slow = (key: string, milliseconds: number): SlowKey => ({
  key,
  milliseconds,
  size: 1,
  status: 'archived',
});

function topOf(keys: SlowKey[]): TopN<SlowKey> {
  const top = new TopN<SlowKey>(({ milliseconds }) => milliseconds);
  keys.forEach((each) => top.add(each));
  return top;
}

test('keeps the ten items with the greatest values, the greatest first', () => {
  const keys = Array.from({ length: 1000 }, (_, i) => slow(`k${i}`, (i * 617) % 1000));
  expect(topOf(keys).items.map(({ milliseconds }) => milliseconds)).toEqual([
    999, 998, 997, 996, 995, 994, 993, 992, 991, 990,
  ]);
});

test('keeps the same items in whatever order they are added, and whether they are merged or not', () => {
  const keys = Array.from({ length: 40 }, (_, i) => slow(`k${i}`, i % 3));
  const merged = topOf(keys.slice(25).reverse());
  merged.merge(topOf(keys.slice(0, 25)));
  expect(merged.items).toEqual(topOf(keys).items);
});
