/** What is refused when the app is synthesised, and in which words. */
import { Duration, Lazy, RemovalPolicy, type Stack, TimeZone } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import * as sns from 'aws-cdk-lib/aws-sns';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import type { S3DatedArchiverProps } from '../../src';
import { synth, type Where } from '../helpers/synth';

type Props = Partial<S3DatedArchiverProps>;

test.each<[Props, string]>([
  [{ prefix: 'in' }, 'prefix "in" must be empty or end with "/", because "in" would also match "inx/": write "in/"'],
  [{ destinationPrefix: 'archive' }, 'destinationPrefix "archive" must be empty or end with "/", because "archive" would also match "archivex/": write "archive/"'],
  [{ reportPrefix: 'runs' }, 'reportPrefix "runs" must be empty or end with "/", because "runs" would also match "runsx/": write "runs/"'],
  [{ prefix: 'a/', destinationPrefix: 'a/' }, 'destinationPrefix "a/" must differ from prefix in the same bucket, since everything archived would be listed again: write for example "archive/", or give another destinationBucket'],
  [{ destinationPrefix: '' }, 'destinationPrefix "" must differ from prefix in the same bucket'],

  [{ timeZone: TimeZone.of('Asia/Tokio') }, 'timeZone "Asia/Tokio" must be a name of the IANA time zone database, such as Asia/Tokyo: TimeZone has them all'],
  [{ schedule: ScheduleExpression.cron({ timeZone: TimeZone.of('Mars/Base') }) }, 'timeZone "Mars/Base" must be a name of the IANA time zone database'],

  [{ maxConcurrency: 0 }, 'maxConcurrency 0 must be a whole number from 1 to 10,000: a Distributed Map runs at most 10,000 child workflows at a time'],
  [{ maxConcurrency: 10_001 }, 'maxConcurrency 10001 must be a whole number from 1 to 10,000'],
  [{ maxConcurrency: 2.5 }, 'maxConcurrency 2.5 must be a whole number from 1 to 10,000'],
  [{ batchSize: 0 }, 'batchSize 0 must be a whole number from 1 to 1,000: S3 deletes at most 1,000 objects in one request'],
  [{ batchSize: 1_001 }, 'batchSize 1001 must be a whole number from 1 to 1,000'],
  [{ memorySize: 127 }, 'memorySize 127 must be a whole number from 128 to 10,240: MiB, of a Lambda function'],
  [{ memorySize: 10_241 }, 'memorySize 10241 must be a whole number from 128 to 10,240'],
  [{ maxObjectsPerSecond: 0 }, 'maxObjectsPerSecond 0 must be a number above 0'],
  [{ maxObjectsPerSecond: NaN }, 'maxObjectsPerSecond NaN must be a number above 0'],
  [{ maxObjectsPerSecond: Infinity }, 'maxObjectsPerSecond Infinity must be a number above 0'],
  [{ toleratedFailurePercentage: -1 }, 'toleratedFailurePercentage -1 must be a number from 0 to 100'],
  [{ toleratedFailurePercentage: 100.5 }, 'toleratedFailurePercentage 100.5 must be a number from 0 to 100'],

  [{ timeout: Duration.seconds(0) }, 'timeout 0 seconds must be whole seconds, from 1 to 31,536,000: a STANDARD workflow runs for a year at most'],
  [{ timeout: Duration.millis(1500) }, 'must be whole seconds, from 1 to 31,536,000'],
  [{ batchTimeout: Duration.seconds(29) }, 'batchTimeout 29 seconds must be whole seconds, from 30 to 900: a Lambda function runs for 15 minutes at most'],
  [{ batchTimeout: Duration.minutes(16) }, 'batchTimeout 16 minutes must be whole seconds, from 30 to 900'],
  [{ mapExecutionType: sfn.StateMachineType.EXPRESS, batchTimeout: Duration.minutes(5) }, 'mapExecutionType EXPRESS ends a batch after 300 seconds, less 10 for transitions, and the settings do not fit'],

  [{ retryPolicy: { interval: Duration.seconds(0) } }, 'retryPolicy.interval 0 seconds must be whole seconds, from 1 to 86,400'],
  [{ retryPolicy: { maxDelay: Duration.days(2) } }, 'retryPolicy.maxDelay 2 days must be whole seconds, from 1 to 86,400'],
  [{ retryPolicy: { interval: Duration.seconds(30), maxDelay: Duration.seconds(10) } }, 'retryPolicy.maxDelay 10 seconds must not be shorter than retryPolicy.interval 30 seconds: raise maxDelay or leave it out'],
  [{ retryPolicy: { maxAttempts: -1 } }, 'retryPolicy.maxAttempts -1 must be a whole number from 0 to 100: the history of a batch would have no room for more'],
  [{ retryPolicy: { backoffRate: 0.5 } }, 'retryPolicy.backoffRate 0.5 must be a number of at least 1'],

  [{ reportRetention: Duration.hours(36) }, 'must be whole days, at least 1: S3 expires objects by days'],
  [{ reportRetention: Duration.days(0) }, 'reportRetention 0 days must be whole days, at least 1'],
  [{ vpcSubnets: { subnetType: ec2.SubnetType.PUBLIC } }, 'vpcSubnets needs vpc: give the VPC that the functions are to run in, or leave vpcSubnets out'],
  [{ securityGroups: [] }, 'securityGroups needs vpc: give the VPC that the functions are to run in, or leave securityGroups out'],
])('%j is refused', (props, message) => {
  expect(() => synth(props)).toThrow(message);
});

const IN_IRELAND: Where = { stack: { env: { account: '111122223333', region: 'eu-west-1' } } };

test.each<[string, (stack: Stack) => Props, string]>([
  ['reportRetention for a reportBucket of one\'s own',
    (stack) => ({ reportBucket: new s3.Bucket(stack, 'Mine'), reportRetention: Duration.days(30) }),
    'reportRetention is for the bucket that the archiver makes: set a lifecycle rule on your reportBucket, or leave one of the two out'],
  ['a FIFO topic',
    (stack) => ({ alertTopic: sns.Topic.fromTopicArn(stack, 'Fifo', 'arn:aws:sns:eu-west-1:111122223333:alerts.fifo') }),
    'alertTopic must be a standard topic, not a FIFO one'],
  ['reports among the objects',
    (stack) => { const bucket = new s3.Bucket(stack, 'Both'); return { bucket, reportBucket: bucket }; },
    'reportPrefix "runs/" must not lie inside prefix "" of the same bucket, since reports would be archived like other objects: '
      + 'give another reportBucket, or a reportPrefix inside destinationPrefix'],
  ['reports among the objects of an imported bucket',
    (stack) => ({
      bucket: s3.Bucket.fromBucketName(stack, 'One', 'data'),
      reportBucket: s3.Bucket.fromBucketArn(stack, 'Two', 'arn:aws:s3:::data'),
      prefix: 'in/',
      reportPrefix: 'in/runs/',
    }),
    'reportPrefix "in/runs/" must not lie inside prefix "in/" of the same bucket, since reports would be archived like other objects: '
      + 'give another reportPrefix or reportBucket'],
  ['a topic in another region',
    (stack) => ({ alertTopic: sns.Topic.fromTopicArn(stack, 'Far', 'arn:aws:sns:us-east-1:111122223333:alerts') }),
    'alertTopic is in region us-east-1 and must be in eu-west-1, the region of the archiver\'s stack, since SNS takes messages for topics of its own region only'],
  ['snapshots', () => ({ removalPolicy: RemovalPolicy.SNAPSHOT }), 'removalPolicy SNAPSHOT must be RETAIN, RETAIN_ON_UPDATE_OR_DELETE or DESTROY'],
  ['a token for both prefixes', () => {
    const both = Lazy.string({ produce: () => 'in/' });
    return { prefix: both, destinationPrefix: both };
  }, 'destinationPrefix (a token) must differ from prefix in the same bucket'],
  ['an EXPRESS batch of more than it can archive at its share of the rate',
    () => ({ mapExecutionType: sfn.StateMachineType.EXPRESS, maxConcurrency: 200, batchSize: 1_000 }),
    'batchSize 1000 is more than a batch of mapExecutionType EXPRESS can archive: 59.2 s for copies x maxObjectsPerSecond 1500 / 200 batches at once = 444 objects; '
      + 'lower batchSize or maxConcurrency, raise maxObjectsPerSecond, or use STANDARD'],
  ['EXPRESS where a batch of one is too much',
    () => ({ mapExecutionType: sfn.StateMachineType.EXPRESS, maxConcurrency: 10_000, maxObjectsPerSecond: 100 }),
    'batchSize 1 is more than a batch of mapExecutionType EXPRESS can archive'],
  ['a bucket in another region',
    (stack) => ({ bucket: s3.Bucket.fromBucketAttributes(stack, 'Far', { bucketName: 'data', region: 'us-east-1' }) }),
    'bucket is in region us-east-1 and must be in eu-west-1, the region of the archiver\'s stack, since a Distributed Map lists no other: define the archiver in a stack in us-east-1'],
  ['a bucket in another account',
    (stack) => ({ bucket: s3.Bucket.fromBucketAttributes(stack, 'Theirs', { bucketName: 'data', account: '444455556666' }) }),
    'bucket is in account 444455556666 and must be in 111122223333'],
  ['a reportBucket in another region',
    (stack) => ({ reportBucket: s3.Bucket.fromBucketAttributes(stack, 'Far', { bucketName: 'data', region: 'us-east-1' }) }),
    'reportBucket is in region us-east-1 and must be in eu-west-1, the region of the archiver\'s stack, since a Distributed Map writes its results to no other'],
])('%s is refused', (_, props, message) => {
  expect(() => synth(props, IN_IRELAND)).toThrow(message);
});

test.each<[string, (stack: Stack) => Props]>([
  ['a prefix inside the destination', () => ({ prefix: 'data/incoming/', destinationPrefix: 'data/' })],
  ['the destination inside the prefix', () => ({ prefix: 'data/', destinationPrefix: 'data/archive/' })],
  ['the same prefix in another bucket', (stack) => ({ prefix: 'data/', destinationPrefix: 'data/', destinationBucket: new s3.Bucket(stack, 'Other') })],
  ['reports beside the objects', (stack) => {
    const bucket = new s3.Bucket(stack, 'Both');
    return { bucket, prefix: 'in/', reportBucket: bucket };
  }],
  ['reports in the archive, which is never selected', (stack) => {
    const bucket = new s3.Bucket(stack, 'Both');
    return { bucket, reportBucket: bucket, reportPrefix: 'archive/runs/' };
  }],
  ['the limits', () => ({
    maxConcurrency: 10_000,
    batchSize: 1,
    memorySize: 10_240,
    maxObjectsPerSecond: 0.1,
    toleratedFailurePercentage: 100,
    timeout: Duration.days(365),
    batchTimeout: Duration.minutes(15),
    retryPolicy: { maxAttempts: 0, backoffRate: 1, interval: Duration.seconds(1), maxDelay: Duration.seconds(1) },
  })],
  ['a time zone that CDK does not list', () => ({ timeZone: TimeZone.of('America/Ciudad_Juarez') })],
])('%s is fine', (_, props) => {
  expect(() => synth(props, IN_IRELAND)).not.toThrow();
});
