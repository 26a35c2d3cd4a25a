/**
 * For a bucket in which a night's files are a small part of all files, and whose archive lies in
 * the same bucket. A function lists the bucket, past the archive, and only the files of the day
 * reach the batches.
 */
import { App, Stack, TimeZone } from 'aws-cdk-lib';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import { Listing, S3DatedArchiver } from 'cdk-s3-dated-archiver';

const app = new App();
const stack = new Stack(app, 'FewOfMany');

new S3DatedArchiver(stack, 'Archiver', {
  // The whole bucket, and the archive below archive/ in it.
  bucket: new Bucket(stack, 'Bucket'),
  listing: Listing.selective(),
  schedule: ScheduleExpression.cron({ hour: '1', minute: '0', timeZone: TimeZone.ASIA_TOKYO }),
});

app.synth();
