import { Lazy } from 'aws-cdk-lib';
import { AlertMode, DateSelection, DateSource } from '../../../../src';
import { ErrorName } from '../../../../src/contract/errors';
import { batchStates, definition, faults, only, synth } from '../../../helpers/synth';

const RETRY = {
  IntervalSeconds: 2,
  MaxAttempts: 6,
  BackoffRate: 2,
  MaxDelaySeconds: 60,
  JitterStrategy: 'FULL',
};

const { template } = synth({ prefix: 'in/' });
const asl = definition(template);
const { States } = asl;

test('the states of a run are in order', () => {
  expect(asl.StartAt).toBe('PlanRun');
  expect(Object.keys(States).sort()).toEqual([
    'Action',
    'ArchiveObjects',
    'Fail',
    'FailVerification',
    'FinishBatches',
    'NotifyRun',
    'Outcome',
    'PlanRun',
    'ReportRun',
    'Succeed',
    'UnknownAction',
    'VerifyObjects',
  ]);
  expect(
    [States.PlanRun, States.ArchiveObjects, States.VerifyObjects, States.ReportRun].map(
      ({ Next }) => Next,
    ),
  ).toEqual(['Action', 'ReportRun', 'ReportRun', 'Outcome']);
  expect(States.Action).toEqual({
    Type: 'Choice',
    Choices: [
      { Variable: '$.run.action', StringEquals: 'archive', Next: 'ArchiveObjects' },
      { Variable: '$.run.action', StringEquals: 'verify', Next: 'VerifyObjects' },
    ],
    Default: 'UnknownAction',
  });
  expect(States.UnknownAction).toMatchObject({ Type: 'Fail', Error: ErrorName.UNKNOWN_ACTION });
  expect(asl.QueryLanguage ?? 'JSONPath').toBe('JSONPath');
});

test(
  'PlanRun gets the input, the name and the start of the execution, and its result replaces the ' +
    'state',
  () => {
    expect(States.PlanRun).toMatchObject({
      Resource: 'arn:aws:states:::lambda:invoke',
      Parameters: {
        Payload: {
          'input.$': '$',
          'runId.$': '$$.Execution.Name',
          'startTime.$': '$$.Execution.StartTime',
        },
      },
      OutputPath: '$.Payload',
    });
    expect(States.PlanRun.Parameters.FunctionName).toMatch(/^<ArchiverPlanRunFunction\w+\.Arn>$/);
  },
);

test(
  'ArchiveObjects lists the prefix of the plan, in batches, and writes results next to the ' +
    'ledger',
  () => {
    expect(States.ArchiveObjects).toMatchObject({
      Type: 'Map',
      Label: 'ArchiveObjects',
      ItemReader: {
        Resource: 'arn:aws:states:::s3:listObjectsV2',
        Parameters: { Bucket: expect.stringMatching(/^<Source/), 'Prefix.$': '$.listing.prefix' },
      },
      ItemBatcher: {
        MaxItemsPerBatch: 1000,
        MaxInputBytesPerBatch: 224 * 1024,
        BatchInput: { 'run.$': '$.run', 'progress.$': '$.progress' },
      },
      MaxConcurrencyPath: '$.maxConcurrency',
      ToleratedFailurePercentage: 0,
      ResultWriter: {
        Resource: 'arn:aws:states:::s3:putObject',
        Parameters: {
          Bucket: expect.stringMatching(/^<ArchiverReports/),
          'Prefix.$': '$.resultPrefix',
        },
        WriterConfig: { Transformation: 'COMPACT', OutputType: 'JSONL' },
      },
      ResultPath: '$.map',
    });
    expect(States.ArchiveObjects.ItemProcessor.ProcessorConfig).toEqual({
      Mode: 'DISTRIBUTED',
      ExecutionType: 'STANDARD',
    });
  },
);

test(
  'VerifyObjects reads the file of the plan, tolerates no failed child, and gives each child ' +
    'names of parts, not objects',
  () => {
    expect(States.VerifyObjects).toMatchObject({
      Type: 'Map',
      Label: 'VerifyObjects',
      ItemReader: {
        Resource: 'arn:aws:states:::s3:getObject',
        ReaderConfig: { InputType: 'JSONL' },
        Parameters: { Bucket: expect.stringMatching(/^<ArchiverReports/), 'Key.$': '$.partsKey' },
      },
      ItemSelector: {
        BatchInput: { 'run.$': '$.run', 'progress.$': '$.progress' },
        'parts.$': '$$.Map.Item.Value.parts',
      },
      MaxConcurrencyPath: '$.maxConcurrency',
      ResultWriter: {
        Parameters: { 'Prefix.$': '$.resultPrefix' },
        WriterConfig: { Transformation: 'COMPACT', OutputType: 'JSONL' },
      },
      ResultPath: '$.map',
    });
    for (const field of [
      'ItemBatcher',
      'ToleratedFailurePercentage',
      'ToleratedFailureCount',
      'Catch',
      'Retry',
    ]) {
      expect(States.VerifyObjects).not.toHaveProperty(field);
    }
    const states = States.VerifyObjects.ItemProcessor.States;
    expect(Object.keys(states).sort()).toEqual([
      'VerifyBatch',
      'VerifyFinished',
      'VerifyUnfinished?',
    ]);
    expect(states.VerifyBatch).toMatchObject({
      Parameters: { Payload: { 'BatchInput.$': '$.BatchInput', 'parts.$': '$.parts' } },
      ResultPath: '$.BatchInput.progress',
      Next: 'VerifyUnfinished?',
    });
    expect(states['VerifyUnfinished?'].Choices).toEqual([
      { Variable: '$.BatchInput.progress.finished', BooleanEquals: false, Next: 'VerifyBatch' },
    ]);
  },
);

describe('the reader has a prefix only if it can be other than empty', () => {
  const parameters = (props: object) =>
    definition(synth(props).template).States.ArchiveObjects.ItemReader.Parameters;
  const keyPrefix = DateSource.keyPrefix('yyyy/MM/dd');

  test.each<[string, object]>([
    ['no prefix', {}],
    ['an empty prefix', { prefix: '' }],
    [
      'keys that start with their dates, and every day up to one',
      { dateSource: keyPrefix, selection: DateSelection.olderThan(30) },
    ],
  ])('without: %s', (_, props) => {
    expect(Object.keys(parameters(props))).toEqual(['Bucket']);
  });

  test.each<[string, object]>([
    ['a prefix', { prefix: 'in/' }],
    ['a prefix that only the deployment knows', { prefix: Lazy.string({ produce: () => 'in/' }) }],
    [
      'a prefix, and every day up to one',
      { prefix: 'in/', dateSource: keyPrefix, selection: DateSelection.olderThan(30) },
    ],
    ['keys that start with their dates', { dateSource: keyPrefix }],
  ])('with: %s', (_, props) => {
    expect(parameters(props)).toMatchObject({ 'Prefix.$': '$.listing.prefix' });
  });
});

test(
  'no Catch and no Retry on the map: a caught map cannot be redriven, and a retried map starts ' +
    'again from the beginning',
  () => {
    expect(States.ArchiveObjects).not.toHaveProperty('Catch');
    expect(States.ArchiveObjects).not.toHaveProperty('Retry');
    expect(JSON.stringify(States)).not.toContain('"Catch"');
  },
);

test('a batch has one state, and returns its progress', () => {
  const { ArchiveBatch, ...others } = batchStates(template);
  expect(others).toEqual({});
  expect(States.ArchiveObjects.ItemProcessor.StartAt).toBe('ArchiveBatch');
  expect(ArchiveBatch).toMatchObject({
    Parameters: {
      FunctionName: expect.stringMatching(/^<ArchiverArchiveBatchFunction\w+\.Arn>$/),
      Payload: {
        'BatchInput.$': '$.BatchInput',
        'Items.$': '$.Items',
        'batchArn.$': '$$.Execution.Id',
        progressFile: 'write',
      },
    },
    ResultSelector: {
      'cursor.$': '$.Payload.cursor',
      'finished.$': '$.Payload.finished',
      'rounds.$': '$.Payload.rounds',
      'counts.$': '$.Payload.counts',
      'bytes.$': '$.Payload.bytes',
      'skipped.$': '$.Payload.skipped',
      'problems.$': '$.Payload.problems',
      'upload.$': '$.Payload.upload',
      'digest.$': '$.Payload.digest',
      'remaining.$': '$.Payload.remaining',
    },
    End: true,
  });
  expect(ArchiveBatch).not.toHaveProperty('ResultPath');
});

test('ReportRun gets the run, the manifest and the plan, and its result is the output', () => {
  expect(States.ReportRun).toMatchObject({
    Parameters: { Payload: { 'run.$': '$.run', 'map.$': '$.map', 'plan.$': '$' } },
    OutputPath: '$.Payload',
  });
});

test(
  'Outcome fails beyond the tolerance, publishes problems and dry runs, and publishes ' +
    'nothing for a clean run',
  () => {
    expect(States.Outcome).toEqual({
      Type: 'Choice',
      Choices: [
        { Variable: '$.outcome', StringEquals: 'UNFINISHED', Next: 'FinishBatches' },
        {
          And: [
            { Variable: '$.outcome', StringEquals: 'FAILED' },
            { Variable: '$.action', StringEquals: 'verify' },
          ],
          Next: 'FailVerification',
        },
        { Variable: '$.outcome', StringEquals: 'FAILED', Next: 'Fail' },
        { Variable: '$.outcome', StringEquals: 'PROBLEMS', Next: 'NotifyRun' },
        { Variable: '$.dryRun', BooleanEquals: true, Next: 'NotifyRun' },
      ],
      Default: 'Succeed',
    });
    expect(States.Fail).toEqual({
      Type: 'Fail',
      Error: 'ToleranceExceeded',
      CausePath: '$.message',
    });
    expect(States.FailVerification).toEqual({
      Type: 'Fail',
      Error: 'ObjectsUnaccounted',
      CausePath: '$.message',
    });
    expect(States.Succeed).toEqual({ Type: 'Succeed' });
    expect(States.NotifyRun).toMatchObject({
      Resource: 'arn:aws:states:::sns:publish',
      Parameters: {
        TopicArn: expect.stringMatching(/^<ArchiverAlerts/),
        'Subject.$': '$.subject',
        'Message.$': '$.message',
      },
      ResultPath: null,
      Next: 'Succeed',
    });
  },
);

test('every Lambda task retries every error except those that a handler throws on purpose', () => {
  const thrown = Object.values(ErrorName);
  for (const task of [
    States.PlanRun,
    States.ReportRun,
    batchStates(template).ArchiveBatch,
    States.VerifyObjects.ItemProcessor.States.VerifyBatch,
  ]) {
    expect(task.Retry).toEqual([
      { ErrorEquals: thrown, MaxAttempts: 0 },
      { ErrorEquals: ['States.TaskFailed'], ...RETRY },
    ]);
  }
});

test('a message that cannot be sent is retried, then the run fails', () => {
  expect(States.NotifyRun.Retry).toEqual([{ ErrorEquals: ['States.TaskFailed'], ...RETRY }]);
  expect(States.NotifyRun).not.toHaveProperty('Catch');
});

test(
  'PER_BATCH: a batch repeats ArchiveBatch until it is finished; one with failures or conflicts ' +
    'publishes a message, and does not fail if that fails',
  () => {
    const told = synth({ alertMode: AlertMode.PER_BATCH }).template;
    const states = batchStates(told);
    expect(definition(told).States).not.toHaveProperty('FinishBatches');
    expect(states.ArchiveBatch).toMatchObject({
      ResultPath: '$.BatchInput.progress',
      Next: 'Unfinished?',
    });
    expect(states.ArchiveBatch.Parameters.Payload).not.toHaveProperty('progressFile');
    expect(states.BatchFinished).toEqual({
      Type: 'Pass',
      OutputPath: '$.BatchInput.progress',
      End: true,
    });
    expect(states['Unfinished?'].Choices).toEqual([
      { Variable: '$.BatchInput.progress.finished', BooleanEquals: false, Next: 'ArchiveBatch' },
      {
        Or: [
          { Variable: '$.BatchInput.progress.counts.failed', NumericGreaterThan: 0 },
          { Variable: '$.BatchInput.progress.counts.conflicting', NumericGreaterThan: 0 },
        ],
        Next: 'NotifyBatch',
      },
    ]);
    expect(states['Unfinished?'].Default).toBe('BatchFinished');
    expect(states.NotifyBatch).toMatchObject({
      Resource: 'arn:aws:states:::sns:publish',
      ResultPath: null,
      Next: 'BatchFinished',
      Catch: [{ ErrorEquals: ['States.ALL'], ResultPath: null, Next: 'BatchFinished' }],
    });
    // The handler has escaped these texts. Intrinsic functions cannot, so they must not build a
    // message of keys and names.
    expect(states.ArchiveBatch.ResultSelector).toMatchObject({ 'alert.$': '$.Payload.alert' });
    expect(states.NotifyBatch.Parameters['Message.$']).toBe('$.BatchInput.progress.alert.message');
    expect(JSON.stringify(states.NotifyBatch.Parameters.MessageAttributes)).toBe(
      JSON.stringify(
        Object.fromEntries(
          ['archiver', 'runId', 'outcome', 'layer', 'details'].map((name) => [
            name,
            {
              DataType: 'String',
              'StringValue.$': `$.BatchInput.progress.alert.attributes.${name}`,
            },
          ]),
        ),
      ),
    );
  },
);

test('the state machine: STANDARD, traced, logs errors without execution data', () => {
  expect(only(template, 'AWS::StepFunctions::StateMachine').properties).toMatchObject({
    StateMachineType: 'STANDARD',
    TracingConfiguration: { Enabled: true },
    LoggingConfiguration: { Level: 'ERROR', IncludeExecutionData: false },
  });
  expect(asl.TimeoutSeconds).toBe(24 * 3600);
});

test.each([
  ['by default', {}],
  ['with a message for every batch', { alertMode: AlertMode.PER_BATCH }],
  ['with a message for every run', { alertMode: AlertMode.EVERY_RUN }],
  ['with a fraction of a percent', { toleratedFailurePercentage: 0.5 }],
])('the definition is valid %s', (_, props) => {
  expect(faults(definition(synth(props).template))).toBe('');
});
