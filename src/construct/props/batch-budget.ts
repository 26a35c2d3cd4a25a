/**
 * The time that a batch may take in total: its rounds, each an invocation of archive-batch, and the
 * retries when Lambda fails.
 */
import { batchesAtOnce, getReserve } from '../../contract/batches';
import type { RetryPolicy } from '../../retry-policy';

export type RetrySeconds = { readonly [field in keyof RetryPolicy]-?: number };

export interface BatchBudget {
  readonly timeout: number;
  readonly maxAttempts: number;
  readonly maxRounds: number;
}

export const DEFAULT_BATCH_TIMEOUT = 300;
export const DEFAULT_MAX_ATTEMPTS = 6;
export const MIN_BATCH_TIMEOUT = 30;
export const MAX_BATCH_SIZE = 1_000;

const MAX_ROUNDS = 100;
/** The most that fits is taken. */
const EXPRESS_ATTEMPTS = [2, 1, 0];

/** EXPRESS workflows end after five minutes (Step Functions "Quotas"). */
const EXPRESS_LIMIT = 300;
/** The seconds that state transitions and a cold start may take. */
const EXPRESS_MARGIN = 10;
const EXPRESS_BUDGET = EXPRESS_LIMIT - EXPRESS_MARGIN;

/** The history of a STANDARD workflow has at most 25,000 events (Step Functions "Quotas"). */
const EVENT_LIMIT = 25_000;
/**
 * Outside of rounds: ExecutionStarted, ExecutionSucceeded, NotifyBatch and BatchFinished, with room
 * to spare.
 */
const OTHER_EVENTS = 50;
/** TaskStateEntered, TaskStateExited, ChoiceStateEntered and ChoiceStateExited. */
const EVENTS_PER_ROUND = 4;
/** TaskScheduled, TaskStarted, and TaskSucceeded, TaskFailed or TaskTimedOut. */
const EVENTS_PER_ATTEMPT = 3;

/**
 * The most retries of one invocation. With more, the history would have room for only a few rounds.
 */
export const MAX_RETRIES = 100;

export function getStandardRounds(maxAttempts: number): number {
  const eventsPerRound = EVENTS_PER_ROUND + (maxAttempts + 1) * EVENTS_PER_ATTEMPT;
  return Math.max(
    1,
    Math.min(MAX_ROUNDS, Math.floor((EVENT_LIMIT - OTHER_EVENTS) / eventsPerRound)),
  );
}

/**
 * Returns the longest total delay of one invocation's retries in seconds. Jitter only shortens
 * delays.
 */
export function getTotalRetryDelay(retry: RetrySeconds): number {
  let sum = 0;
  for (let i = 0; i < retry.maxAttempts; i++) {
    sum += Math.min(retry.maxDelay, retry.interval * retry.backoffRate ** i);
  }
  return sum;
}

export function getWorstRoundSeconds(timeout: number, retry: RetrySeconds): number {
  return (retry.maxAttempts + 1) * timeout + getTotalRetryDelay(retry);
}

/**
 * Fits an EXPRESS batch into five minutes: reduces what is not given, and uses the rest for more
 * rounds. Throws if given values do not fit.
 */
export function getExpressBudget(
  retry: RetrySeconds,
  given: { timeout?: number; maxAttempts?: number },
): BatchBudget {
  const choices = given.maxAttempts === undefined ? EXPRESS_ATTEMPTS : [given.maxAttempts];
  for (const maxAttempts of choices) {
    const policy = { ...retry, maxAttempts };
    const longest = Math.floor((EXPRESS_BUDGET - getTotalRetryDelay(policy)) / (maxAttempts + 1));
    const timeout = given.timeout ?? Math.min(DEFAULT_BATCH_TIMEOUT, longest);
    const maxRounds = Math.min(
      MAX_ROUNDS,
      Math.floor(EXPRESS_BUDGET / getWorstRoundSeconds(timeout, policy)),
    );
    if (timeout >= MIN_BATCH_TIMEOUT && maxRounds >= 1) {
      return { timeout, maxAttempts, maxRounds };
    }
  }
  const least = { ...retry, maxAttempts: choices[choices.length - 1] };
  const timeout = given.timeout ?? MIN_BATCH_TIMEOUT;
  const timeoutName = given.timeout === undefined ? 'the shortest batchTimeout' : 'batchTimeout';
  throw new Error(
    `mapExecutionType EXPRESS ends a batch after ${EXPRESS_LIMIT} s, of which ${EXPRESS_MARGIN} ` +
      's are for transitions, and the settings do not fit: ' +
      `(retryPolicy.maxAttempts ${least.maxAttempts} + 1) x ${timeoutName} ${timeout} s + ` +
      `${round(getTotalRetryDelay(least))} s of delays between retries ` +
      `= ${round(getWorstRoundSeconds(timeout, least))} s of ${EXPRESS_BUDGET} s: lower ` +
      'batchTimeout, retryPolicy.maxAttempts or retryPolicy.interval, or use STANDARD',
  );
}

/**
 * The share of a round in which it copies at the full rate. A round begins with a cold start, and
 * ends with the wait for the slowest copy.
 */
const COPY_SHARE = 0.9;

function getCopySeconds({ timeout, maxRounds }: BatchBudget): number {
  return maxRounds * (timeout - getReserve(timeout * 1_000) / 1_000) * COPY_SHARE;
}

export function getExpressBatchSize(
  budget: BatchBudget,
  maxObjectsPerSecond: number,
  given: { maxConcurrency?: number; batchSize?: number },
): number {
  const maxConcurrency = given.maxConcurrency ?? batchesAtOnce(maxObjectsPerSecond);
  const seconds = getCopySeconds(budget);
  const max = Math.floor((seconds * maxObjectsPerSecond) / maxConcurrency);
  if (max >= (given.batchSize ?? 1)) {
    return given.batchSize ?? Math.min(MAX_BATCH_SIZE, max);
  }
  throw new Error(
    `batchSize ${given.batchSize ?? 1} is more than a batch of mapExecutionType EXPRESS can ` +
      'archive: ' +
      `${round(seconds)} s for copies x maxObjectsPerSecond ${maxObjectsPerSecond} / ` +
      `${maxConcurrency} concurrent batches = ${max} objects: ` +
      'lower batchSize or maxConcurrency, raise maxObjectsPerSecond, or use STANDARD',
  );
}

export function getExpressConcurrency(
  budget: BatchBudget,
  maxObjectsPerSecond: number,
  batchSize: number,
): number {
  return Math.floor((getCopySeconds(budget) * maxObjectsPerSecond) / batchSize);
}

function round(seconds: number): number {
  return Math.round(seconds * 10) / 10;
}
