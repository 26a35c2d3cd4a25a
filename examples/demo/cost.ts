/**
 * The arithmetic behind the demo's costs and behind the figures of the README
 * (test/packaging/docs/readme.test.ts compares them).
 */
import type { Counts } from './proof';
import type { SandboxSummary } from '../../packages/sandbox/src/internal';
import { batchesAtOnce } from '../../src/contract/batches';
import { getCost, getTotal } from '../../src/lambda/pricing/cost';
import { DEFAULT_REGION, getPrices } from '../../src/lambda/pricing/prices';
import { toUsage } from '../../src/lambda/pricing/usage';

export interface Cost {
  readonly s3: number;
  readonly stepFunctions: number;
  /** Lambda, SNS and logs. */
  readonly rest: number;
  readonly total: number;
}

const PRICES = getPrices(DEFAULT_REGION);

/**
 * Returns what the run would have cost on AWS: its own counts, the durations measured here, and
 * list prices.
 */
export function costOf({ estimate }: Pick<SandboxSummary, 'estimate'>): Cost {
  const of = (service: string) =>
    estimate.items.reduce((sum, { what, usd }) => (what.startsWith(service) ? sum + usd : sum), 0);
  const s3 = of('S3');
  const stepFunctions = of('Step Functions');
  return { s3, stepFunctions, rest: estimate.usd - s3 - stepFunctions, total: estimate.usd };
}

/** Assumption about its handler: 150 ms at 256 MiB per object. */
const HANDLER_GB_SECONDS = (0.15 * 256) / 1024;
/**
 * Its child enters three states: Lambda, Choice and an end. One transition per child is counted, so
 * this is a lower bound.
 */
const TRANSITIONS_A_CHILD = 1;
const KEYS_A_LIST = 1000;

/**
 * Returns the cost of the pipeline of 2022 that this construct replaces, for the same objects: a
 * STANDARD child workflow and a Lambda invocation for every listed object, whether its name has the
 * date or not, and one SNS message for every object that it could not move.
 */
export function predecessorCostOf({ listed, archived, conflicting, failed }: Counts): Cost {
  const s3 = (Math.ceil(listed / KEYS_A_LIST) + archived) * PRICES.classes.STANDARD.write;
  const stepFunctions = listed * TRANSITIONS_A_CHILD * PRICES.transition;
  const rest =
    listed * (PRICES.lambdaRequest + HANDLER_GB_SECONDS * PRICES.lambdaGbSecond) +
    (conflicting + failed) * PRICES.snsPublish;
  return { s3, stepFunctions, rest, total: s3 + stepFunctions + rest };
}

export interface RunShape {
  /** Objects below the listed prefix. */
  readonly listed: number;
  /** Objects among them that are archived. */
  readonly archived: number;
}

/** The defaults of the props. */
const BATCH_SIZE = 1000;
const OBJECTS_PER_SECOND = 1500;
const MEMORY_MB = 1024;

/** Returns the USD of a run with default props, at list prices, without failures. */
export function runCost({ listed, archived }: RunShape): number {
  const batches = Math.ceil(listed / BATCH_SIZE);
  // Each batch works at its share of the rate.
  const batchSeconds = archived / (OBJECTS_PER_SECOND / batchesAtOnce(OBJECTS_PER_SECOND));
  const usage = toUsage({
    listed,
    requests: { CopyObject: archived },
    batches,
    rounds: batches,
    batchSeconds,
    memoryMb: MEMORY_MB,
  });
  return getTotal(getCost(usage, PRICES));
}

/** Returns the minutes of a run at the default rate. */
export function runMinutes({ archived }: RunShape): number {
  return archived / OBJECTS_PER_SECOND / 60;
}
