/**
 * The arithmetic behind the demo's costs and behind the figures of the README
 * (test/packaging/docs/readme.test.ts compares them).
 */
import type { Counts } from './proof';
import type { SandboxSummary } from '../../packages/sandbox/src/internal';
import { getCost, getTotal } from '../../src/lambda/pricing/cost';
import {
  type DefaultRun,
  OBJECTS_PER_SECOND,
  toDefaultUsage,
} from '../../src/lambda/pricing/default-run';
import { DEFAULT_REGION, getPrices } from '../../src/lambda/pricing/prices';

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

/** Returns the USD of a run with default props, at list prices, without failures. */
export function runCost(run: DefaultRun): number {
  return getTotal(getCost(toDefaultUsage(run), PRICES));
}

/** Returns the minutes of a run at the default rate. */
export function runMinutes({ archived }: DefaultRun): number {
  return archived / OBJECTS_PER_SECOND / 60;
}
