import * as v from 'valibot';
import { type Layer, unknownDetails } from '../../contract/alert-details';
import { RunInput } from '../../contract/payloads/run';
import { getText } from '../alerts/action-text';
import type { Alert } from '../alerts/alert';
import { toAttributes } from '../alerts/alert-attributes';
import { startExecutionCommand, stateMachineUrl } from '../alerts/cli-commands';
import { type Cause, getLayer, layerUrl } from '../alerts/layers';
import { formatCause, formatKey, toSubject } from '../text/format';
import { parseAs } from '../text/json';

/**
 * Has what tells it from other events:
 * https://docs.aws.amazon.com/scheduler/latest/UserGuide/configuring-schedule-dlq.html
 */
export const DeadLetter = v.object({
  eventSource: v.literal('aws:sqs'),
  body: v.string(),
  messageAttributes: v.record(v.string(), v.object({ stringValue: v.optional(v.string()) })),
});
export type DeadLetter = v.InferOutput<typeof DeadLetter>;

export const DeadLetterEvent = v.object({ Records: v.array(DeadLetter) });

/**
 * Returns `undefined` if a schedule fired twice: the second event fails because the first one has
 * started the run under the same name.
 */
export function createStartAlert(
  settings: { readonly archiverName?: string; readonly stateMachineArn?: string },
  letter: DeadLetter,
): Alert | undefined {
  const { archiverName = 'Archiver', stateMachineArn } = settings;
  const getAttribute = (name: string) => letter.messageAttributes[name]?.stringValue;
  const cause = {
    error: getAttribute('ERROR_CODE') ?? 'unknown error',
    text: getAttribute('ERROR_MESSAGE') ?? 'no cause was given',
  };
  if (cause.error.endsWith('ExecutionAlreadyExists')) {
    return undefined;
  }

  const due = getAttribute('SCHEDULED_TIME');
  const { layer, advice } = diagnoseStart(cause);
  const schedule = getAttribute('SCHEDULE_ARN');
  // The scheduled time determines the days of the run, however late the run starts.
  const input: RunInput = {
    ...parseAs(Verification, letter.body),
    ...(due && { scheduledTime: due }),
  };
  const { run, done } = getText({ action: input.action });
  const command = startExecutionCommand(stateMachineArn, input);
  const url = stateMachineArn && stateMachineUrl(stateMachineArn);
  const what = input.action === undefined ? 'run' : run.toLowerCase();
  const whenDue = due ? ` that was due at ${formatKey(due)}` : '';
  const attempts = describeAttempts(
    getAttribute('RETRY_ATTEMPTS'),
    getAttribute('EXHAUSTED_RETRY_CONDITION'),
  );
  return {
    subject: toSubject(
      `${run}${due ? ` due ${formatKey(due)}` : ''} did not start: ${layer} (${archiverName})`,
    ),
    lead: [
      `${archiverName}: the ${what}${whenDue} did not start.`,
      'No object was lost. Nothing was touched.',
    ],
    details: [
      [
        `Layer: ${layer}`,
        `Cause: ${formatKey(cause.error)}: ${formatCause(cause.text, 1500)}`,
        `Tried: ${attempts}`,
      ],
      [
        ...(schedule ? [`Schedule: ${formatKey(schedule)}`] : []),
        ...(due ? [] : [`Schedule sent: ${formatCause(letter.body, 1000)}`]),
      ],
    ],
    next: [
      `${advice} Then start the missed run, for the days that it should have ${done}:`,
      { command },
    ],
    more: [[`Runbook: ${layerUrl(layer)}`, ...(url ? [`State machine: ${url}`] : [])]],
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

/**
 * The input that a schedule of `addVerification` sends, besides the time. The archiver's own
 * schedule sends only the time.
 */
const Verification = v.object({
  action: v.literal('verify'),
  deep: RunInput.entries.deep,
  selection: RunInput.entries.selection,
});

const KNOWN_ERRORS: ReadonlyArray<readonly [RegExp, Layer, advice: string]> = [
  [
    /^AWS\.Scheduler\./,
    'EventBridge Scheduler',
    'EventBridge Scheduler itself failed, which is usually temporary.',
  ],
  [
    /DoesNotExist|NotFound|Deleting/,
    'Step Functions',
    'the state machine does not exist. Deploy the stack again.',
  ],
  [
    /Throttl|TooManyRequests|LimitExceeded/,
    'Step Functions',
    'the quotas of the account for Step Functions are used up. Wait until there is capacity again.',
  ],
];

const ADVICE: { readonly [layer: string]: string } = {
  KMS: "check that the KMS key is enabled and that its policy allows the schedule's role.",
  IAM:
    "allow the schedule's role to start executions of the state machine, and allow EventBridge " +
    'Scheduler to assume the role.',
};

function diagnoseStart(cause: Cause): { readonly layer: Layer; readonly advice: string } {
  const known = KNOWN_ERRORS.find(([pattern]) => pattern.test(cause.error));
  if (known) {
    return { layer: known[1], advice: known[2] };
  }
  const layer = getLayer(cause);
  return layer in ADVICE
    ? { layer, advice: ADVICE[layer] }
    : { layer: 'Step Functions', advice: 'fix what the cause names.' };
}

/** Scheduler says why it gave up only if it retried the error. */
function describeAttempts(retries = '0', exhausted?: string): string {
  if (!exhausted) {
    return 'once, because EventBridge Scheduler does not retry this error';
  }
  const limit =
    exhausted === 'MaximumEventAgeInSeconds'
      ? 'maximum age of the event'
      : 'maximum number of retries';
  return `${formatKey(retries)} retries, until the ${limit} was reached`;
}
