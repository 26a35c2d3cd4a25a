/** The arithmetic behind the figures of the README; test/readme.test.ts compares them. */
import { PRICES } from '../sandbox/prices';

export interface RunShape {
  /** Objects below the listed prefix. */
  readonly listed: number;
  /** Those among them that are archived. */
  readonly archived: number;
}

/** Defaults of the props. */
const BATCH_SIZE = 1000;
const OBJECTS_PER_SECOND = 1500;
const MAX_CONCURRENCY = 10;
const MEMORY_GB = 1769 / 1024;

/** States that an execution enters: PlanRun, ArchiveObjects, ReportRun, Outcome, Succeed. */
const TRANSITIONS_A_RUN = 5;
/** The start of a child, ArchiveBatch, Unfinished?, BatchFinished. */
const TRANSITIONS_A_BATCH = 4;

/** USD of a run with default props, at list prices, everything going well. */
export function runCost({ listed, archived }: RunShape): number {
  const batches = Math.ceil(listed / BATCH_SIZE);
  const listing = batches * PRICES.s3Write;
  const copies = archived * PRICES.s3Write; // deletes are free
  const ledger = batches * (PRICES.s3Write + PRICES.s3Read);
  const transitions = (TRANSITIONS_A_RUN + batches * TRANSITIONS_A_BATCH) * PRICES.standardTransition;
  // A batch that is held to its share of the rate takes as long as that lets it.
  const seconds = archived / (OBJECTS_PER_SECOND / MAX_CONCURRENCY);
  const lambda = batches * PRICES.lambdaRequest + seconds * MEMORY_GB * PRICES.lambdaGbSecond;
  return listing + copies + ledger + transitions + lambda;
}

/** Minutes that the rate allows for. */
export function runMinutes({ archived }: RunShape): number {
  return archived / OBJECTS_PER_SECOND / 60;
}
