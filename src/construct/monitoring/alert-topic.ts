import { Annotations, Resource, Stack } from 'aws-cdk-lib';
import * as events from 'aws-cdk-lib/aws-events';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as kms from 'aws-cdk-lib/aws-kms';
import * as sns from 'aws-cdk-lib/aws-sns';
import type * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';
import { areKnownToDiffer } from '../place';

/** The topic of an archiver that was given none. */
export function alertTopic(scope: Construct, id: string, encryptionKey?: kms.IKey): sns.Topic {
  const topic = new sns.Topic(scope, id, { enforceSSL: true, masterKey: encryptionKey });
  topic.addToResourcePolicy(allowAlarms(scope, ['sns:Publish'], topic.topicArn));
  return topic;
}

/** Whatever alarms of this account need to reach the topic, or says what they need where that cannot be given from here. */
export function grantAlarmsPublish(scope: Construct, topic: sns.ITopic, key?: kms.IKey): void {
  const statement = allowAlarms(scope, ['sns:Publish'], topic.topicArn);
  const isForeign = areKnownToDiffer(topic.env.account, Stack.of(scope).account);
  // A policy of its own, such as enforceSSL's, replaces SNS's default one, which lets the account's alarms publish.
  const hasPolicy = Resource.isOwnedResource(topic) && topic.node.tryFindChild('Policy') !== undefined;
  if (hasPolicy) {
    topic.addToResourcePolicy(statement);
  } else if (isForeign) {
    warnAboutAlarmsPolicy(scope, 'topic', 'alertTopic', statement);
  }

  if (!key) { return; }
  const use = allowAlarms(scope, ['kms:Decrypt', 'kms:GenerateDataKey'], '*'); // in a key's policy: that key
  if (!key.addToResourcePolicy(use, true).statementAdded) {
    warnAboutAlarmsPolicy(scope, 'key', 'the key of alertTopic', use);
  }
}

/**
 * CloudWatch publishes in its own name, not in that of a role.
 *
 * @see https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html#compatibility-with-aws-services
 */
function allowAlarms(scope: Construct, actions: string[], resource: string): iam.PolicyStatement {
  return new iam.PolicyStatement({
    principals: [new iam.ServicePrincipal('cloudwatch.amazonaws.com')],
    actions,
    resources: [resource],
    conditions: { StringEquals: { 'aws:SourceAccount': Stack.of(scope).account } },
  });
}

function warnAboutAlarmsPolicy(scope: Construct, id: string, what: string, allow: iam.PolicyStatement): void {
  const statement = JSON.stringify(Stack.of(scope).resolve(allow.toStatementJson()));
  Annotations.of(scope).addWarningV2(`cdk-s3-dated-archiver:alarms-${id}`,
    `CloudWatch must be let use ${what}, whose policy cannot be changed from here, or no alarm arrives: add ${statement}`);
}

/** What the policy of somebody's topic, or of its key, may need and cannot be given from here. */
export function warnAboutTopicPolicy(scope: Construct, topic: sns.ITopic, key?: kms.IKey): void {
  const roles = '<ARNs of the roles of the state machine and of ExplainFailure>';
  if (areKnownToDiffer(topic.env.account, Stack.of(scope).account)) {
    const allow = Stack.of(scope).resolve({ Effect: 'Allow', Principal: { AWS: roles }, Action: 'sns:Publish', Resource: topic.topicArn });
    Annotations.of(scope).addWarningV2('cdk-s3-dated-archiver:topicOfOtherAccount',
      `alertTopic is in account ${topic.env.account}, and its policy has to let this archiver publish: add ${JSON.stringify(allow)}`);
  }
  if (!Resource.isOwnedResource(topic) && !key) {
    const allow = { Effect: 'Allow', Principal: { AWS: roles }, Action: ['kms:Decrypt', 'kms:GenerateDataKey'], Resource: '*' };
    Annotations.of(scope).addInfoV2('cdk-s3-dated-archiver:importedTopic',
      `alertTopic is imported: if it is encrypted with a KMS key, give that key as encryptionKey, or add to its policy ${JSON.stringify(allow)}`);
  }
}

/** How a run ends that is not a success. */
const BAD_ENDS = ['FAILED', 'TIMED_OUT', 'ABORTED'];

/**
 * Matches every end of a run that is not a success, whatever caused it, or those of them that the options' pattern names.
 *
 * @see https://docs.aws.amazon.com/step-functions/latest/dg/eventbridge-integration.html
 */
export function runFailedRule(scope: Construct, id: string, stateMachine: sfn.IStateMachine, options: events.OnEventOptions): events.Rule {
  const named: unknown = options.eventPattern?.detail?.status;
  const strangers = Array.isArray(named) ? named.filter((each) => !BAD_ENDS.includes(each)) : [];
  if (strangers.length > 0) {
    throw new Error(`onRunFailed("${id}"): eventPattern.detail.status ${JSON.stringify(strangers)} must be some of ${BAD_ENDS.join(', ')}: leave it out for all of them`);
  }
  const rule = new events.Rule(scope, id, options);
  rule.addEventPattern({
    source: ['aws.states'],
    detailType: ['Step Functions Execution Status Change'],
    // What two patterns name is added up.
    detail: { stateMachineArn: [stateMachine.stateMachineArn], status: Array.isArray(named) ? named : BAD_ENDS },
  });
  rule.addTarget(options.target);
  return rule;
}
