import { Annotations, Aws, Fn, Names, Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as kms from 'aws-cdk-lib/aws-kms';
import type { Construct } from 'constructs';

/**
 * Returns the name of the state machine's log group. It starts with `/aws/vendedlogs/` because Step Functions adds any
 * other log group to a resource policy of at most 5,120 characters, which the whole account shares.
 *
 * The name contains a part of the stack's id. A fixed name would clash with a log group that a deleted stack retained.
 *
 * @see https://docs.aws.amazon.com/step-functions/latest/dg/bp-cwl.html
 */
export function getStateMachineLogGroupName(scope: Construct): string {
  const stackUuid = Fn.select(2, Fn.split('/', Aws.STACK_ID));
  return `/aws/vendedlogs/states/${Names.uniqueResourceName(scope, { maxLength: 80 })}-${stackUuid}`;
}

/**
 * Lets CloudWatch Logs use the key. Without this statement in the key policy, log groups with that key cannot be
 * created.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html
 */
export function grantLogsUseOfKey(key: kms.IKey, scope: Construct): void {
  const stack = Stack.of(scope);
  const allow = new iam.PolicyStatement({
    principals: [new iam.ServicePrincipal(`logs.${stack.region}.${stack.urlSuffix}`)],
    actions: [
      'kms:Encrypt', 'kms:Decrypt', 'kms:ReEncryptFrom', 'kms:ReEncryptTo',
      'kms:GenerateDataKey', 'kms:GenerateDataKeyWithoutPlaintext', 'kms:DescribeKey',
    ],
    resources: ['*'], // In a key policy, '*' is that key.
    conditions: {
      ArnLike: { 'kms:EncryptionContext:aws:logs:arn': `arn:${stack.partition}:logs:${stack.region}:${stack.account}:log-group:*` },
    },
  });
  if (key.addToResourcePolicy(allow, true).statementAdded) { return; }
  Annotations.of(scope).addWarningV2('cdk-s3-dated-archiver:logsKey',
    `the policy of encryptionKey cannot be changed from this app, and log groups can be created only if it allows CloudWatch Logs: add ${JSON.stringify(stack.resolve(allow.toStatementJson()))}`);
}
