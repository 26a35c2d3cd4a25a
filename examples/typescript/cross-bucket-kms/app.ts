/**
 * For a landing zone and an archive in two buckets, each encrypted with its own key. Archived
 * objects are encrypted with the archive's key and go straight to Glacier Instant Retrieval, which
 * costs one request instead of two.
 */
import { App, Stack, TimeZone } from 'aws-cdk-lib';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Bucket, BucketEncryption, StorageClass } from 'aws-cdk-lib/aws-s3';
import { ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import { ConflictPolicy, DateSelection, S3DatedArchiver } from 'cdk-s3-dated-archiver';

const app = new App();
const stack = new Stack(app, 'CrossBucketKms');

const landingKey = new Key(stack, 'LandingKey', { enableKeyRotation: true });
const landing = new Bucket(stack, 'Landing', {
  encryption: BucketEncryption.KMS,
  encryptionKey: landingKey,
  bucketKeyEnabled: true,
  enforceSSL: true,
});

const archiveKey = new Key(stack, 'ArchiveKey', { enableKeyRotation: true });
const archive = new Bucket(stack, 'Archive', {
  encryption: BucketEncryption.KMS,
  encryptionKey: archiveKey,
  bucketKeyEnabled: true,
  enforceSSL: true,
  versioned: true,
});

// CDK knows both buckets' keys, so you do not have to pass them: sourceKey and destinationKey are
// for imported buckets.
new S3DatedArchiver(stack, 'Archiver', {
  bucket: landing,
  destinationBucket: archive,
  destinationPrefix: '',
  // Three days at a time, so that the next run also archives what a missed night left behind.
  selection: DateSelection.lastDays(3),
  schedule: ScheduleExpression.cron({
    hour: '2',
    minute: '30',
    timeZone: TimeZone.AMERICA_NEW_YORK,
  }),
  conflictPolicy: ConflictPolicy.RENAME,
  storageClass: StorageClass.GLACIER_INSTANT_RETRIEVAL,
  encryptionKey: archiveKey,
});

app.synth();
