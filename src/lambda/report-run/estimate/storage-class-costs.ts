/** Storage class charges that request prices do not include: for leaving a class, and for entering the next one. */
import type { Tally } from '../../ledger/tally';
import { getClassPrices, type Prices } from '../../pricing/prices';
import { roundUsd } from '../../pricing/round-usd';
import { DAYS_PER_MONTH, getEarlyDeletionUsd, GB, getRetrievalUsd, getTerms } from '../../pricing/storage-classes';

/** Objects that leave a storage class. */
export interface SourceClassCosts {
  readonly storageClass: string;
  readonly objects: number;
  readonly bytes: number;
  /** What it costs to read them. */
  readonly retrievalUsd: number;
  readonly minimumDays: number;
  /**
   * Objects that leave earlier than that. In a versioned bucket they stay as older versions and are not billed for it
   * yet.
   */
  readonly early: { readonly objects: number; readonly bytes: number; readonly usd: number };
}

/** The storage class of the archive. */
export interface DestinationClassCosts {
  readonly storageClass: string;
  /** Smaller objects are billed as if they had this size. */
  readonly minimumBytes: number;
  readonly smaller: { readonly objects: number; readonly bytes: number; readonly billedBytes: number };
  readonly minimumDays: number;
  readonly usdPerMonth: number;
  /** What their storage costs even if they are deleted at once. */
  readonly leastUsd: number;
}

export interface StorageClassCosts {
  readonly source: readonly SourceClassCosts[];
  readonly destination: DestinationClassCosts;
}

const NONE_EARLY = { objects: 0, bytes: 0, usd: 0 };

/** @param keepsSources whether objects stay in their class, so that none leaves it early */
export function getStorageClassCosts(
  { sources, sizes, archived, bytes }: Tally, storageClass: string, prices: Prices, keepsSources: boolean,
): StorageClassCosts {
  const { minimumBytes, minimumDays, indexBytes, standardIndexBytes } = getTerms(storageClass);
  const small = sizes.sizes().filter(({ below }) => below !== null && below <= minimumBytes);
  const smaller = {
    objects: small.reduce((sum, { count }) => sum + count, 0),
    bytes: small.reduce((sum, each) => sum + each.bytes, 0),
  };
  const billedSmall = smaller.objects * minimumBytes;
  const inClass = bytes - smaller.bytes + billedSmall + archived * indexBytes;
  const usdPerMonth = (inClass * getClassPrices(prices, storageClass).storageGbMonth
    + archived * standardIndexBytes * getClassPrices(prices, 'STANDARD').storageGbMonth) / GB;
  return {
    source: sources.entries().map(([name, each]) => ({
      storageClass: name,
      objects: each.objects,
      bytes: each.bytes,
      retrievalUsd: roundUsd(getRetrievalUsd(prices, name, each.bytes)),
      minimumDays: getTerms(name).minimumDays,
      early: keepsSources ? NONE_EARLY : {
        objects: each.earlyObjects, bytes: each.earlyBytes, usd: roundUsd(getEarlyDeletionUsd(prices, name, each.earlyByteDays)),
      },
    })),
    destination: {
      storageClass,
      minimumBytes,
      smaller: { ...smaller, billedBytes: billedSmall },
      minimumDays,
      usdPerMonth: roundUsd(usdPerMonth),
      leastUsd: roundUsd(usdPerMonth * minimumDays / DAYS_PER_MONTH),
    },
  };
}
