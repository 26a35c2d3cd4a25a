/**
 * Compares the costs of packing with those of moving the same objects one by one. For an archiver
 * that does not pack, it estimates what packing would save.
 */
import { getTarget } from '../../../../contract/actions';
import { MAX_PACK_OBJECTS } from '../../../../contract/packs';
import { roundUsd } from '../../../../lambda/pricing/cost';
import { getPackRequests, type PackSums } from '../../../../lambda/pricing/packs';
import { getClassPrices, getPrices, type Prices } from '../../../../lambda/pricing/prices';
import { getRequestsUsd, toRequestName } from '../../../../lambda/pricing/requests';
import { GB, getTerms } from '../../../../lambda/pricing/storage-classes';
import type { ReportFacts } from '../../../../lambda/report-run/report/report';
import { INDEX_BYTES } from '../pack/plan-packs';

/** The size of an object's line, compressed in the tree of all indexes. */
const COMPRESSED_INDEX_BYTES = 110;
const MONTHS = 60;
/** A default pack, and the largest object in one. */
const PACK_BYTES = 256 * 1024 ** 2;
const SMALL_BYTES = 1024 ** 2;
/** Fewer objects are not worth a note. */
const MIN_OBJECTS = 100;
/** Dollars in five years. */
const MIN_SAVING = 1;

/** In dollars, at list prices: of packs, and of the same objects moved one by one. */
export interface PackingCosts extends Readonly<PackSums> {
  /** False: the archiver packs nothing, and would save money. */
  readonly isPacked: boolean;
  readonly usd: number;
  readonly movedUsd: number;
  readonly storageClass: string;
  readonly usdPerMonth: number;
  readonly movedUsdPerMonth: number;
  readonly usdInFiveYears: number;
  readonly movedUsdInFiveYears: number;
}

/** Undefined: there is nothing to say. */
export function getPackingCosts({
  tally,
  storageClass,
  run,
  awsRegion,
}: ReportFacts): PackingCosts | undefined {
  if (getTarget(run) !== 'destination') {
    return undefined;
  }
  const prices = getPrices(awsRegion);
  const packed = tally.packs.sums;
  const isPacked = packed.packs > 0;
  // Only a dry run is about what could be.
  const sums = isPacked || !run.dryRun ? packed : getPossible(tally);
  if (sums.objects === 0) {
    return undefined;
  }
  const month = getMonthUsd(sums, storageClass, prices);
  const costs = {
    isPacked,
    ...sums,
    usd: roundUsd(
      getRequestsUsd(prices, { ...getPackRequests(sums, storageClass), GetObject: sums.objects }),
    ),
    movedUsd: roundUsd(
      getRequestsUsd(prices, { [toRequestName('CopyObject', storageClass)]: sums.objects }),
    ),
    storageClass,
    usdPerMonth: roundUsd(month.packed),
    movedUsdPerMonth: roundUsd(month.moved),
    usdInFiveYears: roundUsd(month.packed * MONTHS),
    movedUsdInFiveYears: roundUsd(month.moved * MONTHS),
  };
  const saving = costs.movedUsd + costs.movedUsdInFiveYears - costs.usd - costs.usdInFiveYears;
  return isPacked || (sums.objects >= MIN_OBJECTS && saving >= MIN_SAVING) ? costs : undefined;
}

/** The objects that default packs would hold. */
function getPossible({ sizes }: ReportFacts['tally']): PackSums {
  const small = sizes.sumBelow(SMALL_BYTES);
  return {
    packs: Math.ceil(Math.max(small.objects / MAX_PACK_OBJECTS, small.bytes / PACK_BYTES)),
    ...small,
  };
}

function getMonthUsd({ packs, objects, bytes }: PackSums, storageClass: string, prices: Prices) {
  const { minimumBytes, indexBytes, standardIndexBytes } = getTerms(storageClass);
  const [inClass, inStandard] = [storageClass, 'STANDARD'].map(
    (each) => getClassPrices(prices, each).storageGbMonth / GB,
  );
  const moved =
    (Math.max(bytes, objects * minimumBytes) + objects * indexBytes) * inClass +
    objects * standardIndexBytes * inStandard;
  const packed =
    (bytes + objects * INDEX_BYTES + packs * indexBytes) * inClass +
    (packs * standardIndexBytes + objects * COMPRESSED_INDEX_BYTES) * inStandard;
  return { packed, moved };
}
