import { randomUUID } from 'crypto';
import { App } from './assembly/scope';
import { isObject, JsonObject } from './json';

/** What EventBridge Scheduler would start. */
export interface ScheduledStart {
  readonly input: string;
  readonly name?: string;
  /** The role that the scheduler takes on. */
  readonly roleArn?: string;
}

const UNIVERSAL_TARGET = /:scheduler:::aws-sdk:sfn:startExecution$/;

/** The execution that the app's schedule would start at an instant, if it has one for this state machine. */
export function scheduledStart(app: App, stateMachineArn: string, at: Date): ScheduledStart | undefined {
  for (const { scope, logicalId } of app.resources('AWS::Scheduler::Schedule')) {
    const { Target } = scope.properties(logicalId);
    if (!isObject(Target)) continue;
    const input = withContextAttributes(String(Target.Input ?? '{}'), String(scope.attribute(logicalId, 'Arn')), at);
    const roleArn = Target.RoleArn === undefined ? {} : { roleArn: String(Target.RoleArn) };
    if (Target.Arn === stateMachineArn) return { input, ...roleArn };
    if (!UNIVERSAL_TARGET.test(String(Target.Arn))) continue;
    const request = JSON.parse(input) as JsonObject;
    if (request.StateMachineArn === stateMachineArn) {
      return { ...roleArn, input: String(request.Input ?? '{}'), ...request.Name === undefined ? {} : { name: String(request.Name) } };
    }
  }
  return undefined;
}

/** "Adding context attributes", managing-schedule-context-attributes. */
function withContextAttributes(input: string, scheduleArn: string, at: Date): string {
  return input
    .replaceAll('<aws.scheduler.scheduled-time>', at.toISOString().replace(/\.\d+Z$/, 'Z'))
    .replaceAll('<aws.scheduler.execution-id>', randomUUID())
    .replaceAll('<aws.scheduler.attempt-number>', '1')
    .replaceAll('<aws.scheduler.schedule-arn>', scheduleArn);
}
