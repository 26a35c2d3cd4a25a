/** The sentences about the estimate of a dry run, and about a listing that grows. */
import type { Estimate } from './estimate';
import { type ListingGrowth, NIGHTS_PER_YEAR } from './listing-growth';
import { MAX_DESTINATIONS } from '../../ledger/destination-winners';
import { formatBytes, formatCount, formatObjects, formatSeconds, formatUsd } from '../../text/format';

export function describeEstimate({ minutes, requests, usd, prices }: Estimate): string {
  return `The real run would cost about ${formatUsd(usd.total)} (list prices for ${prices.region} as of ${prices.asOf}), take ${formatSeconds(minutes * 60)} at best `
    + `and send ${formatCount(requests.total)} requests to S3.`;
}

/** Says what a dry run of this size cannot know. */
export function describeUnknown({ destinationsNotCompared = 0 }: Estimate): string[] {
  return destinationsNotCompared === 0 ? [] : [`The destinations of ${formatObjects(destinationsNotCompared)} were not compared with those of other batches, `
    + `because a dry run compares at most ${formatCount(MAX_DESTINATIONS)}. Objects with the same name in different folders would conflict in the real run.`];
}

/** Describes charges that might be unexpected. There are none from STANDARD to STANDARD. */
export function describeStorageClassCosts({ objects, storageClasses: { source, destination } }: Estimate): string[] {
  const sentences = source.flatMap(({ storageClass, ...costs }) => [
    ...costs.retrievalUsd > 0 ? [`Reading ${formatObjects(costs.objects)} (${formatBytes(costs.bytes)}) from ${storageClass} would cost `
      + `${formatUsd(costs.retrievalUsd)} for retrieval.`] : [],
    ...costs.early.objects > 0 ? [`${formatObjects(costs.early.objects)} (${formatBytes(costs.early.bytes)}) would leave ${storageClass} before its `
      + `minimum of ${costs.minimumDays} days. The remaining days would cost ${formatUsd(costs.early.usd)}.`] : [],
  ]);
  const { storageClass, minimumDays, minimumBytes, smaller, usdPerMonth, leastUsd } = destination;
  if (objects > 0 && minimumDays > 0) {
    sentences.push(`Storing these objects in ${storageClass} would cost ${formatUsd(usdPerMonth)} per month. At least ${minimumDays} days are billed: `
      + `${formatUsd(leastUsd)}, even if the objects are deleted at once.`);
  }
  if (smaller.objects > 0 && minimumBytes > 0) {
    sentences.push(`${formatObjects(smaller.objects)} below ${formatBytes(minimumBytes)} would be billed as ${formatBytes(minimumBytes)} each: `
      + `${formatBytes(smaller.billedBytes)} instead of ${formatBytes(smaller.bytes)}.`);
  }
  return sentences;
}

export function describeListingGrowth(growth: ListingGrowth): string {
  const { objects, usdPerRun, usdPerYear, objectsAddedPerRun, usdPerYearWithKeyPrefix } = growth;
  return `Listing the ${formatObjects(objects)} that the run skipped costs ${formatUsd(usdPerRun)} per run. A year of nightly runs costs ${formatUsd(usdPerYear)}`
    + `${objectsAddedPerRun > 0 ? `, including the ${formatObjects(objectsAddedPerRun)} that each run adds to the listing` : ''}. `
    + `If the keys begin with their date, use DateSource.keyPrefix: it lists only the days of the run, for ${formatUsd(usdPerYearWithKeyPrefix)} per year.`;
}

/** One dollar per night. */
const MIN_USD_PER_YEAR = NIGHTS_PER_YEAR;

export interface GrowthOfRun {
  readonly growth?: ListingGrowth;
  readonly dryRun: boolean;
  /** The last day of the run. */
  readonly to: string;
}

/**
 * A dry run is read for its figures, so it always says this. Other runs say it once a month, and only if the listing
 * costs something.
 */
export function growthForMessage({ growth, dryRun, to }: GrowthOfRun): string | undefined {
  if (!growth) { return undefined; }
  const isDue = dryRun || (growth.usdPerYear >= MIN_USD_PER_YEAR && to.endsWith('-01'));
  return isDue ? describeListingGrowth(growth) : undefined;
}
