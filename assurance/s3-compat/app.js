// An app outside this repository, for S3 servers that are not the sandbox's own.
const { App, Duration, Stack, TimeZone } = require('aws-cdk-lib');
const { Bucket } = require('aws-cdk-lib/aws-s3');
const { ScheduleExpression } = require('aws-cdk-lib/aws-scheduler');
const { DateSource, S3DatedArchiver } = require('cdk-s3-dated-archiver');

const [zone, outdir] = process.argv.slice(2);
const app = new App({ analyticsReporting: false, outdir });
const stack = new Stack(app, 'Archive');
new S3DatedArchiver(stack, 'Archiver', {
  bucket: new Bucket(stack, 'Data', { bucketName: 'company-data' }),
  prefix: 'incoming/',
  dateSource: DateSource.objectName('yyyy-MM-dd', 'yyyyMMdd'),
  schedule: ScheduleExpression.cron({ hour: '1', minute: '0', timeZone: TimeZone.of(zone) }),
  reportBucket: new Bucket(stack, 'Reports', { bucketName: 'company-reports' }),
  batchSize: 10, // several children
  timeout: Duration.hours(1),
});
app.synth();
