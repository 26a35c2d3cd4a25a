/**
 * For a team that reads its alerts in Slack. Amazon Q Developer in chat applications (formerly AWS
 * Chatbot) delivers them from the chat topic, where each message has the envelope that the service
 * requires. All messages of a run are in one thread. Email subscribers of the alert topic get the
 * same messages as text.
 *
 * Authorize the Slack workspace once in the console:
 * https://docs.aws.amazon.com/chatbot/latest/adminguide/slack-setup.html For Microsoft Teams, use a
 * CfnMicrosoftTeamsChannelConfiguration in the same way.
 */
import { App, Stack } from 'aws-cdk-lib';
import { SlackChannelConfiguration } from 'aws-cdk-lib/aws-chatbot';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { S3DatedArchiver } from 'cdk-s3-dated-archiver';

const app = new App();
const stack = new Stack(app, 'ChatChannel');

const chatTopic = new Topic(stack, 'ChatTopic', { enforceSSL: true });
new SlackChannelConfiguration(stack, 'Slack', {
  slackChannelConfigurationName: 'data-platform-alerts',
  slackWorkspaceId: 'T0123456789',
  slackChannelId: 'C0123456789',
  notificationTopics: [chatTopic],
});

const archiver = new S3DatedArchiver(stack, 'Archiver', {
  bucket: new Bucket(stack, 'Bucket', { enforceSSL: true }),
  prefix: 'incoming/',
  schedule: ScheduleExpression.cron({ hour: '1', minute: '0' }),
  chatTopic,
});
archiver.alertTopic.addSubscription(new EmailSubscription('ops@example.com'));
archiver.addAlarms();

app.synth();
