/** How often and how long the archive-batch function may be invoked for one batch. */
import { Token } from 'aws-cdk-lib';
import { batchesAtOnce, getReserve } from '../../contract/batches';
import type { RetryPolicy } from '../../retry-policy';

export type RetrySeconds = { readonly [field in keyof RetryPolicy]-?: number };

export const DEFAULT_BATCH_TIMEOUT = 300;
export const DEFAULT_MAX_ATTEMPTS = 6;
export const MIN_BATCH_TIMEOUT = 30;
export const MAX_BATCH_SIZE = 1_000;
/**
 * The limit for a batch that a function plans: its objects are not in the input of its child
 * workflow.
 */
const MAX_PLANNED_BATCH_SIZE = 10_000;
/**
 * The share of a round in which it copies at the full rate. A round begins with a cold start, and
 * ends with the wait for the slowest copy.
 */
const COPY_SHARE = 0.9;

const MAX_ROUNDS = 100;

/** The history of a child workflow has at most 25,000 events (Step Functions "Quotas"). */
const EVENT_LIMIT = 25_000;
/**
 * Events outside of rounds: ExecutionStarted, ExecutionSucceeded, NotifyBatch and BatchFinished,
 * with a reserve.
 */
const OTHER_EVENTS = 50;
/**
 * Events of each round: TaskStateEntered, TaskStateExited, ChoiceStateEntered and
 * ChoiceStateExited.
 */
const EVENTS_PER_ROUND = 4;
/**
 * Events of each invocation: TaskScheduled, TaskStarted, and TaskSucceeded, TaskFailed or
 * TaskTimedOut.
 */
const EVENTS_PER_ATTEMPT = 3;

/**
 * The most retries of one invocation. With more, the history would have room for only a few rounds.
 */
export const MAX_RETRIES = 100;

export function getMaxRounds(maxAttempts: number): number {
  const eventsPerRound = EVENTS_PER_ROUND + (maxAttempts + 1) * EVENTS_PER_ATTEMPT;
  return Math.max(
    1,
    Math.min(MAX_ROUNDS, Math.floor((EVENT_LIMIT - OTHER_EVENTS) / eventsPerRound)),
  );
}

/**
 * Returns how many objects a function plans for a batch: as many as one round can copy at its share
 * of the rate, because a batch with one round has one state transition. If a value is known only
 * when the stack is deployed, a batch has no more objects than one of the map's own listing.
 *
 * @param timeout the timeout of an invocation, in seconds
 */
export function getPlannedBatchSize(
  timeout: number,
  maxObjectsPerSecond: number,
  maxConcurrency: number = batchesAtOnce(maxObjectsPerSecond),
): number {
  if ([timeout, maxObjectsPerSecond, maxConcurrency].some((each) => Token.isUnresolved(each))) {
    return MAX_BATCH_SIZE;
  }
  const seconds = (timeout - getReserve(timeout * 1_000) / 1_000) * COPY_SHARE;
  const objects = Math.floor((seconds * maxObjectsPerSecond) / maxConcurrency);
  return Math.min(MAX_PLANNED_BATCH_SIZE, Math.max(MAX_BATCH_SIZE, objects));
}
