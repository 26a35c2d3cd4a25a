/**
 * How long a batch may take in all. A batch is a child workflow that invokes its function, retries it where
 * Lambda fails, and goes round again with what is left.
 */
import { batchesAtOnce, getReserve } from '../../contract/batches';

/** A retry policy in seconds. */
export interface RetrySeconds {
  readonly interval: number;
  readonly maxAttempts: number;
  readonly backoffRate: number;
  readonly maxDelay: number;
}

export interface BatchBudget {
  /** Of one invocation, in seconds. */
  readonly timeout: number;
  readonly maxAttempts: number;
  /** Rounds after which a batch gives up what is left. */
  readonly maxRounds: number;
}

export const DEFAULT_BATCH_TIMEOUT = 300;
export const DEFAULT_MAX_ATTEMPTS = 6;
export const MIN_BATCH_TIMEOUT = 30;
/** S3 deletes no more objects in one request. */
export const MAX_BATCH_SIZE = 1_000;

const MAX_ROUNDS = 100;
const EXPRESS_MAX_ATTEMPTS = 2;

/** EXPRESS workflows end after five minutes (Step Functions "Quotas"); transitions and a cold start need some of it. */
const EXPRESS_LIMIT = 300;
const EXPRESS_MARGIN = 10;
const EXPRESS_BUDGET = EXPRESS_LIMIT - EXPRESS_MARGIN;

/** A STANDARD workflow's history ends at 25,000 events (Step Functions "Quotas"). */
const EVENT_LIMIT = 25_000;
/** ExecutionStarted and -Succeeded, the events of NotifyBatch and of the end, with room to spare. */
const EVENTS_BESIDE_ROUNDS = 50;
/** TaskStateEntered, TaskStateExited; ChoiceStateEntered, ChoiceStateExited. */
const EVENTS_OF_A_ROUND = 4;
/** TaskScheduled, TaskStarted and how it ended. */
const EVENTS_OF_AN_ATTEMPT = 3;

/** Retries of one invocation at most: with more, a history would have room for few rounds. */
export const MAX_RETRIES = 100;

/** As many rounds as a history has room for, though no more than a batch can need. */
export function standardRounds(maxAttempts: number): number {
  const eventsOfRound = EVENTS_OF_A_ROUND + (maxAttempts + 1) * EVENTS_OF_AN_ATTEMPT;
  return Math.max(1, Math.min(MAX_ROUNDS, Math.floor((EVENT_LIMIT - EVENTS_BESIDE_ROUNDS) / eventsOfRound)));
}

/** The longest that the retries of one invocation can wait: jitter only shortens delays. */
export function retryDelays(retry: RetrySeconds): number {
  let sum = 0;
  for (let i = 0; i < retry.maxAttempts; i++) {
    sum += Math.min(retry.maxDelay, retry.interval * retry.backoffRate ** i);
  }
  return sum;
}

/** The longest that a round can take: every attempt times out, every delay is the longest. */
export function worstRound(timeout: number, retry: RetrySeconds): number {
  return (retry.maxAttempts + 1) * timeout + retryDelays(retry);
}

/**
 * Fits an EXPRESS batch into its five minutes: what is not given shrinks, and time that is left over makes more rounds.
 * Throws when what is given does not fit.
 */
export function expressBudget(retry: RetrySeconds, given: { timeout?: number; maxAttempts?: number }): BatchBudget {
  const choices = given.maxAttempts === undefined ? countdown(EXPRESS_MAX_ATTEMPTS) : [given.maxAttempts];
  for (const maxAttempts of choices) {
    const policy = { ...retry, maxAttempts };
    const timeout = given.timeout ?? longestTimeout(policy);
    const maxRounds = Math.min(MAX_ROUNDS, Math.floor(EXPRESS_BUDGET / worstRound(timeout, policy)));
    if (timeout >= MIN_BATCH_TIMEOUT && maxRounds >= 1) { return { timeout, maxAttempts, maxRounds }; }
  }
  const maxAttempts = choices[choices.length - 1];
  throw new Error(doesNotFit({ ...retry, maxAttempts }, given));
}

/** A round begins with a cold start and ends with waiting for the slowest copy. */
const COPYING_SHARE = 0.9;

/** How long an EXPRESS batch can copy before its rounds are over, in seconds. */
function copyingSeconds({ timeout, maxRounds }: BatchBudget): number {
  return maxRounds * (timeout - getReserve(timeout * 1_000) / 1_000) * COPYING_SHARE;
}

/**
 * As many objects as an EXPRESS batch can archive at its share of the rate.
 * Throws when more are asked for.
 */
export function expressBatchSize(budget: BatchBudget, maxObjectsPerSecond: number, given: { maxConcurrency?: number; batchSize?: number }): number {
  const maxConcurrency = given.maxConcurrency ?? batchesAtOnce(maxObjectsPerSecond);
  const seconds = copyingSeconds(budget);
  const most = Math.floor(seconds * maxObjectsPerSecond / maxConcurrency);
  if (most >= (given.batchSize ?? 1)) { return given.batchSize ?? Math.min(MAX_BATCH_SIZE, most); }
  throw new Error(`batchSize ${given.batchSize ?? 1} is more than a batch of mapExecutionType EXPRESS can archive: `
    + `${round(seconds)} s for copies x maxObjectsPerSecond ${maxObjectsPerSecond} / ${maxConcurrency} batches at once = ${most} objects; `
    + 'lower batchSize or maxConcurrency, raise maxObjectsPerSecond, or use STANDARD');
}

/** As many batches at once as leave each of them a share of the rate at which it is done in time. */
export function expressConcurrency(budget: BatchBudget, maxObjectsPerSecond: number, batchSize: number): number {
  return Math.floor(copyingSeconds(budget) * maxObjectsPerSecond / batchSize);
}

function longestTimeout(retry: RetrySeconds): number {
  return Math.min(DEFAULT_BATCH_TIMEOUT, Math.floor((EXPRESS_BUDGET - retryDelays(retry)) / (retry.maxAttempts + 1)));
}

function doesNotFit(retry: RetrySeconds, given: { timeout?: number; maxAttempts?: number }): string {
  const timeout = given.timeout ?? MIN_BATCH_TIMEOUT;
  const ofTimeout = given.timeout === undefined ? 'the least batchTimeout' : 'batchTimeout';
  return `mapExecutionType EXPRESS ends a batch after ${EXPRESS_LIMIT} seconds, less ${EXPRESS_MARGIN} for transitions, and the settings do not fit: `
    + `(retryPolicy.maxAttempts ${retry.maxAttempts} + 1) x ${ofTimeout} ${timeout} s + ${round(retryDelays(retry))} s of delays between retries `
    + `= ${round(worstRound(timeout, retry))} s, of ${EXPRESS_BUDGET} s; lower batchTimeout, retryPolicy.maxAttempts or retryPolicy.interval, or use STANDARD`;
}

function countdown(from: number): number[] {
  return Array.from({ length: from + 1 }, (_, i) => from - i);
}

function round(seconds: number): number {
  return Math.round(seconds * 10) / 10;
}
