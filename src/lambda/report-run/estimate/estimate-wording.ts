/** The sentences about the estimate of a dry run, and about a listing that grows. */
import type { Estimate } from './estimate';
import { type ListingGrowth, NIGHTS_PER_YEAR } from './listing-growth';
import { formatBytes, formatCount, formatObjects, formatSeconds, formatUsd } from '../../text/format';

export function describeEstimate({ minutes, requests, usd, prices }: Estimate): string {
  return `The real run would take about ${formatUsd(usd.total)} (list prices of ${prices.region}, ${prices.asOf}), ${formatSeconds(minutes * 60)} `
    + `and ${formatCount(requests.total)} requests to S3.`;
}

/** Describes charges that might be unexpected. There are none from STANDARD to STANDARD. */
export function describeStorageClassCosts({ objects, storageClasses: { source, destination } }: Estimate): string[] {
  const sentences = source.flatMap(({ storageClass, ...costs }) => [
    ...costs.retrievalUsd > 0 ? [`${formatObjects(costs.objects)} (${formatBytes(costs.bytes)}) would be read from ${storageClass}, at ${formatUsd(costs.retrievalUsd)} `
      + 'for the retrieval.'] : [],
    ...costs.early.objects > 0 ? [`${formatObjects(costs.early.objects)} (${formatBytes(costs.early.bytes)}) would leave ${storageClass} before its `
      + `${costs.minimumDays} days are over, at ${formatUsd(costs.early.usd)} for the rest of them.`] : [],
  ]);
  const { storageClass, minimumDays, minimumBytes, smaller, usdPerMonth, leastUsd } = destination;
  if (objects > 0 && minimumDays > 0) {
    sentences.push(`${storageClass} would cost ${formatUsd(usdPerMonth)} a month for these objects, and is billed for at least ${minimumDays} days: `
      + `${formatUsd(leastUsd)} even if they are deleted at once.`);
  }
  if (smaller.objects > 0 && minimumBytes > 0) {
    sentences.push(`${formatObjects(smaller.objects)} below ${formatBytes(minimumBytes)} would be billed as ${formatBytes(minimumBytes)} each: `
      + `${formatBytes(smaller.billedBytes)} instead of ${formatBytes(smaller.bytes)}.`);
  }
  return sentences;
}

export function describeListingGrowth(growth: ListingGrowth): string {
  const { objects, usdPerRun, usdPerYear, objectsAddedPerRun, usdPerYearWithKeyPrefix } = growth;
  return `Looking at the other ${formatObjects(objects)} costs ${formatUsd(usdPerRun)} a run, and ${formatUsd(usdPerYear)} in a year of nightly runs`
    + `${objectsAddedPerRun > 0 ? `, with the ${formatObjects(objectsAddedPerRun)} that each adds to the listing` : ''}. `
    + `Where keys begin with their date, DateSource.keyPrefix lists only the run's days: ${formatUsd(usdPerYearWithKeyPrefix)} in a year.`;
}

/** One dollar per night. */
const MIN_USD_PER_YEAR = NIGHTS_PER_YEAR;

export interface GrowthOfRun {
  readonly growth?: ListingGrowth;
  readonly dryRun: boolean;
  /** The last day of the run. */
  readonly to: string;
}

/** A dry run is read for its figures, so it always says this. Other runs say it once a month, and only if the listing costs something. */
export function growthForMessage({ growth, dryRun, to }: GrowthOfRun): string | undefined {
  if (!growth) { return undefined; }
  const isDue = dryRun || (growth.usdPerYear >= MIN_USD_PER_YEAR && to.endsWith('-01'));
  return isDue ? describeListingGrowth(growth) : undefined;
}
