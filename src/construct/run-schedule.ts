import { Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as kms from 'aws-cdk-lib/aws-kms';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import * as scheduler from 'aws-cdk-lib/aws-scheduler';
import * as targets from 'aws-cdk-lib/aws-scheduler-targets';
import type * as sqs from 'aws-cdk-lib/aws-sqs';
import type * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';
import type { KeyUse } from './access/key-grants';
import { createDeadLetterQueue } from './dead-letter-queue';
import type { RunInput } from '../contract/payloads/run';
import { toVariableName } from '../contract/variables';

export interface RunScheduleProps {
  /** Default: the run archives. */
  readonly verification?: VerificationInput;
  /** The archiver, which has one dead-letter queue for all schedules. */
  readonly archiver: Construct;
  readonly schedule: scheduler.ScheduleExpression;
  readonly stateMachine: sfn.IStateMachine;
  /** Publishes alerts about runs that could not be started. */
  readonly explainFailure: lambda.Function;
  readonly encryptionKey?: kms.IKey;
}

/** What a schedule of verifications sends. The number of days may be a token. */
export type VerificationInput = Pick<RunInput, 'deep' | 'selection'> & { readonly action: 'verify' };

/** The id of the queue must not change, because it is part of every user's template. */
const DEAD_LETTERS = 'ScheduleDeadLetters';

/**
 * Creates a schedule that starts runs, and returns the keys that its delivery uses. A run gets the scheduled time,
 * which is the same in every retry and late delivery.
 */
export function createSchedule(scope: Construct, id: string, props: RunScheduleProps): KeyUse[] {
  const { archiver, schedule, stateMachine, explainFailure, encryptionKey, verification } = props;
  const input = { ...verification, scheduledTime: scheduler.ContextAttribute.scheduledTime } satisfies RunInput;
  const queue = archiver.node.tryFindChild(DEAD_LETTERS) as sqs.Queue | undefined
    ?? createDeadLetterQueue(archiver, DEAD_LETTERS, explainFailure, encryptionKey);
  const role = new iam.Role(scope, `${id}Role`, { assumedBy: createSchedulerPrincipal(Stack.of(scope)) });
  explainFailure.addEnvironment(toVariableName('stateMachineArn'), stateMachine.stateMachineArn);
  new scheduler.Schedule(scope, id, {
    schedule,
    description: `Starts a ${verification ? 'verification' : 'run'} of an S3DatedArchiver`,
    target: new targets.StepFunctionsStartExecution(stateMachine, {
      input: scheduler.ScheduleTargetInput.fromObject(input),
      role,
      deadLetterQueue: queue,
    }),
  });
  // EventBridge Scheduler sends dead letters with the schedule's role. Every function may decrypt with this key already.
  return [{ role, key: encryptionKey, actions: ['kms:Decrypt', 'kms:GenerateDataKey'] }];
}

/**
 * Returns the principal of schedules of this account in the default group, which is the group of schedules without one.
 */
function createSchedulerPrincipal(stack: Stack): iam.IPrincipal {
  return new iam.ServicePrincipal('scheduler.amazonaws.com', {
    conditions: {
      StringEquals: {
        'aws:SourceAccount': stack.account,
        'aws:SourceArn': stack.formatArn({ service: 'scheduler', resource: 'schedule-group', resourceName: 'default' }),
      },
    },
  });
}
