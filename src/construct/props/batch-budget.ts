/** How often and how long the archive-batch function may be invoked for one batch. */
import type { RetryPolicy } from '../../retry-policy';

export type RetrySeconds = { readonly [field in keyof RetryPolicy]-?: number };

export const DEFAULT_BATCH_TIMEOUT = 300;
export const DEFAULT_MAX_ATTEMPTS = 6;
export const MIN_BATCH_TIMEOUT = 30;
export const MAX_BATCH_SIZE = 1_000;

const MAX_ROUNDS = 100;

/** The history of a child workflow has at most 25,000 events (Step Functions "Quotas"). */
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

export function getMaxRounds(maxAttempts: number): number {
  const eventsPerRound = EVENTS_PER_ROUND + (maxAttempts + 1) * EVENTS_PER_ATTEMPT;
  return Math.max(
    1,
    Math.min(MAX_ROUNDS, Math.floor((EVENT_LIMIT - OTHER_EVENTS) / eventsPerRound)),
  );
}
