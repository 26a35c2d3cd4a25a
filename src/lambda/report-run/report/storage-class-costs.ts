/** Storage class charges that request prices do not include: for leaving a class, and for entering the next one. */
import type { Tally } from '../../ledger/tally';
import { roundUsd } from '../../pricing/cost';
import { getClassPrices, type Prices } from '../../pricing/prices';
import { DAYS_PER_MONTH, getEarlyDeletionUsd, GB, getRetrievalUsd, getTerms } from '../../pricing/storage-classes';

export type StorageClassCosts = ReturnType<typeof getStorageClassCosts>;

/** In a versioned bucket, objects that leave a class early stay as older versions and are not billed for it yet. */
const NONE_EARLY = { objects: 0, bytes: 0, usd: 0 };

/** @param leave whether objects leave their class, which some may do early */
export function getStorageClassCosts({ sources, sizes, archived, bytes }: Tally, storageClass: string, prices: Prices, leave: boolean) {
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
      early: !leave ? NONE_EARLY : {
        objects: each.earlyObjects, bytes: each.earlyBytes, usd: roundUsd(getEarlyDeletionUsd(prices, name, each.earlyByteDays)),
      },
    })),
    destination: {
      storageClass,
      // A smaller object is billed as if it had this size.
      minimumBytes,
      smaller: { ...smaller, billedBytes: billedSmall },
      minimumDays,
      usdPerMonth: roundUsd(usdPerMonth),
      // Even if the objects are deleted at once.
      leastUsd: roundUsd(usdPerMonth * minimumDays / DAYS_PER_MONTH),
    },
  };
}
