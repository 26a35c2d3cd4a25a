/**
 * For a team that has a topic for its alerts already. The archiver publishes to it, and two subscriptions show how messages
 * reach people: the address that Slack and Teams give to a channel gets all of them as text, and the pager only those about
 * runs that failed, by the attributes that each message has for programs.
 */
import { App, Stack, TimeZone } from 'aws-cdk-lib';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import { SubscriptionFilter, Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription, UrlSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { AlertMode, S3DatedArchiver } from 'cdk-s3-dated-archiver';

const app = new App();
const stack = new Stack(app, 'ExistingAlertTopic');

const bucket = new Bucket(stack, 'Bucket', { enforceSSL: true });
const topic = Topic.fromTopicArn(stack, 'Topic', stack.formatArn({ service: 'sns', resource: 'data-platform-alerts' }));

new S3DatedArchiver(stack, 'Archiver', {
  bucket,
  prefix: 'exports/',
  schedule: ScheduleExpression.cron({ hour: '6', minute: '15', timeZone: TimeZone.EUROPE_LONDON }),
  alertTopic: topic,
  // The channel also sees that a night went well.
  alertMode: AlertMode.EVERY_RUN,
});

topic.addSubscription(new EmailSubscription('data-alerts-aaaa1234@example.slack.com'));
topic.addSubscription(new UrlSubscription('https://events.pager.example.com/integration/archive', {
  filterPolicy: {
    outcome: SubscriptionFilter.stringFilter({ allowlist: ['FAILED', 'TIMED_OUT', 'ABORTED', 'NOT_STARTED'] }),
  },
}));

app.synth();
