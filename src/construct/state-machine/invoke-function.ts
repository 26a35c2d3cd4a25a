import { Duration } from 'aws-cdk-lib';
import type * as iam from 'aws-cdk-lib/aws-iam';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import type * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import * as tasks from 'aws-cdk-lib/aws-stepfunctions-tasks';
import type { Construct } from 'constructs';
import { ErrorName } from '../../contract/errors';
import { createStatement } from '../access/statements';

/** Checks at compile time that a payload has exactly the fields that its handler expects. */
export type PayloadOf<T> = { [field in keyof T]: unknown };

/** Checks at compile time that a result selector has exactly the fields of a result. */
export type SelectorOf<T> = { [field in keyof T & string as `${field}.$`]-?: string };

export interface InvokeFunctionProps {
  readonly function: lambda.IFunction;
  readonly payload: sfn.TaskInput;
  /** The retries of all errors except those that the handler throws on purpose. */
  readonly retry: sfn.RetryProps;
  /** An error that the handler throws to be invoked again soon. */
  readonly unfinished?: { readonly errors: string[]; readonly maxAttempts: number };
  readonly outputPath?: string;
  readonly resultSelector?: { [field: string]: string };
  readonly resultPath?: string;
}

/** A task that invokes a Lambda function. */
export class InvokeFunction extends tasks.LambdaInvoke {
  protected readonly taskPolicies: iam.PolicyStatement[];

  constructor(scope: Construct, id: string, props: InvokeFunctionProps) {
    super(scope, id, {
      lambdaFunction: props.function,
      payload: props.payload,
      outputPath: props.outputPath,
      resultSelector: props.resultSelector,
      resultPath: props.resultPath,
      // CDK's default retrier has neither jitter nor a maximum delay, and does not retry throttling.
      retryOnServiceExceptions: false,
    });
    // CDK would also allow every version and alias.
    this.taskPolicies = [createStatement(['lambda:InvokeFunction'], props.function.functionArn)];
    // Step Functions uses the first retrier that names the error. A handler throws these errors when another attempt would
    // only repeat them.
    this.addRetry({ errors: Object.values(ErrorName), maxAttempts: 0 });
    if (props.unfinished) { this.addRetry({ ...props.unfinished, interval: Duration.seconds(1), backoffRate: 1 }); }
    this.addRetry(props.retry);
  }
}
