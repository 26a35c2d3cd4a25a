import { SizeHistogram } from '../../../../src/lambda/ledger/size-histogram';

function createHistogram(sizes: number[]): SizeHistogram {
  const histogram = new SizeHistogram();
  sizes.forEach((size) => histogram.add(size));
  return histogram;
}

const filled = (histogram: SizeHistogram) => histogram.classes.filter(({ count }) => count > 0);

test('a size that is equal to a limit counts in the next class', () => {
  expect(filled(createHistogram([0, 1023, 1024, 16 * 1024 - 1]))).toEqual([
    { below: 1024, count: 2, bytes: 1023 },
    { below: 16 * 1024, count: 2, bytes: 17 * 1024 - 1 },
  ]);
});

test('the largest class has no upper limit', () => {
  expect(filled(createHistogram([5 * 1024 ** 3, 50 * 1024 ** 4]))).toEqual([
    { below: null, count: 2, bytes: 5 * 1024 ** 3 + 50 * 1024 ** 4 },
  ]);
});

test('a merged histogram is the same as one of all sizes', () => {
  const sizes = Array.from({ length: 50 }, (_, i) => 3 ** (i % 25));
  const merged = createHistogram(sizes.slice(0, 20));
  merged.mergeDigest(createHistogram(sizes.slice(20)).toDigest());
  expect(merged.classes).toEqual(createHistogram(sizes).classes);
});
