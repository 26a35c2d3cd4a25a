import { randomUUID } from 'node:crypto';
import { ifResolvable } from '../assembly/resolvable';
import type { App, Located } from '../assembly/scope';
import { UsageError } from '../common/errors';
import { isObject } from '../common/json';

/** The execution that EventBridge Scheduler would start. */
export interface ScheduledStart {
  readonly input: string;
  readonly name?: string;
  /** The role that the scheduler assumes. */
  readonly roleArn?: string;
  /** The queue that gets the starts that fail. */
  readonly deadLetterArn?: string;
}

const UNIVERSAL_TARGET = /:scheduler:::aws-sdk:sfn:startExecution$/;

/**
 * The execution that the app's schedule would start at an instant; undefined if no schedule starts
 * this state machine.
 *
 * @param id how the logical id of the schedule begins. Default: the first one that does not verify.
 */
export function scheduledStart(
  app: App,
  stateMachineArn: string,
  at: Date,
  id?: string,
): ScheduledStart | undefined {
  for (const located of app.resources('AWS::Scheduler::Schedule')) {
    const started = located.logicalId.startsWith(id ?? '')
      ? readStart(located, stateMachineArn, at)
      : undefined;
    if (started && (id !== undefined || !isVerification(started.input))) {
      return started;
    }
  }
  if (id !== undefined) {
    throw new UsageError(
      `no schedule of the state machine has a logical id that begins with ${id}`,
    );
  }
  return undefined;
}

/** A schedule that verifies does not start what the archiver is for. */
function isVerification(input: string): boolean {
  const parsed = parse(input);
  return isObject(parsed) && parsed.action === 'verify';
}

/** Other schedules may refer to values that cannot be resolved. */
function readStart(
  { scope, logicalId, resource }: Located,
  stateMachineArn: string,
  at: Date,
): ScheduledStart | undefined {
  const { Target: target } = resource.Properties ?? {};
  if (!isObject(target)) {
    return undefined;
  }
  const readInput = () =>
    withContextAttributes(
      String(scope.resolve(target.Input) ?? '{}'),
      String(scope.attribute(logicalId, 'Arn')),
      at,
    );
  const delivery = () => {
    const deadLetterArn = isObject(target.DeadLetterConfig)
      ? target.DeadLetterConfig.Arn
      : undefined;
    const named = Object.entries({ roleArn: target.RoleArn, deadLetterArn }).filter(
      ([, value]) => value !== undefined,
    );
    return Object.fromEntries(named.map(([name, value]) => [name, String(scope.resolve(value))]));
  };
  const arn = String(ifResolvable(() => scope.resolve(target.Arn)));
  if (arn === stateMachineArn) {
    return { input: readInput(), ...delivery() };
  }
  const request = UNIVERSAL_TARGET.test(arn) ? parse(ifResolvable(readInput)) : undefined;
  if (!isObject(request) || request.StateMachineArn !== stateMachineArn) {
    return undefined;
  }
  return {
    ...delivery(),
    input: String(request.Input ?? '{}'),
    ...(request.Name === undefined ? {} : { name: String(request.Name) }),
  };
}

function parse(text = 'null'): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** "Adding context attributes", managing-schedule-context-attributes. */
function withContextAttributes(input: string, scheduleArn: string, at: Date): string {
  return input
    .replaceAll('<aws.scheduler.scheduled-time>', at.toISOString().replace(/\.\d+Z$/, 'Z'))
    .replaceAll('<aws.scheduler.execution-id>', randomUUID())
    .replaceAll('<aws.scheduler.attempt-number>', '1')
    .replaceAll('<aws.scheduler.schedule-arn>', scheduleArn);
}
