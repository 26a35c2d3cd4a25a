import { toShape } from './estimate';
import type { ReportFacts } from './report';
import { getCost, getTotal, roundUsd } from '../../pricing/cost';
import { type ListingShape, toUsage } from '../../pricing/usage';

export type ListingGrowth = NonNullable<ReturnType<typeof getListingGrowth>>;

export const NIGHTS_PER_YEAR = 365;
/** The listing is worth a message only if a run skips at least this many times the objects that it selects. */
const MIN_SKIPPED_PER_SELECTED = 10;
/** With fewer skipped objects, the cost is too small to change a prefix. */
const MIN_SKIPPED = 10_000;
/** Duration of a batch in which nothing is selected. */
const SECONDS_PER_BATCH = 0.1;

/** Returns `undefined` if there is nothing to gain: neither a restore nor a run with a manifest lists. */
export function getListingGrowth(facts: ReportFacts) {
  const { run, counts: { listed, archived, skipped }, dateSource, listing, source, destination } = facts;
  const selected = listed - skipped;
  const listsAll = run.action !== 'restore' && !run.manifest && dateSource.kind !== 'keyPrefix';
  if (!listsAll || skipped < MIN_SKIPPED || skipped < MIN_SKIPPED_PER_SELECTED * selected) { return undefined; }
  const archiveInListing = !listing && source.bucket === destination.bucket && destination.prefix.startsWith(source.prefix);
  const perObject = getListingCost(facts) / listed;
  // A run that archives into its own listing makes it longer.
  const objectsAddedPerRun = archiveInListing ? archived : 0;
  const added = objectsAddedPerRun * NIGHTS_PER_YEAR * (NIGHTS_PER_YEAR - 1) / 2;
  return {
    objects: skipped,
    usdPerRun: roundUsd(skipped * perObject),
    usdPerYear: roundUsd((skipped * NIGHTS_PER_YEAR + added) * perObject),
    objectsAddedPerRun,
    usdPerYearWithKeyPrefix: roundUsd(selected * NIGHTS_PER_YEAR * perObject),
  };
}

/** Costs of listing, children and invocations, as if nothing were selected, and without the fixed costs of a run. */
function getListingCost(facts: ReportFacts): number {
  const { listed, batches, listing, memoryMb, express, prices } = toShape(facts);
  const usd = (objects: number, children: number, by?: ListingShape) => getTotal(getCost(toUsage({
    listed: objects,
    listing: by,
    batches: children,
    rounds: children,
    parts: 0,
    requests: {},
    batchSeconds: children * SECONDS_PER_BATCH,
    memoryMb,
    express,
    maxConcurrency: 0,
  }), prices));
  // Batches of a function's listing have nothing that is skipped.
  return listing ? usd(listed, 0, listing) - usd(0, 0, { ...listing, requests: 0, rounds: 0, seconds: 0 }) : usd(listed, batches) - usd(0, 0);
}
