/** What it costs to look at objects that a run does not select, night after night. */
import type { Counts } from '../../../contract/payloads';
import { getCost, getTotal } from '../../pricing/cost';
import type { Prices } from '../../pricing/prices';
import { roundUsd } from '../../pricing/round-usd';
import { toUsage } from '../../pricing/usage';

export interface ListingGrowth {
  /** Objects that the run looked at and skipped. */
  readonly objects: number;
  readonly usdPerRun: number;
  /** Of nightly runs, with what each of them adds to the listing. */
  readonly usdPerYear: number;
  /** Objects that a run like this one adds: where the archive lies in the listing, all that it archives. */
  readonly objectsAddedPerRun: number;
  /** What the year would cost if keys began with their dates, and `DateSource.keyPrefix` said so. */
  readonly usdPerYearWithKeyPrefix: number;
}

export interface ListingFacts {
  readonly counts: Counts;
  /** Whether the run lists its own days only. */
  readonly narrowed: boolean;
  readonly archiveInListing: boolean;
  readonly batches: number;
  readonly memoryMb: number;
  readonly express: boolean;
  readonly prices: Prices;
}

export const NIGHTS_PER_YEAR = 365;
/** So many times the objects that are selected: then looking at the others is what grows. */
const MANY_TIMES = 10;
/** Fewer cost nothing that anybody would change a prefix for. */
const MIN_SKIPPED = 10_000;
/** Of a batch in which nothing is selected. */
const SECONDS_A_BATCH = 0.1;

/** Undefined where there is nothing to gain. */
export function getListingGrowth(run: ListingFacts): ListingGrowth | undefined {
  const { counts: { listed, archived, skipped }, narrowed, archiveInListing } = run;
  const selected = listed - skipped;
  if (narrowed || skipped < MIN_SKIPPED || skipped < MANY_TIMES * selected) { return undefined; }
  const perObject = listingCost(run) / listed;
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

/** Of listing, children and invocations, as if nothing were selected; without what every run costs. */
function listingCost({ counts: { listed }, batches, memoryMb, express, prices }: ListingFacts): number {
  const usd = (objects: number, children: number) => getTotal(getCost(toUsage({
    listed: objects,
    batches: children,
    rounds: children,
    parts: 0,
    requests: {},
    batchSeconds: children * SECONDS_A_BATCH,
    memoryMb,
    express,
    maxConcurrency: 0,
  }), prices));
  return usd(listed, batches) - usd(0, 0);
}
