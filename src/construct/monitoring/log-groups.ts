import { Annotations, Aws, Fn, Names, Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as kms from 'aws-cdk-lib/aws-kms';
import type { Construct } from 'constructs';

/**
 * The name starts with `/aws/vendedlogs/`, because Step Functions adds any other log group to a
 * resource policy of at most 5,120 characters, which the whole account shares. A part of the
 * stack's id keeps it from clashing with a log group that a deleted stack retained.
 * https://docs.aws.amazon.com/step-functions/latest/dg/bp-cwl.html
 */
export function getStateMachineLogGroupName(scope: Construct): string {
  const stackUuid = Fn.select(2, Fn.split('/', Aws.STACK_ID));
  return `/aws/vendedlogs/states/${Names.uniqueResourceName(scope, { maxLength: 80 })}-${stackUuid}`;
}

/**
 * Lets CloudWatch Logs use the key. Otherwise, no log group with this key can be created. Also lets
 * it decrypt the log that a state machine with this key delivers. Otherwise, that log stays empty.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html
 * https://docs.aws.amazon.com/step-functions/latest/dg/encryption-at-rest.html
 */
export function grantLogsUseOfKey(key: kms.IKey, scope: Construct): void {
  const stack = Stack.of(scope);
  const arn = `arn:${stack.partition}:logs:${stack.region}:${stack.account}`;
  const statements = [
    new iam.PolicyStatement({
      principals: [new iam.ServicePrincipal(`logs.${stack.region}.${stack.urlSuffix}`)],
      actions: [
        'kms:Encrypt',
        'kms:Decrypt',
        'kms:ReEncryptFrom',
        'kms:ReEncryptTo',
        'kms:GenerateDataKey',
        'kms:GenerateDataKeyWithoutPlaintext',
        'kms:DescribeKey',
      ],
      resources: ['*'], // In a key policy, '*' is that key.
      conditions: { ArnLike: { 'kms:EncryptionContext:aws:logs:arn': `${arn}:log-group:*` } },
    }),
    new iam.PolicyStatement({
      principals: [new iam.ServicePrincipal('delivery.logs.amazonaws.com')],
      actions: ['kms:Decrypt'],
      resources: ['*'],
      conditions: { StringLike: { 'kms:EncryptionContext:SourceArn': `${arn}:*` } },
    }),
  ];
  const refused = statements.filter(
    (statement) => !key.addToResourcePolicy(statement, true).statementAdded,
  );
  if (refused.length === 0) {
    return;
  }
  const json = JSON.stringify(
    stack.resolve(refused.map((statement) => statement.toStatementJson())),
  );
  Annotations.of(scope).addWarningV2(
    'cdk-s3-dated-archiver:logsKey',
    'the policy of encryptionKey cannot be changed from this app, and log groups can be created ' +
      `only if it allows CloudWatch Logs: add ${json}`,
  );
}
