import { ArnFormat, Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as s3 from 'aws-cdk-lib/aws-s3';
import type * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';
import { grantKeyUses, type KeyUse } from './key-grants';
import { grantManifests } from './manifest-grants';
import { createDestinationAccess, createSourceAccess, grantAt, grantAtDestination } from './place-access';
import {
  createListStatement, createPlanListStatement, createStatement, getBalanceArns, getCalendarArn, getLedgers, getObjectArns, getPlanArns, getReportArns,
} from './statements';
import { CLAIM_NAME, MAP_LABEL, PROGRESS_SUFFIX } from '../../contract/settings';
import type { Resources } from '../resources';
import { RESTORE_LABEL, VERIFY_LABEL } from '../state-machine/distributed-map';

/** What a role does with a key that encrypts what it reads and writes. Publishing to a topic with a key takes the same (SNS "Key management"). */
const READ_AND_WRITE = ['kms:Decrypt', 'kms:GenerateDataKey'];

/**
 * Grants every role what it needs, and nothing else.
 *
 * @param scheduleKeyUses the keys that the schedule's role uses
 */
export function grantAccess(scope: Construct, resources: Resources, manifestBuckets: readonly s3.IBucket[], scheduleKeyUses: KeyUse[]): void {
  const { functions: { planRun, listObjects, reportRun, restoreBatch }, stateMachine } = resources;
  grantKeyUses(scope, [
    ...grantArchiveBatch(resources),
    ...grantVerifyBatch(resources),
    ...grantReportRun(resources),
    ...grantExplainFailure(resources),
    ...grantPlanRun(resources),
    ...listObjects ? grantListObjects(listObjects.role!, resources) : [],
    ...listObjects ? grantManifests(scope, listObjects.role!, resources, manifestBuckets) : [],
    ...restoreBatch ? grantRestoreBatch(restoreBatch.role!, resources) : [],
    ...getStateMachineKeyUses(resources),
    ...scheduleKeyUses,
    ...getEncryptionKeyUses(resources),
  ]);
  grantDescribeBatches(scope, reportRun.role!, stateMachine);
  grantDescribeExecutions(scope, planRun.role!, stateMachine);
}

/**
 * Lets the plan-run function claim the folders of a run, find other runs by their claims, list their ledgers, and write
 * what a map reads of them. It compares a ledger that is verified with the report of its run.
 */
function grantPlanRun({ reports, functions }: Resources): KeyUse[] {
  const role = functions.planRun.role!;
  addToPolicy(role, [
    createStatement(['s3:GetObject', 's3:PutObject'], `${getObjectArns(reports)}/${CLAIM_NAME}`),
    createStatement(['s3:PutObject', 's3:AbortMultipartUpload'], getPlanArns(reports)),
    createStatement(['s3:GetObject'], ...getBalanceArns(reports), getObjectArns(getLedgers(reports))),
    createListStatement(reports),
  ]);
  return [{ role, key: reports.key, actions: READ_AND_WRITE }];
}

/** Lets the list-objects function list the source, and write and read what maps read. */
function grantListObjects(role: iam.IRole, { source, reports }: Resources): KeyUse[] {
  grantAt(role, source, createSourceAccess(source).listObjects());
  addToPolicy(role, [createPlanListStatement(reports), createStatement(['s3:GetObject', 's3:PutObject', 's3:AbortMultipartUpload'], getPlanArns(reports))]);
  return [{ role, key: reports.key, actions: READ_AND_WRITE }];
}

/** Lets the archive-batch function move objects from source to destination, or copy them, and write the ledger. */
function grantArchiveBatch({ source, destination, reports, functions, keepsSources }: Resources): KeyUse[] {
  const role = functions.archiveBatch.role!;
  grantAt(role, source, createSourceAccess(source, keepsSources).archiveBatch());
  grantAtDestination(role, source, destination, createDestinationAccess(source, destination).archiveBatch());
  addToPolicy(role, [
    // A later round reads what earlier ones wrote to the ledger.
    createStatement(['s3:GetObject', 's3:PutObject'], getObjectArns(getLedgers(reports))),
    createListStatement(getLedgers(reports)),
    ...functions.listObjects ? [createPlanListStatement(reports), createStatement(['s3:GetObject'], getPlanArns(reports)), createStatement(['s3:PutObject'], `${getPlanArns(reports)}${PROGRESS_SUFFIX}`)] : [],
  ]);
  return [
    { role, key: source.key, actions: ['kms:Decrypt'] },
    // S3 decrypts the parts when it completes a multipart upload, hence `kms:Decrypt`.
    { role, key: destination.key, actions: READ_AND_WRITE },
    // Even with `sourceKey` or `destinationKey`, some objects may be encrypted with the bucket's own key.
    // They too must be moved, or compared with.
    { role, key: source.bucket.encryptionKey, actions: ['kms:Decrypt'] },
    { role, key: destination.bucket.encryptionKey, actions: ['kms:Decrypt'] },
    { role, key: reports.key, actions: READ_AND_WRITE },
  ];
}

/**
 * Lets the verify-batch function read ledgers, look at the archive without changing anything there, and write the lines
 * of what it did not find.
 */
function grantVerifyBatch({ source, destination, reports, functions }: Resources): KeyUse[] {
  const role = functions.verifyBatch.role!;
  grantAtDestination(role, source, destination, createDestinationAccess(source, destination).verifyBatch());
  addToPolicy(role, [createStatement(['s3:GetObject', 's3:PutObject'], getObjectArns(getLedgers(reports)))]);
  return [
    // S3 returns the checksum of an object that is encrypted with a key only to those who may use the key
    // (API_HeadObject, "x-amz-checksum-mode").
    { role, key: destination.key, actions: ['kms:Decrypt'] },
    { role, key: destination.bucket.encryptionKey, actions: ['kms:Decrypt'] },
    { role, key: reports.key, actions: READ_AND_WRITE },
  ];
}

/**
 * Lets the restore-batch function copy objects from the archive back to the source: what the archive-batch function may do,
 * with its ends swapped, without any delete.
 */
function grantRestoreBatch(role: iam.IRole, { source, destination, reports }: Resources): KeyUse[] {
  grantAtDestination(role, source, destination, createDestinationAccess(source, destination).restoreBatch());
  grantAt(role, source, createSourceAccess(source).restoreBatch());
  addToPolicy(role, [
    createStatement(['s3:GetObject', 's3:PutObject'], getObjectArns(getLedgers(reports))),
    createListStatement(getLedgers(reports)),
  ]);
  return [
    { role, key: destination.key, actions: ['kms:Decrypt'] },
    { role, key: source.key, actions: READ_AND_WRITE },
    { role, key: destination.bucket.encryptionKey, actions: ['kms:Decrypt'] },
    { role, key: source.bucket.encryptionKey, actions: READ_AND_WRITE },
    { role, key: reports.key, actions: READ_AND_WRITE },
  ];
}

/**
 * Lets the report-run function read the ledger and the results of the Map Run, list source and destination to find the
 * objects of failed batches, and write the report.
 */
function grantReportRun({ source, destination, reports, functions }: Resources): KeyUse[] {
  const role = functions.reportRun.role!;
  addToPolicy(role, [
    createStatement(['s3:GetObject'], getObjectArns(reports)),
    createStatement(['s3:PutObject'], ...getReportArns(reports, functions.restoreBatch !== undefined), getCalendarArn(reports), getObjectArns(getLedgers(reports))),
    createListStatement(reports),
  ]);
  grantAt(role, source, createSourceAccess(source).reportRun());
  grantAtDestination(role, source, destination, createDestinationAccess(source, destination).reportRun());
  return [{ role, key: reports.key, actions: READ_AND_WRITE }];
}

/**
 * Lets the report-run function read the input of a failed batch, in case the result file does not have it. This is a
 * policy of its own, because CloudFormation creates a function after the default policy of its role, and the state
 * machine, which this policy names, after the function.
 */
function grantDescribeBatches(scope: Construct, role: iam.IRole, stateMachine: sfn.StateMachine): void {
  new iam.Policy(scope, 'DescribeBatches', {
    roles: [role],
    statements: [createStatement(['states:DescribeExecution'], ...formatChildArns(stateMachine))],
  });
}

/** Lets the plan-run function find out whether a run that is to be verified has ended. Its policy is apart for the same reason. */
function grantDescribeExecutions(scope: Construct, role: iam.IRole, stateMachine: sfn.StateMachine): void {
  new iam.Policy(scope, 'DescribeExecutions', {
    roles: [role],
    statements: [createStatement(['states:DescribeExecution'], formatStatesArn(stateMachine, 'execution', ':*'))],
  });
}

/**
 * Lets the explain-failure function read a failed execution, its Map Run and its children, publish one message, and add the run
 * to the calendar.
 */
function grantExplainFailure({ functions, stateMachine, reports, alertTopic, alertKey, chatTopic, chatKey }: Resources): KeyUse[] {
  const role = functions.explainFailure.role!;
  const executions = formatStatesArn(stateMachine, 'execution', ':*');
  const ledgerMaps = functions.restoreBatch ? [VERIFY_LABEL, RESTORE_LABEL] : [VERIFY_LABEL];
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
    ...[alertKey, chatKey].map((key) => ({ role, key, actions: READ_AND_WRITE })),
    { role, key: reports.key, actions: READ_AND_WRITE },
  ];
}

/** Returns the keys that the states of the definition use. CDK grants everything else when it binds the states. */
function getStateMachineKeyUses({ stateMachine: { role }, reports, alertKey, chatKey }: Resources): KeyUse[] {
  return [
    // The ResultWriter needs these three (Step Functions "IAM policies for using Distributed Map states").
    { role, key: reports.key, actions: ['kms:Decrypt', 'kms:Encrypt', 'kms:GenerateDataKey'] },
    ...[alertKey, chatKey].map((key) => ({ role, key, actions: READ_AND_WRITE })),
  ];
}

/**
 * Returns the uses of the key that encrypts executions and the environment of functions. ExplainFailure, which reads
 * executions, needs the same action for both.
 *
 * @see https://docs.aws.amazon.com/step-functions/latest/dg/encryption-at-rest.html
 * @see https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars-encryption.html
 */
function getEncryptionKeyUses({ functions, stateMachine, encryptionKey: key }: Resources): KeyUse[] {
  return [
    ...Object.values(functions).map(({ role }) => ({ role, key, actions: ['kms:Decrypt'] })),
    // `kms:GenerateDataKey` also encrypts the log on its way to CloudWatch.
    { role: stateMachine.role, key, actions: READ_AND_WRITE },
  ];
}

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
