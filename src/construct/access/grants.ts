import { ArnFormat, Stack } from 'aws-cdk-lib';
import type * as iam from 'aws-cdk-lib/aws-iam';
import type * as kms from 'aws-cdk-lib/aws-kms';
import type * as sns from 'aws-cdk-lib/aws-sns';
import type * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import type { KeyUse } from './key-grants';
import { DESTINATION_ACTIONS, DESTINATION_BUCKET_ACTIONS, SOURCE_ACTIONS, listUnder, statement, objectArns } from './statements';
import type { Place } from '../place';
import { MAP_LABEL } from '../state-machine/distributed-map';

/** What an archiver works on. */
export interface Resources {
  readonly source: Place;
  readonly destination: Place;
  readonly reports: Place;
  readonly alertTopic: sns.ITopic;
  readonly alertKey?: kms.IKey;
}

/** Moving objects from one place to another, and writing the ledger. */
export function grantArchiveBatch(role: iam.IRole, { source, destination, reports }: Resources): KeyUse[] {
  add(role, [
    statement(SOURCE_ACTIONS, objectArns(source)),
    listUnder(source),
    statement(['s3:GetBucketObjectLockConfiguration'], source.bucket.bucketArn),
    statement(DESTINATION_ACTIONS, objectArns(destination)),
    listUnder(destination),
    statement(DESTINATION_BUCKET_ACTIONS, destination.bucket.bucketArn),
    statement(['s3:PutObject'], objectArns(reports)),
  ]);
  return [
    { role, key: source.key, actions: ['kms:Decrypt'] },
    // Decrypt: of the parts, when a multipart upload is completed.
    { role, key: destination.key, actions: ['kms:Decrypt', 'kms:GenerateDataKey'] },
    // With a `sourceKey` or `destinationKey` there may still be objects under the bucket's own key, to be moved or compared.
    { role, key: source.bucket.encryptionKey, actions: ['kms:Decrypt'] },
    { role, key: destination.bucket.encryptionKey, actions: ['kms:Decrypt'] },
    { role, key: reports.key, actions: ['kms:GenerateDataKey'] },
  ];
}

/** Reading the ledger and the Map Run's results, listing where the objects of failed batches are, writing the report. */
export function grantReportRun(role: iam.IRole, { source, destination, reports }: Resources): KeyUse[] {
  add(role, [
    statement(['s3:GetObject', 's3:PutObject'], objectArns(reports)),
    listUnder(reports),
    listUnder(source),
    listUnder(destination),
  ]);
  return [{ role, key: reports.key, actions: ['kms:Decrypt', 'kms:GenerateDataKey'] }];
}

/** Reading an execution, its Map Run and its children; one message. */
export function grantExplainFailure(role: iam.IRole, stateMachine: sfn.StateMachine, { alertTopic, alertKey }: Resources): KeyUse[] {
  const executions = arnBeside(stateMachine, 'execution', ':*');
  const children = [arnBeside(stateMachine, 'execution', `/${MAP_LABEL}:*`), arnBeside(stateMachine, 'express', `/${MAP_LABEL}:*`)];
  const mapRuns = arnBeside(stateMachine, 'mapRun', `/${MAP_LABEL}:*`);
  add(role, [
    statement(['states:DescribeExecution'], executions, ...children),
    statement(['states:GetExecutionHistory', 'states:ListMapRuns'], executions),
    statement(['states:DescribeMapRun'], mapRuns),
    statement(['states:ListExecutions'], stateMachine.stateMachineArn, mapRuns),
    statement(['sns:Publish'], alertTopic.topicArn),
  ]);
  return [{ role, key: alertKey, actions: PUBLISH }];
}

/** What the definition's states need of KMS; CDK grants the rest as it binds them. */
export function stateMachineKeyUses(role: iam.IRole, { reports, alertKey }: Resources): KeyUse[] {
  return [
    // Step Functions "IAM policies for Distributed Map": what the ResultWriter needs.
    { role, key: reports.key, actions: ['kms:Decrypt', 'kms:Encrypt', 'kms:GenerateDataKey'] },
    { role, key: alertKey, actions: PUBLISH },
  ];
}

/** What a publisher to an encrypted topic needs (SNS "Key management"). */
const PUBLISH = ['kms:Decrypt', 'kms:GenerateDataKey'];

function add(role: iam.IRole, statements: iam.PolicyStatement[]): void {
  statements.forEach((each) => role.addToPrincipalPolicy(each));
}

/** The ARN of something that Step Functions names after the state machine. */
function arnBeside(stateMachine: sfn.StateMachine, resource: string, rest: string): string {
  return Stack.of(stateMachine).formatArn({
    service: 'states',
    resource,
    resourceName: `${stateMachine.stateMachineName}${rest}`,
    arnFormat: ArnFormat.COLON_RESOURCE_NAME,
  });
}
