import { toS3Error } from './s3-error';

/** Time, injected so that tests can own it. */
export interface Clock {
  /** Epoch milliseconds. */
  now(): number;
  sleep(milliseconds: number): Promise<void>;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  sleep: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)),
};

/** When a call is given up. */
export interface RetryBudget {
  readonly clock: Clock;
  /** Epoch milliseconds after which nothing is tried again. */
  readonly deadline: number;
}

const MAX_ATTEMPTS = 8;
const FIRST_DELAY = 100;
const MAX_DELAY = 5_000;

/**
 * Full jitter ("Exponential Backoff And Jitter", AWS Architecture Blog), in milliseconds.
 * `attempt` counts from 0.
 */
export function backOffDelay(attempt: number): number {
  return Math.random() * Math.min(MAX_DELAY, FIRST_DELAY * 2 ** attempt);
}

/**
 * Goes on after the SDK's own few attempts, whose retry budget a whole batch shares: one busy
 * moment of S3 would use it up and fail objects that a second's budget archives.
 */
export async function withRetries<T>(budget: RetryBudget, call: () => Promise<T>): Promise<T> {
  for (let attempt = 0; ; attempt++) {
    try {
      return await call();
    } catch (error) {
      if (toS3Error(error).kind !== 'transient' || attempt + 1 >= MAX_ATTEMPTS || !(await backOff(budget, attempt))) {
        throw error;
      }
    }
  }
}

/** Waits before attempt `attempt + 1`; false where the deadline leaves no room for one. */
export async function backOff({ clock, deadline }: RetryBudget, attempt: number): Promise<boolean> {
  const delay = backOffDelay(attempt);
  if (clock.now() + delay >= deadline) { return false; }
  await clock.sleep(delay);
  return true;
}
