/**
 * For a team whose bucket is in an account and a region of its own, and an archive that is kept
 * centrally. A function lists the team's bucket. `cdk synth` prints the statements that the team
 * adds to the policies of its bucket and of its key.
 */
import { App, Stack, TimeZone } from 'aws-cdk-lib';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import { Listing, S3DatedArchiver } from 'cdk-s3-dated-archiver';

const app = new App();
const stack = new Stack(app, 'OtherAccount', {
  env: { account: '111122223333', region: 'eu-west-1' },
});

new S3DatedArchiver(stack, 'Archiver', {
  // The account and the region must be given: a bucket's name does not tell them.
  bucket: Bucket.fromBucketAttributes(stack, 'Landing', {
    bucketName: 'team-landing',
    account: '444455556666',
    region: 'eu-central-1',
  }),
  prefix: 'incoming/',
  sourceKey: Key.fromKeyArn(
    stack,
    'LandingKey',
    'arn:aws:kms:eu-central-1:444455556666:key/1234abcd-12ab-34cd-56ef-1234567890ab',
  ),
  destinationBucket: new Bucket(stack, 'Archive', { versioned: true }),
  listing: Listing.selective(),
  schedule: ScheduleExpression.cron({ hour: '1', minute: '0', timeZone: TimeZone.EUROPE_BERLIN }),
});

app.synth();
