/**
 * What storage classes ask for beside their price of a byte: a least time, a least size, bytes of their own.
 * Pages "Understanding and managing Amazon S3 storage classes" and aws.amazon.com/s3/pricing.
 */
import { getClassPrices, type Prices } from './prices';

export interface ClassTerms {
  /** What is deleted earlier is billed until then. */
  readonly minimumDays: number;
  /** What is smaller is billed as if it had so many bytes. */
  readonly minimumBytes: number;
  /** Each object's index, billed beside its content: 32 KB in the class, 8 KB in STANDARD. */
  readonly indexBytes: number;
  readonly standardIndexBytes: number;
}

const KIB = 1024;
const NO_TERMS: ClassTerms = { minimumDays: 0, minimumBytes: 0, indexBytes: 0, standardIndexBytes: 0 };

const TERMS: Record<string, ClassTerms> = {
  STANDARD_IA: { ...NO_TERMS, minimumDays: 30, minimumBytes: 128 * KIB },
  ONEZONE_IA: { ...NO_TERMS, minimumDays: 30, minimumBytes: 128 * KIB },
  GLACIER_IR: { ...NO_TERMS, minimumDays: 90, minimumBytes: 128 * KIB },
  GLACIER: { ...NO_TERMS, minimumDays: 90, indexBytes: 32 * KIB, standardIndexBytes: 8 * KIB },
  DEEP_ARCHIVE: { ...NO_TERMS, minimumDays: 180, indexBytes: 32 * KIB, standardIndexBytes: 8 * KIB },
};

export function getTerms(storageClass: string): ClassTerms {
  return TERMS[storageClass] ?? NO_TERMS;
}

export const DAYS_PER_MONTH = 30;
const SECONDS_PER_DAY = 86_400;
export const GB = 1024 ** 3;

export function getBilledBytes(storageClass: string, size: number): number {
  const { minimumBytes, indexBytes } = getTerms(storageClass);
  return Math.max(size, minimumBytes) + indexBytes;
}

/** Days of its class's least time that an object has still before it, times the bytes that are billed for them. */
export function getEarlyByteDays(storageClass: string, size: number, ageSeconds: number): number {
  const days = getTerms(storageClass).minimumDays - Math.max(0, ageSeconds) / SECONDS_PER_DAY;
  return days > 0 ? days * getBilledBytes(storageClass, size) : 0;
}

export function getEarlyDeletionUsd(prices: Prices, storageClass: string, byteDays: number): number {
  return byteDays / GB / DAYS_PER_MONTH * getClassPrices(prices, storageClass).storageGbMonth;
}

export function getRetrievalUsd(prices: Prices, storageClass: string, bytes: number): number {
  return bytes / GB * getClassPrices(prices, storageClass).retrievalGb;
}
