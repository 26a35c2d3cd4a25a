import { createFailureMessage } from '../../../../src/lambda/explain-failure/failure-message';
import { parseEnvelope } from '../../../helpers/chat-envelope';
import {
  CHILD,
  change,
  entered,
  executionFailed,
  exited,
  factsOf,
  history,
  lambdaCause,
  MAP_FAILED,
  MAP_RUN,
  PLAN,
  PLANNED,
  SUMMARY,
  taskFailed,
  THRESHOLD_CHANGE,
} from '../../../helpers/failure-fixtures';
import { EXECUTION } from '../../../helpers/report-fixtures';

const DENIED = lambdaCause(
  'SystemicFailure',
  'ACCESS_DENIED: every object that the batch tried failed so: AccessDenied: not authorized to ' +
    'perform: s3:PutObject (request R1)',
);

test('a systemic failure, as a person gets it', async () => {
  const input = JSON.stringify({
    BatchInput: {},
    Items: [{ Key: 'incoming/a\n.csv' }, { Key: 'incoming/b.csv' }, { Key: 'incoming/c.csv' }],
  });
  const children = [
    { error: 'SystemicFailure', cause: DENIED, input },
    { error: 'TypeError', cause: 'x' },
  ];
  const { attributes, chat, ...seen } = createFailureMessage(
    { archiverName: 'Demo/Archiver', reportBucket: 'reports' },
    await factsOf({ events: history(...MAP_FAILED), children }, THRESHOLD_CHANGE),
  );
  expect(seen).toEqual({
    subject: 'Archive run of 2026-11-24 failed: IAM (Demo/Archiver)',
    message: `Demo/Archiver: the run failed while it was archiving objects (state ArchiveObjects).
No object was lost. Objects that were not archived are still at the source.

Layer: IAM
Cause: SystemicFailure: ACCESS_DENIED: every object that the batch tried failed so: AccessDenied: not authorized to perform: s3:PutObject (request R1)
Seen in: a batch of 3 objects, from incoming/a\\u000a.csv to incoming/c.csv
         ${CHILD}f0
Other batches failed with: TypeError

Days:  2026-11-24
Run:   nightly, 2026-11-25T01:00:00.000Z, ended after 1 min 0 s

Batches: 30 so far, 17 done, 12 failed, 1 not finished
Listed objects in these batches: 29,500 so far, 17,000 done, 12,000 failed, 500 not finished

Next: allow the action that was denied (in the role, in the bucket policy, or in a service control policy above both). Then redrive the run. It continues where it stopped, with the same days (possible until 2026-12-09):
aws stepfunctions redrive-execution --region eu-west-1 --execution-arn ${EXECUTION}

Runbook: https://github.com/cdk-s3-dated-archiver/cdk-s3-dated-archiver/blob/main/docs/runbook.md#iam
Execution: https://eu-west-1.console.aws.amazon.com/states/home?region=eu-west-1#/v2/executions/details/${EXECUTION}
Map Run: ${MAP_RUN}
Ledger so far: s3://reports/runs/ledger/day=2026-11-24/run=nightly/
               https://eu-west-1.console.aws.amazon.com/s3/buckets/reports?region=eu-west-1&prefix=runs%2Fledger%2Fday%3D2026-11-24%2Frun%3Dnightly%2F`,
  });
  expect(parseEnvelope(chat).content.nextSteps).toHaveLength(2);
  expect({ ...attributes, details: JSON.parse(attributes.details) as unknown }).toEqual({
    archiver: 'Demo/Archiver',
    runId: 'nightly',
    outcome: 'FAILED',
    layer: 'IAM',
    details: {
      schemaVersion: 1,
      archiver: 'Demo/Archiver',
      runId: 'nightly',
      action: 'archive',
      dates: { from: '2026-11-24', to: '2026-11-24' },
      outcome: 'FAILED',
      layer: 'IAM',
      code: 'ACCESS_DENIED',
      cause: expect.stringMatching(/s3:PutObject \(request R1\)$/),
      counts: null,
      reasons: [],
      problems: [],
      report: null,
      ledger: 's3://reports/runs/ledger/day=2026-11-24/run=nightly/',
      executionArn: EXECUTION,
      nextCommand: `aws stepfunctions redrive-execution --region eu-west-1 --execution-arn ${EXECUTION}`,
    },
  });
});

describe('a run beyond its tolerance', () => {
  const events = history(
    ...PLANNED,
    entered('ReportRun'),
    exited('ReportRun', SUMMARY),
    entered('Outcome'),
    exited('Outcome', SUMMARY),
    entered('Fail'),
    executionFailed('ToleranceExceeded', SUMMARY.message),
  );

  const own = {
    subject: SUMMARY.subject,
    message: SUMMARY.message,
    attributes: SUMMARY.attributes,
  };

  test('has the message of ReportRun, and the one that it wrote for the chat', async () => {
    const facts = await factsOf({ events }, { error: 'ToleranceExceeded', cause: SUMMARY.message });
    expect(createFailureMessage({ archiverName: 'Demo' }, facts)).toMatchObject(own);
    const summary = { ...SUMMARY, chat: '{"written":"by ReportRun"}' };
    expect(
      createFailureMessage(
        { archiverName: 'Demo' },
        { ...facts, history: { ...facts.history, summary } },
      ),
    ).toEqual({ ...own, chat: summary.chat });
  });

  test('has it even if only the event can be read, and the chat says what is known without it', () => {
    const facts = {
      change: change({ error: 'ToleranceExceeded', cause: SUMMARY.message }),
      gaps: ['its history: AccessDeniedException: no'],
    };
    const { chat, ...seen } = createFailureMessage({ archiverName: 'Demo' }, facts);
    expect(seen).toEqual({
      subject: 'Archive run failed: S3 (Demo)',
      message: SUMMARY.message,
      attributes: expect.objectContaining({ outcome: 'FAILED', layer: 'S3' }),
    });
    expect(parseEnvelope(chat).content).toMatchObject({
      title: seen.subject,
      description: expect.stringContaining('Cause: ToleranceExceeded: Demo: 2 of 7 objects'),
    });
  });
});

test('a message that could not be sent is quoted', async () => {
  const summary = {
    ...SUMMARY,
    outcome: 'PROBLEMS' as const,
    quote: 'Demo: 2 of 7 objects were not archived.\n\nWhy:\n  2 failed',
  };
  const events = history(
    ...PLANNED,
    entered('ReportRun'),
    exited('ReportRun', summary),
    entered('NotifyRun'),
    taskFailed('SNS.NotFoundException'),
  );
  const { message } = createFailureMessage(
    { archiverName: 'Demo' },
    await factsOf({ events }, { error: 'SNS.NotFoundException' }),
  );
  expect(message).toContain(
    "The run's own message, which could not be sent:\n  Demo: 2 of 7 objects were not " +
      'archived.\n\n  Why:\n    2 failed\n\nNext: ',
  );
});

test.each([
  [
    'a batch that a function planned',
    { part: { name: 'ab12', objects: 7 } },
    'a batch of the objects in a file of the report bucket, ' +
      'runs/2026-11-25/nightly/plan/ab12.jsonl',
  ],
  [
    'a batch that reads ledgers',
    { parts: [{ key: 'runs/ledger/a.jsonl' }, { key: 'runs/ledger/b.jsonl' }] },
    'a batch of the objects in 2 files of the report bucket, from runs/ledger/a.jsonl to ' +
      'runs/ledger/b.jsonl',
  ],
])('%s is named by its files', async (_, batch, text) => {
  const input = JSON.stringify({ BatchInput: { run: PLAN.run }, ...batch });
  const children = [{ error: 'SystemicFailure', cause: DENIED, input }];
  const { message } = createFailureMessage(
    { archiverName: 'Demo' },
    await factsOf({ events: history(...MAP_FAILED), children }, THRESHOLD_CHANGE),
  );
  expect(message).toContain(`Seen in: ${text}\n         ${CHILD}f0\n`);
});

test('has the counts of ReportRun if there are any', async () => {
  const events = history(
    ...PLANNED,
    entered('ReportRun'),
    exited('ReportRun', SUMMARY),
    entered('NotifyRun'),
    taskFailed('SNS.NotFoundException', 'Topic does not exist'),
  );
  const { message } = createFailureMessage(
    { archiverName: 'Demo' },
    await factsOf({ events }, { error: 'SNS.NotFoundException' }),
  );
  expect(message).toContain('10 listed, 4 archived, 3 skipped, 1 conflicting, 2 failed');
});

test('a ledger with a gap is not called complete', async () => {
  const events = history(
    ...PLANNED,
    entered('ReportRun'),
    taskFailed('LedgerUnbalanced', lambdaCause('LedgerUnbalanced', 'listed 8')),
  );
  const { subject, message } = createFailureMessage(
    { archiverName: 'Demo' },
    await factsOf({ events }, { error: 'LedgerUnbalanced' }),
  );
  expect(subject).toBe('Archive run of 2026-11-24 failed: ledger (Demo)');
  expect(message).toContain('the ledger does not say which for all of them');
  expect(message).not.toContain('No object was lost');
});

test('a message from the event alone says what is missing', () => {
  const gaps = [
    'the execution: AccessDeniedException: User: x\nis not authorized',
    'its history: ThrottlingException: Rate exceeded',
  ];
  const { subject, message } = createFailureMessage(
    { archiverName: 'Demo' },
    {
      change: change({ status: 'TIMED_OUT', input: '{"date":"2026-11-24"}', stopDate: undefined }),
      gaps,
    },
  );
  expect(subject).toBe('Archive run timed out: Step Functions (Demo)');
  expect(message).toContain('Input: {"date":"2026-11-24"}');
  expect(message).toContain('possible for 14 days');
  expect(message).toContain(
    'the following could not be read:\n  the execution: AccessDeniedException: User: x is not ' +
      'authorized\n  its history: ThrottlingException: Rate exceeded',
  );
});

test('a dry run is called one', async () => {
  const events = history(
    entered('PlanRun'),
    exited('PlanRun', { ...PLAN, run: { ...PLAN.run, dryRun: true, from: null } }),
    entered('ArchiveObjects'),
    executionFailed('States.Runtime', 'x'),
  );
  const { message } = createFailureMessage(
    { archiverName: 'Demo' },
    await factsOf({ events }, { error: 'States.Runtime' }),
  );
  expect(message).toContain('Days:  every day up to 2026-11-24 (dry run)');
  expect(message).toContain('"dryRun":true');
});

test('a huge and hostile cause makes a short message of whole lines', async () => {
  const cause = `\u0000\n${'é\n'.repeat(100_000)}`;
  const facts = await factsOf(
    {
      events: history(
        ...PLANNED,
        entered('ArchiveObjects'),
        executionFailed('E\n'.repeat(1000), cause),
      ),
    },
    { error: 'E', name: 'n' },
  );
  const { subject, message } = createFailureMessage(
    { archiverName: 'D\u202e\n'.repeat(50) },
    facts,
  );
  expect(subject).toMatch(/^[\x20-\x7e]{1,99}$/);
  expect(Buffer.byteLength(message)).toBeLessThan(32 * 1024);
  expect(message).toContain('\nNext: ');
});

test('nothing of the event is printed raw, not even the name of the run', async () => {
  const hostile = '\u202e\u009b\u061c\ufffe';
  const odd = {
    ...change(),
    name: `nightly${hostile}`,
    executionArn: `${EXECUTION}${hostile}`,
    status: `ODD${hostile}`,
    error: hostile,
    cause: hostile,
    input: hostile,
  };
  const { subject, message, attributes } = createFailureMessage(
    { archiverName: 'Demo/Archiver', reportBucket: 'reports' },
    await factsOf({ events: [] }, odd),
  );
  for (const text of [subject, attributes.runId, attributes.details, ...message.split('\n')]) {
    expect(text).toMatch(/^[\x20-\x7e]*$/);
  }
});

test('a time-out of S3 is told as S3, with the command for the log of the function that waited', async () => {
  const scheduled = {
    taskScheduledEventDetails: {
      resourceType: 'lambda',
      parameters: JSON.stringify({
        FunctionName: 'arn:aws:lambda:eu-west-1:111122223333:function:Report',
      }),
    },
  };
  const failed = taskFailed(
    'TimeoutError',
    lambdaCause(
      'TimeoutError',
      'S3 did not answer GetObject on bucket reports: connection timed out',
    ),
  );
  const { subject, message } = createFailureMessage(
    { archiverName: 'Demo/Archiver' },
    await factsOf({
      events: history(...PLANNED, entered('ReportRun'), scheduled as never, failed),
    }),
  );
  expect(subject).toBe('Archive run of 2026-11-24 failed: S3 (Demo/Archiver)');
  expect(message).toContain(
    'Cause: TimeoutError: S3 did not answer GetObject on bucket reports: connection timed out\n',
  );
  expect(message).toContain(
    'Next: S3 did not answer in time. If this happens again and the functions are in a VPC',
  );
  expect(message).toContain(
    'To read the log of the function, run:\naws logs tail --region eu-west-1 --since 3h "$(aws ' +
      'lambda get-function-configuration --region eu-west-1 ' +
      '--function-name arn:aws:lambda:eu-west-1:111122223333:function:Report --query ' +
      'LoggingConfig.LogGroup --output text)"\n',
  );
});

test.each([
  [
    0,
    undefined,
    /no batch was done before the timeout of the run, so a higher rate would not have helped/,
  ],
  [17, [], /a redrive gives this run its whole timeout again/],
])('a run that timed out after %d batches', async (succeeded, children, advice) => {
  const { message } = createFailureMessage(
    { archiverName: 'Demo/Archiver' },
    await factsOf(
      { events: history(...PLANNED, entered('ArchiveObjects')), children },
      { status: 'TIMED_OUT' },
    ),
  );
  expect(message).toMatch(advice);
  expect(message.includes('maxObjectsPerSecond')).toBe(succeeded > 0);
});
