import { CfnParameter } from 'aws-cdk-lib';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { AlertMode, Listing } from '../../../src';
import {
  actionsOn,
  batchStates,
  build,
  definition,
  environment,
  faults,
  resolve,
  statements,
  synth,
} from '../../helpers/synth';

const SELECTIVE = { listing: Listing.selective() };

test('the default is the map, in the same template as ever', () => {
  expect(synth({ listing: Listing.distributedMap() }).template.toJSON()).toEqual(
    synth().template.toJSON(),
  );
});

test('a function lists until nothing is left, and without a batch no map starts', () => {
  const { template } = synth(SELECTIVE);
  const asl = definition(template);
  expect(faults(asl)).toBe('');
  const { ListObjects, 'Listed?': listed, NothingSelected, Action, ArchiveObjects } = asl.States;
  expect(Action.Choices![0]).toMatchObject({ StringEquals: 'archive', Next: 'ListObjects' });
  expect(ListObjects).toMatchObject({ Type: 'Task', Next: 'Listed?', ResultPath: '$.listing' });
  expect(listed).toMatchObject({
    Choices: [
      { Variable: '$.listing.progress.finished', BooleanEquals: false, Next: 'ListObjects' },
      { Variable: '$.listing.progress.parts', NumericEquals: 0, Next: 'NothingSelected' },
    ],
    Default: 'ArchiveObjects',
  });
  expect(NothingSelected).toMatchObject({
    Type: 'Pass',
    Result: {},
    ResultPath: '$.map',
    Next: 'ReportRun',
  });
  expect(ArchiveObjects.ItemReader).toMatchObject({
    ReaderConfig: { InputType: 'JSONL' },
    Parameters: { 'Key.$': '$.listing.progress.partsKey' },
  });
  expect(ArchiveObjects.ItemBatcher).toBeUndefined();
});

test('a batch has one state; FinishBatches has a Choice for those of which objects remain', () => {
  const { template } = synth(SELECTIVE);
  const { ArchiveBatch, ...others } = batchStates(template);
  expect(others).toEqual({});
  expect(ArchiveBatch).toMatchObject({
    End: true,
    Parameters: { Payload: { 'part.$': '$.part', progressFile: 'write' } },
    ResultSelector: { 'remaining.$': '$.Payload.remaining' },
  });
  const { ReportRun, Outcome, FinishBatches } = definition(template).States;
  expect(ReportRun.Parameters.Payload).toMatchObject({ 'plan.$': '$' });
  expect(Outcome.Choices[0]).toEqual({
    Variable: '$.outcome',
    StringEquals: 'UNFINISHED',
    Next: 'FinishBatches',
  });
  expect(FinishBatches).toMatchObject({
    Label: 'FinishBatches',
    ItemReader: { Parameters: { 'Key.$': '$.partsKey' } },
    ItemProcessor: { ProcessorConfig: { ExecutionType: 'STANDARD' } },
    ToleratedFailurePercentage: 0,
    MaxConcurrencyPath: '$.maxConcurrency',
    ResultPath: '$.finish',
    Next: 'ReportRun',
  });
  const { FinishBatch, 'Unfinished?': unfinished } = FinishBatches.ItemProcessor.States;
  expect(FinishBatch).toMatchObject({
    ResultPath: '$.BatchInput.progress',
    Parameters: { Payload: { 'part.$': '$.part', progressFile: 'read' } },
    Retry: ArchiveBatch.Retry,
  });
  expect(unfinished).toMatchObject({
    Choices: [{ BooleanEquals: false, Next: 'FinishBatch' }],
    Default: 'BatchFinished',
  });
});

test('with messages of batches, a batch has a Choice of its own, and nothing remains', () => {
  const { template } = synth({ ...SELECTIVE, alertMode: AlertMode.PER_BATCH });
  const states = batchStates(template);
  expect(Object.keys(states).sort()).toEqual([
    'ArchiveBatch',
    'BatchFinished',
    'NotifyBatch',
    'Unfinished?',
  ]);
  expect(states.ArchiveBatch.Parameters.Payload).not.toHaveProperty('progressFile');
  expect(definition(template).States).not.toHaveProperty('FinishBatches');
});

test('the event of a completed run follows FinishBatches', () => {
  const { stack, archiver } = build(SELECTIVE);
  archiver.onRunCompleted('Completed');
  const template = Template.fromStack(stack);
  const { ReportRun, 'Archived?': archived } = definition(template).States;
  expect(ReportRun.Next).toBe('Archived?');
  expect(archived.Choices[0]).toEqual({
    Variable: '$.outcome',
    StringEquals: 'UNFINISHED',
    Next: 'FinishBatches',
  });
});

test('the function may list the source, and write nothing but plans', () => {
  const { template } = synth({ ...SELECTIVE, prefix: 'in/' });
  const own = statements(template, 'ListObjects').filter(({ Effect }) => Effect === 'Allow');
  expect(
    own
      .flatMap(({ Action }) => Action)
      .filter((action) => action.startsWith('s3:'))
      .sort(),
  ).toEqual([
    's3:AbortMultipartUpload',
    's3:GetObject',
    's3:GetObject',
    's3:ListBucket',
    's3:ListBucket',
    's3:PutObject',
  ]);
  // A plan's file that is gone must not look like one that is denied.
  expect(
    own.filter(({ Action }) => Action.includes('s3:ListBucket')).map(({ Condition }) => Condition),
  ).toEqual([
    { StringLike: { 's3:prefix': 'in/*' } },
    { StringLike: { 's3:prefix': 'runs/*/*/plan/*' } },
  ]);
  expect(own.find(({ Action }) => Action.includes('s3:PutObject'))!.Resource).toEqual([
    expect.stringMatching(/\/runs\/\*\/\*\/plan\/\*$/),
  ]);
  expect(actionsOn(template, 'ArchiveBatch', /plan\/\*$/)).toEqual(['s3:GetObject']);
  expect(actionsOn(template, 'ArchiveBatch', /plan\/\*\.progress\.json$/)).toEqual([
    's3:PutObject',
  ]);
  // The map does not list.
  expect(
    statements(template, 'StateMachine').filter(
      ({ Effect, Action }) => Effect === 'Allow' && Action.includes('s3:ListBucket'),
    ),
  ).toEqual([]);
});

test(
  'the function may read manifests below the prefixes of source and reports, in a report bucket ' +
    'of its own, and in buckets that are given',
  () => {
    const readable = (hasReportBucket: boolean, ...manifests: string[]) => {
      const { template } = synth((stack) => {
        const [bucket, reportBucket, ...manifestBuckets] = ['landing', 'reports', ...manifests].map(
          (name) => Bucket.fromBucketName(stack, name, name),
        );
        return {
          bucket,
          ...(hasReportBucket && { reportBucket }),
          prefix: 'in/',
          listing:
            manifests.length > 0 ? Listing.selective({ manifestBuckets }) : Listing.selective(),
        };
      });
      const own = statements(template, 'ListObjects').filter(
        ({ Action }) => [Action].flat().join() === 's3:GetObject',
      );
      return own.map(({ Resource }) =>
        [Resource].flat().map((each) => String(each).replace(/^.*:::|^<.*(?=\/)/, '')),
      );
    };
    expect(readable(true)).toEqual([['landing/in/*', 'reports/runs/*']]);
    expect(readable(true, 'lists')).toEqual([['landing/in/*', 'lists/*', 'reports/runs/*']]);
    expect(readable(false)).toEqual([['/*', 'landing/in/*']]);
  },
);

test('only the key of a bucket with manifests may decrypt', () => {
  const { template } = synth((stack) => ({
    listing: Listing.selective({
      manifestBuckets: [new Bucket(stack, 'Lists', { encryptionKey: new Key(stack, 'Key') })],
    }),
  }));
  expect(
    statements(template, 'ListObjects')
      .filter(({ Action }) => String(Action).startsWith('kms:'))
      .flatMap(({ Action }) => Action),
  ).toEqual(['kms:Decrypt']);
});

test('PlanRun is told of a listing that can read manifests', () => {
  expect(environment(synth(SELECTIVE).template, 'PlanRun')).toMatchObject({
    LISTING_CONCURRENCY: '32',
  });
  expect(environment(synth().template, 'PlanRun')).not.toHaveProperty('LISTING_CONCURRENCY');
});

test('concurrency and batch size reach the function, also as tokens', () => {
  expect(
    environment(
      synth({ listing: Listing.selective({ concurrency: 3 }), batchSize: 50 }).template,
      'ListObjects',
    ),
  ).toMatchObject({ LISTING_CONCURRENCY: '3', BATCH_SIZE: '50' });
  const { template } = synth((stack) => ({
    listing: Listing.selective({
      concurrency: new CfnParameter(stack, 'Given', { type: 'Number' }).valueAsNumber,
    }),
  }));
  expect(resolve(template, environment(template, 'ListObjects', { Given: 5 }))).toMatchObject({
    LISTING_CONCURRENCY: 5,
  });
});

test.each([0, 65, 1.5, -1, NaN])('a concurrency of %s is refused', (concurrency) => {
  expect(() => Listing.selective({ concurrency })).toThrow(
    `Listing.selective(): concurrency ${concurrency} must be a whole number from 1 to 64: leave ` +
      'it out for 32',
  );
});

test('an archive inside the listing is worth a note only if it is listed', () => {
  const note = Match.stringLikeRegexp(
    'every run lists them.*set listing: Listing\\.selective\\(\\)',
  );
  Annotations.fromStack(synth().stack).hasInfo('/Test/Archiver', note);
  Annotations.fromStack(synth(SELECTIVE).stack).hasNoInfo('/Test/Archiver', note);
});
