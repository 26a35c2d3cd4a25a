import { Duration } from 'aws-cdk-lib';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import type { RetrySeconds } from '../props/batch-budget';

/**
 * Retries every error of a task. A list of Lambda's errors would never be complete: a crash is `Runtime.ExitError` or
 * `Lambda.Unknown`, the first invocation of an idle function can be refused while its code is loaded, and in a VPC a
 * network interface can be missing.
 * https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html
 * https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html#API_Invoke_Errors
 */
export function toRetryProps(retry: RetrySeconds): sfn.RetryProps {
  // "MaxDelaySeconds" has to be greater than "IntervalSeconds". If both are the same, no delay grows.
  const grows = retry.maxDelay !== retry.interval;
  return {
    errors: [sfn.Errors.TASKS_FAILED],
    interval: Duration.seconds(retry.interval),
    maxAttempts: retry.maxAttempts,
    backoffRate: grows ? retry.backoffRate : 1,
    ...grows && { maxDelay: Duration.seconds(retry.maxDelay) },
    jitterStrategy: sfn.JitterType.FULL,
  };
}
