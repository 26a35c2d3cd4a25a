/**
 * Every prop, in the order of `S3DatedArchiverProps`, with what it changes in the template: a prop
 * that is ignored fails its test.
 */
import { App, Duration, RemovalPolicy, Size, Stack, TimeZone } from 'aws-cdk-lib';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as logs from 'aws-cdk-lib/aws-logs';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import * as sns from 'aws-cdk-lib/aws-sns';
import {
  AlertMode,
  ArchiveLayout,
  ConflictPolicy,
  DateSelection,
  DateSource,
  Packing,
  S3DatedArchiver,
  type S3DatedArchiverProps,
  SourceDisposition,
} from '../../src';
import {
  actionsOn,
  batchStates,
  definition,
  environment,
  only,
  resolve,
  statements,
  synth,
  type Who,
} from '../helpers/synth';

const FUNCTIONS = [
  'PlanRun',
  'ArchiveBatch',
  'VerifyBatch',
  'ReportRun',
  'ExplainFailure',
] as const;

function functionProperties(
  template: ReturnType<typeof synth>['template'],
  name: string = 'ArchiveBatch',
) {
  return only(template, 'AWS::Lambda::Function', new RegExp(`Archiver${name}Function`)).properties;
}

test('only bucket is required, everything else has a default', () => {
  const { template } = synth();
  expect(environment(template, 'PlanRun')).toEqual({
    SOURCE_BUCKET: expect.stringMatching(/^<Source/),
    SOURCE_PREFIX: '',
    DESTINATION_BUCKET: expect.stringMatching(/^<Source/),
    DESTINATION_PREFIX: 'archive/',
    DATE_SOURCE: '{"kind":"objectName","formats":["yyyy-MM-dd"]}',
    SELECTION: '{"kind":"daysAgo","days":1}',
    LAYOUT: '{"format":"yyyy/MM/dd/","flatten":false}',
    TIME_ZONE: 'Etc/UTC',
    MAX_OBJECTS_PER_SECOND: '1500',
    TOLERATED_FAILURE_PERCENTAGE: '0',
    ALERT_MODE: 'PROBLEMS',
    CONFLICT_POLICY: 'REPORT',
    REPORT_BUCKET: expect.stringMatching(/^<ArchiverReports/),
    REPORT_PREFIX: 'runs/',
    MAX_ROUNDS: '100',
    BATCH_SIZE: '1000',
    BATCH: expect.stringMatching(/^\{"logGroup":".*ArchiveBatchLogs.*","memoryMb":1024\}$/),
    ALERT_TOPIC_ARN: expect.stringMatching(/^<ArchiverAlerts/),
    ARCHIVER_NAME: 'Test/Archiver',
  });
  template.resourceCountIs('AWS::Scheduler::Schedule', 0);
});

// --- What to archive ---

test('bucket: is listed and read', () => {
  const { template } = synth((stack) => ({
    bucket: s3.Bucket.fromBucketName(stack, 'Imported', 'incoming-data'),
  }));
  expect(definition(template).States.ArchiveObjects.ItemReader.Parameters.Bucket).toBe(
    'incoming-data',
  );
  expect(environment(template).SOURCE_BUCKET).toBe('incoming-data');
});

test('prefix: limits the settings and the permissions', () => {
  const { template } = synth({ prefix: 'in/' });
  expect(environment(template).SOURCE_PREFIX).toBe('in/');
  expect(actionsOn(template, 'ArchiveBatch', /\/in\/\*$/)).toEqual(
    expect.arrayContaining(['s3:DeleteObject', 's3:GetObject', 's3:GetObjectTagging']),
  );
});

test(
  'sourceDisposition: KEEP is a setting of the functions, and takes their permission to ' +
    'delete',
  () => {
    const { template } = synth({ prefix: 'in/', sourceDisposition: SourceDisposition.KEEP });
    for (const name of ['PlanRun', 'ArchiveBatch', 'ReportRun'] as const) {
      expect([name, environment(template, name).KEEPS_SOURCES]).toEqual([name, 'true']);
    }
    expect(actionsOn(template, 'ArchiveBatch', /\/in\/\*$/)).toEqual(
      expect.arrayContaining(['s3:GetObject', 's3:GetObjectTagging']),
    );
    const allowed = statements(template, 'ArchiveBatch').filter(({ Effect }) => Effect === 'Allow');
    expect(JSON.stringify(allowed)).not.toContain('DeleteObject');
    expect(
      environment(synth({ sourceDisposition: SourceDisposition.DELETE }).template).KEEPS_SOURCES,
    ).toBeUndefined();
  },
);

test('filter: is a setting of the functions, in bytes and seconds', () => {
  const { template } = synth({
    filter: {
      include: ['eu/**'],
      exclude: ['**/*.tmp'],
      minSize: Size.bytes(1),
      maxSize: Size.mebibytes(2),
      minAge: Duration.hours(1),
    },
  });
  const expected =
    '{"include":["eu/**"],"exclude":["**/*.tmp"],"minSize":1,"maxSize":2097152,"minAge":3600}';
  for (const name of ['PlanRun', 'ArchiveBatch', 'ReportRun'] as const) {
    expect([name, environment(template, name).FILTER]).toEqual([name, expected]);
  }
});

test('filter: a glob that repeats the prefix is warned of', () => {
  const { stack } = synth({ prefix: 'in/', filter: { include: ['eu/**', 'in/eu/**'] } });
  Annotations.fromStack(stack).hasWarning(
    '/Test/Archiver',
    Match.stringLikeRegexp(
      'filter.include has the glob "in/eu/\\*\\*", which starts with prefix "in/", and globs ' +
        'match the key after prefix: write "eu/\\*\\*"',
    ),
  );
  expect(
    Annotations.fromStack(
      synth({ prefix: 'in/', filter: { include: ['eu/**'] } }).stack,
    ).findWarning('*', Match.stringLikeRegexp('globs match')),
  ).toEqual([]);
});

test('dateSource: is a setting of the functions', () => {
  const { template } = synth({ dateSource: DateSource.keyPrefix("'dt='yyyy-MM-dd") });
  expect(JSON.parse(environment(template).DATE_SOURCE)).toEqual({
    kind: 'keyPrefix',
    formats: ["'dt='yyyy-MM-dd"],
  });
});

// --- Which days, and when ---

test('selection: is a setting of PlanRun', () => {
  const { template } = synth({ selection: DateSelection.lastDays(7) });
  expect(JSON.parse(environment(template, 'PlanRun').SELECTION)).toEqual({
    kind: 'lastDays',
    days: 7,
  });
});

describe('timeZone', () => {
  const schedule = ScheduleExpression.cron({
    hour: '1',
    minute: '0',
    timeZone: TimeZone.ASIA_TOKYO,
  });

  test('defaults to that of the schedule, else to UTC', () => {
    expect(environment(synth({ schedule }).template, 'PlanRun').TIME_ZONE).toBe('Asia/Tokyo');
    expect(
      environment(
        synth({ schedule: ScheduleExpression.rate(Duration.days(1)) }).template,
        'PlanRun',
      ).TIME_ZONE,
    ).toBe('Etc/UTC');
  });

  test('overrides that of the schedule', () => {
    const { template } = synth({ schedule, timeZone: TimeZone.AMERICA_NEW_YORK });
    expect(environment(template, 'PlanRun').TIME_ZONE).toBe('America/New_York');
    expect(only(template, 'AWS::Scheduler::Schedule').properties.ScheduleExpressionTimezone).toBe(
      'Asia/Tokyo',
    );
  });
});

test('schedule: EventBridge Scheduler starts a run with the scheduled time', () => {
  const { template } = synth({
    schedule: ScheduleExpression.cron({ hour: '1', minute: '0', timeZone: TimeZone.ASIA_TOKYO }),
  });
  const { properties } = only(template, 'AWS::Scheduler::Schedule');
  expect(properties).toMatchObject({
    ScheduleExpression: 'cron(0 1 * * ? *)',
    ScheduleExpressionTimezone: 'Asia/Tokyo',
    State: 'ENABLED',
    FlexibleTimeWindow: { Mode: 'OFF' },
  });
  const target = resolve(template, properties.Target);
  expect(target.Arn).toMatch(/^<ArchiverStateMachine/);
  expect(JSON.parse(target.Input)).toEqual({ scheduledTime: '<aws.scheduler.scheduled-time>' });
  expect(statements(template, 'Schedule').filter(({ Effect }) => Effect === 'Allow')).toEqual([
    { Effect: 'Allow', Action: ['states:StartExecution'], Resource: [target.Arn] },
    { Effect: 'Allow', Action: ['sqs:SendMessage'], Resource: [target.DeadLetterConfig.Arn] },
  ]);
});

// --- Where to ---

test('destinationBucket: is written to', () => {
  const { template } = synth((stack) => ({ destinationBucket: new s3.Bucket(stack, 'Elsewhere') }));
  expect(environment(template).DESTINATION_BUCKET).toMatch(/^<Elsewhere/);
  expect(actionsOn(template, 'ArchiveBatch', /^<Elsewhere.*\/archive\/\*$/)).toContain(
    's3:PutObject',
  );
});

test('destinationPrefix: limits the settings and the permissions', () => {
  const { template } = synth({ prefix: 'in/', destinationPrefix: 'old/' });
  expect(environment(template).DESTINATION_PREFIX).toBe('old/');
  expect(actionsOn(template, 'ArchiveBatch', /\/old\/\*$/)).toContain('s3:PutObject');
  expect(actionsOn(template, 'ArchiveBatch', /\/archive\/\*$/)).toEqual([]);
});

test('destinationPrefix may be empty in another bucket', () => {
  const { template } = synth((stack) => ({
    destinationBucket: new s3.Bucket(stack, 'Elsewhere'),
    destinationPrefix: '',
  }));
  expect(environment(template).DESTINATION_PREFIX).toBe('');
});

test('layout: is a setting of the functions', () => {
  const { template } = synth({ layout: ArchiveLayout.hive({ flatten: true }) });
  expect(JSON.parse(environment(template).LAYOUT)).toEqual({
    format: "'year='yyyy/'month='MM/'day='dd/",
    flatten: true,
  });
});

test('storageClass: is a setting of the functions', () => {
  expect(
    environment(synth({ storageClass: s3.StorageClass.GLACIER_INSTANT_RETRIEVAL }).template)
      .STORAGE_CLASS,
  ).toBe('GLACIER_IR');
});

test('conflictPolicy: is a setting of the functions', () => {
  expect(
    environment(synth({ conflictPolicy: ConflictPolicy.RENAME }).template).CONFLICT_POLICY,
  ).toBe('RENAME');
});

// --- How fast ---

test('maxObjectsPerSecond: is a setting of PlanRun', () => {
  expect(
    environment(synth({ maxObjectsPerSecond: 250.5 }).template, 'PlanRun').MAX_OBJECTS_PER_SECOND,
  ).toBe('250.5');
});

// S3 accepts 3,500 writes per second in each of two buckets, and a move is one in each.
test.each<[string, number, (stack: Stack) => Partial<S3DatedArchiverProps>]>([
  ['one bucket', 1_500, () => ({})],
  [
    'another bucket that the app creates',
    3_000,
    (stack) => ({ destinationBucket: new s3.Bucket(stack, 'Elsewhere') }),
  ],
  [
    'another bucket of another stack',
    3_000,
    (stack) => ({
      destinationBucket: new s3.Bucket(new Stack(stack.node.root as App, 'Far'), 'Elsewhere'),
    }),
  ],
  [
    'an imported bucket, into which others may archive',
    1_500,
    (stack) => ({ destinationBucket: s3.Bucket.fromBucketName(stack, 'Elsewhere', 'elsewhere') }),
  ],
  [
    'an imported source, and another bucket that the app creates',
    3_000,
    (stack) => ({
      bucket: s3.Bucket.fromBucketName(stack, 'Imported', 'incoming-data'),
      destinationBucket: new s3.Bucket(stack, 'Elsewhere'),
    }),
  ],
  [
    'the same bucket as destination',
    1_500,
    (stack) => {
      const bucket = new s3.Bucket(stack, 'Both');
      return { bucket, destinationBucket: bucket };
    },
  ],
])('maxObjectsPerSecond: the default with %s is %d', (_, rate, props) => {
  expect(environment(synth(props).template, 'PlanRun').MAX_OBJECTS_PER_SECOND).toBe(`${rate}`);
});

test('maxObjectsPerSecond: what is given is used, whatever the bucket', () => {
  const { template } = synth((stack) => ({
    destinationBucket: new s3.Bucket(stack, 'Elsewhere'),
    maxObjectsPerSecond: 700,
  }));
  expect(environment(template, 'PlanRun').MAX_OBJECTS_PER_SECOND).toBe('700');
});

test('maxConcurrency: is the default of a run, and the map reads it from the plan', () => {
  const { template } = synth({ maxConcurrency: 40 });
  expect(environment(template, 'PlanRun').MAX_CONCURRENCY).toBe('40');
  expect(definition(template).States.ArchiveObjects.MaxConcurrencyPath).toBe('$.maxConcurrency');
});

test('batchSize: limits the batches of the map', () => {
  expect(
    definition(synth({ batchSize: 200 }).template).States.ArchiveObjects.ItemBatcher
      .MaxItemsPerBatch,
  ).toBe(200);
});

test('batchTimeout: applies to the archive-batch function only', () => {
  const { template } = synth({ batchTimeout: Duration.minutes(10) });
  expect(FUNCTIONS.map((name) => functionProperties(template, name).Timeout)).toEqual([
    60, 600, 300, 900, 120,
  ]);
});

// --- Failures ---

test('toleratedFailurePercentage: exact for objects, rounded up for the map', () => {
  const { template } = synth({ toleratedFailurePercentage: 2.5 });
  expect(environment(template, 'ReportRun').TOLERATED_FAILURE_PERCENTAGE).toBe('2.5');
  expect(definition(template).States.ArchiveObjects.ToleratedFailurePercentage).toBe(3);
});

test('retryPolicy: applies to every Lambda task', () => {
  const retryPolicy = {
    interval: Duration.seconds(5),
    maxAttempts: 3,
    backoffRate: 1.5,
    maxDelay: Duration.seconds(20),
  };
  const { template } = synth({ retryPolicy });
  const retry = {
    IntervalSeconds: 5,
    MaxAttempts: 3,
    BackoffRate: 1.5,
    MaxDelaySeconds: 20,
    JitterStrategy: 'FULL',
  };
  const { States } = definition(template);
  for (const task of [States.PlanRun, States.ReportRun, batchStates(template).ArchiveBatch]) {
    expect(task.Retry).toEqual([
      expect.objectContaining({ MaxAttempts: 0 }),
      expect.objectContaining({ ErrorEquals: ['States.TaskFailed'], ...retry }),
    ]);
  }
});

// Step Functions wants a MaxDelaySeconds that is greater than IntervalSeconds.
test.each([
  ['a long interval raises the default of maxDelay', { interval: Duration.minutes(2) }, 120],
  ['a short maxDelay lowers the default of interval', { maxDelay: Duration.seconds(1) }, 1],
  [
    'interval and maxDelay are the same',
    { interval: Duration.seconds(7), maxDelay: Duration.seconds(7), backoffRate: 3 },
    7,
  ],
])('retryPolicy: %s, so that all delays are the same', (_, retryPolicy, interval) => {
  const { States } = definition(synth({ retryPolicy }).template);
  expect(States.PlanRun.Retry[1]).toMatchObject({ IntervalSeconds: interval, BackoffRate: 1 });
  expect(States.PlanRun.Retry[1]).not.toHaveProperty('MaxDelaySeconds');
});

test('timeout: is the timeout of the state machine', () => {
  expect(definition(synth({ timeout: Duration.hours(6) }).template).TimeoutSeconds).toBe(6 * 3600);
});

// --- Alerts ---

test('alertTopic: every message goes there, and no topic is created', () => {
  const { template, archiver, stack } = synth((inner) => ({
    alertTopic: new sns.Topic(inner, 'Mine'),
  }));
  template.resourceCountIs('AWS::SNS::Topic', 1);
  expect(resolve(template, stack.resolve(archiver.alertTopic.topicArn))).toMatch(/^<Mine/);
  expect(definition(template).States.NotifyRun.Parameters.TopicArn).toMatch(/^<Mine/);
  expect(environment(template, 'ExplainFailure').ALERT_TOPIC_ARN).toMatch(/^<Mine/);
});

test('alertMode: decides which runs and batches publish', () => {
  const outcome = (alertMode: AlertMode) =>
    definition(synth({ alertMode }).template).States.Outcome.Default;
  expect([
    outcome(AlertMode.PROBLEMS),
    outcome(AlertMode.EVERY_RUN),
    outcome(AlertMode.PER_BATCH),
  ]).toEqual(['Succeed', 'NotifyRun', 'Succeed']);
  expect(batchStates(synth({ alertMode: AlertMode.PER_BATCH }).template)).toHaveProperty(
    'NotifyBatch',
  );
  expect(batchStates(synth({ alertMode: AlertMode.EVERY_RUN }).template)).not.toHaveProperty(
    'NotifyBatch',
  );
});

// --- Reports and logs ---

test('reportBucket: ledgers and results go there, and no bucket is created', () => {
  const { template, archiver, stack } = synth((inner) => ({
    reportBucket: new s3.Bucket(inner, 'Mine'),
  }));
  template.resourceCountIs('AWS::S3::Bucket', 2);
  expect(resolve(template, stack.resolve(archiver.reportBucket.bucketName))).toMatch(/^<Mine/);
  expect(environment(template).REPORT_BUCKET).toMatch(/^<Mine/);
  expect(definition(template).States.ArchiveObjects.ResultWriter.Parameters.Bucket).toMatch(
    /^<Mine/,
  );
  expect(actionsOn(template, 'ReportRun', /^<Mine.*\/runs\/\*/)).toEqual([
    's3:GetObject',
    's3:PutObject',
  ]);
});

test('reportPrefix: limits settings, permissions and the lifecycle rule', () => {
  const { template } = synth({ reportPrefix: 'audit/' });
  expect(environment(template, 'PlanRun').REPORT_PREFIX).toBe('audit/');
  expect(
    actionsOn(template, 'StateMachine', /^<ArchiverReports.*\/audit\/\*\/\*\/map-run\/\*$/),
  ).toContain('s3:PutObject');
  expect(
    only(template, 'AWS::S3::Bucket', /Reports/).properties.LifecycleConfiguration.Rules[0].Prefix,
  ).toBe('audit/');
});

test('reportRetention: is the expiration of the lifecycle rule', () => {
  const rules = (props: Partial<S3DatedArchiverProps>) =>
    only(synth(props).template, 'AWS::S3::Bucket', /Reports/).properties.LifecycleConfiguration
      .Rules;
  expect(rules({})[0]).toMatchObject({ ExpirationInDays: 400, Prefix: 'runs/', Status: 'Enabled' });
  expect(rules({ reportRetention: Duration.days(30) })[0]).toMatchObject({ ExpirationInDays: 30 });
});

test('logLevel: applies to all functions, which log JSON', () => {
  const { template } = synth({ logLevel: lambda.ApplicationLogLevel.DEBUG });
  for (const name of FUNCTIONS) {
    expect(functionProperties(template, name).LoggingConfig).toMatchObject({
      LogFormat: 'JSON',
      ApplicationLogLevel: 'DEBUG',
    });
  }
  expect(functionProperties(synth().template).LoggingConfig.ApplicationLogLevel).toBe('INFO');
});

test.each(['WARN', 'ERROR', 'FATAL'] as const)(
  'logLevel %s: ReportRun stays at INFO, since its metrics are log lines without a level',
  (level) => {
    const { template } = synth({ logLevel: lambda.ApplicationLogLevel[level] });
    const levels = FUNCTIONS.map((name) => [
      name,
      functionProperties(template, name).LoggingConfig.ApplicationLogLevel,
    ]);
    expect(Object.fromEntries(levels)).toEqual({
      PlanRun: level,
      ArchiveBatch: level,
      VerifyBatch: level,
      ReportRun: 'INFO',
      ExplainFailure: level,
    });
  },
);

test('logRetention: applies to all log groups', () => {
  const days = (props: Partial<S3DatedArchiverProps>) =>
    Object.values(synth(props).template.findResources('AWS::Logs::LogGroup')).map(
      (group) => group.Properties.RetentionInDays,
    );
  expect(days({})).toEqual(Array(6).fill(365));
  expect(days({ logRetention: logs.RetentionDays.ONE_MONTH })).toEqual(Array(6).fill(30));
});

test.each<[string, Partial<S3DatedArchiverProps>, object | undefined, boolean, boolean]>([
  ['by default', {}, { Mode: 'Active' }, true, true],
  ['ACTIVE', { tracing: lambda.Tracing.ACTIVE }, { Mode: 'Active' }, true, true],
  ['PASS_THROUGH', { tracing: lambda.Tracing.PASS_THROUGH }, { Mode: 'PassThrough' }, false, true],
  ['DISABLED', { tracing: lambda.Tracing.DISABLED }, undefined, false, false],
])('tracing %s', (_, props, mode, isMachineTraced, isAllowed) => {
  const { template } = synth({ ...props, packing: Packing.zip(), allowRestore: true });
  const functions = Object.values(template.findResources('AWS::Lambda::Function'));
  expect(functions.map(({ Properties }) => Properties.TracingConfig)).toEqual(Array(7).fill(mode));
  template.hasResourceProperties('AWS::StepFunctions::StateMachine', {
    TracingConfiguration: { Enabled: isMachineTraced },
  });
  const allowed = (who: Who) =>
    JSON.stringify(statements(template, who)).includes('xray:PutTraceSegments');
  expect([allowed('ArchiveBatch'), allowed('ExplainFailure'), allowed('StateMachine')]).toEqual([
    isAllowed,
    isAllowed,
    isMachineTraced,
  ]);
});

test('removalPolicy: applies to reports and logs, and DESTROY empties the bucket', () => {
  const kept = synth().template;
  const destroyed = synth({ removalPolicy: RemovalPolicy.DESTROY }).template;
  const deletion = (template: typeof kept) =>
    [
      only(template, 'AWS::S3::Bucket', /Reports/).resource,
      ...Object.values(template.findResources('AWS::Logs::LogGroup')),
    ].map((resource) => resource.DeletionPolicy);
  expect(new Set(deletion(kept))).toEqual(new Set(['Retain']));
  expect(new Set(deletion(destroyed))).toEqual(new Set(['Delete']));
  kept.resourceCountIs('Custom::S3AutoDeleteObjects', 0);
  destroyed.resourceCountIs('Custom::S3AutoDeleteObjects', 1);
});

// --- Encryption ---

test('sourceKey: ArchiveBatch may decrypt with it', () => {
  const { template } = synth((stack) => ({ sourceKey: new kms.Key(stack, 'Key') }));
  expect(actionsOn(template, 'ArchiveBatch', /^<Key/)).toEqual(['kms:Decrypt']);
  expect(actionsOn(template, 'ReportRun', /^<Key/)).toEqual([]);
});

test(
  'sourceKey of an imported bucket that archives into itself: ArchiveBatch may also encrypt with ' +
    'it',
  () => {
    const { template } = synth((stack) => ({
      bucket: s3.Bucket.fromBucketName(stack, 'In', 'data'),
      prefix: 'in/',
      sourceKey: new kms.Key(stack, 'Key'),
    }));
    expect(actionsOn(template, 'ArchiveBatch', /^<Key/)).toEqual([
      'kms:Decrypt',
      'kms:GenerateDataKey',
    ]);
    expect(environment(template)).not.toHaveProperty('DESTINATION_KEY_ARN');
  },
);

test('destinationBucket in another region: its key is granted by its ARN', () => {
  const app = new App();
  const env = (region: string) => ({
    env: { account: '111122223333', region },
    crossRegionReferences: true,
  });
  const far = new Stack(app, 'Far', env('us-east-1'));
  const stack = new Stack(app, 'Test', env('eu-west-1'));
  const encryptionKey = new kms.Key(far, 'Key');
  new S3DatedArchiver(stack, 'Archiver', {
    bucket: new s3.Bucket(stack, 'Source'),
    destinationBucket: new s3.Bucket(far, 'Out', { encryptionKey }),
  });
  const template = Template.fromStack(stack);
  const granted = statements(template, 'ArchiveBatch').filter(({ Action }) =>
    Action.some((each) => each.startsWith('kms:')),
  );
  expect(granted).toMatchObject([
    {
      Action: ['kms:Decrypt', 'kms:GenerateDataKey'],
      Resource: [expect.not.stringMatching(/^\*$/)],
    },
  ]);
});

test('destinationKey: archived objects are encrypted with it', () => {
  const { template } = synth((stack) => ({ destinationKey: new kms.Key(stack, 'Key') }));
  expect(environment(template).DESTINATION_KEY_ARN).toMatch(/^<Key\w+\.Arn>$/);
  expect(actionsOn(template, 'ArchiveBatch', /^<Key/)).toEqual([
    'kms:Decrypt',
    'kms:GenerateDataKey',
  ]);
});

test('encryptionKey: reports, logs and topic are encrypted with it', () => {
  const { template } = synth((stack) => ({ encryptionKey: new kms.Key(stack, 'Key') }));
  const key = expect.stringMatching(/^<Key/);
  const bucket = resolve(template, only(template, 'AWS::S3::Bucket', /Reports/).properties);
  expect(
    bucket.BucketEncryption.ServerSideEncryptionConfiguration[0].ServerSideEncryptionByDefault,
  ).toEqual({ SSEAlgorithm: 'aws:kms', KMSMasterKeyID: key });
  expect(resolve(template, only(template, 'AWS::SNS::Topic').properties).KmsMasterKeyId).toEqual(
    key,
  );
  const logGroups = Object.values(template.findResources('AWS::Logs::LogGroup'));
  expect(logGroups).toHaveLength(6);
  for (const group of logGroups) {
    expect(resolve(template, group.Properties).KmsKeyId).toEqual(key);
  }
});

// --- Functions and network ---

test('memorySize: applies to the archive-batch function only', () => {
  expect(functionProperties(synth().template, 'ArchiveBatch').MemorySize).toBe(1024);
  const { template } = synth({ memorySize: 3008 });
  expect(FUNCTIONS.map((name) => functionProperties(template, name).MemorySize)).toEqual([
    256, 3008, 512, 1769, 512,
  ]);
});

describe('vpc', () => {
  const vpcConfig = (template: ReturnType<typeof synth>['template'], name: string) =>
    resolve(template, functionProperties(template, name).VpcConfig);
  const makeVpc = (stack: Stack) =>
    new ec2.Vpc(stack, 'Vpc', {
      subnetConfiguration: [
        { name: 'a', subnetType: ec2.SubnetType.PRIVATE_WITH_EGRESS },
        { name: 'b', subnetType: ec2.SubnetType.PRIVATE_ISOLATED },
        { name: 'c', subnetType: ec2.SubnetType.PUBLIC },
      ],
    });

  test('all functions run in it, with one new security group', () => {
    const { template } = synth((stack) => ({ vpc: makeVpc(stack) }));
    template.resourceCountIs('AWS::EC2::SecurityGroup', 1);
    for (const name of FUNCTIONS) {
      expect(vpcConfig(template, name).SecurityGroupIds).toEqual([
        expect.stringMatching(/^<ArchiverSecurityGroup/),
      ]);
      expect(statements(template, name).flatMap((statement) => statement.Action)).toContain(
        'ec2:CreateNetworkInterface',
      );
    }
  });

  test('vpcSubnets: the functions run in these subnets', () => {
    const { template } = synth((stack) => ({
      vpc: makeVpc(stack),
      vpcSubnets: { subnetType: ec2.SubnetType.PRIVATE_ISOLATED },
    }));
    for (const name of FUNCTIONS) {
      expect(
        vpcConfig(template, name).SubnetIds.every((id: string) => /^<VpcbSubnet/.test(id)),
      ).toBe(true);
    }
  });

  test('securityGroups: the functions have these and no new one', () => {
    const { template } = synth((stack) => {
      const vpc = makeVpc(stack);
      return { vpc, securityGroups: [new ec2.SecurityGroup(stack, 'Mine', { vpc })] };
    });
    template.resourceCountIs('AWS::EC2::SecurityGroup', 1);
    for (const name of FUNCTIONS) {
      expect(vpcConfig(template, name).SecurityGroupIds).toEqual([expect.stringMatching(/^<Mine/)]);
    }
  });

  test('without it no function has network interfaces', () => {
    const { template } = synth();
    template.hasResourceProperties(
      'AWS::Lambda::Function',
      Match.objectLike({ VpcConfig: Match.absent() }),
    );
    for (const name of FUNCTIONS) {
      expect(
        statements(template, name)
          .flatMap((statement) => statement.Action)
          .filter((action) => action.startsWith('ec2:')),
      ).toEqual([]);
    }
  });
});

// --- Name ---

test.each(['A{1}', 'say "A"', 'back\\slash'])(
  'an id with characters that JSON or intrinsic functions reserve, %s, is replaced in the name',
  (id) => {
    const stack = new Stack(new App(), 'Test');
    const archiver = new S3DatedArchiver(stack, id, {
      bucket: new s3.Bucket(stack, 'Source'),
      alertMode: AlertMode.PER_BATCH,
    });
    expect(archiver.metricObjectsListed().dimensions).toEqual({
      Archiver: `Test/${archiver.node.addr}`,
    });
  },
);
