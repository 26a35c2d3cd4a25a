/** The schedule could not start a run. Its dead letter becomes the only message. */
import { ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import { getCommands, paste } from './aws-cli';
import { getOnlyAlert } from './stage';
import { runbookAnchors } from './table';
import type { Layer } from '../../../src/contract/alert-details';
import { deadLetter } from '../../helpers/dead-letters';
import { rehearse, type Rehearsal } from '../../helpers/run-in-sandbox';

let rehearsal: Rehearsal;
beforeAll(async () => {
  rehearsal = await rehearse({ schedule: ScheduleExpression.cron({ hour: '1', minute: '0' }) });
});
afterAll(() => rehearsal.close());

test.each<[string, string, Layer, string]>([
  [
    'AccessDeniedException',
    'User: arn:aws:sts::123456789012:assumed-role/Schedule/1 is not authorized to perform: ' +
      'states:StartExecution',
    'IAM',
    "allow the schedule's role",
  ],
  [
    'KmsAccessDeniedException',
    'The ciphertext refers to a customer master key that does not exist',
    'KMS',
    'check that the KMS key is enabled',
  ],
  [
    'StateMachineDoesNotExist',
    'State Machine Does Not Exist',
    'Step Functions',
    'Deploy the stack again',
  ],
  ['ThrottlingException', 'Rate exceeded', 'Step Functions', 'quotas of the account'],
  [
    'AWS.Scheduler.InternalServerError',
    'Unexpected error occurred while processing the request',
    'EventBridge Scheduler',
    'which is usually temporary',
  ],
])('%s', async (code, text, layer, advice) => {
  const { sandbox } = rehearsal;
  for (const day of ['23', '24', '25']) {
    rehearsal.put(`incoming/${code}-2026-11-${day}.csv`);
  }
  const before = sandbox.published.length;
  const answers = await sandbox.deliver([
    deadLetter({ ERROR_CODE: code, ERROR_MESSAGE: text, SCHEDULED_TIME: '2026-11-25T01:00:00Z' }),
  ]);
  expect(answers).toEqual([{ payload: 'null' }]);

  const { subject, message, attributes, details } = getOnlyAlert(sandbox.published.slice(before));
  expect(subject).toBe(
    `Archive run due 2026-11-25T01:00:00Z did not start: ${layer} (Rehearsal/Archiver)`,
  );
  expect(message).toContain('No object was lost. Nothing was touched.');
  expect(message).toContain(`\nLayer: ${layer}\nCause: ${code}: ${text}\n`);
  expect(message).toContain(advice);
  expect(runbookAnchors()).toContain(/runbook\.md#(\S+)/.exec(message)![1]);
  expect(message).toContain(
    `console.aws.amazon.com/states/home?region=us-east-1#/statemachines/view/${sandbox.stateMachineArn}`,
  );
  expect(attributes).toMatchObject({
    archiver: 'Rehearsal/Archiver',
    outcome: 'NOT_STARTED',
    layer,
  });
  expect(getCommands(message)).toEqual([details.nextCommand]);
  expect(details).toMatchObject({ code, cause: text, counts: null });

  // The command archives the day of the missed run, no matter when a person pastes it.
  const { status, output } = await paste(sandbox, details.nextCommand!);
  expect([status, JSON.parse(output!)]).toMatchObject([
    'SUCCEEDED',
    { dates: { from: '2026-11-24', to: '2026-11-24' } },
  ]);
  expect(rehearsal.archive()).toHaveProperty([`archive/2026/11/24/${code}-2026-11-24.csv`]);
  expect(rehearsal.source()).toEqual(
    expect.arrayContaining([`incoming/${code}-2026-11-23.csv`, `incoming/${code}-2026-11-25.csv`]),
  );
});
