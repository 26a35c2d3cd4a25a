import { Duration } from 'aws-cdk-lib';
import type * as iam from 'aws-cdk-lib/aws-iam';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import * as tasks from 'aws-cdk-lib/aws-stepfunctions-tasks';
import type { Construct } from 'constructs';
import { ErrorName } from '../../contract/errors';
import { createStatement } from '../places/statements';
import type { RetrySeconds } from '../props/batch-budget';

/** Checks at compile time that a payload has exactly the fields that its handler expects. */
export type PayloadOf<T> = { [field in keyof T]: unknown };

/**
 * Selects the fields of what the function returns. Checks at compile time that these are all fields
 * of the type.
 */
export function selectFields<T>(fields: { readonly [field in keyof T]-?: true }): {
  [field: string]: string;
} {
  return Object.fromEntries(
    Object.keys(fields).map((field) => [`${field}.$`, `$.Payload.${field}`]),
  );
}

export interface InvokeFunctionProps extends Pick<
  tasks.LambdaInvokeProps,
  'payload' | 'outputPath' | 'resultSelector' | 'resultPath'
> {
  readonly function: lambda.IFunction;
  readonly retry: RetrySeconds;
}

export class InvokeFunction extends tasks.LambdaInvoke {
  protected readonly taskPolicies: iam.PolicyStatement[];

  constructor(
    scope: Construct,
    id: string,
    { function: lambdaFunction, retry, ...options }: InvokeFunctionProps,
  ) {
    super(scope, id, {
      ...options,
      lambdaFunction,
      // CDK's default retrier has neither jitter nor a maximum delay, and does not retry
      // throttling.
      retryOnServiceExceptions: false,
    });
    // CDK would also allow every version and alias.
    this.taskPolicies = [createStatement(['lambda:InvokeFunction'], lambdaFunction.functionArn)];
    // Step Functions uses the first retrier that names the error. A handler throws these errors
    // when another attempt would only repeat them.
    this.addRetry({ errors: Object.values(ErrorName), maxAttempts: 0 });
    this.addRetry(toRetryProps(retry));
  }
}

/**
 * Retries every error of a task. A list of Lambda's would never be complete: crashes, idle
 * functions, network interfaces (API_Invoke).
 */
export function toRetryProps(retry: RetrySeconds): sfn.RetryProps {
  // "MaxDelaySeconds" has to be greater than "IntervalSeconds". If both are the same, no delay
  // grows.
  const grows = retry.maxDelay !== retry.interval;
  return {
    errors: [sfn.Errors.TASKS_FAILED],
    interval: Duration.seconds(retry.interval),
    maxAttempts: retry.maxAttempts,
    backoffRate: grows ? retry.backoffRate : 1,
    ...(grows && { maxDelay: Duration.seconds(retry.maxDelay) }),
    jitterStrategy: sfn.JitterType.FULL,
  };
}

export const PROGRESS_PATH = '$.BatchInput.progress';

export const PROGRESS_FIELDS = {
  cursor: true,
  finished: true,
  rounds: true,
  counts: true,
  bytes: true,
  skipped: true,
  problems: true,
  upload: true,
  requests: true,
} as const;

export interface RoundsProps extends Pick<InvokeFunctionProps, 'function' | 'payload' | 'retry'> {
  readonly resultSelector: { [field: string]: string };
  /** The names of the states are unique in the whole definition. */
  readonly names: {
    readonly round: string;
    readonly unfinished: string;
    readonly finished: string;
  };
}

/** The states of rounds: an invocation, a choice, and their end. */
export interface Rounds {
  /** Invokes the function. The choice `unfinished` does not follow it yet. */
  readonly start: InvokeFunction;
  /** Goes back to `start` while something is left. The caller says what follows otherwise. */
  readonly unfinished: sfn.Choice;
  /** Its output is the progress. */
  readonly finished: sfn.Pass;
}

/** Invokes the function until its progress says that it has finished. */
export function createRounds(scope: Construct, { names, ...invoke }: RoundsProps): Rounds {
  const start = new InvokeFunction(scope, names.round, { ...invoke, resultPath: PROGRESS_PATH });
  // Use Pass instead of Succeed: the Amazon States Language allows OutputPath in a Succeed state,
  // but cfn-lint's schema does not.
  const finished = new sfn.Pass(scope, names.finished, { outputPath: PROGRESS_PATH });
  const unfinished = new sfn.Choice(scope, names.unfinished).when(
    sfn.Condition.booleanEquals(`${PROGRESS_PATH}.finished`, false),
    start,
  );
  return { start, unfinished, finished };
}
