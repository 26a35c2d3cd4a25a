/** What it costs to look at objects that a run does not select, night after night. */
import type { Counts } from '../../../contract/payloads';
import { costOf, totalOf } from '../../pricing/cost';
import type { Prices } from '../../pricing/prices';
import { usageOf } from '../../pricing/usage';

export interface Growth {
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

export interface Looking {
  readonly counts: Counts;
  /** Whether the run lists its own days only. */
  readonly narrowed: boolean;
  readonly archiveInListing: boolean;
  readonly batches: number;
  readonly memoryMb: number;
  readonly express: boolean;
  readonly prices: Prices;
}

const NIGHTS = 365;
/** So many times the objects that are selected: then looking at the others is what grows. */
const MANY_TIMES = 10;
/** Fewer cost nothing that anybody would change a prefix for. */
const LEAST_SKIPPED = 10_000;
/** Of a batch in which nothing is selected. */
const SECONDS_A_BATCH = 0.1;

/** Undefined where there is nothing to gain. */
export function growthOf(run: Looking): Growth | undefined {
  const { counts: { listed, archived, skipped }, narrowed, archiveInListing } = run;
  const selected = listed - skipped;
  if (narrowed || skipped < LEAST_SKIPPED || skipped < MANY_TIMES * selected) return undefined;
  const perObject = lookingUsd(run) / listed;
  const objectsAddedPerRun = archiveInListing ? archived : 0;
  const added = objectsAddedPerRun * NIGHTS * (NIGHTS - 1) / 2;
  return {
    objects: skipped,
    usdPerRun: round(skipped * perObject),
    usdPerYear: round((skipped * NIGHTS + added) * perObject),
    objectsAddedPerRun,
    usdPerYearWithKeyPrefix: round(selected * NIGHTS * perObject),
  };
}

/** Of listing, children and invocations, as if nothing were selected; without what every run costs. */
function lookingUsd({ counts: { listed }, batches, memoryMb, express, prices }: Looking): number {
  const usd = (objects: number, children: number) => totalOf(costOf(usageOf({
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

const round = (usd: number) => Number(usd.toFixed(6));
