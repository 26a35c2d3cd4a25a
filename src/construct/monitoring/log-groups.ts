import { Annotations, Aws, Fn, Names, Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as kms from 'aws-cdk-lib/aws-kms';
import type { Construct } from 'constructs';

/**
 * The name of the state machine's log group. Step Functions adds a log group to a resource policy of 5,120 characters
 * that the whole account shares, unless its name starts with `/aws/vendedlogs/`.
 *
 * A fixed name would clash with the log group that a deleted stack has left behind, so part of the stack's id is in it.
 *
 * @see https://docs.aws.amazon.com/step-functions/latest/dg/bp-cwl.html
 */
export function stateMachineLogGroupName(scope: Construct): string {
  const stackUuid = Fn.select(2, Fn.split('/', Aws.STACK_ID));
  return `/aws/vendedlogs/states/${Names.uniqueResourceName(scope, { maxLength: 80 })}-${stackUuid}`;
}

/**
 * CloudWatch Logs uses a key only if the key's policy lets it; a log group with another key cannot even be created.
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
    resources: ['*'], // in a key's policy: that key
    conditions: {
      ArnLike: { 'kms:EncryptionContext:aws:logs:arn': `arn:${stack.partition}:logs:${stack.region}:${stack.account}:log-group:*` },
    },
  });
  if (key.addToResourcePolicy(allow, true).statementAdded) { return; }
  Annotations.of(scope).addWarningV2('cdk-s3-dated-archiver:logsKey',
    `CloudWatch Logs must be let use encryptionKey, whose policy cannot be changed from here: add ${JSON.stringify(stack.resolve(allow.toStatementJson()))}`);
}
