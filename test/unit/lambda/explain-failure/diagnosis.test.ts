import { describeReason } from '../../../../src/lambda/alerts/reason-text';
import { diagnose } from '../../../../src/lambda/explain-failure/diagnosis';
import type { StatusChange } from '../../../../src/lambda/explain-failure/failure-facts';
import {
  CHILD,
  entered,
  executionFailed,
  exited,
  factsOf,
  history,
  lambdaCause,
  MACHINE,
  MAP_FAILED,
  PLAN,
  PLANNED,
  START,
  SUMMARY,
  taskFailed,
  THRESHOLD_CHANGE,
  type Known,
} from '../../../helpers/failure-fixtures';
import { EXECUTION } from '../../../helpers/report-fixtures';

const REDRIVE = `aws stepfunctions redrive-execution --region eu-west-1 --execution-arn ${EXECUTION}`;
const start = (input: string) =>
  `aws stepfunctions start-execution --region eu-west-1 --state-machine-arn ${MACHINE} --input ` +
  `'${input}'`;
const SAME_DAYS = start('{"from":"2026-11-24","to":"2026-11-24"}');

const mapFailedBy = (error: string, cause: string): Known => ({
  events: history(...MAP_FAILED),
  children: [{ error, cause }],
});
const failedIn = (
  state: string,
  error: string,
  cause: string,
  before = PLANNED,
): [Known, Partial<StatusChange>] => [
  {
    events: history(
      ...before,
      entered(state),
      taskFailed(error, cause),
      executionFailed(error, cause),
    ),
  },
  { error, cause },
];
const systemic = (text: string) =>
  mapFailedBy('SystemicFailure', lambdaCause('SystemicFailure', text));
const TIMED_OUT = lambdaCause(
  'Sandbox.Timedout',
  'RequestId: 1 Error: Task timed out after 900.00 seconds',
);
const reportDied = (error: string, cause: string): Known => ({
  events: history(
    ...PLANNED,
    entered('ReportRun'),
    {
      taskScheduledEventDetails: {
        resourceType: 'lambda',
        resource: 'invoke',
        region: 'eu-west-1',
        parameters: '{"FunctionName":"report"}',
      },
    },
    taskFailed(error, cause),
    executionFailed(error, cause),
  ),
});
const STARTED_AT = START.toISOString();

const CASES: [
  string,
  [Known, Partial<StatusChange>?],
  { layer: string; error: string; text: string | RegExp; command: string },
][] = [
  [
    'S3 denies a batch',
    [
      systemic(
        'ACCESS_DENIED: AccessDenied: User x is not authorized to perform: s3:PutObject ' +
          '(request R1)',
      ),
      THRESHOLD_CHANGE,
    ],
    {
      layer: 'IAM',
      error: 'SystemicFailure',
      text: /s3:PutObject \(request R1\)/,
      command: REDRIVE,
    },
  ],
  [
    'the key is disabled',
    [systemic('KMS_DENIED: KMS.DisabledException: arn:aws:kms:... is disabled.'), THRESHOLD_CHANGE],
    { layer: 'KMS', error: 'SystemicFailure', text: /is disabled/, command: REDRIVE },
  ],
  [
    'the bucket is gone',
    [
      systemic('NO_SUCH_BUCKET: NoSuchBucket: The specified bucket does not exist'),
      THRESHOLD_CHANGE,
    ],
    { layer: 'S3', error: 'SystemicFailure', text: /does not exist/, command: REDRIVE },
  ],
  [
    'a batch ran out of time',
    [
      mapFailedBy(
        'Sandbox.Timedout',
        lambdaCause('Sandbox.Timedout', 'RequestId: 1 Error: Task timed out after 300.00 seconds'),
      ),
      THRESHOLD_CHANGE,
    ],
    { layer: 'Lambda', error: 'Sandbox.Timedout', text: /Task timed out/, command: REDRIVE },
  ],
  [
    'a batch ran out of memory',
    [
      mapFailedBy(
        'Runtime.ExitError',
        lambdaCause(
          'Runtime.ExitError',
          'RequestId: 1 Error: Runtime exited with error: signal: killed',
        ),
      ),
      THRESHOLD_CHANGE,
    ],
    { layer: 'Lambda', error: 'Runtime.ExitError', text: /signal: killed/, command: REDRIVE },
  ],
  [
    'Lambda throttles',
    [
      mapFailedBy(
        'Lambda.TooManyRequestsException',
        'Rate Exceeded. (Service: Lambda, Status Code: 429)',
      ),
      THRESHOLD_CHANGE,
    ],
    {
      layer: 'Lambda',
      error: 'Lambda.TooManyRequestsException',
      text: /Rate Exceeded/,
      command: REDRIVE,
    },
  ],
  [
    'a handler lets an exception pass',
    [mapFailedBy('TypeError', lambdaCause('TypeError', 'x is undefined')), THRESHOLD_CHANGE],
    { layer: 'Lambda', error: 'TypeError', text: 'x is undefined', command: REDRIVE },
  ],
  [
    'the listing fails',
    [
      {
        events: history(
          ...PLANNED,
          entered('ArchiveObjects'),
          {
            mapRunFailedEventDetails: {
              error: 'States.ItemReaderFailed',
              cause: 'Unable to list objects: NoSuchBucket',
            },
          },
          executionFailed('States.ItemReaderFailed'),
        ),
        children: [],
      },
      { error: 'States.ItemReaderFailed' },
    ],
    { layer: 'S3', error: 'States.ItemReaderFailed', text: /NoSuchBucket/, command: SAME_DAYS },
  ],
  [
    'the listing is denied',
    [
      {
        events: history(
          ...PLANNED,
          entered('ArchiveObjects'),
          executionFailed('States.ItemReaderFailed', 'Access denied when listing'),
        ),
        children: [],
      },
      { error: 'States.ItemReaderFailed', cause: 'Access denied when listing' },
    ],
    { layer: 'IAM', error: 'States.ItemReaderFailed', text: /denied/, command: SAME_DAYS },
  ],
  [
    'the results cannot be written',
    [
      {
        events: history(
          ...PLANNED,
          entered('ArchiveObjects'),
          executionFailed('States.ResultWriterFailed', 'Failed to write the manifest into S3'),
        ),
      },
      { error: 'States.ResultWriterFailed' },
    ],
    { layer: 'S3', error: 'States.ResultWriterFailed', text: /manifest/, command: SAME_DAYS },
  ],
  [
    'data outgrow a state',
    [
      {
        events: history(
          ...PLANNED,
          entered('ArchiveObjects'),
          executionFailed(
            'States.DataLimitExceeded',
            'The state/task returned a result with a size exceeding',
          ),
        ),
      },
      { error: 'States.DataLimitExceeded' },
    ],
    {
      layer: 'Step Functions',
      error: 'States.DataLimitExceeded',
      text: /size exceeding/,
      command: SAME_DAYS,
    },
  ],
  [
    'the definition is wrong',
    [
      {
        events: history(
          ...PLANNED,
          entered('ArchiveObjects'),
          executionFailed(
            'States.Runtime',
            'An error occurred while executing the state: path missing',
          ),
        ),
      },
      { error: 'States.Runtime' },
    ],
    { layer: 'Step Functions', error: 'States.Runtime', text: /path missing/, command: SAME_DAYS },
  ],
  [
    'ReportRun crashes',
    failedIn('ReportRun', 'Lambda.ServiceException', 'internal'),
    { layer: 'Lambda', error: 'Lambda.ServiceException', text: 'internal', command: REDRIVE },
  ],
  [
    'the ledger does not balance',
    failedIn(
      'ReportRun',
      'LedgerUnbalanced',
      lambdaCause('LedgerUnbalanced', 'the ledger accounts for 1 object fewer'),
    ),
    { layer: 'ledger', error: 'LedgerUnbalanced', text: /1 object fewer/, command: SAME_DAYS },
  ],
  [
    'the topic denies',
    failedIn('NotifyRun', 'SNS.KmsAccessDeniedException', 'The ciphertext refers to a key'),
    { layer: 'KMS', error: 'SNS.KmsAccessDeniedException', text: /ciphertext/, command: REDRIVE },
  ],
  [
    'the run timed out',
    [
      {
        events: history(...PLANNED, entered('ArchiveObjects'), {
          executionTimedOutEventDetails: {},
        }),
        children: [{ error: 'X', cause: 'y' }],
      },
      { status: 'TIMED_OUT' },
    ],
    {
      layer: 'Step Functions',
      error: 'States.Timeout',
      text: /longer than its timeout/,
      command: REDRIVE,
    },
  ],
  [
    'the run was stopped',
    [
      {
        events: history(...PLANNED, entered('ArchiveObjects'), {
          executionAbortedEventDetails: {},
        }),
      },
      { status: 'ABORTED' },
    ],
    {
      layer: 'Step Functions',
      error: 'ABORTED',
      text: 'the run was stopped',
      command: REDRIVE,
    },
  ],
  [
    'the run was stopped with a reason',
    [{}, { status: 'ABORTED', error: 'Oops', cause: 'wrong day' }],
    { layer: 'Step Functions', error: 'ABORTED', text: 'Oops: wrong day', command: REDRIVE },
  ],
  [
    'the input is wrong',
    [
      ...(failedIn(
        'PlanRun',
        'InvalidRunInput',
        lambdaCause('InvalidRunInput', 'unknown field "dat"'),
        [],
      ).slice(0, 1) as [Known]),
      { error: 'InvalidRunInput', input: '{"dat":1,"dryRun":true}' },
    ],
    {
      layer: 'input',
      error: 'InvalidRunInput',
      text: /unknown field/,
      command: start('{"date":"YYYY-MM-DD","dryRun":true}'),
    },
  ],
  [
    'a prop of a scheduled run is wrong',
    [
      ...(failedIn(
        'PlanRun',
        'InvalidRunInput',
        lambdaCause('InvalidRunInput', 'maxConcurrency "x"'),
        [],
      ).slice(0, 1) as [Known]),
      { error: 'InvalidRunInput', input: '{"scheduledTime":"2026-11-25T00:00:00Z"}' },
    ],
    {
      layer: 'input',
      error: 'InvalidRunInput',
      text: /maxConcurrency/,
      command: start('{"scheduledTime":"2026-11-25T00:00:00Z"}'),
    },
  ],
];

test.each(CASES)('%s', async (_, [known, more], expected) => {
  const { layer, cause, command } = diagnose(await factsOf(known, more));
  expect({ layer, error: cause.error, command }).toEqual({
    layer: expected.layer,
    error: expected.error,
    command: expected.command,
  });
  expect(cause.text).toMatch(expected.text);
});

describe('a listing that fails with a complaint about the prefix', () => {
  const fails = async (prefix: string) =>
    diagnose(
      await factsOf(
        {
          events: history(
            entered('PlanRun'),
            exited('PlanRun', { ...PLAN, listing: { prefix } }),
            entered('ArchiveObjects'),
            executionFailed('States.ItemReaderFailed', 'Invalid value for Prefix'),
          ),
        },
        { error: 'States.ItemReaderFailed' },
      ),
    );

  test('is explained by the prefix if that is empty', async () => {
    expect((await fails('')).advice).toMatch(
      /refused to list with an empty prefix.*leave it out of the props/,
    );
  });

  test('is not explained by a prefix that is not empty', async () => {
    expect((await fails('in/')).advice).not.toContain('empty prefix');
  });
});

test('the most frequent cause of failed children is the cause', async () => {
  const { cause, child } = diagnose(
    await factsOf(
      {
        events: history(...MAP_FAILED),
        children: [
          { error: 'TypeError', cause: 'x' },
          { error: 'SystemicFailure', cause: 'a' },
          { error: 'SystemicFailure', cause: 'b' },
        ],
      },
      THRESHOLD_CHANGE,
    ),
  );
  expect(cause).toEqual({ error: 'SystemicFailure', text: 'a' });
  expect(child?.executionArn).toBe(`${CHILD}f1`);
});

test('children that timed out are read if none failed', async () => {
  const { cause, layer } = diagnose(
    await factsOf(
      { events: history(...MAP_FAILED), children: [], timedOutChildren: 2 },
      THRESHOLD_CHANGE,
    ),
  );
  expect({ error: cause.error, layer }).toEqual({
    error: 'States.Timeout',
    layer: 'Step Functions',
  });
});

test('a failed child is not blamed for what fails after the map', async () => {
  const [known, more] = failedIn('ReportRun', 'LedgerUnbalanced', 'x');
  expect(
    diagnose(
      await factsOf({ ...known, children: [{ error: 'TypeError', cause: 'tolerated' }] }, more),
    ).cause.error,
  ).toBe('LedgerUnbalanced');
});

describe('commands', () => {
  test('a run that Step Functions cannot redrive is started again', async () => {
    expect(
      diagnose(
        await factsOf(
          { ...systemic('SLOW_DOWN'), execution: { redriveStatus: 'NOT_REDRIVABLE' } },
          THRESHOLD_CHANGE,
        ),
      ).command,
    ).toBe(SAME_DAYS);
  });

  test('before the days are known, a new run is bound to the start of the old one', async () => {
    const [known] = failedIn('PlanRun', 'States.Runtime', 'x', []);
    expect(diagnose(await factsOf(known, { error: 'States.Runtime' })).command).toBe(
      start(`{"scheduledTime":"${STARTED_AT}"}`),
    );
    expect(
      diagnose(await factsOf(known, { error: 'States.Runtime', input: '{"date":"2026-11-01"}' }))
        .command,
    ).toBe(start('{"date":"2026-11-01"}'));
    expect(
      diagnose(await factsOf(known, { error: 'States.Runtime', input: 'not json' })).command,
    ).toBe(start(`{"scheduledTime":"${STARTED_AT}"}`));
  });

  test('a run beyond its tolerance is started again, because its Fail state would fail again', async () => {
    const events = history(
      ...PLANNED,
      entered('ReportRun'),
      exited('ReportRun', SUMMARY),
      entered('Fail'),
      executionFailed('ToleranceExceeded', SUMMARY.message),
    );
    expect(diagnose(await factsOf({ events }, { error: 'ToleranceExceeded' })).command).toBe(
      SAME_DAYS,
    );
  });
});

test.each<[string, Known, Partial<StatusChange>, RegExp]>([
  [
    'a key that is disabled',
    systemic('KMS_DENIED: KMS.DisabledException: arn:aws:kms:... is disabled.'),
    THRESHOLD_CHANGE,
    /^enable the KMS key/,
  ],
  [
    'a key whose deletion is pending',
    systemic('KMS_DENIED: KMS.KMSInvalidStateException: arn:aws:kms:... is pending deletion.'),
    THRESHOLD_CHANGE,
    /^cancel the deletion/,
  ],
  [
    'a key that denies',
    systemic('KMS_DENIED: AccessDenied: no kms:Decrypt'),
    THRESHOLD_CHANGE,
    /^check that the KMS key is enabled/,
  ],
  [
    'input above 256 KiB',
    failedIn('PlanRun', 'States.DataLimitExceeded', 'x', [])[0],
    { error: 'States.DataLimitExceeded' },
    /^the input of the run is too long/,
  ],
  [
    'a batch above 256 KiB',
    mapFailedBy('States.DataLimitExceeded', 'x'),
    THRESHOLD_CHANGE,
    /^the data of a state grew beyond 256 KiB/,
  ],
  [
    'an error in a path',
    failedIn('ReportRun', 'States.ParameterPathFailure', 'x')[0],
    { error: 'States.ParameterPathFailure' },
    /Deploy a corrected version/,
  ],
  [
    'a topic that does not exist',
    failedIn('NotifyRun', 'SNS.NotFoundException', 'Topic does not exist')[0],
    { error: 'SNS.NotFoundException' },
    /^check that the topic exists/,
  ],
  [
    'a batch that ran out of time',
    mapFailedBy('Sandbox.Timedout', TIMED_OUT),
    THRESHOLD_CHANGE,
    /raise batchTimeout or memorySize/,
  ],
  [
    'a report that ran out of time',
    reportDied('Sandbox.Timedout', TIMED_OUT),
    { error: 'Sandbox.Timedout' },
    /^a function ran out of time or memory, or crashed\. If this has happened before, read its log\.$/,
  ],
  [
    'a report that threw',
    reportDied('TypeError', lambdaCause('TypeError', 'x')),
    { error: 'TypeError' },
    /^read the log of the function/,
  ],
])('what to do about %s', async (_, known, more, advice) => {
  expect(diagnose(await factsOf(known, more)).advice).toMatch(advice);
});

test.each([
  'KMS.DisabledException: arn:aws:kms:us-east-1:999999999999:key/1 is disabled.',
  'KMS.KMSInvalidStateException: arn:aws:kms:us-east-1:999999999999:key/1 is pending deletion.',
  'AccessDenied: not authorized to perform: kms:Decrypt on resource: ' +
    'arn:aws:kms:us-east-1:999999999999:key/1',
])('a run that a stranger makes fail grants no key of theirs: %s', async (text) => {
  expect(
    diagnose(await factsOf(systemic(`KMS_DENIED: ${text}`), THRESHOLD_CHANGE)).advice,
  ).toContain('Do not grant any other key');
  expect(describeReason('KMS_DENIED')).toContain('do not grant any other key');
});

test.each([
  ['a systemic failure', systemic('KMS_DENIED: every object'), THRESHOLD_CHANGE, 'KMS_DENIED'],
  ['any other', mapFailedBy('TypeError', 'NOT_A_CODE: x'), THRESHOLD_CHANGE, 'TypeError'],
])('the code of %s', async (_, known, more, code) => {
  expect(diagnose(await factsOf(known, more)).code).toBe(code);
});

test('input that is too long or refused is not repeated', async () => {
  const [known] = failedIn('PlanRun', 'States.DataLimitExceeded', 'x', []);
  const input = JSON.stringify({ date: '2026-11-24', note: 'x'.repeat(250_000) });
  // The event of a run with a large input has no input.
  const execution = { ...known.execution, input };
  expect(
    diagnose(
      await factsOf({ ...known, execution } as Known, {
        error: 'States.DataLimitExceeded',
        input: undefined,
      }),
    ).command,
  ).toBe(start('{"date":"YYYY-MM-DD","dryRun":true}'));
});

test.each([
  { dryrun: true },
  { 'dry-run': true, date: '2026-11-24' },
  { action: 'Restore', run: 'nightly' },
  { manifest: 'https://b/k' },
])(
  'what is pasted after the refusal of %j moves nothing, since what was misspelled may have ' +
    'said so',
  async (given) => {
    const [known] = failedIn(
      'PlanRun',
      'InvalidRunInput',
      lambdaCause('InvalidRunInput', 'unknown field'),
      [],
    );
    const { command } = diagnose(
      await factsOf(known, { error: 'InvalidRunInput', input: JSON.stringify(given) }),
    );
    expect(command).toBe(start('{"date":"YYYY-MM-DD","dryRun":true}'));
  },
);
