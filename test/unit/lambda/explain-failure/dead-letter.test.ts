import * as v from 'valibot';
import { type Alert, toTextMessage } from '../../../../src/lambda/alerts/alert';
import { createStartAlert, DeadLetter } from '../../../../src/lambda/explain-failure/dead-letter';
import { deadLetter } from '../../../helpers/dead-letters';

const MACHINE = 'arn:aws:states:eu-west-1:123456789012:stateMachine:Archiver';

const messageOf = (alert: Alert | undefined) =>
  alert && { subject: alert.subject, message: toTextMessage(alert), attributes: alert.attributes };

function alertOf(attributes?: Record<string, string | undefined>, body?: string) {
  return messageOf(
    createStartAlert(
      { archiverName: 'Demo/Archiver', stateMachineArn: MACHINE },
      v.parse(DeadLetter, deadLetter(attributes, body)),
    ),
  );
}

test('says which run did not start, why, and which command starts it for the same days', () => {
  const { attributes, ...seen } = alertOf()!;
  expect(seen).toEqual({
    subject: 'Archive run due 2026-11-25T01:00:00Z did not start: IAM (Demo/Archiver)',
    message: `Demo/Archiver: the run that was due at 2026-11-25T01:00:00Z did not start.
No object was lost. Nothing was touched.

Layer: IAM
Cause: AccessDeniedException: User: arn:aws:sts::123456789012:assumed-role/ScheduleRole/ad06616e51cdf74a is not authorized to perform: states:StartExecution on resource: ${MACHINE} because no identity-based policy allows the states:StartExecution action
Tried: once, because EventBridge Scheduler does not retry this error

Schedule: arn:aws:scheduler:eu-west-1:123456789012:schedule/default/Nightly

Next: allow the schedule's role to start executions of the state machine, and allow EventBridge Scheduler to assume the role. Then start the missed run, for the days that it should have archived:
aws stepfunctions start-execution --region eu-west-1 --state-machine-arn ${MACHINE} --input '{"scheduledTime":"2026-11-25T01:00:00Z"}'

Runbook: https://github.com/cdk-s3-dated-archiver/cdk-s3-dated-archiver/blob/main/docs/runbook.md#iam
State machine: https://eu-west-1.console.aws.amazon.com/states/home?region=eu-west-1#/statemachines/view/${MACHINE}`,
  });
  expect(attributes).toMatchObject({
    archiver: 'Demo/Archiver',
    runId: 'ad06616e51cdf74a',
    outcome: 'NOT_STARTED',
    layer: 'IAM',
  });
  expect(JSON.parse(attributes.details)).toMatchObject({
    code: 'AccessDeniedException',
    dates: null,
    nextCommand:
      `aws stepfunctions start-execution --region eu-west-1 --state-machine-arn ${MACHINE} ` +
      `--input '{"scheduledTime":"2026-11-25T01:00:00Z"}'`,
  });
});

test.each([
  ['AccessDeniedException', 'not authorized', 'IAM', "allow the schedule's role"],
  [
    'AccessDeniedException',
    'The role defined for the function cannot be assumed: access denied',
    'IAM',
    'to assume the role',
  ],
  ['KmsAccessDeniedException', 'KMS access denied', 'KMS', 'KMS key is enabled'],
  [
    'StateMachineDoesNotExist',
    'State Machine Does Not Exist',
    'Step Functions',
    'Deploy the stack again',
  ],
  ['StateMachineDeleting', 'being deleted', 'Step Functions', 'Deploy the stack again'],
  ['ExecutionLimitExceeded', 'too many', 'Step Functions', 'quotas'],
  ['ThrottlingException', 'Rate exceeded', 'Step Functions', 'quotas'],
  ['ValidationException', 'whatever', 'Step Functions', 'fix what the cause names'],
  [
    'AWS.Scheduler.InternalServerError',
    'Unexpected error occurred while processing the request',
    'EventBridge Scheduler',
    'usually temporary',
  ],
])('%s (%s): %s', (ERROR_CODE, ERROR_MESSAGE, layer, advice) => {
  const { subject, message } = alertOf({ ERROR_CODE, ERROR_MESSAGE })!;
  expect(subject).toContain(`did not start: ${layer} (`);
  expect(message).toContain(`\nLayer: ${layer}\nCause: ${ERROR_CODE}: ${ERROR_MESSAGE}\n`);
  expect(message).toContain(advice);
  expect(message.match(/aws stepfunctions/g)).toHaveLength(1);
});

test.each([
  ['MaximumRetryAttempts', 'Tried: 185 retries, until the maximum number of retries was reached'],
  [
    'MaximumEventAgeInSeconds',
    'Tried: 185 retries, until the maximum age of the event was reached',
  ],
])('retried until %s', (EXHAUSTED_RETRY_CONDITION, text) => {
  expect(
    alertOf({
      ERROR_CODE: 'ThrottlingException',
      EXHAUSTED_RETRY_CONDITION,
      RETRY_ATTEMPTS: '185',
    })!.message,
  ).toContain(text);
});

test('no message if another delivery of the same event started the run', () => {
  expect(alertOf({ ERROR_CODE: 'ExecutionAlreadyExists' })).toBeUndefined();
});

test(
  'without attributes, the message shows what the schedule sent, and what the reader has to fill ' +
    'in',
  () => {
    const nothing = {
      ERROR_CODE: undefined,
      ERROR_MESSAGE: undefined,
      SCHEDULED_TIME: undefined,
      SCHEDULE_ARN: undefined,
      RETRY_ATTEMPTS: undefined,
    };
    const alert = messageOf(
      createStartAlert({}, v.parse(DeadLetter, deadLetter(nothing, '{"x":"\n"}'))),
    )!;
    expect(alert.subject).toBe('Archive run did not start: Step Functions (Archiver)');
    expect(alert.message).toContain('Cause: unknown error: no cause was given');
    expect(alert.message).toContain('Schedule sent: {"x":" "}');
    expect(alert.message).toMatch(/--state-machine-arn STATE_MACHINE_ARN --input '\{\}'$/m);
  },
);

test('a cause of any length and a hostile name stay on their lines', () => {
  const { subject, message } = alertOf({
    ERROR_MESSAGE: `a\nNext: rm -rf /\n${'x'.repeat(100_000)}`,
    SCHEDULE_ARN: 'arn\n\u202eevil',
  })!;
  expect(message).not.toContain('\nNext: rm');
  expect(message).toContain('arn\\u000a\\u202eevil');
  expect(Buffer.byteLength(message)).toBeLessThan(4096);
  expect(subject.length).toBeLessThan(100);
});

test('nothing of the event is printed raw, not even the due time', () => {
  const hostile = '\u202e\u009b\u061c\ufffe\nLayer: forged';
  const { subject, message, attributes } = alertOf(
    Object.fromEntries(
      [
        'SCHEDULED_TIME',
        'ERROR_CODE',
        'ERROR_MESSAGE',
        'EXECUTION_ID',
        'SCHEDULE_ARN',
        'RETRY_ATTEMPTS',
      ].map((name) => [name, `${name} ${hostile}`]),
    ),
  )!;
  for (const text of [subject, attributes.runId, attributes.details, ...message.split('\n')]) {
    expect(text).toMatch(/^[\x20-\x7e]*$/);
  }
  expect(message).not.toMatch(/^Layer: forged/m);
});
