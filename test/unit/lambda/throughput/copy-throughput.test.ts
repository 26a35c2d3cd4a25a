import {
  CopyThroughput,
  getRetryThreshold,
} from '../../../../src/lambda/throughput/copy-throughput';

const MiB = 1024 ** 2;
const GiB = 1024 ** 3;
const LIMIT = 5 * GiB;
/**
 * Milliseconds of the default batch timeout, of a shorter one, and of the shortest one.
 */
const [DEFAULT, SHORTER, SHORTEST] = [300_000, 90_000, 30_000];

const thresholdOf = (throughput: CopyThroughput, milliseconds: number) =>
  throughput.getMultipartThreshold(milliseconds, LIMIT);

describe('what one request copies', () => {
  test('is as much as S3 is known to copy in a quarter of the time in which a round copies', () => {
    // 270 s, 63 s and 21 s, at 30 s a GiB.
    expect(thresholdOf(new CopyThroughput(), DEFAULT) / GiB).toBeCloseTo(270 / 4 / 30);
    expect(thresholdOf(new CopyThroughput(), SHORTER) / GiB).toBeCloseTo(63 / 4 / 30);
    expect(thresholdOf(new CopyThroughput(), SHORTEST) / GiB).toBeCloseTo(21 / 4 / 30);
  });

  test('is no more than the limit, and no less than 8 MiB unless the limit is lower', () => {
    expect(new CopyThroughput().getMultipartThreshold(900_000, LIMIT)).toBe(LIMIT);
    expect(new CopyThroughput().getMultipartThreshold(DEFAULT, 5 * MiB)).toBe(5 * MiB);
    expect(new CopyThroughput().getMultipartThreshold(10, LIMIT)).toBe(8 * MiB);
    expect(new CopyThroughput().getMultipartThreshold(10, 100)).toBe(100);
  });
});

describe('an instance measures', () => {
  test('a slower S3, which lowers the threshold', () => {
    const throughput = new CopyThroughput();
    const before = thresholdOf(throughput, DEFAULT);
    for (let i = 0; i < 50; i++) {
      throughput.onCopyTime(GiB, 120_000, false);
    }
    expect(thresholdOf(throughput, DEFAULT) / before).toBeCloseTo(1 / 4, 1);
  });

  test('a faster one, which raises it', () => {
    const throughput = new CopyThroughput();
    for (let i = 0; i < 50; i++) {
      throughput.onCopyTime(GiB, 5_000, false);
    }
    expect(thresholdOf(throughput, DEFAULT)).toBe(LIMIT);
  });

  test('nothing where an object is so small that latency is all of its time', () => {
    const throughput = new CopyThroughput();
    const before = thresholdOf(throughput, DEFAULT);
    for (let i = 0; i < 50; i++) {
      throughput.onCopyTime(MiB, 60_000, false);
      throughput.onCopyTime(MiB, 60_000, true);
    }
    expect(thresholdOf(throughput, DEFAULT)).toBe(before);
  });

  test('nothing where a clock stands still', () => {
    const throughput = new CopyThroughput();
    throughput.onCopyTime(GiB, 0, false);
    throughput.onCopyTime(GiB, 0, true);
    expect(thresholdOf(throughput, SHORTEST)).toBe(thresholdOf(new CopyThroughput(), SHORTEST));
  });
});

test('a copy that the end of a round cut off lowers the threshold at once, and never raises it', () => {
  const throughput = new CopyThroughput();
  throughput.onCopyTime(2 * GiB, 250_000, true);
  const after = thresholdOf(throughput, DEFAULT);
  expect(after / GiB).toBeCloseTo(((270 / 4) * 2) / 250);
  throughput.onCopyTime(2 * GiB, 1, true);
  expect(thresholdOf(throughput, DEFAULT)).toBe(after);
});

test('what a round left open is copied in parts above 8 MiB, or above a lower threshold', () => {
  expect(getRetryThreshold(GiB)).toBe(8 * MiB);
  expect(getRetryThreshold(100)).toBe(100);
});
