/**
 * For a bucket to which several teams write, each into its own folder with its own names: one
 * archiver for each folder. Each has its own schedule, metrics and runs, so a failed run does not
 * delay the others. They share the topic and the report bucket. They start half an hour apart,
 * because all write to the same archive and S3 limits writes by prefix.
 */
import { App, Duration, Stack, TimeZone } from 'aws-cdk-lib';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { DateSource, S3DatedArchiver } from 'cdk-s3-dated-archiver';

const app = new App();
const stack = new Stack(app, 'SeveralPrefixes');

const bucket = new Bucket(stack, 'Data', { enforceSSL: true });
const reports = new Bucket(stack, 'Reports', {
  enforceSSL: true,
  lifecycleRules: [{ expiration: Duration.days(400) }],
});
const topic = new Topic(stack, 'Alerts', { enforceSSL: true });
topic.addSubscription(new EmailSubscription('data-platform@example.com'));

const teams = [
  // invoice_20261124_0017.pdf
  { id: 'Billing', folder: 'billing/', format: 'yyyyMMdd', minute: '0' },
  { id: 'Web', folder: 'web/', format: "'u_ex'yyMMdd", minute: '30' }, // u_ex261124.log
];

for (const { id, folder, format, minute } of teams) {
  new S3DatedArchiver(stack, id, {
    bucket,
    prefix: folder,
    destinationPrefix: `archive/${folder}`,
    dateSource: DateSource.objectName(format),
    schedule: ScheduleExpression.cron({ hour: '2', minute, timeZone: TimeZone.EUROPE_PARIS }),
    alertTopic: topic,
    reportBucket: reports,
    reportPrefix: `runs/${folder}`,
  });
}

app.synth();
