/**
 * For a folder into which different producers write files all day. Every night at one o'clock in
 * Tokyo, the files of the last two days move from `incoming/` to `archive/yyyy/MM/dd/`.
 *
 * Subscribers of the topic get one message about each night that needs attention, and none about
 * other nights.
 */
import { App, Stack, TimeZone } from 'aws-cdk-lib';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { DateSelection, DateSource, S3DatedArchiver } from 'cdk-s3-dated-archiver';

const app = new App();
const stack = new Stack(app, 'DailyCron');

const bucket = new Bucket(stack, 'Bucket', { enforceSSL: true });

const archiver = new S3DatedArchiver(stack, 'Archiver', {
  bucket,
  prefix: 'incoming/',
  schedule: ScheduleExpression.cron({ hour: '1', minute: '0', timeZone: TimeZone.ASIA_TOKYO }),
  // One format for each way in which a producer writes the date.
  dateSource: DateSource.objectName(
    'yyyy-MM-dd', // 2026-11-24-7.json.gz
    'yyyyMMdd', // ..._20261124T0005Z_...
    'yyyyMMddHHmmss', // nightly-20261124010015-logs.gz
    "'u_ex'yyMMdd", // u_ex261124.log
    "'A'yyyyDDD", // MOD09GA.A2026328.h08v05.061.hdf: the day of the year
  ),
  // AWS services date their files in UTC, so some of yesterday's files arrive after the run. The
  // next run archives them.
  selection: DateSelection.lastDays(2),
});

archiver.alertTopic.addSubscription(new EmailSubscription('ops@example.com'));

app.synth();
