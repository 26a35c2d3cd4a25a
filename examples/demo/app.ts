/**
 * The app of the demo: examples/typescript/daily-cron, whose runs may also be taken back.
 */
import { App, Stack, TimeZone } from 'aws-cdk-lib';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import { DateSelection, DateSource, S3DatedArchiver } from 'cdk-s3-dated-archiver';

const app = new App();
const stack = new Stack(app, 'Demo');

const archiver = new S3DatedArchiver(stack, 'Archiver', {
  bucket: new Bucket(stack, 'Bucket'),
  prefix: 'incoming/',
  schedule: ScheduleExpression.cron({ hour: '1', minute: '0', timeZone: TimeZone.ASIA_TOKYO }),
  dateSource: DateSource.objectName('yyyy-MM-dd', 'yyyyMMdd', 'yyyyMMddHHmmss', "'u_ex'yyMMdd", "'A'yyyyDDD"),
  selection: DateSelection.lastDays(2),
  allowRestore: true,
});

// On AWS, a restore waits until no invocation of another run can still be moving objects (docs/safety.md). Here it is known
// that none is.
const planRun = archiver.node.findChild('PlanRun').node.findChild('Function') as LambdaFunction;
planRun.addEnvironment('RESTORE_WAIT_SECONDS', '1');

app.synth();
