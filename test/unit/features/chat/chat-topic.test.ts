import { App, Stack } from 'aws-cdk-lib';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import * as chatbot from 'aws-cdk-lib/aws-chatbot';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as s3 from 'aws-cdk-lib/aws-s3';
import * as sns from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { AlertMode, S3DatedArchiver } from '../../../../src';
import {
  actionsOn,
  batchStates,
  build,
  definition,
  only,
  resolve,
  synth,
} from '../../../helpers/synth';

const withChat = (alertMode?: AlertMode) =>
  synth((stack) => ({ chatTopic: new sns.Topic(stack, 'Chat'), alertMode }));

test('the message about a run goes to the alert topic, and then to the chat', () => {
  const { States } = definition(withChat().template);
  expect(States.NotifyRun.Next).toBe('NotifyChat');
  expect(States.NotifyChat).toMatchObject({
    Next: 'Succeed',
    Parameters: { TopicArn: expect.stringMatching(/Chat/), 'Message.$': '$.chat' },
  });
  expect(States.NotifyChat.Retry).toEqual(States.NotifyRun.Retry);
  expect(States.NotifyChat.Parameters).not.toHaveProperty('Subject');
});

test(
  'the message about a batch goes to the alert topic, and then to the chat, and neither can fail ' +
    'the batch',
  () => {
    const states = batchStates(withChat(AlertMode.PER_BATCH).template);
    expect(states.NotifyBatch.Next).toBe('NotifyChatOfBatch');
    expect(states.NotifyChatOfBatch).toMatchObject({
      Next: 'BatchFinished',
      Catch: [{ ErrorEquals: ['States.ALL'], Next: 'BatchFinished' }],
      Parameters: { 'Message.$': '$.BatchInput.progress.alert.chat' },
    });
    expect(states.NotifyBatch.Catch[0].Next).toBe('BatchFinished');
  },
);

test('without it nothing mentions a chat', () => {
  expect(JSON.stringify(synth({ alertMode: AlertMode.PER_BATCH }).template.toJSON())).not.toMatch(
    /NotifyChat|CHAT_TOPIC/,
  );
});

test('who publishes may publish to it and use its key', () => {
  const { template } = synth((stack) => ({
    chatTopic: new sns.Topic(stack, 'Chat', { masterKey: new kms.Key(stack, 'ChatKey') }),
  }));
  for (const role of ['ExplainFailure', 'StateMachine'] as const) {
    expect(actionsOn(template, role, /^<Chat[0-9A-F]{8}>$/)).toEqual(['sns:Publish']);
    expect(actionsOn(template, role, /^<ChatKey/)).toEqual(['kms:Decrypt', 'kms:GenerateDataKey']);
  }
});

test('addAlarms notifies the chat, too, which knows the messages of CloudWatch', () => {
  const { stack, archiver } = build((scope) => ({ chatTopic: new sns.Topic(scope, 'Chat') }));
  archiver.addAlarms({ runFailed: 0 });
  const template = Template.fromStack(stack);
  const { AlarmActions } = resolve(
    template,
    only(template, 'AWS::CloudWatch::Alarm', /RunFailed/).properties,
  );
  expect(AlarmActions).toEqual([expect.stringMatching(/Alerts/), expect.stringMatching(/^<Chat/)]);
});

test.each<[string, (stack: Stack) => { chatTopic: sns.ITopic; alertTopic?: sns.ITopic }, string]>([
  [
    'a FIFO topic',
    (stack) => ({ chatTopic: new sns.Topic(stack, 'Chat', { fifo: true }) }),
    'chatTopic is a FIFO topic',
  ],
  [
    'the alert topic',
    (stack) => {
      const topic = new sns.Topic(stack, 'Both');
      return { chatTopic: topic, alertTopic: topic };
    },
    'chatTopic is alertTopic and must be another topic',
  ],
  [
    'a topic of another region',
    (stack) => ({
      chatTopic: sns.Topic.fromTopicArn(stack, 'Chat', 'arn:aws:sns:us-east-1:111122223333:chat'),
    }),
    'chatTopic is in region us-east-1',
  ],
])('fails with %s, and says which construct', (_, props, message) => {
  expect(() =>
    build(props, { stack: { env: { account: '111122223333', region: 'eu-west-1' } } }),
  ).toThrow(message);
  expect(() =>
    build(props, { stack: { env: { account: '111122223333', region: 'eu-west-1' } } }),
  ).toThrow('Test/Archiver');
});

describe('subscriptions', () => {
  const NOBODY = 'alertTopic has no subscription in this app';
  const DROPS = 'subscribes a chat to alertTopic';
  const slack = (stack: Stack, topics: sns.ITopic[]) =>
    new chatbot.SlackChannelConfiguration(stack, 'Slack', {
      slackChannelConfigurationName: 'ops',
      slackWorkspaceId: 'T0ABC',
      slackChannelId: 'C0ABC',
      notificationTopics: topics,
    });
  const texts = (stack: Stack) => {
    const found = Annotations.fromStack(stack);
    return [
      ...found.findInfo('*', Match.anyValue()),
      ...found.findWarning('*', Match.anyValue()),
    ].map(({ entry }) => String(entry.data));
  };
  const matching = (stack: Stack, text: string) =>
    texts(stack).filter((each) => each.includes(text)).length;

  test('a new topic without a subscription is told', () => {
    expect(matching(build().stack, NOBODY)).toBe(1);
  });

  test('one with a subscription, even of another stack, is not', () => {
    const { stack, archiver } = build();
    archiver.alertTopic.addSubscription(new EmailSubscription('ops@example.com'));
    expect(matching(stack, NOBODY)).toBe(0);

    const app = new App();
    const one = new Stack(app, 'One');
    const { alertTopic } = new S3DatedArchiver(one, 'Archiver', {
      bucket: new s3.Bucket(one, 'Source'),
    });
    new sns.Subscription(new Stack(app, 'Two'), 'Mail', {
      topic: alertTopic,
      protocol: sns.SubscriptionProtocol.EMAIL,
      endpoint: 'ops@example.com',
    });
    expect(matching(one, NOBODY)).toBe(0);
  });

  test('a topic of the user is the business of the user', () => {
    expect(
      matching(build((stack) => ({ alertTopic: new sns.Topic(stack, 'Mine') })).stack, NOBODY),
    ).toBe(0);
  });

  test('a chat that is subscribed to alertTopic gets a warning; one on chatTopic does not', () => {
    const wrong = build();
    slack(wrong.stack, [wrong.archiver.alertTopic]);
    expect(matching(wrong.stack, DROPS)).toBe(1);

    const right = build((stack) => ({ chatTopic: new sns.Topic(stack, 'Chat') }));
    slack(right.stack, [right.stack.node.findChild('Chat') as sns.Topic]);
    expect(matching(right.stack, DROPS)).toBe(0);
  });
});
