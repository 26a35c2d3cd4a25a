import { toS3Error } from './s3-error';

/** The time, injected so that tests can control it. */
export interface Clock {
  /** Epoch milliseconds. */
  now(): number;
  sleep(milliseconds: number): Promise<void>;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  sleep: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)),
};

export interface RetryBudget {
  readonly clock: Clock;
  /** Epoch milliseconds after which there are no more retries. */
  readonly deadline: number;
}

const MAX_ATTEMPTS = 8;
const FIRST_DELAY = 100;
const MAX_DELAY = 5_000;

/**
 * Returns a delay in milliseconds, with full jitter ("Exponential Backoff And Jitter", AWS
 * Architecture Blog). `attempt` counts from 0.
 */
export function backOffDelay(attempt: number): number {
  return Math.random() * Math.min(MAX_DELAY, FIRST_DELAY * 2 ** attempt);
}

/**
 * Retries a call whose few attempts by the SDK have failed. The SDK has one retry quota for a whole
 * batch, and one busy moment of S3 would use it up.
 */
export async function withRetries<T>(budget: RetryBudget, call: () => Promise<T>): Promise<T> {
  for (let attempt = 0; ; attempt++) {
    try {
      return await call();
    } catch (error) {
      const mayRetry = toS3Error(error).kind === 'transient' && attempt + 1 < MAX_ATTEMPTS;
      if (!mayRetry || !(await backOff(budget, attempt))) {
        throw error;
      }
    }
  }
}

/**
 * Waits before attempt `attempt + 1`. Returns false, without waiting, if there is no time for it
 * before the deadline.
 */
export async function backOff({ clock, deadline }: RetryBudget, attempt: number): Promise<boolean> {
  const delay = backOffDelay(attempt);
  if (clock.now() + delay >= deadline) {
    return false;
  }
  await clock.sleep(delay);
  return true;
}
