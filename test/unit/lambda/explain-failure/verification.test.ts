import { toTextMessage } from '../../../../src/lambda/alerts/alert';
import {
  createStartAlert,
  type DeadLetter,
} from '../../../../src/lambda/explain-failure/dead-letter';
import type { FailureFacts } from '../../../../src/lambda/explain-failure/failure-facts';
import { createFailureMessage } from '../../../../src/lambda/explain-failure/failure-message';
import { change, PLAN, SUMMARY } from '../../../helpers/failure-fixtures';

const SETTINGS = { archiverName: 'Demo/Archiver', reportBucket: 'reports' };
const RUN = { ...PLAN.run, action: 'verify' as const, deep: true };

function explain(more: Partial<FailureFacts>) {
  return createFailureMessage(SETTINGS, { change: change(), gaps: [], ...more });
}

test('a verification that failed says that nothing was changed, and is redriven', () => {
  const { subject, message, attributes } = explain({
    history: {
      state: 'VerifyObjects',
      error: 'States.ItemReaderFailed',
      cause: 'Access Denied',
      run: RUN,
    },
  });
  expect(subject).toBe('Verification of 2026-11-24 failed: IAM (Demo/Archiver)');
  expect(message).toContain(
    'while it was comparing the archive with the ledgers (state VerifyObjects)',
  );
  expect(message).toContain('Nothing was changed: a verification only reads.');
  expect(message).not.toContain('No object was lost');
  expect(message).toContain(
    '{"action":"verify","from":"2026-11-24","to":"2026-11-24","deep":true}',
  );
  expect(JSON.parse(attributes.details)).toMatchObject({ action: 'verify' });
});

test('the next command verifies the run that the input named', () => {
  expect(
    explain({
      history: {
        state: 'VerifyObjects',
        error: 'LedgerChanged',
        cause: 's3://reports/x was written again',
        run: { ...RUN, ledgerOf: 'nightly' },
      },
    }).message,
  ).toContain(
    'wait until the run whose ledger the cause names has ended. Then start a new run:\naws ' +
      'stepfunctions start-execution --region eu-west-1 ' +
      '--state-machine-arn arn:aws:states:eu-west-1:123456789012:stateMachine:Archiver --input ' +
      '\'{"action":"verify","run":"nightly","deep":true}\'',
  );
});

test('a verification that found something sends its own message, once', () => {
  const summary = {
    ...SUMMARY,
    action: 'verify' as const,
    subject: 'Verification FAILED, 1 missing',
    message: 'what is missing',
  };
  expect(
    explain({
      history: { state: 'FailVerification', error: 'ObjectsUnaccounted', run: RUN, summary },
    }),
  ).toMatchObject({
    subject: 'Verification FAILED, 1 missing',
    message: 'what is missing',
    attributes: summary.attributes,
  });
});

test('a verification that was not planned is known by its input', () => {
  const { subject, message } = explain({
    change: change({
      input: '{"action":"verify","run":"unknown"}',
      error: 'InvalidRunInput',
      cause: 'run "unknown" is unknown',
    }),
  });
  expect(subject).toBe('Verification failed: input (Demo/Archiver)');
  expect(message).toContain('{"action":"verify","run":"unknown"}');
});

test('a verification that could not start is started again with what its schedule sent', () => {
  const letter = (body: string): DeadLetter => ({
    eventSource: 'aws:sqs',
    body,
    messageAttributes: {
      ERROR_CODE: { stringValue: 'AWS.Scheduler.InternalServerError' },
      SCHEDULED_TIME: { stringValue: '2026-11-29T05:00:00Z' },
    },
  });
  const sent = {
    action: 'verify',
    selection: { kind: 'lastDays', days: 30 },
    scheduledTime: '2026-11-29T05:00:00Z',
  };
  const alert = createStartAlert({ archiverName: 'Demo/Archiver' }, letter(JSON.stringify(sent)))!;
  expect(alert.subject).toMatch(/^Verification due 2026-11-29T05:00:00Z did not start/);
  const message = toTextMessage(alert);
  expect(message).toContain('for the days that it should have verified:');
  expect(message).toContain(
    '{"action":"verify","selection":{"kind":"lastDays","days":30},"scheduledTime":"2026-11-29T05:00:00Z"}',
  );
  expect(createStartAlert({}, letter('not JSON'))!.subject).toMatch(/^Archive run due/);
});

test('a message about a verification that could not be sent keeps what is unproven', () => {
  const reasons = [{ status: 'unproven', code: 'ARCHIVED_COPY_UNPROVEN', count: 1 }];
  const problems = [{ key: 'archive/2026/11/24/a.csv', code: 'ARCHIVED_COPY_UNPROVEN' }];
  const summary = {
    ...SUMMARY,
    action: 'verify' as const,
    attributes: { ...SUMMARY.attributes, details: JSON.stringify({ reasons, problems }) },
  };
  const { attributes } = explain({
    history: { state: 'NotifyRun', error: 'SNS.NotFoundException', run: RUN, summary },
  });
  expect(JSON.parse(attributes.details)).toMatchObject({ reasons, problems });
});

test('a restore that failed says what it did, and takes parts of ledgers for no objects', () => {
  const run = { ...PLAN.run, action: 'restore' as const };
  const counts = { total: 3, succeeded: 2, failed: 1 };
  const mapRun = {
    description: { itemCounts: counts, executionCounts: counts } as never,
    failedChildren: [],
  };
  const inMap = explain({
    history: { state: 'RestoreObjects', error: 'States.Runtime', run },
    mapRun,
  }).message;
  expect(inMap).toContain('The restore lost no object: a restore deletes nothing');
  expect(inMap).toContain('Batches: 3 so far, 2 done, 1 failed, 0 not finished');
  expect(inMap).not.toContain('Listed objects');
  expect(
    explain({ history: { state: 'ReportRun', error: 'Lambda.Unknown', run }, mapRun }).message,
  ).toContain('after it copied objects back, while it was writing its report (state ReportRun)');
});
