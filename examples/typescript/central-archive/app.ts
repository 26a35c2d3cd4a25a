/**
 * For an organization that keeps one archive for all of its accounts. The account of the archive
 * allows the whole organization, once. Each team deploys an archiver in its own account.
 */
import { Annotations, App, Stack, TimeZone } from 'aws-cdk-lib';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import { S3DatedArchiver } from 'cdk-s3-dated-archiver';

const app = new App();

const central = new Stack(app, 'Central', {
  env: { account: '999988887777', region: 'eu-west-1' },
});
S3DatedArchiver.grantOrganization(
  new Bucket(central, 'Archive', {
    bucketName: 'example-central-archive',
    enforceSSL: true,
    versioned: true,
  }),
  { organizationId: 'o-exampleorgid' },
);

const team = new Stack(app, 'Billing', {
  env: { account: '111122223333', region: 'eu-west-1' },
});
const archiver = new S3DatedArchiver(team, 'Archiver', {
  bucket: new Bucket(team, 'Invoices'),
  prefix: 'incoming/',
  destinationBucket: Bucket.fromBucketAttributes(team, 'CentralArchive', {
    bucketName: 'example-central-archive',
    account: '999988887777',
  }),
  // A folder for each team, below the prefix that the organization may use.
  destinationPrefix: 'archive/billing/',
  schedule: ScheduleExpression.cron({ hour: '1', minute: '0', timeZone: TimeZone.EUROPE_BERLIN }),
});
Annotations.of(archiver).acknowledgeWarning(
  'cdk-s3-dated-archiver:destinationOfOtherAccount',
  'the policy of the bucket allows the whole organization',
);

app.synth();
