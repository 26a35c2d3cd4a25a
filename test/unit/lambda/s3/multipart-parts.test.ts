import {
  countCopyRequests,
  getPartRange,
  getPartSize,
} from '../../../../src/lambda/s3/multipart-parts';

const MiB = 1024 ** 2;
const GiB = 1024 ** 3;

test('parts: the preferred size, never below 5 MiB, never more than 10,000 of them', () => {
  expect(getPartSize(20 * MiB, 8 * MiB)).toBe(8 * MiB);
  expect(getPartSize(20 * MiB, 1 * MiB)).toBe(5 * MiB);
  expect(getPartSize(6 * 1024 ** 3, 5 * 1024 ** 3)).toBe(512 * MiB);
  const fiftyTerabytes = 50 * 1000 ** 4;
  expect(
    Math.ceil(fiftyTerabytes / getPartSize(fiftyTerabytes, 5 * 1024 ** 3)),
  ).toBeLessThanOrEqual(10_000);
  expect(getPartSize(fiftyTerabytes, 5 * 1024 ** 3)).toBeLessThanOrEqual(5 * 1024 ** 3);
});

test('parts cover the object without gaps, and there are none behind its end', () => {
  const ranges = [1, 2, 3].map((part) => getPartRange(25, 10, part));
  expect(ranges).toEqual([
    { first: 0, length: 10 },
    { first: 10, length: 10 },
    { first: 20, length: 5 },
  ]);
  expect(getPartRange(25, 10, 4).length).toBeLessThanOrEqual(0);
  expect(getPartRange(20, 10, 3).length).toBe(0);
});

test('up to 5 GiB a copy is one request', () => {
  expect(countCopyRequests(5 * GiB)).toBe(1);
  expect(countCopyRequests(5 * GiB + 1)).toBe(11 + 2);
});
