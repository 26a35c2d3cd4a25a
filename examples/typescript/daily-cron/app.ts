/**
 * For a folder into which producers of all kinds drop files all day. Every night at one o'clock in Tokyo, those of the last
 * two days leave `incoming/` for `archive/yyyy/MM/dd/`.
 *
 * Who subscribes to the topic gets one message about a night that needs attention, and none about the others.
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
  // One format for each way in which a producer writes the day.
  dateSource: DateSource.objectName(
    'yyyy-MM-dd', // 2026-11-24-7.json.gz
    'yyyyMMdd', // ..._20261124T0005Z_...
    'yyyyMMddHHmmss', // nightly-20261124010015-logs.gz
    "'u_ex'yyMMdd", // u_ex261124.log
    "'A'yyyyDDD", // MOD09GA.A2026328.h08v05.061.hdf: the day of the year
  ),
  // AWS services date their files in UTC, so after Tokyo's midnight some of yesterday are still to come: the next night takes them.
  selection: DateSelection.lastDays(2),
});

archiver.alertTopic.addSubscription(new EmailSubscription('ops@example.com'));

app.synth();
