import { ArnFormat, Stack } from 'aws-cdk-lib';
import type * as iam from 'aws-cdk-lib/aws-iam';
import type * as kms from 'aws-cdk-lib/aws-kms';
import type * as sns from 'aws-cdk-lib/aws-sns';
import type * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import type { KeyUse } from './key-grants';
import { createListStatement, createStatement, DESTINATION_ACTIONS, DESTINATION_BUCKET_ACTIONS, getObjectArns, SOURCE_ACTIONS } from './statements';
import type { Place } from '../place';
import { MAP_LABEL } from '../state-machine/distributed-map';

/** The resources of an archiver that its roles need permissions for. */
export interface GrantTargets {
  readonly source: Place;
  readonly destination: Place;
  readonly reports: Place;
  readonly alertTopic: sns.ITopic;
  readonly alertKey?: kms.IKey;
}

/** Lets the archive-batch function move objects from source to destination and write the ledger. */
export function grantArchiveBatch(role: iam.IRole, { source, destination, reports }: GrantTargets): KeyUse[] {
  addToPolicy(role, [
    createStatement(SOURCE_ACTIONS, getObjectArns(source)),
    createListStatement(source),
    createStatement(['s3:GetBucketObjectLockConfiguration'], source.bucket.bucketArn),
    createStatement(DESTINATION_ACTIONS, getObjectArns(destination)),
    createListStatement(destination),
    createStatement(DESTINATION_BUCKET_ACTIONS, destination.bucket.bucketArn),
    // A later round reads what earlier ones wrote to the ledger.
    createStatement(['s3:GetObject', 's3:PutObject'], getObjectArns(reports)),
    createListStatement(reports),
  ]);
  return [
    { role, key: source.key, actions: ['kms:Decrypt'] },
    // S3 decrypts the parts when it completes a multipart upload, hence `kms:Decrypt`.
    { role, key: destination.key, actions: ['kms:Decrypt', 'kms:GenerateDataKey'] },
    // Even with `sourceKey` or `destinationKey`, some objects may be encrypted with the bucket's own key.
    // They too must be moved, or compared with.
    { role, key: source.bucket.encryptionKey, actions: ['kms:Decrypt'] },
    { role, key: destination.bucket.encryptionKey, actions: ['kms:Decrypt'] },
    { role, key: reports.key, actions: ['kms:Decrypt', 'kms:GenerateDataKey'] },
  ];
}

/**
 * Lets the report-run function read the ledger and the results of the Map Run, list source and destination to find the
 * objects of failed batches, and write the report.
 */
export function grantReportRun(role: iam.IRole, { source, destination, reports }: GrantTargets): KeyUse[] {
  addToPolicy(role, [
    createStatement(['s3:GetObject', 's3:PutObject'], getObjectArns(reports)),
    createListStatement(reports),
    createListStatement(source),
    createListStatement(destination),
  ]);
  return [{ role, key: reports.key, actions: ['kms:Decrypt', 'kms:GenerateDataKey'] }];
}

/** Lets the explain-failure function read a failed execution, its Map Run and its children, and publish one message. */
export function grantExplainFailure(role: iam.IRole, stateMachine: sfn.StateMachine, { alertTopic, alertKey }: GrantTargets): KeyUse[] {
  const executions = formatStatesArn(stateMachine, 'execution', ':*');
  const children = [formatStatesArn(stateMachine, 'execution', `/${MAP_LABEL}:*`), formatStatesArn(stateMachine, 'express', `/${MAP_LABEL}:*`)];
  const mapRuns = formatStatesArn(stateMachine, 'mapRun', `/${MAP_LABEL}:*`);
  addToPolicy(role, [
    createStatement(['states:DescribeExecution'], executions, ...children),
    createStatement(['states:GetExecutionHistory', 'states:ListMapRuns'], executions),
    createStatement(['states:DescribeMapRun'], mapRuns),
    createStatement(['states:ListExecutions'], stateMachine.stateMachineArn, mapRuns),
    createStatement(['sns:Publish'], alertTopic.topicArn),
  ]);
  return [{ role, key: alertKey, actions: PUBLISH_KEY_ACTIONS }];
}

/** Returns the keys that the states of the definition use. CDK grants everything else when it binds the states. */
export function getStateMachineKeyUses(role: iam.IRole, { reports, alertKey }: GrantTargets): KeyUse[] {
  return [
    // The ResultWriter needs these three (Step Functions "IAM policies for using Distributed Map states").
    { role, key: reports.key, actions: ['kms:Decrypt', 'kms:Encrypt', 'kms:GenerateDataKey'] },
    { role, key: alertKey, actions: PUBLISH_KEY_ACTIONS },
  ];
}

/** The actions on a topic's key that a publisher needs (SNS "Key management"). */
const PUBLISH_KEY_ACTIONS = ['kms:Decrypt', 'kms:GenerateDataKey'];

function addToPolicy(role: iam.IRole, statements: iam.PolicyStatement[]): void {
  statements.forEach((each) => role.addToPrincipalPolicy(each));
}

/** Formats the ARN of a resource that Step Functions names after the state machine: an execution or a Map Run. */
function formatStatesArn(stateMachine: sfn.StateMachine, resource: string, suffix: string): string {
  return Stack.of(stateMachine).formatArn({
    service: 'states',
    resource,
    resourceName: `${stateMachine.stateMachineName}${suffix}`,
    arnFormat: ArnFormat.COLON_RESOURCE_NAME,
  });
}
