import { getPrices } from '../../../../src/lambda/pricing/prices';
import {
  getEarlyByteDays,
  getEarlyDeletionUsd,
  GB,
  getRetrievalUsd,
  getTerms,
} from '../../../../src/lambda/pricing/storage-classes';

const prices = getPrices('us-east-1');
const DAY = 86_400;
const KIB = 1024;

test.each([
  ['STANDARD_IA', 1 * KIB, 128 * KIB],
  ['STANDARD_IA', 200 * KIB, 200 * KIB],
  ['GLACIER_IR', 1, 128 * KIB],
  ['DEEP_ARCHIVE', 1 * KIB, 33 * KIB],
])('in %s, %i bytes are billed as %i', (storageClass, size, billed) => {
  expect(getEarlyByteDays(storageClass, size, 0)).toBe(getTerms(storageClass).minimumDays * billed);
});

test('an object that is deleted early is billed for its minimum duration', () => {
  expect(getEarlyByteDays('STANDARD', GB, 0)).toBe(0);
  expect(getEarlyByteDays('STANDARD_IA', GB, 31 * DAY)).toBe(0);
  expect(getEarlyByteDays('STANDARD_IA', GB, 10 * DAY)).toBeCloseTo(20 * GB, 0);
  // A clock that differs must not make an object younger than zero.
  expect(getEarlyByteDays('GLACIER_IR', GB, -5 * DAY)).toBe(90 * GB);
  // Two thirds of a month of a GB.
  expect(
    getEarlyDeletionUsd(prices, 'STANDARD_IA', getEarlyByteDays('STANDARD_IA', GB, 10 * DAY)),
  ).toBeCloseTo((0.0125 * 2) / 3, 9);
});

test('retrieval is billed by the byte', () => {
  expect(getRetrievalUsd(prices, 'GLACIER_IR', 10 * GB)).toBeCloseTo(0.3, 9);
  expect(getRetrievalUsd(prices, 'STANDARD', 10 * GB)).toBe(0);
});
