/** A run that EventBridge Scheduler could not start: from its dead-letter event to the message about it. */
import * as v from 'valibot';
import type { Alert } from './failure-message';
import { type Layer, unknownDetails } from '../../contract/alert-details';
import type { RunInput } from '../../contract/payloads';
import { toAttributes } from '../alerts/alert-attributes';
import type { Cause } from '../alerts/cause';
import { startExecutionCommand, stateMachineUrl } from '../alerts/cli-commands';
import { getLayer } from '../alerts/layers';
import { layerUrl } from '../alerts/runbook-links';
import { formatCause, formatKey, toSubject } from '../text/format';

const attribute = v.optional(v.object({ stringValue: v.optional(v.string()) }));

/**
 * A dead-letter event, as the queue hands it to Lambda. Only what tells it from other events is required.
 * https://docs.aws.amazon.com/scheduler/latest/UserGuide/configuring-schedule-dlq.html
 */
export const DeadLetter = v.object({
  eventSource: v.literal('aws:sqs'),
  body: v.string(),
  messageAttributes: v.object({
    ERROR_CODE: attribute,
    ERROR_MESSAGE: attribute,
    EXECUTION_ID: attribute,
    EXHAUSTED_RETRY_CONDITION: attribute,
    RETRY_ATTEMPTS: attribute,
    SCHEDULED_TIME: attribute,
    SCHEDULE_ARN: attribute,
  }),
});
export type DeadLetter = v.InferOutput<typeof DeadLetter>;

/** What a queue invokes a function with. */
export const DeadLetterEvent = v.object({ Records: v.array(DeadLetter) });

/** What is known without the event. */
export interface StartSetting {
  readonly archiverName?: string;
  readonly stateMachineArn?: string;
}

/**
 * The message; `undefined` where there is nothing to tell: a schedule fires at least once, and the second time finds the run that the first one
 * has started, since both give it the same name.
 */
export function createStartAlert({ archiverName = 'Archiver', stateMachineArn }: StartSetting, letter: DeadLetter): Alert | undefined {
  const of = (name: keyof DeadLetter['messageAttributes']) => letter.messageAttributes[name]?.stringValue;
  const cause = { error: of('ERROR_CODE') ?? 'unknown error', text: of('ERROR_MESSAGE') ?? 'no cause was given' };
  if (cause.error.endsWith('ExecutionAlreadyExists')) { return undefined; }

  const due = of('SCHEDULED_TIME');
  const { layer, advice } = diagnoseStart(cause);
  const schedule = of('SCHEDULE_ARN');
  // The one field that the schedule sends. From it the run's days follow, however late it starts.
  const input: RunInput = due ? { scheduledTime: due } : {};
  const command = startExecutionCommand(stateMachineArn, input);
  const url = stateMachineArn && stateMachineUrl(stateMachineArn);
  return {
    subject: toSubject(`Archive run${due ? ` due ${due}` : ''} did not start: ${layer} (${archiverName})`),
    message: [
      [
        `${archiverName}: the run${due ? ` that was due at ${due}` : ''} could not be started.`,
        'No object is lost: nothing was touched.',
        '',
        `Layer: ${layer}`,
        `Cause: ${formatKey(cause.error)}: ${formatCause(cause.text, 1500)}`,
        `Tried: ${triesOf(of('RETRY_ATTEMPTS'), of('EXHAUSTED_RETRY_CONDITION'))}`,
      ],
      [
        ...(schedule ? [`Schedule: ${formatKey(schedule)}`] : []),
        ...(due ? [] : [`What it sent: ${formatCause(letter.body, 1000)}`]),
      ],
      [
        `Next: ${advice} start the run that did not take place, for the days that it was due for:`,
        command,
      ],
      [
        `Runbook: ${layerUrl(layer)}`,
        ...(url ? [`State machine: ${url}`] : []),
      ],
    ].filter((lines) => lines.length > 0).map((lines) => lines.join('\n')).join('\n\n'),
    attributes: toAttributes({
      ...unknownDetails(archiverName, 'NOT_STARTED'),
      runId: of('EXECUTION_ID') ?? null,
      layer,
      code: cause.error,
      cause: cause.text,
      nextCommand: command,
    }),
  };
}

function diagnoseStart(cause: Cause): { layer: Layer; advice: string } {
  const { error } = cause;
  if (error.startsWith('AWS.Scheduler.')) {
    return { layer: 'EventBridge Scheduler', advice: 'the scheduler itself failed, which mostly passes:' };
  }
  if (/DoesNotExist|NotFound|Deleting/.test(error)) {
    return { layer: 'Step Functions', advice: 'the state machine is gone: deploy the stack again, then' };
  }
  if (/Throttl|TooManyRequests|LimitExceeded/.test(error)) {
    return { layer: 'Step Functions', advice: 'Step Functions is asked for more than the account may (see its quotas). When there is room,' };
  }
  const layer = getLayer(cause);
  if (layer === 'KMS') {
    return { layer, advice: 'check that the KMS key is enabled and that its policy allows the schedule\'s role, then' };
  }
  if (layer === 'IAM') {
    return { layer, advice: 'allow the schedule\'s role to start executions of the state machine, and EventBridge Scheduler to assume the role, then' };
  }
  return { layer: 'Step Functions', advice: 'mend what the cause names, then' };
}

/** Scheduler says why it gave up only for errors that it had retried. */
function triesOf(retries = '0', exhausted?: string): string {
  if (!exhausted) { return 'once, since Scheduler does not retry this error'; }
  const limit = exhausted === 'MaximumEventAgeInSeconds' ? 'the time for it was up' : 'no more are allowed';
  return `${formatKey(retries)} retries, then ${limit}`;
}
