import { Stack, Token } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as kms from 'aws-cdk-lib/aws-kms';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import * as scheduler from 'aws-cdk-lib/aws-scheduler';
import * as targets from 'aws-cdk-lib/aws-scheduler-targets';
import type * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';
import type { KeyUse } from './access/key-grants';
import { deadLetterQueue } from './dead-letter-queue';
import type { RunInput } from '../contract/payloads';
import { Env } from '../contract/settings';

export interface RunScheduleProps {
  readonly schedule: scheduler.ScheduleExpression;
  readonly stateMachine: sfn.IStateMachine;
  /** Told of the runs that could not be started. */
  readonly explainFailure: lambda.Function;
  readonly encryptionKey?: kms.IKey;
}

/** Starts a run for the instant that the schedule stands for: the same one in every retry and late delivery. */
export function runSchedule(scope: Construct, id: string, props: RunScheduleProps): KeyUse[] {
  const { schedule, stateMachine, explainFailure, encryptionKey } = props;
  const input = { scheduledTime: scheduler.ContextAttribute.scheduledTime } satisfies RunInput;
  const role = new iam.Role(scope, `${id}Role`, { assumedBy: schedulerOf(Stack.of(scope)) });
  explainFailure.addEnvironment(Env.STATE_MACHINE_ARN, stateMachine.stateMachineArn);
  new scheduler.Schedule(scope, id, {
    schedule,
    description: 'Starts a run of an S3DatedArchiver',
    target: new targets.StepFunctionsStartExecution(stateMachine, {
      input: scheduler.ScheduleTargetInput.fromObject(input),
      role,
      deadLetterQueue: deadLetterQueue(scope, `${id}DeadLetters`, explainFailure, encryptionKey),
    }),
  });
  return [
    // Scheduler sends dead letters with the schedule's role.
    { role, key: encryptionKey, actions: ['kms:Decrypt', 'kms:GenerateDataKey'] },
    { role: explainFailure.role!, key: encryptionKey, actions: ['kms:Decrypt'] },
  ];
}

const HOURS: Record<string, number> = { minute: 1 / 60, hour: 1, day: 24 };

/** How long a schedule pauses at most, in whole hours; `undefined` where it does not come at least once in six days, or not at an even pace. */
export function longestPauseHours({ expressionString }: scheduler.ScheduleExpression): number | undefined {
  if (Token.isUnresolved(expressionString)) { return undefined; }
  const [, count, unit] = /^rate\((\d+) (minute|hour|day)s?\)$/.exec(expressionString) ?? [];
  const hours = unit ? Math.ceil(Number(count) * HOURS[unit]) : undefined;
  if (hours !== undefined) { return hours <= 144 ? hours : undefined; }
  return /^cron\(\S+ \S+ [*?] \* [*?]( \*)?\)$/.test(expressionString) ? 24 : undefined;
}

/** Only schedules of this account, in the group that schedules without a group are in. */
function schedulerOf(stack: Stack): iam.IPrincipal {
  return new iam.ServicePrincipal('scheduler.amazonaws.com', {
    conditions: {
      StringEquals: {
        'aws:SourceAccount': stack.account,
        'aws:SourceArn': stack.formatArn({ service: 'scheduler', resource: 'schedule-group', resourceName: 'default' }),
      },
    },
  });
}
