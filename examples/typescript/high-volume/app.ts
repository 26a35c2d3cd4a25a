/**
 * For tens of millions of small objects a day: clicks, sensor readings, mail. Keys begin with their
 * day, so a run lists only that day. It moves up to 2,500 objects a second. A move writes at both
 * prefixes, and S3 accepts about 3,500 writes a second for each of its partitions. So the run is
 * slower until S3 has put the two prefixes into two partitions.
 */
import { App, Duration, Stack, TimeZone } from 'aws-cdk-lib';
import { Dashboard } from 'aws-cdk-lib/aws-cloudwatch';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import { DateSource, S3DatedArchiver } from 'cdk-s3-dated-archiver';

const app = new App();
const stack = new Stack(app, 'HighVolume');

const bucket = new Bucket(stack, 'Clicks', { enforceSSL: true });

const archiver = new S3DatedArchiver(stack, 'Archiver', {
  bucket,
  prefix: 'clicks/',
  // clicks/2026-11-24/23/59/58.171-4f1c.json
  dateSource: DateSource.keyPrefix('yyyy-MM-dd'),
  schedule: ScheduleExpression.cron({ hour: '3', minute: '0', timeZone: TimeZone.ETC_UTC }),
  maxObjectsPerSecond: 2500,
  // A few failures among millions of objects cause a message, but not a failed run.
  toleratedFailurePercentage: 0.01,
});

archiver.addAlarms({ noRunCompleted: Duration.hours(30), nothingArrived: 0.5 });
new Dashboard(stack, 'Dashboard', { widgets: [archiver.dashboardWidgets()] });

app.synth();
