import type * as iam from 'aws-cdk-lib/aws-iam';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import type * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import * as tasks from 'aws-cdk-lib/aws-stepfunctions-tasks';
import type { Construct } from 'constructs';
import { statement } from '../access/statements';

export interface InvokeProps {
  readonly function: lambda.IFunction;
  readonly payload: sfn.TaskInput;
  readonly retry: sfn.RetryProps;
  readonly outputPath?: string;
  readonly resultSelector?: { [field: string]: string };
  readonly resultPath?: string;
}

/** A state that invokes a function. */
export class Invoke extends tasks.LambdaInvoke {
  protected readonly taskPolicies: iam.PolicyStatement[];

  constructor(scope: Construct, id: string, props: InvokeProps) {
    super(scope, id, {
      lambdaFunction: props.function,
      payload: props.payload,
      outputPath: props.outputPath,
      resultSelector: props.resultSelector,
      resultPath: props.resultPath,
      // CDK's own retry has neither jitter nor a longest delay, and gives up on throttling.
      retryOnServiceExceptions: false,
    });
    // CDK would allow every version and alias besides.
    this.taskPolicies = [statement(['lambda:InvokeFunction'], props.function.functionArn)];
    this.addRetry(props.retry);
  }
}
