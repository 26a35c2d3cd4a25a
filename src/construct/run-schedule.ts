import { Duration, Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as kms from 'aws-cdk-lib/aws-kms';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import * as scheduler from 'aws-cdk-lib/aws-scheduler';
import * as targets from 'aws-cdk-lib/aws-scheduler-targets';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import type { Resources } from './access/grants';
import type { KeyUse } from './access/key-grants';
import { createStatement } from './places/statements';
import type { RunInput } from '../contract/payloads/run';
import { toVariableName } from '../contract/variables';

interface RunScheduleProps {
  /**
   * The input that a schedule of verifications sends. The number of days may be a token. Unset: the
   * run archives.
   */
  readonly verification?: Pick<RunInput, 'deep' | 'selection'> & { readonly action: 'verify' };
  readonly archiver: Construct;
  readonly schedule: scheduler.ScheduleExpression;
}

/** The id of the queue must not change, because it is part of every user's template. */
const DEAD_LETTERS = 'ScheduleDeadLetters';

/**
 * Returns the keys that the delivery uses. A run gets the scheduled time, which is the same in
 * every retry and late delivery.
 */
export function createSchedule(
  scope: Construct,
  { archiver, schedule, verification }: RunScheduleProps,
  {
    stateMachine,
    functions,
    encryptionKey,
  }: Pick<Resources, 'stateMachine' | 'functions' | 'encryptionKey'>,
): KeyUse[] {
  const { explainFailure } = functions;
  // `ScheduleExpression.cron({ hour: '1' })` starts sixty runs, because CDK's default for the
  // minute is every minute.
  const [, rest] = /^cron\(\* (.*)\)$/.exec(schedule.expressionString) ?? [];
  if (rest !== undefined) {
    throw new Error(
      `schedule ${schedule.expressionString} starts a run every minute of its hours: add a ` +
        `minute, as in cron(0 ${rest}). If every minute is meant, use rate(1 minute)`,
    );
  }
  const input = {
    ...verification,
    scheduledTime: scheduler.ContextAttribute.scheduledTime,
  } satisfies RunInput;
  const queue =
    (archiver.node.tryFindChild(DEAD_LETTERS) as sqs.Queue | undefined) ??
    createDeadLetterQueue(archiver, explainFailure, encryptionKey);
  const stack = Stack.of(scope);
  const role = new iam.Role(scope, 'ScheduleRole', {
    // Only for schedules of this account in the default group, which is the group of schedules
    // without one.
    assumedBy: new iam.ServicePrincipal('scheduler.amazonaws.com', {
      conditions: {
        StringEquals: {
          'aws:SourceAccount': stack.account,
          'aws:SourceArn': stack.formatArn({
            service: 'scheduler',
            resource: 'schedule-group',
            resourceName: 'default',
          }),
        },
      },
    }),
  });
  explainFailure.addEnvironment(toVariableName('stateMachineArn'), stateMachine.stateMachineArn);
  new scheduler.Schedule(scope, 'Schedule', {
    schedule,
    description: `Starts a ${verification ? 'verification' : 'run'} of an S3DatedArchiver`,
    target: new targets.StepFunctionsStartExecution(stateMachine, {
      input: scheduler.ScheduleTargetInput.fromObject(input),
      role,
      deadLetterQueue: queue,
    }),
  });
  // EventBridge Scheduler sends dead letters and starts executions with the schedule's role. Every
  // function may decrypt with this key already.
  return [
    {
      role,
      key: encryptionKey,
      actions: ['kms:Decrypt', 'kms:GenerateDataKey'],
      via: ['sqs', 'states'],
    },
  ];
}

/**
 * explain-failure reports runs that could not start. It retries a message that it cannot publish as
 * long as SQS keeps it, so this queue needs no dead-letter queue.
 */
function createDeadLetterQueue(
  scope: Construct,
  explainFailure: lambda.Function,
  encryptionKey?: kms.IKey,
): sqs.Queue {
  const queue = new sqs.Queue(scope, DEAD_LETTERS, {
    enforceSSL: true,
    encryption: encryptionKey ? sqs.QueueEncryption.KMS : sqs.QueueEncryption.SQS_MANAGED,
    encryptionMasterKey: encryptionKey,
    retentionPeriod: Duration.days(14),
    // Six times the function's timeout (Lambda "Configuring an Amazon SQS queue to use with
    // Lambda").
    visibilityTimeout: Duration.seconds(6 * explainFailure.timeout!.toSeconds()),
  });
  // CDK's SqsEventSource would grant more actions than these.
  explainFailure.addToRolePolicy(
    createStatement(
      ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'],
      queue.queueArn,
    ),
  );
  // One message per invocation: in a larger batch, one alert that cannot be published would cause
  // the others to be sent again.
  explainFailure.addEventSourceMapping('StartFailures', {
    eventSourceArn: queue.queueArn,
    batchSize: 1,
  });
  return queue;
}
