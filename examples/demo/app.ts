/**
 * The app of the demo: examples/typescript/daily-cron, whose objects may also be restored.
 */
import { App, Stack, TimeZone } from 'aws-cdk-lib';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import { DateSelection, DateSource, S3DatedArchiver } from 'cdk-s3-dated-archiver';

const app = new App();
const stack = new Stack(app, 'Demo');

new S3DatedArchiver(stack, 'Archiver', {
  bucket: new Bucket(stack, 'Bucket'),
  prefix: 'incoming/',
  schedule: ScheduleExpression.cron({ hour: '1', minute: '0', timeZone: TimeZone.ASIA_TOKYO }),
  dateSource: DateSource.objectName(
    'yyyy-MM-dd',
    'yyyyMMdd',
    'yyyyMMddHHmmss',
    "'u_ex'yyMMdd",
    "'A'yyyyDDD",
  ),
  selection: DateSelection.lastDays(2),
  allowRestore: true,
});

app.synth();
