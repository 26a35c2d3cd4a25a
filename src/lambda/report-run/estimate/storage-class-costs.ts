/** What storage classes ask for that a price of requests does not show: on the way out of one, and in the next. */
import type { Tally } from '../../ledger/tally';
import { getClassPrices, type Prices } from '../../pricing/prices';
import { roundUsd } from '../../pricing/round-usd';
import { DAYS_PER_MONTH, getEarlyDeletionUsd, GB, getRetrievalUsd, getTerms } from '../../pricing/storage-classes';

/** Objects that leave a class. */
export interface LeftClass {
  readonly storageClass: string;
  readonly objects: number;
  readonly bytes: number;
  /** For reading them. */
  readonly retrievalUsd: number;
  readonly minimumDays: number;
  /** Those that leave before that. In a versioned bucket they stay as older versions, and are not billed for it yet. */
  readonly early: { readonly objects: number; readonly bytes: number; readonly usd: number };
}

/** The class of the archive. */
export interface EnteredClass {
  readonly storageClass: string;
  /** Below it an object is billed as if it were that large. */
  readonly minimumBytes: number;
  readonly smaller: { readonly objects: number; readonly bytes: number; readonly billedBytes: number };
  readonly minimumDays: number;
  readonly usdPerMonth: number;
  /** What is paid for their storage even if they are deleted at once. */
  readonly leastUsd: number;
}

export interface StorageClassCosts {
  readonly source: readonly LeftClass[];
  readonly destination: EnteredClass;
}

export function storageClassCosts({ sources, sizes, archived, bytes }: Tally, storageClass: string, prices: Prices): StorageClassCosts {
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
      early: { objects: each.earlyObjects, bytes: each.earlyBytes, usd: roundUsd(getEarlyDeletionUsd(prices, name, each.earlyByteDays)) },
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
