import { Aws, Fn, Names, Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';

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
 * CloudWatch Logs uses a key only if the key's policy lets it.
 *
 * @returns what a key that CDK does not own needs in its policy; nothing for one that has it now
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html
 */
export function letLogsUse(key: kms.IKey, scope: Construct): iam.PolicyStatement | undefined {
  const stack = Stack.of(scope);
  const allow = new iam.PolicyStatement({
    principals: [new iam.ServicePrincipal(`logs.${stack.region}.amazonaws.com`)],
    actions: ['kms:Encrypt*', 'kms:Decrypt*', 'kms:ReEncrypt*', 'kms:GenerateDataKey*', 'kms:Describe*'],
    resources: ['*'], // in a key's policy: that key
    conditions: {
      ArnLike: { 'kms:EncryptionContext:aws:logs:arn': `arn:${stack.partition}:logs:${stack.region}:${stack.account}:log-group:*` },
    },
  });
  return key.addToResourcePolicy(allow, true).statementAdded ? undefined : allow;
}
