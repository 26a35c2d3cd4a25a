/**
 * Deploys an archiver that moves objects between two buckets every night, with alarms. Keys of the
 * app encrypt everything.
 */
import { IntegTest } from '@aws-cdk/integ-tests-alpha';
import { App, Duration, RemovalPolicy, Stack, TimeZone } from 'aws-cdk-lib';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import { ConflictPolicy, S3DatedArchiver } from '../../src';

const app = new App();
const stack = new Stack(app, 'IntegEncrypted');
const removalPolicy = RemovalPolicy.DESTROY;
const bucket = (id: string) =>
  new s3.Bucket(stack, id, {
    encryption: s3.BucketEncryption.KMS,
    encryptionKey: new kms.Key(stack, `${id}Key`, { removalPolicy }),
    removalPolicy,
    autoDeleteObjects: true,
  });
const archiver = new S3DatedArchiver(stack, 'Archiver', {
  bucket: bucket('Source'),
  prefix: 'incoming/',
  destinationBucket: bucket('Destination'),
  conflictPolicy: ConflictPolicy.RENAME,
  schedule: ScheduleExpression.cron({ hour: '1', minute: '0', timeZone: TimeZone.ASIA_TOKYO }),
  encryptionKey: new kms.Key(stack, 'Key', { removalPolicy }),
  removalPolicy,
});
archiver.addAlarms({ oldStragglers: Duration.days(7), objectsFailed: 0, runFailed: 0 });
new IntegTest(app, 'Encrypted', { testCases: [stack] });
app.synth();
