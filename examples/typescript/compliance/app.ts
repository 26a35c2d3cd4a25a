/**
 * For accounts in which every role has a permissions boundary and cdk-nag must not find anything. Everything stored is
 * encrypted with your own key. Both buckets log who reads them, so the report bucket is your own, too. Findings about
 * the archiver that cannot be avoided are suppressed with a reason in the template, where auditors look.
 */
import { App, Aspects, Duration, PermissionsBoundary, Stack, TimeZone } from 'aws-cdk-lib';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Bucket, BucketEncryption, type BucketProps } from 'aws-cdk-lib/aws-s3';
import { ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import { AwsSolutionsChecks, NagSuppressions } from 'cdk-nag';
import { S3DatedArchiver } from 'cdk-s3-dated-archiver';

const app = new App();
// For a whole app, use the context key @aws-cdk/core:permissionsBoundary.
const stack = new Stack(app, 'Compliance', { permissionsBoundary: PermissionsBoundary.fromName('workload-boundary') });

const key = new Key(stack, 'Key', { enableKeyRotation: true });
const accessLogs = new Bucket(stack, 'AccessLogs', { enforceSSL: true });
const audited: BucketProps = {
  encryption: BucketEncryption.KMS,
  encryptionKey: key,
  bucketKeyEnabled: true,
  enforceSSL: true,
  serverAccessLogsBucket: accessLogs,
};

const archiver = new S3DatedArchiver(stack, 'Archiver', {
  bucket: new Bucket(stack, 'Data', { ...audited, versioned: true, lifecycleRules: [{ noncurrentVersionExpiration: Duration.days(30) }] }),
  prefix: 'statements/',
  schedule: ScheduleExpression.cron({ hour: '22', minute: '0', timeZone: TimeZone.AMERICA_TORONTO }),
  encryptionKey: key,
  reportBucket: new Bucket(stack, 'Reports', { ...audited, lifecycleRules: [{ expiration: Duration.days(2557) }] }),
});

NagSuppressions.addResourceSuppressions(archiver, [
  { id: 'AwsSolutions-IAM5', reason: 'Objects below three prefixes, and the runs of this state machine: their names are not known beforehand' },
  { id: 'AwsSolutions-L1', reason: 'The runtime is the one that the functions were built and tested for' },
  { id: 'AwsSolutions-SF1', reason: 'A ledger has a line for each object; the log has the errors' },
  { id: 'AwsSolutions-SQS3', reason: 'The queue is itself the dead-letter queue of the schedule' },
], true);
Aspects.of(app).add(new AwsSolutionsChecks());

app.synth();
