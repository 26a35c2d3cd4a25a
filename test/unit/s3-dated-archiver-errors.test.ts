/** Which props make the construct throw when the app is synthesized, and the error messages. */
import { Aws, Duration, Lazy, RemovalPolicy, Size, type Stack, TimeZone } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import * as sns from 'aws-cdk-lib/aws-sns';
import { ArchiveLayout, DateSource, S3DatedArchiver, type S3DatedArchiverProps } from '../../src';
import { build, synth, type Where } from '../helpers/synth';

type Props = Partial<S3DatedArchiverProps>;

test.each<[Props, string]>([
  [
    { prefix: 'in' },
    'prefix "in" must be empty or end with "/", because "in" would also match "inx/": write "in/"',
  ],
  [
    { destinationPrefix: 'archive' },
    'destinationPrefix "archive" must be empty or end with "/", because "archive" would also ' +
      'match "archivex/": write "archive/"',
  ],
  [
    { reportPrefix: 'runs' },
    'reportPrefix "runs" must be empty or end with "/", because "runs" would also match ' +
      '"runsx/": write "runs/"',
  ],
  [
    { prefix: 'a/', destinationPrefix: 'a/' },
    'prefix and destinationPrefix are both "a/" in the same bucket, but must differ, since ' +
      'archived objects would be listed again: set another destinationPrefix, such as ' +
      '"archive/", or another destinationBucket',
  ],
  [
    { destinationPrefix: '' },
    'prefix and destinationPrefix are both "" in the same bucket, but must differ',
  ],
  [
    { prefix: 'archive/' },
    'prefix and destinationPrefix are both "archive/" in the same bucket, but must differ, ' +
      'since archived objects would be listed again: set another destinationPrefix, such as ' +
      '"archived/", or another destinationBucket',
  ],
  [
    { prefix: `${'x'.repeat(1_023)}/` },
    'prefix has 1024 bytes and must have less than 1024, because no key has more, and names ' +
      'follow the prefix: shorten it',
  ],
  [
    { destinationPrefix: `${'é'.repeat(512)}/` },
    'destinationPrefix has 1025 bytes and must have less than 1024',
  ],
  [
    { prefix: 's3://data/incoming/' },
    'prefix "s3://data/incoming/" must be a part of keys, because the bucket has its own ' +
      'prop: write "incoming/"',
  ],
  [
    { destinationPrefix: 's3://data' },
    'destinationPrefix "s3://data" must be a part of keys, because the bucket has its own ' +
      'prop: write ""',
  ],
  [
    { prefix: '/incoming/' },
    'prefix "/incoming/" must not start with "/", because a bucket has no root folder and keys ' +
      'start with their first folder: write "incoming/"',
  ],
  [
    { reportPrefix: '/runs' },
    'reportPrefix "/runs" must not start with "/", because a bucket has no root folder and keys ' +
      'start with their first folder: write "runs/"',
  ],
  [
    { destinationPrefix: '../old/' },
    'destinationPrefix "../old/" must not start with "../", because S3 refuses keys with more ' +
      '".." than folders before them: write "old/"',
  ],
  [
    { prefix: '/' },
    'prefix "/" must not start with "/", because a bucket has no root folder and keys start ' +
      'with their first folder: write ""',
  ],
  [
    { prefix: 'incoming/*' },
    'prefix "incoming/*" must end with "/", because a prefix has no wildcards: write "incoming/"',
  ],
  [
    { storageClass: new s3.StorageClass('COLD') },
    'storageClass "COLD" is unknown: use one of STANDARD, STANDARD_IA, ONEZONE_IA, ' +
      'INTELLIGENT_TIERING, GLACIER_IR, GLACIER, DEEP_ARCHIVE, REDUCED_REDUNDANCY',
  ],
  [
    { storageClass: new s3.StorageClass('deep-archive') },
    'storageClass "deep-archive" is unknown: write DEEP_ARCHIVE',
  ],

  [
    { filter: { include: [] } },
    'filter.include is an empty list, which could mean everything or nothing: list globs, such ' +
      'as "**/*.csv", or omit include',
  ],
  [{ filter: { exclude: [] } }, 'filter.exclude is an empty list'],
  [
    { filter: { include: ['**', ''] } },
    'filter.include pattern "" is empty, and would match nothing: write a pattern, such as ' +
      '"**/*.csv", or remove it',
  ],
  [
    { filter: { exclude: ['eu/[0-9*'] } },
    'filter.exclude pattern "eu/[0-9*" has a "[" that is not closed: add "]", or write \\[ for ' +
      'the character itself',
  ],
  [
    { filter: { include: ['*.{csv,json'] } },
    'filter.include pattern "*.{csv,json" has a "{" that is not closed: add "}", or write \\{ ' +
      'for the character itself',
  ],
  [{ filter: { include: ['*.csv}'] } }, 'filter.include pattern "*.csv}" has a "}" without a "{"'],
  [
    { filter: { include: ['!*.tmp'] } },
    'filter.include pattern "!*.tmp" starts with "!", which negates nothing here',
  ],
  [
    { filter: { include: ['/eu/**'] } },
    'filter.include pattern "/eu/**" must not start with "/", because it matches the key after ' +
      'prefix: write "eu/**"',
  ],
  [
    { filter: { exclude: ['eu/'] } },
    'filter.exclude pattern "eu/" matches only folder markers, which are never archived: write ' +
      '"eu/**" for all objects of the folder',
  ],
  [
    { filter: { include: ['x'.repeat(2_048)] } },
    'filter has 2064 bytes as JSON and must have at most 2048, because Lambda limits ' +
      'environment variables: join patterns with braces',
  ],
  [
    { filter: { minSize: Size.kibibytes(2), maxSize: Size.kibibytes(1) } },
    'filter.minSize 2048 bytes must not be greater than filter.maxSize 1024 bytes, because no ' +
      'object would pass both: swap them, or omit one',
  ],
  [
    { filter: { minSize: Size.bytes(1.5) } },
    'filter.minSize 1.5 bytes must be a whole number of bytes, at least 0: use Size.bytes with ' +
      'a whole number, or a larger unit',
  ],
  [
    { filter: { minAge: Duration.millis(1_500) } },
    'filter.minAge 1.5 seconds must be a whole number of seconds, at least 1',
  ],
  [
    { filter: { minAge: Duration.seconds(0) } },
    'filter.minAge 0 seconds must be a whole number of seconds, at least 1',
  ],

  [
    { layout: ArchiveLayout.of('yyyy/MM/dd/HH/') },
    'archive layout "yyyy/MM/dd/HH/" has HH, the hour, but date format "yyyy-MM-dd" of ' +
      'dateSource has none, so the folder of an object would be unknown: add HH to every date ' +
      'format, use DateSource.lastModified, or choose a layout without HH',
  ],
  [
    {
      layout: ArchiveLayout.hive({ hours: true }),
      dateSource: DateSource.objectName('yyyyMMddHH', 'yyyyMMdd'),
    },
    "archive layout \"'year='yyyy/'month='MM/'day='dd/'hour='HH/\" has HH, the hour, but date " +
      'format "yyyyMMdd" of dateSource has none',
  ],

  [
    { timeZone: TimeZone.of('Asia/Tokio') },
    'timeZone "Asia/Tokio" must be a name of the IANA time zone database: perhaps you mean ' +
      'Asia/Tokyo',
  ],
  [
    { schedule: ScheduleExpression.cron({ timeZone: TimeZone.of('Mars/Base') }) },
    'timeZone "Mars/Base" must be a name of the IANA time zone database',
  ],

  [
    {
      timeZone: TimeZone.ASIA_TOKYO,
      schedule: ScheduleExpression.cron({ minute: '0', timeZone: TimeZone.of('Europe/Berln') }),
    },
    'timeZone "Europe/Berln" must be a name of the IANA time zone database: perhaps you mean ' +
      'Europe/Berlin',
  ],
  [
    { schedule: ScheduleExpression.cron({ minute: '0', hour: '25' }) },
    'schedule "cron(0 25 * * ? *)" has 25 as the hour, which would have to be from 0 to 23: ' +
      'write a number in this range. Perhaps you mean cron(0 1 * * ? *)',
  ],

  [
    { schedule: ScheduleExpression.cron({ hour: '1' }) },
    'schedule cron(* 1 * * ? *) starts a run every minute of its hours: add a minute, as in ' +
      'cron(0 1 * * ? *). If every minute is meant, use rate(1 minute)',
  ],

  [
    { maxConcurrency: 0 },
    'maxConcurrency 0 must be a whole number from 1 to 10,000: a Distributed Map runs at most ' +
      '10,000 child workflows at a time',
  ],
  [{ maxConcurrency: 10_001 }, 'maxConcurrency 10001 must be a whole number from 1 to 10,000'],
  [{ maxConcurrency: 2.5 }, 'maxConcurrency 2.5 must be a whole number from 1 to 10,000'],
  [
    { batchSize: 0 },
    'batchSize 0 must be a whole number from 1 to 1,000: S3 deletes at most 1,000 objects in ' +
      'one request',
  ],
  [{ batchSize: 1_001 }, 'batchSize 1001 must be a whole number from 1 to 1,000'],
  [
    { memorySize: 127 },
    'memorySize 127 must be a whole number from 128 to 10,240: it is the memory of a Lambda ' +
      'function in MiB',
  ],
  [{ memorySize: 10_241 }, 'memorySize 10241 must be a whole number from 128 to 10,240'],
  [{ maxObjectsPerSecond: 0 }, 'maxObjectsPerSecond 0 must be a number greater than 0'],
  [{ maxObjectsPerSecond: NaN }, 'maxObjectsPerSecond NaN must be a number greater than 0'],
  [
    { maxObjectsPerSecond: Infinity },
    'maxObjectsPerSecond Infinity must be a number greater than 0',
  ],
  [
    { toleratedFailurePercentage: -1 },
    'toleratedFailurePercentage -1 must be a number from 0 to 100',
  ],
  [
    { toleratedFailurePercentage: 100.5 },
    'toleratedFailurePercentage 100.5 must be a number from 0 to 100',
  ],

  [
    { timeout: Duration.seconds(0) },
    'timeout 0 seconds must be a whole number of seconds from 1 to 31,536,000: a STANDARD ' +
      'workflow runs for at most one year',
  ],
  [
    { timeout: Duration.millis(1500) },
    'timeout 1 second 500 millis must be a whole number of seconds from 1 to 31,536,000',
  ],
  [
    { batchTimeout: Duration.seconds(29) },
    'batchTimeout 29 seconds must be a whole number of seconds from 30 to 900: a Lambda ' +
      'function runs for at most 15 minutes',
  ],
  [
    { batchTimeout: Duration.minutes(16) },
    'batchTimeout 16 minutes must be a whole number of seconds from 30 to 900',
  ],

  [
    { retryPolicy: { interval: Duration.seconds(0) } },
    'retryPolicy.interval 0 seconds must be a whole number of seconds from 1 to 86,400',
  ],
  [
    { retryPolicy: { maxDelay: Duration.days(2) } },
    'retryPolicy.maxDelay 2 days must be a whole number of seconds from 1 to 86,400',
  ],
  [
    { retryPolicy: { interval: Duration.seconds(30), maxDelay: Duration.seconds(10) } },
    'retryPolicy.maxDelay 10 seconds must not be shorter than retryPolicy.interval 30 seconds: ' +
      'raise maxDelay or omit it',
  ],
  [
    { retryPolicy: { maxAttempts: -1 } },
    'retryPolicy.maxAttempts -1 must be a whole number from 0 to 100: the execution history of ' +
      'a batch has no room for more',
  ],
  [
    { retryPolicy: { backoffRate: 0.5 } },
    'retryPolicy.backoffRate 0.5 must be a number of at least 1',
  ],

  [
    { reportRetention: Duration.hours(36) },
    'reportRetention 1 day 12 hours must be a whole number of days, at least 1: S3 expires ' +
      'objects after whole days',
  ],
  [
    { reportRetention: Duration.days(0) },
    'reportRetention 0 days must be a whole number of days, at least 1',
  ],
  [
    { vpcSubnets: { subnetType: ec2.SubnetType.PUBLIC } },
    'vpcSubnets needs vpc: set vpc to the VPC that the functions should run in, or omit vpcSubnets',
  ],
  [
    { securityGroups: [] },
    'securityGroups needs vpc: set vpc to the VPC that the functions should run in, or omit ' +
      'securityGroups',
  ],
])('%j throws', (props, message) => {
  expect(() => synth(props)).toThrow(`Test/Archiver: ${message}`);
});

const IN_IRELAND: Where = { stack: { env: { account: '111122223333', region: 'eu-west-1' } } };

test.each<[string, (stack: Stack) => Props, string]>([
  [
    "reportRetention for a reportBucket of one's own",
    (stack) => ({ reportBucket: new s3.Bucket(stack, 'Mine'), reportRetention: Duration.days(30) }),
    'reportRetention applies only to the bucket that the archiver creates: omit it and set a ' +
      'lifecycle rule on your reportBucket, or omit reportBucket',
  ],
  [
    'a FIFO topic',
    (stack) => ({
      alertTopic: sns.Topic.fromTopicArn(
        stack,
        'Fifo',
        'arn:aws:sns:eu-west-1:111122223333:alerts.fifo',
      ),
    }),
    'alertTopic is a FIFO topic and must be a standard one, since FIFO topics cannot deliver email',
  ],
  [
    'reportPrefix inside prefix',
    (stack) => {
      const bucket = new s3.Bucket(stack, 'Both');
      return { bucket, reportBucket: bucket };
    },
    'reportPrefix "runs/" must not lie inside prefix "" of the same bucket, because reports ' +
      'would then be archived like other objects: ' +
      'give another reportBucket, or another reportPrefix such as "archive/runs/"',
  ],
  [
    'reportPrefix inside prefix of an imported bucket',
    (stack) => ({
      bucket: s3.Bucket.fromBucketName(stack, 'One', 'data'),
      reportBucket: s3.Bucket.fromBucketArn(stack, 'Two', 'arn:aws:s3:::data'),
      prefix: 'in/',
      reportPrefix: 'in/runs/',
    }),
    'reportPrefix "in/runs/" must not lie inside prefix "in/" of the same bucket, because ' +
      'reports would then be archived like other objects: ' +
      'give another reportBucket, or another reportPrefix such as "runs/"',
  ],
  [
    'reportPrefix equal to destinationPrefix',
    (stack) => {
      const bucket = new s3.Bucket(stack, 'Both');
      return { bucket, reportBucket: bucket, reportPrefix: 'archive/' };
    },
    'reportPrefix "archive/" must not overlap the archive: the keys of archived objects start ' +
      'with "archive/", followed by "yyyy/MM/dd/", in the same bucket, ' +
      'so a report could overwrite an archived object, and a lifecycle rule for reports could ' +
      'expire the archive: ' +
      'give another reportBucket, or another reportPrefix such as "archive/runs/"',
  ],
  [
    'reportPrefix that is the folder of a day',
    (stack) => {
      const bucket = new s3.Bucket(stack, 'Other');
      return {
        destinationBucket: bucket,
        reportBucket: bucket,
        reportPrefix: 'archive/2026/11/24/',
      };
    },
    'reportPrefix "archive/2026/11/24/" must not overlap the archive',
  ],
  [
    'reportPrefix below the folder of a day',
    (stack) => {
      const bucket = new s3.Bucket(stack, 'Other');
      return {
        destinationBucket: bucket,
        reportBucket: bucket,
        reportPrefix: 'archive/year=2026/month=11/day=24/runs/',
        layout: ArchiveLayout.hive(),
      };
    },
    'reportPrefix "archive/year=2026/month=11/day=24/runs/" must not overlap the archive',
  ],
  [
    'reportPrefix that contains the archive',
    (stack) => {
      const bucket = new s3.Bucket(stack, 'Other');
      return {
        destinationBucket: bucket,
        destinationPrefix: 'runs/archive/',
        reportBucket: bucket,
      };
    },
    'reportPrefix "runs/" must not overlap the archive',
  ],
  [
    'reportPrefix that is the whole bucket of the archive',
    (stack) => {
      const bucket = new s3.Bucket(stack, 'Other');
      return { destinationBucket: bucket, reportBucket: bucket, reportPrefix: '' };
    },
    'reportPrefix "" must not overlap the archive',
  ],
  [
    'a prefix inside of the folders of runs',
    (stack) => {
      const bucket = new s3.Bucket(stack, 'Both');
      return { bucket, prefix: 'runs/2026-11-24/', reportBucket: bucket };
    },
    'reportPrefix "runs/" must not contain prefix "runs/2026-11-24/" of the same bucket where ' +
      'the folders of runs are',
  ],
  ...(['bucket', 'destinationBucket', 'reportBucket'] as const).map(
    (prop): [string, (stack: Stack) => Props, string] => [
      `the alias of an access point as ${prop}`,
      (stack) => ({
        [prop]: s3.Bucket.fromBucketName(stack, 'Alias', 'data-ap-k3tc8r1bs9w-s3alias'),
      }),
      `${prop} "data-ap-k3tc8r1bs9w-s3alias" is the alias of an access point and must be the ` +
        'name of a general purpose bucket. ' +
        'Two names of one bucket would look like two buckets, and an archived object could then ' +
        'be taken for its own source: pass the bucket itself',
    ],
  ),
  [
    'an Object Lambda access point',
    (stack) => ({
      destinationBucket: s3.Bucket.fromBucketName(stack, 'Alias', 'data-k3tc8r1bs9w--ol-s3'),
    }),
    'destinationBucket "data-k3tc8r1bs9w--ol-s3" is the alias of an Object Lambda access point',
  ],
  [
    'the ARN of an access point',
    (stack) => ({
      destinationBucket: s3.Bucket.fromBucketArn(
        stack,
        'Point',
        'arn:aws:s3:eu-west-1:111122223333:accesspoint/data',
      ),
    }),
    'destinationBucket "arn:aws:s3:eu-west-1:111122223333:accesspoint/data" is the ARN of an ' +
      'access point',
  ],
  [
    'the ARN of an access point in an unknown account',
    (stack) => ({
      destinationBucket: s3.Bucket.fromBucketArn(
        stack,
        'Point',
        `arn:${Aws.PARTITION}:s3:${Aws.REGION}:${Aws.ACCOUNT_ID}:accesspoint/data`,
      ),
    }),
    'destinationBucket "accesspoint" is a part of the ARN of an access point',
  ],
  [
    'a topic in another region',
    (stack) => ({
      alertTopic: sns.Topic.fromTopicArn(stack, 'Far', 'arn:aws:sns:us-east-1:111122223333:alerts'),
    }),
    "alertTopic is in region us-east-1 and must be in eu-west-1, the region of the archiver's " +
      'stack, since SNS publishes only to topics of its own region',
  ],
  [
    'removalPolicy SNAPSHOT',
    () => ({ removalPolicy: RemovalPolicy.SNAPSHOT }),
    'removalPolicy SNAPSHOT must be RETAIN, RETAIN_ON_UPDATE_OR_DELETE or DESTROY',
  ],
  [
    'a token for both prefixes',
    () => {
      const both = Lazy.string({ produce: () => 'in/' });
      return { prefix: both, destinationPrefix: both };
    },
    'prefix and destinationPrefix are both (a token) in the same bucket, but must differ',
  ],
  [
    'a slash before a token',
    () => ({ prefix: `/${Lazy.string({ produce: () => 'in' })}/` }),
    'prefix must not start with "/", because keys start with their first folder: remove the "/" ' +
      'before the token',
  ],
  [
    'a VPC that has only public subnets',
    (stack) => ({
      vpc: new ec2.Vpc(stack, 'Vpc', {
        natGateways: 0,
        subnetConfiguration: [{ name: 'Public', subnetType: ec2.SubnetType.PUBLIC }],
      }),
    }),
    'vpc has only public subnets, and functions must be in private or isolated ones, because ' +
      'Lambda gives them no public address, so they could not reach S3: ' +
      'add subnets with a NAT gateway, or isolated ones with VPC endpoints, and select them ' +
      'with vpcSubnets',
  ],
  [
    'public subnets',
    (stack) => ({
      vpc: new ec2.Vpc(stack, 'Vpc'),
      vpcSubnets: { subnetType: ec2.SubnetType.PUBLIC },
    }),
    'vpcSubnets selects public subnets',
  ],
  [
    'a missing bucket',
    () => ({ bucket: undefined }),
    'bucket is missing: pass the bucket whose objects are archived',
  ],
  [
    'a bucket in another region',
    (stack) => ({
      bucket: s3.Bucket.fromBucketAttributes(stack, 'Far', {
        bucketName: 'data',
        region: 'us-east-1',
      }),
    }),
    "bucket is in region us-east-1 and must be in eu-west-1, the region of the archiver's " +
      'stack, since a Distributed Map lists only buckets of its own account and region: set ' +
      'listing: Listing.selective(), or define the archiver in a stack in us-east-1',
  ],
  [
    'a bucket in another account',
    (stack) => ({
      bucket: s3.Bucket.fromBucketAttributes(stack, 'Theirs', {
        bucketName: 'data',
        account: '444455556666',
      }),
    }),
    'bucket is in account 444455556666 and must be in 111122223333',
  ],
  [
    'a reportBucket in another region',
    (stack) => ({
      reportBucket: s3.Bucket.fromBucketAttributes(stack, 'Far', {
        bucketName: 'data',
        region: 'us-east-1',
      }),
    }),
    "reportBucket is in region us-east-1 and must be in eu-west-1, the region of the archiver's " +
      'stack, since a Distributed Map writes results only to buckets of its own account and ' +
      'region',
  ],
])('%s throws', (_, props, message) => {
  expect(() => synth(props, IN_IRELAND)).toThrow(`Test/Archiver: ${message}`);
});

test.each<[string, (stack: Stack) => Props]>([
  [
    'a prefix inside the destination',
    () => ({ prefix: 'data/incoming/', destinationPrefix: 'data/' }),
  ],
  [
    'the destination inside the prefix',
    () => ({ prefix: 'data/', destinationPrefix: 'data/archive/' }),
  ],
  [
    'the same prefix in another bucket',
    (stack) => ({
      prefix: 'data/',
      destinationPrefix: 'data/',
      destinationBucket: new s3.Bucket(stack, 'Other'),
    }),
  ],
  [
    'reports outside of the prefix in the same bucket',
    (stack) => {
      const bucket = new s3.Bucket(stack, 'Both');
      return { bucket, prefix: 'in/', reportBucket: bucket };
    },
  ],
  [
    'reports beside the folders of days in a bucket that is all archive',
    (stack) => {
      const bucket = new s3.Bucket(stack, 'Archive');
      return { destinationBucket: bucket, destinationPrefix: '', reportBucket: bucket };
    },
  ],
  [
    'reports inside the destination, which is never selected',
    (stack) => {
      const bucket = new s3.Bucket(stack, 'Both');
      return { bucket, reportBucket: bucket, reportPrefix: 'archive/runs/' };
    },
  ],
  [
    'the smallest and largest values',
    () => ({
      maxConcurrency: 10_000,
      batchSize: 1,
      memorySize: 10_240,
      maxObjectsPerSecond: 0.1,
      toleratedFailurePercentage: 100,
      timeout: Duration.days(365),
      batchTimeout: Duration.minutes(15),
      retryPolicy: {
        maxAttempts: 0,
        backoffRate: 1,
        interval: Duration.seconds(1),
        maxDelay: Duration.seconds(1),
      },
    }),
  ],
  [
    'the ARN of a bucket',
    (stack) => ({
      destinationBucket: s3.Bucket.fromBucketArn(stack, 'Arn', 'arn:aws:s3:::accesspoint-data'),
    }),
  ],
  [
    'a time zone that CDK does not list',
    () => ({ timeZone: TimeZone.of('America/Ciudad_Juarez') }),
  ],
])('%s: does not throw', (_, props) => {
  expect(() => synth(props, IN_IRELAND)).not.toThrow();
});

test('without props, the message names the missing one', () => {
  const create = () =>
    new S3DatedArchiver(build().stack, 'Other', undefined as unknown as S3DatedArchiverProps);
  expect(create).toThrow(
    'Test/Other: bucket is missing: pass the bucket whose objects are archived',
  );
});

test.each<[string, (archiver: S3DatedArchiver) => unknown, string]>([
  [
    'addAlarms',
    (archiver) => archiver.addAlarms({ runFailed: 0 }),
    'addAlarms was called before, and it can be called once: call it with everything that you need',
  ],
  [
    'addCommandOutputs',
    (archiver) => archiver.addCommandOutputs(),
    'addCommandOutputs was called before',
  ],
  [
    'onRunFailed with the same id',
    (archiver) => archiver.onRunFailed('Page'),
    'onRunFailed("Page") was called before: give each rule another id',
  ],
  [
    'addLedgerTable with the same id',
    (archiver) => archiver.addLedgerTable('Ledger', { database: 'logs' }),
    'the archiver already has a child with the id "Ledger": give each ledger table an id of its ' +
      'own, such as "LedgerTable"',
  ],
])('a second call of %s throws', (_, call, message) => {
  const { archiver } = build();
  call(archiver);
  expect(() => call(archiver)).toThrow(`Test/Archiver: ${message}`);
});
