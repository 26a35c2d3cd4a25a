import { ArnFormat, Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as kms from 'aws-cdk-lib/aws-kms';
import type * as sns from 'aws-cdk-lib/aws-sns';
import type * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';
import type { KeyUse } from './key-grants';
import { createDestinationAccess, createSourceAccess, grantAt, grantAtDestination } from './place-access';
import { createListStatement, createStatement, escapeIamWildcards, getCalendarArn, getLedgers, getLock, getObjectArns, getPlanArns } from './statements';
import { CLAIM_NAME, MAP_LABEL, PROGRESS_SUFFIX } from '../../contract/settings';
import type { Functions } from '../functions/functions';
import type { Place } from '../place';
import type { Settings } from '../settings';
import { RESTORE_LABEL, VERIFY_LABEL } from '../state-machine/distributed-map';

/** The resources of an archiver that its roles need permissions for. */
export interface GrantTargets {
  readonly source: Place;
  readonly destination: Place;
  readonly reports: Place;
  readonly alertTopic: sns.ITopic;
  readonly chatTopic?: sns.ITopic;
  readonly chatKey?: kms.IKey;
  readonly alertKey?: kms.IKey;
}

/**
 * Lets the plan-run function claim the folders of a run, find other runs by their claims, list their ledgers, and write
 * what a map reads of them.
 */
export function grantPlanRun(role: iam.IRole, { reports }: GrantTargets): KeyUse[] {
  addToPolicy(role, [
    createStatement(['s3:GetObject', 's3:PutObject'], `${getObjectArns(reports)}/${CLAIM_NAME}`),
    createStatement(['s3:PutObject', 's3:AbortMultipartUpload'], getPlanArns(reports)),
    createListStatement(reports),
  ]);
  return [{ role, key: reports.key, actions: ['kms:Decrypt', 'kms:GenerateDataKey'] }];
}

/** Lets the list-objects function list the source, and write and read what maps read. */
export function grantListObjects(role: iam.IRole, { source, reports }: GrantTargets): KeyUse[] {
  grantAt(role, source, createSourceAccess(source).listObjects());
  addToPolicy(role, [createStatement(['s3:GetObject', 's3:PutObject', 's3:AbortMultipartUpload'], getPlanArns(reports))]);
  return [{ role, key: reports.key, actions: ['kms:Decrypt', 'kms:GenerateDataKey'] }];
}

/** Lets the archive-batch function move objects from source to destination, or copy them, and write the ledger. */
export function grantArchiveBatch(
  role: iam.IRole, { source, destination, reports }: GrantTargets, { allowRestore, keepsSources, listing }: Pick<Settings, 'allowRestore' | 'keepsSources' | 'listing'>,
): KeyUse[] {
  grantAt(role, source, createSourceAccess(source, keepsSources).archiveBatch());
  grantAtDestination(role, source, destination, createDestinationAccess(source, destination).archiveBatch());
  addToPolicy(role, [
    // A later round reads what earlier ones wrote to the ledger.
    createStatement(['s3:GetObject', 's3:PutObject'], getObjectArns(getLedgers(reports))),
    createListStatement(getLedgers(reports), ...allowRestore ? [getLock(reports)] : []),
    ...listing.kind === 'selective' ? [createStatement(['s3:GetObject'], getPlanArns(reports)), createStatement(['s3:PutObject'], `${getPlanArns(reports)}${PROGRESS_SUFFIX}`)] : [],
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
 * Lets the verify-batch function read ledgers, look at the archive without changing anything there, and write the lines
 * of what it did not find.
 */
export function grantVerifyBatch(role: iam.IRole, { source, destination, reports }: GrantTargets): KeyUse[] {
  grantAtDestination(role, source, destination, createDestinationAccess(source, destination).verifyBatch());
  addToPolicy(role, [createStatement(['s3:GetObject', 's3:PutObject'], getObjectArns(getLedgers(reports)))]);
  return [
    // S3 returns the checksum of an object that is encrypted with a key only to those who may use the key
    // (API_HeadObject, "x-amz-checksum-mode").
    { role, key: destination.key, actions: ['kms:Decrypt'] },
    { role, key: destination.bucket.encryptionKey, actions: ['kms:Decrypt'] },
    { role, key: reports.key, actions: ['kms:Decrypt', 'kms:GenerateDataKey'] },
  ];
}

/**
 * Lets the restore-batch function move objects from the archive back to the source: what the archive-batch function may do,
 * with its ends swapped. It deletes in the archive, and nowhere else.
 */
export function grantRestoreBatch(role: iam.IRole, { source, destination, reports }: GrantTargets): KeyUse[] {
  grantAtDestination(role, source, destination, createDestinationAccess(source, destination).restoreBatch());
  grantAt(role, source, createSourceAccess(source).restoreBatch());
  addToPolicy(role, [
    createStatement(['s3:GetObject', 's3:PutObject'], getObjectArns(getLedgers(reports))),
    createListStatement(getLedgers(reports), getLock(reports)),
  ]);
  return [
    { role, key: destination.key, actions: ['kms:Decrypt'] },
    { role, key: source.key, actions: ['kms:Decrypt', 'kms:GenerateDataKey'] },
    { role, key: destination.bucket.encryptionKey, actions: ['kms:Decrypt'] },
    { role, key: source.bucket.encryptionKey, actions: ['kms:Decrypt', 'kms:GenerateDataKey'] },
    { role, key: reports.key, actions: ['kms:Decrypt', 'kms:GenerateDataKey'] },
  ];
}

/**
 * Lets functions look at the lock, and write it. The report-run function may do both already.
 */
export function grantLock({ planRun, archiveBatch, restoreBatch, explainFailure }: Functions, { reports }: GrantTargets): void {
  const lock = getLock(reports);
  const arn = lock.bucket.arnForObjects(escapeIamWildcards(lock.prefix));
  for (const { role } of [archiveBatch, restoreBatch!]) { addToPolicy(role!, [createStatement(['s3:GetObject'], arn)]); }
  for (const { role } of [planRun, explainFailure]) { addToPolicy(role!, [createStatement(['s3:GetObject', 's3:PutObject'], arn)]); }
}

/** Lets the plan-run function find out which runs are in the way of a restore, and whether the holder of a lock still runs. */
export function grantDescribeRuns(scope: Construct, role: iam.IRole, stateMachine: sfn.StateMachine): void {
  new iam.Policy(scope, 'DescribeRuns', {
    roles: [role],
    statements: [
      createStatement(['states:DescribeExecution'], formatStatesArn(stateMachine, 'execution', ':*')),
      createStatement(['states:ListExecutions'], stateMachine.stateMachineArn),
    ],
  });
}

/**
 * Lets the report-run function read the ledger and the results of the Map Run, list source and destination to find the
 * objects of failed batches, and write the report.
 */
export function grantReportRun(role: iam.IRole, { source, destination, reports }: GrantTargets): KeyUse[] {
  addToPolicy(role, [
    createStatement(['s3:GetObject', 's3:PutObject'], getObjectArns(reports)),
    createListStatement(reports),
  ]);
  grantAt(role, source, createSourceAccess(source).reportRun());
  grantAtDestination(role, source, destination, createDestinationAccess(source, destination).reportRun());
  return [{ role, key: reports.key, actions: ['kms:Decrypt', 'kms:GenerateDataKey'] }];
}

/**
 * Lets the report-run function read the input of a failed batch, in case the result file does not have it. This is a
 * policy of its own, because CloudFormation creates a function after the default policy of its role, and the state
 * machine, which this policy names, after the function.
 */
export function grantDescribeBatches(scope: Construct, role: iam.IRole, stateMachine: sfn.StateMachine): void {
  new iam.Policy(scope, 'DescribeBatches', {
    roles: [role],
    statements: [createStatement(['states:DescribeExecution'], ...formatChildArns(stateMachine))],
  });
}

/**
 * Lets the explain-failure function read a failed execution, its Map Run and its children, publish one message, and add the run
 * to the calendar.
 */
export function grantExplainFailure(
  role: iam.IRole, stateMachine: sfn.StateMachine, { reports, alertTopic, alertKey, chatTopic, chatKey }: GrantTargets, allowRestore: boolean,
): KeyUse[] {
  const executions = formatStatesArn(stateMachine, 'execution', ':*');
  const ledgerMaps = allowRestore ? [VERIFY_LABEL, RESTORE_LABEL] : [VERIFY_LABEL];
  const mapRuns = [MAP_LABEL, ...ledgerMaps].map((label) => formatStatesArn(stateMachine, 'mapRun', `/${label}:*`));
  addToPolicy(role, [
    createStatement(['states:DescribeExecution'], executions, ...formatChildArns(stateMachine), ...ledgerMaps.map((label) => formatStatesArn(stateMachine, 'execution', `/${label}:*`))),
    createStatement(['states:GetExecutionHistory', 'states:ListMapRuns'], executions),
    createStatement(['states:DescribeMapRun'], ...mapRuns),
    createStatement(['states:ListExecutions'], stateMachine.stateMachineArn, ...mapRuns),
    createStatement(['sns:Publish'], alertTopic.topicArn, ...chatTopic ? [chatTopic.topicArn] : []),
    createStatement(['s3:GetObject', 's3:PutObject'], getCalendarArn(reports)),
  ]);
  return [
    ...[alertKey, chatKey].map((key) => ({ role, key, actions: PUBLISH_KEY_ACTIONS })),
    { role, key: reports.key, actions: ['kms:Decrypt', 'kms:GenerateDataKey'] },
  ];
}

/** Returns the keys that the states of the definition use. CDK grants everything else when it binds the states. */
export function getStateMachineKeyUses(role: iam.IRole, { reports, alertKey, chatKey }: GrantTargets): KeyUse[] {
  return [
    // The ResultWriter needs these three (Step Functions "IAM policies for using Distributed Map states").
    { role, key: reports.key, actions: ['kms:Decrypt', 'kms:Encrypt', 'kms:GenerateDataKey'] },
    ...[alertKey, chatKey].map((key) => ({ role, key, actions: PUBLISH_KEY_ACTIONS })),
  ];
}

/**
 * Returns the uses of the key that encrypts executions and the environment of functions. ExplainFailure, which reads
 * executions, needs the same action for both.
 *
 * @see https://docs.aws.amazon.com/step-functions/latest/dg/encryption-at-rest.html
 * @see https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars-encryption.html
 */
export function getEncryptionKeyUses(functions: Functions, stateMachine: sfn.StateMachine, key?: kms.IKey): KeyUse[] {
  return [
    ...Object.values(functions).map(({ role }) => ({ role, key, actions: ['kms:Decrypt'] })),
    // `kms:GenerateDataKey` also encrypts the log on its way to CloudWatch.
    { role: stateMachine.role, key, actions: ['kms:Decrypt', 'kms:GenerateDataKey'] },
  ];
}

/** The actions on a topic's key that a publisher needs (SNS "Key management"). */
const PUBLISH_KEY_ACTIONS = ['kms:Decrypt', 'kms:GenerateDataKey'];

function addToPolicy(role: iam.IRole, statements: iam.PolicyStatement[]): void {
  statements.forEach((each) => role.addToPrincipalPolicy(each));
}

/** Formats the ARNs of the children of a Map Run that archives, STANDARD and EXPRESS. */
function formatChildArns(stateMachine: sfn.StateMachine): string[] {
  return ['execution', 'express'].map((type) => formatStatesArn(stateMachine, type, `/${MAP_LABEL}:*`));
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
