/**
 * For files that have to be kept and are hardly ever read: records of past years, raw data behind reports. After 90 days
 * they go straight to Glacier Deep Archive, one folder for each month, and after seven years they expire. A lifecycle rule
 * alone would do if the keys could stay as they are; it knows the age of an object, though, and not the date in its name.
 */
import { App, Duration, Stack } from 'aws-cdk-lib';
import { Bucket, StorageClass } from 'aws-cdk-lib/aws-s3';
import { ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import { ArchiveLayout, DateSelection, DateSource, S3DatedArchiver } from 'cdk-s3-dated-archiver';

const app = new App();
const stack = new Stack(app, 'CheapStorageClass');

const records = new Bucket(stack, 'Records', { enforceSSL: true });
const archive = new Bucket(stack, 'Archive', {
  enforceSSL: true,
  lifecycleRules: [
    { expiration: Duration.days(2557) },
    // Objects above 5 GB are copied in parts; those of a copy that was interrupted cost as much as an object.
    { abortIncompleteMultipartUploadAfter: Duration.days(7) },
  ],
});

new S3DatedArchiver(stack, 'Archiver', {
  bucket: records,
  prefix: 'records/',
  destinationBucket: archive,
  dateSource: DateSource.objectName('dd-MM-yyyy', 'yyyyMMdd'),
  selection: DateSelection.olderThan(90),
  layout: ArchiveLayout.of('yyyy/MM/'),
  // Deep Archive charges $0.05 per 1,000 copies and 180 days at least: for files of some size, not for millions of crumbs.
  storageClass: StorageClass.DEEP_ARCHIVE,
  // Whatever is older than 90 days by then: once a week is enough.
  schedule: ScheduleExpression.rate(Duration.days(7)),
});

app.synth();
