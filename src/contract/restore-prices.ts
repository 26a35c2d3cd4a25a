import type { RetrievalTierName } from '../features/glacier/contract/check-glacier-sources';

/**
 * The price of a restore request in us-east-1, by storage class and retrieval tier: dollars for
 * 1,000 objects, and for a GB.
 * @see https://aws.amazon.com/s3/pricing/
 */
export const RESTORE_PRICES = {
  'GLACIER/Expedited': { thousand: 10, gb: 0.03 },
  'GLACIER/Standard': { thousand: 0.05, gb: 0.01 },
  'GLACIER/Bulk': { thousand: 0, gb: 0 },
  'DEEP_ARCHIVE/Standard': { thousand: 0.1, gb: 0.02 },
  'DEEP_ARCHIVE/Bulk': { thousand: 0.025, gb: 0.0025 },
} as const;

const GB = 1024 ** 3;

/** Returns what these objects cost at most, from whichever class the tier restores. */
export function getMaxRestoreUsd(tier: RetrievalTierName, objects: number, bytes: number): number {
  const { thousand, gb } =
    tier === 'Expedited'
      ? RESTORE_PRICES['GLACIER/Expedited']
      : RESTORE_PRICES[`DEEP_ARCHIVE/${tier}`];
  return (objects / 1000) * thousand + (bytes / GB) * gb;
}
