import { Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as scheduler from 'aws-cdk-lib/aws-scheduler';
import * as targets from 'aws-cdk-lib/aws-scheduler-targets';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import type { RunInput } from '../contract/payloads';

/** Starts a run for the instant that the schedule stands for: the same one in every retry and late delivery. */
export function runSchedule(
  scope: Construct, id: string, schedule: scheduler.ScheduleExpression, stateMachine: sfn.IStateMachine,
): scheduler.Schedule {
  const input = { scheduledTime: scheduler.ContextAttribute.scheduledTime } satisfies RunInput;
  return new scheduler.Schedule(scope, id, {
    schedule,
    description: 'Starts a run of an S3DatedArchiver',
    target: new targets.StepFunctionsStartExecution(stateMachine, {
      input: scheduler.ScheduleTargetInput.fromObject(input),
      role: new iam.Role(scope, `${id}Role`, { assumedBy: schedulerOf(Stack.of(scope)) }),
    }),
  });
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
