/**
 * For files that must be kept but are rarely read: records of past years, raw data behind reports.
 * After 90 days they move straight to Glacier Deep Archive, into one folder for each month, and
 * expire after seven years. If the keys could stay the same, a lifecycle rule would be enough. But
 * a lifecycle rule knows the age of an object, not the date in its name.
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
    // Objects above 5 GB are copied in parts. The parts of an interrupted copy are billed like an
    // object.
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
  // Deep Archive charges $0.05 per 1,000 copies and for at least 180 days, so use it for large
  // files, not for millions of tiny ones.
  storageClass: StorageClass.DEEP_ARCHIVE,
  // Each run archives everything that is older than 90 days, so once a week is enough.
  schedule: ScheduleExpression.rate(Duration.days(7)),
});

app.synth();
