import type { Duration } from 'aws-cdk-lib';

/**
 * How the state machine retries an invocation of a Lambda function that failed on Lambda's side.
 *
 * Such failures are crashes, timeouts, throttling, service errors, and functions that Lambda is
 * still preparing. Delays have full jitter. Requests to S3 have their own retries, inside the
 * function. See "Tuning" in `S3DatedArchiverProps`.
 *
 * @see https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html
 */
export interface RetryPolicy {
  /**
   * The delay before the first retry, 1 second to 1 day in whole seconds, at most `maxDelay`.
   *
   * @default Duration.seconds(2) - or `maxDelay`, if that is shorter
   */
  readonly interval?: Duration;

  /**
   * The number of retries after the first attempt, 0 to 100.
   *
   * @default 6
   */
  readonly maxAttempts?: number;

  /**
   * The factor by which the delay grows with each retry, at least 1.
   *
   * @default 2
   */
  readonly backoffRate?: number;

  /**
   * The longest delay between two retries, 1 second to 1 day in whole seconds.
   *
   * @default Duration.seconds(60) - or `interval`, if that is longer
   */
  readonly maxDelay?: Duration;
}
