import type { Duration } from 'aws-cdk-lib';

/**
 * How the state machine retries an invocation of a Lambda function that failed on Lambda's side: service errors,
 * throttling, time-outs. Delays are fully jittered. Requests to S3 have retries of their own, inside the function.
 *
 * @see https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html
 */
export interface RetryPolicy {
  /**
   * Delay before the first retry, in whole seconds.
   *
   * @default Duration.seconds(2) - or `maxDelay`, if that is shorter
   */
  readonly interval?: Duration;

  /**
   * Number of retries after the first attempt, 0 to 100.
   *
   * @default 6 - with `mapExecutionType` EXPRESS, for the batches: as many of 2 as fit into five minutes
   */
  readonly maxAttempts?: number;

  /**
   * What the delay is multiplied with after each retry; at least 1.
   *
   * @default 2
   */
  readonly backoffRate?: number;

  /**
   * Longest delay, in whole seconds.
   *
   * @default Duration.seconds(60) - or `interval`, if that is longer
   */
  readonly maxDelay?: Duration;
}
