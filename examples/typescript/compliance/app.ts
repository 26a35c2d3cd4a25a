/**
 * For accounts in which every role has a permissions boundary and cdk-nag must not find anything.
 * Everything stored is encrypted with your own key. Both buckets log who reads them, so the report
 * bucket is your own, too. Findings about the archiver that cannot be avoided have their reason in
 * its metadata, so the app needs no suppressions for it.
 *
 * cdk-nag 3 needs aws-cdk-lib 2.258.0 or newer.
 */
import { App, Duration, PermissionsBoundary, Stack, TimeZone, Validations } from 'aws-cdk-lib';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Bucket, BucketEncryption, type BucketProps } from 'aws-cdk-lib/aws-s3';
import { ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import { AwsSolutionsChecks } from 'cdk-nag';
import { S3DatedArchiver } from 'cdk-s3-dated-archiver';

const app = new App();
// For a whole app, use the context key @aws-cdk/core:permissionsBoundary.
const stack = new Stack(app, 'Compliance', {
  permissionsBoundary: PermissionsBoundary.fromName('workload-boundary'),
});

const key = new Key(stack, 'Key', { enableKeyRotation: true });
const accessLogs = new Bucket(stack, 'AccessLogs', { enforceSSL: true });
const audited: BucketProps = {
  encryption: BucketEncryption.KMS,
  encryptionKey: key,
  bucketKeyEnabled: true,
  enforceSSL: true,
  serverAccessLogsBucket: accessLogs,
};

new S3DatedArchiver(stack, 'Archiver', {
  bucket: new Bucket(stack, 'Data', {
    ...audited,
    versioned: true,
    lifecycleRules: [{ noncurrentVersionExpiration: Duration.days(30) }],
  }),
  prefix: 'statements/',
  schedule: ScheduleExpression.cron({
    hour: '22',
    minute: '0',
    timeZone: TimeZone.AMERICA_TORONTO,
  }),
  encryptionKey: key,
  reportBucket: new Bucket(stack, 'Reports', {
    ...audited,
    lifecycleRules: [{ expiration: Duration.days(2557) }],
  }),
});

Validations.of(app).addPlugins(new AwsSolutionsChecks(app));

app.synth();
