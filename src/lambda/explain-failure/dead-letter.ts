/** Turns the dead-letter event of a run that EventBridge Scheduler could not start into a message. */
import * as v from 'valibot';
import type { Alert } from './failure-message';
import { type Layer, unknownDetails } from '../../contract/alert-details';
import { RunInput } from '../../contract/payloads/run';
import { toAttributes } from '../alerts/alert-attributes';
import type { Cause } from '../alerts/cause';
import { startExecutionCommand, stateMachineUrl } from '../alerts/cli-commands';
import { getLayer } from '../alerts/layers';
import { layerUrl } from '../alerts/runbook-links';
import { formatCause, formatKey, toSubject } from '../text/format';
import { parseAs } from '../text/parse-json';

const AttributeValue = v.optional(v.object({ stringValue: v.optional(v.string()) }));

/**
 * A dead-letter event, as the queue passes it to Lambda. Only the fields that distinguish it from other events are
 * required.
 * https://docs.aws.amazon.com/scheduler/latest/UserGuide/configuring-schedule-dlq.html
 */
export const DeadLetter = v.object({
  eventSource: v.literal('aws:sqs'),
  body: v.string(),
  messageAttributes: v.object({
    ERROR_CODE: AttributeValue,
    ERROR_MESSAGE: AttributeValue,
    EXECUTION_ID: AttributeValue,
    EXHAUSTED_RETRY_CONDITION: AttributeValue,
    RETRY_ATTEMPTS: AttributeValue,
    SCHEDULED_TIME: AttributeValue,
    SCHEDULE_ARN: AttributeValue,
  }),
});
export type DeadLetter = v.InferOutput<typeof DeadLetter>;

/** The event with which a queue invokes a function. */
export const DeadLetterEvent = v.object({ Records: v.array(DeadLetter) });

/** What is known about the run without the event. */
export interface ScheduledRun {
  readonly archiverName?: string;
  readonly stateMachineArn?: string;
}

/**
 * Creates the message. Returns `undefined` if none is needed: a schedule may fire twice, and then the second event
 * fails because the first one has already started the run under the same name.
 */
export function createStartAlert({ archiverName = 'Archiver', stateMachineArn }: ScheduledRun, letter: DeadLetter): Alert | undefined {
  const getAttribute = (name: keyof DeadLetter['messageAttributes']) => letter.messageAttributes[name]?.stringValue;
  const cause = { error: getAttribute('ERROR_CODE') ?? 'unknown error', text: getAttribute('ERROR_MESSAGE') ?? 'no cause was given' };
  if (cause.error.endsWith('ExecutionAlreadyExists')) { return undefined; }

  const due = getAttribute('SCHEDULED_TIME');
  const dueText = due && formatKey(due);
  const { layer, advice } = diagnoseStart(cause);
  const schedule = getAttribute('SCHEDULE_ARN');
  // The scheduled time determines the days of the run, however late the run starts.
  const input: RunInput = { ...parseAs(Verification, letter.body), ...due && { scheduledTime: due } };
  const isVerification = input.action === 'verify';
  const command = startExecutionCommand(stateMachineArn, input);
  const url = stateMachineArn && stateMachineUrl(stateMachineArn);
  return {
    subject: toSubject(`${isVerification ? 'Verification' : 'Archive run'}${dueText ? ` due ${dueText}` : ''} did not start: ${layer} (${archiverName})`),
    message: [
      [
        `${archiverName}: the ${isVerification ? 'verification' : 'run'}${dueText ? ` that was due at ${dueText}` : ''} did not start.`,
        'No object was lost. Nothing was touched.',
        '',
        `Layer: ${layer}`,
        `Cause: ${formatKey(cause.error)}: ${formatCause(cause.text, 1500)}`,
        `Tried: ${describeAttempts(getAttribute('RETRY_ATTEMPTS'), getAttribute('EXHAUSTED_RETRY_CONDITION'))}`,
      ],
      [
        ...(schedule ? [`Schedule: ${formatKey(schedule)}`] : []),
        ...(due ? [] : [`Schedule sent: ${formatCause(letter.body, 1000)}`]),
      ],
      [
        `Next: ${advice} Then start the missed run, for the days that it should have ${isVerification ? 'verified' : 'archived'}:`,
        command,
      ],
      [
        `Runbook: ${layerUrl(layer)}`,
        ...(url ? [`State machine: ${url}`] : []),
      ],
    ].filter((lines) => lines.length > 0).map((lines) => lines.join('\n')).join('\n\n'),
    attributes: toAttributes({
      ...unknownDetails(archiverName, 'NOT_STARTED'),
      runId: getAttribute('EXECUTION_ID') ?? null,
      layer,
      code: cause.error,
      cause: cause.text,
      nextCommand: command,
    }),
  };
}

/** What a schedule of `addVerification` sends, without the time. The schedule of the archiver itself sends nothing else. */
const Verification = v.object({ action: v.literal('verify'), deep: RunInput.entries.deep, selection: RunInput.entries.selection });

function diagnoseStart(cause: Cause): { layer: Layer; advice: string } {
  const { error } = cause;
  if (error.startsWith('AWS.Scheduler.')) {
    return { layer: 'EventBridge Scheduler', advice: 'EventBridge Scheduler itself failed, which is usually temporary.' };
  }
  if (/DoesNotExist|NotFound|Deleting/.test(error)) {
    return { layer: 'Step Functions', advice: 'the state machine does not exist. Deploy the stack again.' };
  }
  if (/Throttl|TooManyRequests|LimitExceeded/.test(error)) {
    return { layer: 'Step Functions', advice: 'the quotas of the account for Step Functions are used up. Wait until there is capacity again.' };
  }
  const layer = getLayer(cause);
  if (layer === 'KMS') {
    return { layer, advice: 'check that the KMS key is enabled and that its policy allows the schedule\'s role.' };
  }
  if (layer === 'IAM') {
    return { layer, advice: 'allow the schedule\'s role to start executions of the state machine, and allow EventBridge Scheduler to assume the role.' };
  }
  return { layer: 'Step Functions', advice: 'fix what the cause names.' };
}

/** Scheduler says why it gave up only if it retried the error. */
function describeAttempts(retries = '0', exhausted?: string): string {
  if (!exhausted) { return 'once, because EventBridge Scheduler does not retry this error'; }
  const limit = exhausted === 'MaximumEventAgeInSeconds' ? 'maximum age of the event' : 'maximum number of retries';
  return `${formatKey(retries)} retries, until the ${limit} was reached`;
}
