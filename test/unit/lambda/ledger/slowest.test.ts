import { type SlowKey, Slowest } from '../../../../src/lambda/ledger/slowest';

const slow = (key: string, milliseconds: number): SlowKey => ({ key, milliseconds, size: 1, status: 'archived' });

function slowestOf(keys: SlowKey[]): Slowest {
  const slowest = new Slowest();
  keys.forEach((each) => slowest.add(each));
  return slowest;
}

test('keeps ten, the slowest first', () => {
  const keys = Array.from({ length: 1000 }, (_, i) => slow(`k${i}`, (i * 617) % 1000));
  expect(slowestOf(keys).keys().map(({ milliseconds }) => milliseconds)).toEqual([999, 998, 997, 996, 995, 994, 993, 992, 991, 990]);
});

test('is the same in whatever order they come, and whether merged or not', () => {
  const keys = Array.from({ length: 40 }, (_, i) => slow(`k${i}`, i % 3));
  const merged = slowestOf(keys.slice(25).reverse());
  merged.merge(slowestOf(keys.slice(0, 25)));
  expect(merged.keys()).toEqual(slowestOf(keys).keys());
});
