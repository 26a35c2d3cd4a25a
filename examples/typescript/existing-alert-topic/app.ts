/**
 * For a team that already has a topic for its alerts. The archiver publishes to it. Two
 * subscriptions show how messages reach people: the email address of a Slack or Teams channel gets
 * all of them as text, and the pager gets only those about failed runs, filtered by the attributes
 * of each message.
 *
 * Do not subscribe Amazon Q Developer in chat applications (formerly AWS Chatbot) to this topic,
 * because it drops every message that is not in an envelope of its own. The example chat-channel
 * shows what it needs.
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
const topic = Topic.fromTopicArn(
  stack,
  'Topic',
  stack.formatArn({ service: 'sns', resource: 'data-platform-alerts' }),
);

new S3DatedArchiver(stack, 'Archiver', {
  bucket,
  prefix: 'exports/',
  schedule: ScheduleExpression.cron({ hour: '6', minute: '15', timeZone: TimeZone.EUROPE_LONDON }),
  alertTopic: topic,
  // The channel also gets a message about clean runs.
  alertMode: AlertMode.EVERY_RUN,
});

topic.addSubscription(new EmailSubscription('data-alerts-aaaa1234@example.slack.com'));
topic.addSubscription(
  new UrlSubscription('https://events.pager.example.com/integration/archive', {
    filterPolicy: {
      outcome: SubscriptionFilter.stringFilter({
        allowlist: ['FAILED', 'TIMED_OUT', 'ABORTED', 'NOT_STARTED'],
      }),
    },
  }),
);

app.synth();
