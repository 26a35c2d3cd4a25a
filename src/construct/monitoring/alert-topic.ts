import { Annotations, CfnResource, Resource, Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as kms from 'aws-cdk-lib/aws-kms';
import * as sns from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';
import { addInfo, atSynth, inAppLanguage } from '../places/annotations';
import { isInOtherAccount } from '../places/place';

export function createAlertTopic(
  scope: Construct,
  id: string,
  encryptionKey?: kms.IKey,
): sns.Topic {
  const topic = new sns.Topic(scope, id, { enforceSSL: true, masterKey: encryptionKey });
  topic.addToResourcePolicy(createAlarmsStatement(scope, ['sns:Publish'], topic.topicArn));
  return topic;
}

/**
 * Lets the alarms of this account publish to the topic and use its key. If a policy cannot be
 * changed, a warning names the statement to add.
 */
export function grantAlarmsPublish(
  scope: Construct,
  prop: 'alertTopic' | 'chatTopic',
  topic: sns.ITopic,
  key?: kms.IKey,
): void {
  const statement = createAlarmsStatement(scope, ['sns:Publish'], topic.topicArn);
  // A topic policy, such as the one of `enforceSSL`, replaces SNS's default policy, which lets the
  // account's alarms publish.
  const hasPolicy =
    Resource.isOwnedResource(topic) && topic.node.tryFindChild('Policy') !== undefined;
  if (hasPolicy) {
    topic.addToResourcePolicy(statement);
  } else if (isInOtherAccount(scope, topic)) {
    warnAboutAlarmsPolicy(scope, prop === 'alertTopic' ? 'topic' : prop, prop, statement);
  }

  if (!key) {
    return;
  }
  // In a key policy, '*' is that key.
  const use = createAlarmsStatement(scope, ['kms:Decrypt', 'kms:GenerateDataKey'], '*');
  if (!key.addToResourcePolicy(use, true).statementAdded) {
    warnAboutAlarmsPolicy(
      scope,
      prop === 'alertTopic' ? 'key' : 'chatKey',
      `the key of ${prop}`,
      use,
    );
  }
}

/**
 * CloudWatch publishes as a service:
 * https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html#compatibility-with-aws-services
 */
function createAlarmsStatement(
  scope: Construct,
  actions: string[],
  resource: string,
): iam.PolicyStatement {
  return new iam.PolicyStatement({
    principals: [new iam.ServicePrincipal('cloudwatch.amazonaws.com')],
    actions,
    resources: [resource],
    conditions: { StringEquals: { 'aws:SourceAccount': Stack.of(scope).account } },
  });
}

function warnAboutAlarmsPolicy(
  scope: Construct,
  id: string,
  what: string,
  allow: iam.PolicyStatement,
): void {
  const statement = JSON.stringify(Stack.of(scope).resolve(allow.toStatementJson()));
  Annotations.of(scope).addWarningV2(
    `cdk-s3-dated-archiver:alarms-${id}`,
    `the policy of ${what} cannot be changed from this app, and alarms are delivered only if it ` +
      `allows CloudWatch: add ${statement}`,
  );
}

export function warnAboutTopicPolicy(
  scope: Construct,
  prop: 'alertTopic' | 'chatTopic',
  topic: sns.ITopic,
  key?: kms.IKey,
): void {
  const roles = '<ARNs of the roles of the state machine and of ExplainFailure>';
  if (isInOtherAccount(scope, topic)) {
    const allow = Stack.of(scope).resolve({
      Effect: 'Allow',
      Principal: { AWS: roles },
      Action: 'sns:Publish',
      Resource: topic.topicArn,
    });
    Annotations.of(scope).addWarningV2(
      `cdk-s3-dated-archiver:${prop === 'alertTopic' ? 'topic' : prop}OfOtherAccount`,
      `${prop} is in account ${topic.env.account}, so its topic policy must allow this archiver ` +
        `to publish: add ${JSON.stringify(allow)}`,
    );
  }
  if (!Resource.isOwnedResource(topic) && !key) {
    const allow = {
      Effect: 'Allow',
      Principal: { AWS: roles },
      Action: ['kms:Decrypt', 'kms:GenerateDataKey'],
      Resource: '*',
    };
    addInfo(
      scope,
      `cdk-s3-dated-archiver:imported${prop === 'alertTopic' ? 'Topic' : 'ChatTopic'}`,
      `${prop} is imported, so its KMS key is unknown: if it is encrypted, pass its key as ` +
        `encryptionKey, or add ${JSON.stringify(allow)} to its key policy`,
    );
  }
}

const CHAT_CONFIGURATIONS = [
  'AWS::Chatbot::SlackChannelConfiguration',
  'AWS::Chatbot::MicrosoftTeamsChannelConfiguration',
];

export function annotateSubscriptions(
  scope: Construct,
  alertTopic: sns.ITopic,
  isOwnTopic: boolean,
): void {
  atSynth(scope, () => {
    const all = scope.node.root.node.findAll();
    const chats = all.filter(
      (each) =>
        CfnResource.isCfnResource(each) &&
        CHAT_CONFIGURATIONS.includes(each.cfnResourceType) &&
        hasTopic(each, alertTopic),
    );
    if (chats.length > 0) {
      Annotations.of(scope).addWarningV2(
        'cdk-s3-dated-archiver:chatOfAlertTopic',
        `${chats[0].node.path} subscribes a chat to alertTopic, and the chat drops its ` +
          'messages, since they are not in the envelope of custom notifications: ' +
          'pass another topic as chatTopic, and subscribe the chat to it',
      );
    }
    const isSubscribed =
      chats.length > 0 ||
      all.some(
        (each) => each instanceof sns.CfnSubscription && each.topicArn === alertTopic.topicArn,
      );
    if (isOwnTopic && !isSubscribed) {
      addInfo(
        scope,
        'cdk-s3-dated-archiver:noSubscription',
        'alertTopic has no subscription in this app, so the message about a run with problems ' +
          'would reach nobody: add a ' +
          `subscription${inAppLanguage(', as in ', 'archiver.alertTopic.addSubscription(new ' + "EmailSubscription('ops@example.com'))")}`,
      );
    }
  });
}

/** The L2 constructs of chat configurations hold their topics in a lazy list. */
function hasTopic(configuration: CfnResource, topic: sns.ITopic): boolean {
  const { snsTopicArns } = configuration as { snsTopicArns?: unknown };
  const arns: unknown[] = Stack.of(configuration).resolve(snsTopicArns) ?? [];
  const arn = JSON.stringify(Stack.of(configuration).resolve(topic.topicArn));
  return arns.some((each) => JSON.stringify(each) === arn);
}
