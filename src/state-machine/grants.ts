import { ArnFormat, Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as sns from 'aws-cdk-lib/aws-sns';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import { MAP_LABEL } from './archive-objects';
import { listUnder, statement, under } from './permissions';
import { Place } from './settings';

/** The three places of an archiver, and its topic. */
export interface Resources {
  readonly source: Place;
  readonly destination: Place;
  readonly reports: Place;
  readonly alertTopic: sns.ITopic;
  readonly alertKey?: kms.IKey;
}

/** Moving objects from one place to another, and writing the ledger. */
export function grantArchiveBatch(role: iam.IRole, { source, destination, reports }: Resources): void {
  add(role, [
    // A conditional delete wants GetObject too (S3 "Conditional deletes").
    statement(['s3:GetObject', 's3:GetObjectTagging', 's3:DeleteObject'], under(source)),
    listUnder(source),
    // The copy of a tagged object reads and writes its tags; conflicts are told from duplicates by reading.
    statement([
      's3:PutObject', 's3:PutObjectTagging', 's3:GetObject', 's3:GetObjectTagging',
      's3:AbortMultipartUpload', 's3:ListMultipartUploadParts',
    ], under(destination)),
    listUnder(destination),
    statement(['s3:PutObject'], under(reports)),
  ]);
  grantKeys(role, [
    [source.key, ['kms:Decrypt']],
    // Decrypt: of the parts, when a multipart upload is completed.
    [destination.key, ['kms:Decrypt', 'kms:GenerateDataKey']],
    [reports.key, ['kms:GenerateDataKey']],
  ]);
}

/** Reading the ledger and the Map Run's results, looking where objects of failed batches are, writing the report. */
export function grantReportRun(role: iam.IRole, { source, destination, reports }: Resources): void {
  add(role, [
    statement(['s3:GetObject', 's3:PutObject'], under(reports)),
    listUnder(reports),
    statement(['s3:GetObject'], under(source)),
    listUnder(source),
    statement(['s3:GetObject'], under(destination)),
    listUnder(destination),
  ]);
  grantKeys(role, [
    [reports.key, ['kms:Decrypt', 'kms:GenerateDataKey']],
    [source.key, ['kms:Decrypt']],
    [destination.key, ['kms:Decrypt']],
  ]);
}

/** Reading an execution, its Map Run and its children; one message. */
export function grantExplainFailure(role: iam.IRole, stateMachine: sfn.StateMachine, { reports, alertTopic, alertKey }: Resources): void {
  const executions = arnBeside(stateMachine, 'execution', ':*');
  const children = [arnBeside(stateMachine, 'execution', `/${MAP_LABEL}:*`), arnBeside(stateMachine, 'express', `/${MAP_LABEL}:*`)];
  const mapRuns = arnBeside(stateMachine, 'mapRun', `/${MAP_LABEL}:*`);
  add(role, [
    statement(['states:DescribeExecution', 'states:GetExecutionHistory'], executions, ...children),
    statement(['states:ListMapRuns'], executions),
    statement(['states:DescribeMapRun'], mapRuns),
    statement(['states:ListExecutions'], stateMachine.stateMachineArn, mapRuns),
    statement(['s3:GetObject'], under(reports)),
    statement(['sns:Publish'], alertTopic.topicArn),
  ]);
  grantKeys(role, [
    [reports.key, ['kms:Decrypt']],
    [alertKey, ['kms:Decrypt', 'kms:GenerateDataKey']],
  ]);
}

/** What the definition's states need of KMS. CDK grants the rest as the definition says. */
export function grantStateMachineKeys(role: iam.IRole, { reports, alertKey }: Resources): void {
  grantKeys(role, [
    // Step Functions "IAM policies for Distributed Map": what the ResultWriter needs.
    [reports.key, ['kms:Decrypt', 'kms:Encrypt', 'kms:GenerateDataKey']],
    // SNS "Key management": what a publisher to an encrypted topic needs.
    [alertKey, ['kms:Decrypt', 'kms:GenerateDataKey']],
  ]);
}

function add(role: iam.IRole, statements: iam.PolicyStatement[]): void {
  statements.forEach(each => role.addToPrincipalPolicy(each));
}

/** Once for each key, whatever it is used for. A key that CDK owns gets its policy too, where that is needed. */
function grantKeys(role: iam.IRole, uses: [kms.IKey | undefined, string[]][]): void {
  const actionsOf = new Map<string, { key: kms.IKey; actions: Set<string> }>();
  for (const [key, actions] of uses) {
    if (!key) continue;
    const known = actionsOf.get(key.keyArn) ?? { key, actions: new Set() };
    actions.forEach(action => known.actions.add(action));
    actionsOf.set(key.keyArn, known);
  }
  for (const { key, actions } of actionsOf.values()) key.grant(role, ...[...actions].sort());
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
