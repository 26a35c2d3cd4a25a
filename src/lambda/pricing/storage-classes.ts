/**
 * Billing rules of storage classes besides the price per byte.
 * @see aws.amazon.com/s3/pricing, and S3 "Understanding storage classes"
 */
import { getClassPrices, type Prices } from './prices';

const KIB = 1024;

/** The billing rules of a storage class besides the price per byte. */
export interface Terms {
  /** An object that is deleted earlier is billed for this many days. */
  readonly minimumDays: number;
  /** A smaller object is billed as if it had this size. */
  readonly minimumBytes: number;
  /** The index of each object is billed in addition to its content: this part in this class. */
  readonly indexBytes: number;
  /** The part of the index that is billed in STANDARD. */
  readonly standardIndexBytes: number;
}

const NO_TERMS: Terms = {
  minimumDays: 0,
  minimumBytes: 0,
  indexBytes: 0,
  standardIndexBytes: 0,
};

const TERMS: Record<string, Terms> = {
  STANDARD_IA: { ...NO_TERMS, minimumDays: 30, minimumBytes: 128 * KIB },
  ONEZONE_IA: { ...NO_TERMS, minimumDays: 30, minimumBytes: 128 * KIB },
  GLACIER_IR: { ...NO_TERMS, minimumDays: 90, minimumBytes: 128 * KIB },
  GLACIER: { ...NO_TERMS, minimumDays: 90, indexBytes: 32 * KIB, standardIndexBytes: 8 * KIB },
  DEEP_ARCHIVE: {
    ...NO_TERMS,
    minimumDays: 180,
    indexBytes: 32 * KIB,
    standardIndexBytes: 8 * KIB,
  },
};

export function getTerms(storageClass: string): Terms {
  return TERMS[storageClass] ?? NO_TERMS;
}

const RESTORED_FIRST: ReadonlySet<string> = new Set(['GLACIER', 'DEEP_ARCHIVE']);

/** Whether S3 must restore an object of this class before it can be read or copied. */
export function isInGlacier(storageClass: string | undefined): boolean {
  return storageClass !== undefined && RESTORED_FIRST.has(storageClass);
}

export const DAYS_PER_MONTH = 30;
const SECONDS_PER_DAY = 86_400;
export const GB = 1024 ** 3;

/**
 * The days that are left of the minimum duration of an object's storage class, times the bytes that
 * are billed.
 */
export function getEarlyByteDays(storageClass: string, size: number, ageSeconds: number): number {
  const { minimumDays, minimumBytes, indexBytes } = getTerms(storageClass);
  const days = minimumDays - Math.max(0, ageSeconds) / SECONDS_PER_DAY;
  return days > 0 ? days * (Math.max(size, minimumBytes) + indexBytes) : 0;
}

export function getEarlyDeletionUsd(
  prices: Prices,
  storageClass: string,
  byteDays: number,
): number {
  return (byteDays / GB / DAYS_PER_MONTH) * getClassPrices(prices, storageClass).storageGbMonth;
}

export function getRetrievalUsd(prices: Prices, storageClass: string, bytes: number): number {
  return (bytes / GB) * getClassPrices(prices, storageClass).retrievalGb;
}
