import { Annotations, CfnResource, Stack } from 'aws-cdk-lib';
import { CfnSubscription, type ITopic } from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';
import { addInfo } from '../places/add-info';
import { inAppLanguage } from '../places/app-code';
import { atSynth } from '../places/at-synth';

/** The configurations that subscribe Amazon Q Developer in chat applications to topics. */
const CHAT_CONFIGURATIONS = ['AWS::Chatbot::SlackChannelConfiguration', 'AWS::Chatbot::MicrosoftTeamsChannelConfiguration'];

/** Says at synth if nobody would get the alerts: the archiver's topic has no subscription, or one of a chat that drops its texts. */
export function annotateSubscriptions(scope: Construct, alertTopic: ITopic, isOwnTopic: boolean): void {
  atSynth(scope, () => {
    const all = scope.node.root.node.findAll();
    const chats = all.filter((each) => (
      CfnResource.isCfnResource(each) && CHAT_CONFIGURATIONS.includes(each.cfnResourceType) && hasTopic(each, alertTopic)
    ));
    if (chats.length > 0) {
      Annotations.of(scope).addWarningV2('cdk-s3-dated-archiver:chatOfAlertTopic',
        `${chats[0].node.path} subscribes a chat to alertTopic, and the chat drops its messages, since they are not in the envelope of custom notifications: `
        + 'pass a topic of its own as chatTopic, and subscribe the chat to that one');
    }
    const isSubscribed = chats.length > 0 || all.some((each) => each instanceof CfnSubscription && each.topicArn === alertTopic.topicArn);
    if (isOwnTopic && !isSubscribed) {
      addInfo(scope, 'cdk-s3-dated-archiver:noSubscription',
        'nobody in this app is subscribed to alertTopic, so nobody would get the message about a run with problems: '
        + `add a subscription${inAppLanguage(', as in ', "archiver.alertTopic.addSubscription(new EmailSubscription('ops@example.com'))")}`);
    }
  });
}

/** The L2 constructs of chat configurations hold their topics in a lazy list. */
function hasTopic(configuration: CfnResource, topic: ITopic): boolean {
  const { snsTopicArns } = configuration as { snsTopicArns?: unknown };
  const arns: unknown[] = Stack.of(configuration).resolve(snsTopicArns) ?? [];
  const arn = JSON.stringify(Stack.of(configuration).resolve(topic.topicArn));
  return arns.some((each) => JSON.stringify(each) === arn);
}
