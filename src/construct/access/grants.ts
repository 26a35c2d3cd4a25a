import { ArnFormat, Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as kms from 'aws-cdk-lib/aws-kms';
import type * as s3 from 'aws-cdk-lib/aws-s3';
import type * as sns from 'aws-cdk-lib/aws-sns';
import type * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';
import { grantKeyUses, type KeyUse } from './key-grants';
import {
  createDestinationAccess,
  createSourceAccess,
  grantAt,
  grantAtDestination,
} from './place-access';
import {
  type Action,
  ACTION_NAMES,
  ACTIONS,
  findActions,
  FINISH_BATCHES,
} from '../../contract/actions';
import {
  BALANCED_PARTS_NAME,
  CALENDAR_NAME,
  CLAIM_NAME,
  COPIES_FOLDER,
  EXTRACTED_FOLDER,
  NOT_RESTORED_FOLDER,
  PLAN_FOLDER,
  PROGRESS_SUFFIX,
  REMAINING_PARTS_NAME,
  REPORT_NAME,
  RESTORE_BUDGET_NAME,
} from '../../contract/report-places';
import type { S3DatedArchiverProps } from '../../s3-dated-archiver-props';
import type { Functions } from '../functions/functions';
import { isInOtherAccount, type Place } from '../places/place';
import {
  createListStatement,
  createPlanListStatement,
  createStatement,
  getLedgers,
  getObjectArns,
  getPlanArn,
  getRunArns,
} from '../places/statements';
import type { RunCompletedEvent } from '../state-machine/run-completed';

/** The resources of one archiver. */
export interface Resources extends Pick<
  S3DatedArchiverProps,
  'encryptionKey' | 'chatTopic' | 'schedule'
> {
  readonly source: Place;
  readonly destination: Place;
  /** The place of packs. Unset: the archiver packs nothing. */
  readonly packs?: Place;
  readonly reports: Place;
  /** The buckets of manifests, besides those of the source and of the reports. */
  readonly manifestBuckets: readonly s3.IBucket[];
  readonly alertTopic: sns.ITopic;
  /** The keys that encrypt the topics, if they are known. */
  readonly alertKey?: kms.IKey;
  readonly chatKey?: kms.IKey;
  readonly functions: Functions;
  readonly stateMachine: sfn.StateMachine;
  readonly runCompleted: RunCompletedEvent;
  /** FinishBatches continues batches whose time runs short. */
  readonly hasFinishBatches: boolean;
}

/**
 * The actions that a role needs on the key of objects that it reads and writes. Publishing to a
 * topic with a key needs the same (SNS "Key management").
 */
const READ_AND_WRITE = ['kms:Decrypt', 'kms:GenerateDataKey'];
const DECRYPT = ['kms:Decrypt'];

/** The grants of each function. Key policies name the roles in this order. */
const GRANTS: {
  readonly [name in keyof Functions]-?: (role: iam.IRole, resources: Resources) => KeyUse[];
} = {
  archiveBatch: grantArchiveBatch,
  verifyBatch: grantVerifyBatch,
  reportRun: grantReportRun,
  explainFailure: grantExplainFailure,
  planRun: grantPlanRun,
  listObjects: grantListObjects,
  restoreBatch: grantRestoreBatch,
};

export function grantAccess(
  scope: Construct,
  resources: Resources,
  scheduleKeyUses: KeyUse[],
): void {
  const { functions, stateMachine, reports, alertKey, chatKey, encryptionKey } = resources;
  const { hasFinishBatches } = resources;
  const uses = Object.entries(GRANTS).flatMap(([name, grant]) => {
    const role = functions[name as keyof Functions]?.role;
    // All functions read and write in the report bucket.
    return role
      ? [...grant(role, resources), ...useThroughS3(role, READ_AND_WRITE, reports.key)]
      : [];
  });
  grantKeyUses(scope, [
    ...uses,
    // CDK grants the state machine everything else when it binds the states. The ResultWriter needs
    // these three (Step Functions "IAM policies for using Distributed Map states").
    ...useThroughS3(
      stateMachine.role,
      ['kms:Decrypt', 'kms:Encrypt', 'kms:GenerateDataKey'],
      reports.key,
    ),
    ...useToPublish(stateMachine.role, alertKey, chatKey),
    ...scheduleKeyUses,
    // It encrypts executions and environments of functions ("Data encryption at rest").
    // ExplainFailure needs the same action for both.
    ...Object.values(functions).map(({ role }: Functions['planRun']) => ({
      role: role!,
      actions: DECRYPT,
      key: encryptionKey,
    })),
    // `kms:GenerateDataKey` also encrypts the log on its way to CloudWatch.
    { role: stateMachine.role, actions: READ_AND_WRITE, key: encryptionKey },
  ]);
  // These statements need separate policies, because they name the state machine. CloudFormation
  // creates it after the functions, and a function after its role's default policy.
  const describe = (id: string, role: iam.IRole, executions: string[]) =>
    new iam.Policy(scope, id, {
      roles: [role],
      statements: [createStatement(['states:DescribeExecution'], ...executions)],
    });
  // ReportRun reads the input of a failed batch, in case the result file does not have it.
  describe('DescribeBatches', functions.reportRun.role!, [
    ...findActions(({ reads }) => reads === 'source').map((action) =>
      formatChildArn(stateMachine, action),
    ),
    ...(hasFinishBatches ? [formatFinishArn(stateMachine, 'execution')] : []),
  ]);
  // PlanRun checks whether a run that it will verify has ended.
  describe('DescribeExecutions', functions.planRun.role!, [
    formatStatesArn(stateMachine, 'execution', ':*'),
  ]);
}

/**
 * PlanRun finds other runs by their claims, and compares a ledger that is verified with the report
 * of its run.
 */
function grantPlanRun(role: iam.IRole, { source, destination, reports }: Resources): KeyUse[] {
  grantAtDestination(
    role,
    source,
    destination,
    createDestinationAccess(source, destination).planRun(),
  );
  addToPolicy(role, [
    createStatement(['s3:GetObject', 's3:PutObject'], `${getObjectArns(reports)}/${CLAIM_NAME}`),
    createStatement(['s3:PutObject', 's3:AbortMultipartUpload'], getPlanArn(reports)),
    createStatement(
      ['s3:GetObject'],
      ...getRunArns(reports, REPORT_NAME, BALANCED_PARTS_NAME),
      getObjectArns(getLedgers(reports)),
    ),
    createListStatement(reports),
  ]);
  return destination.holdsPacks
    ? useThroughS3(role, DECRYPT, destination.key, destination.bucket.encryptionKey)
    : [];
}

/**
 * Lets the list-objects function read manifests, and look at source objects that a manifest does
 * not describe. The user who starts a run names the manifest, so the function may read only places
 * that belong to the archiver: its own prefixes, the whole report bucket if the archiver created
 * it, and the buckets given for manifests. A bucket of another account need not allow this: there,
 * the function reads the facts from a listing instead.
 */
function grantListObjects(
  role: iam.IRole,
  { source, reports, manifestBuckets, stateMachine }: Resources,
): KeyUse[] {
  const places: Place[] = [
    ...(isInOtherAccount(role, source.bucket) ? [] : [source]),
    reports.bucket.node.scope === stateMachine.node.scope ? { ...reports, prefix: '' } : reports,
    ...manifestBuckets.map((bucket) => ({ bucket, prefix: '' })),
  ];
  grantAt(role, source, createSourceAccess(source).listObjects());
  addToPolicy(role, [
    createPlanListStatement(reports),
    createStatement(
      ['s3:GetObject', 's3:PutObject', 's3:AbortMultipartUpload'],
      getPlanArn(reports),
    ),
    createStatement(['s3:GetObject'], ...new Set(places.map((place) => getObjectArns(place)))),
  ]);
  return useThroughS3(
    role,
    DECRYPT,
    ...new Set(places.flatMap(({ bucket, key }) => [key, bucket.encryptionKey])),
  );
}

function grantArchiveBatch(
  role: iam.IRole,
  { source, destination, reports, functions, hasFinishBatches }: Resources,
): KeyUse[] {
  grantAt(role, source, createSourceAccess(source).archiveBatch());
  grantAtDestination(
    role,
    source,
    destination,
    createDestinationAccess(source, destination).archiveBatch(),
  );
  grantLedgers(role, reports);
  if (source.restoresObjects) {
    // The restore budget of the run, and the list of objects that were restored in vain.
    addToPolicy(role, [
      createStatement(
        ['s3:GetObject', 's3:PutObject'],
        ...getRunArns(reports, RESTORE_BUDGET_NAME),
        getObjectArns(reports, `${NOT_RESTORED_FOLDER}*.json`),
      ),
    ]);
  }
  if (functions.listObjects || hasFinishBatches) {
    addToPolicy(role, [
      createPlanListStatement(reports),
      createStatement(['s3:GetObject'], getPlanArn(reports)),
    ]);
  }
  if (hasFinishBatches) {
    // If ListObjects has not planned the batch, it also writes the remaining objects.
    const files = functions.listObjects ? PROGRESS_SUFFIX : '';
    addToPolicy(role, [createStatement(['s3:PutObject'], `${getPlanArn(reports)}${files}`)]);
  }
  return [
    ...useThroughS3(role, DECRYPT, source.key),
    // S3 decrypts the parts when it completes a multipart upload, hence `kms:Decrypt`.
    ...useThroughS3(role, READ_AND_WRITE, destination.key),
    // Even with `sourceKey` or `destinationKey`, some objects may be encrypted with the bucket's
    // own key. The function must move these objects, or compare with them, too.
    ...useThroughS3(role, DECRYPT, source.bucket.encryptionKey, destination.bucket.encryptionKey),
  ];
}

/** Lets a role write to ledgers. A later round reads what earlier ones wrote. */
function grantLedgers(role: iam.IRole, reports: Place): void {
  const ledgers = getLedgers(reports);
  addToPolicy(role, [
    createStatement(['s3:GetObject', 's3:PutObject'], getObjectArns(ledgers)),
    createListStatement(ledgers),
  ]);
}

function grantVerifyBatch(role: iam.IRole, { source, destination, reports }: Resources): KeyUse[] {
  grantAtDestination(
    role,
    source,
    destination,
    createDestinationAccess(source, destination).verifyBatch(),
  );
  addToPolicy(role, [
    createStatement(['s3:GetObject', 's3:PutObject'], getObjectArns(getLedgers(reports))),
  ]);
  // S3 returns the checksum of an encrypted object only to callers that may use its key
  // (API_HeadObject, "x-amz-checksum-mode").
  return useThroughS3(role, DECRYPT, destination.key, destination.bucket.encryptionKey);
}

/**
 * With allowRestore, RestoreBatch has the permissions of ArchiveBatch with source and destination
 * swapped, but may delete nothing. With packing, it may copy from packs to a folder next to the
 * reports. Without allowRestore, it has no permission at the source.
 */
function grantRestoreBatch(role: iam.IRole, { source, destination, reports }: Resources): KeyUse[] {
  if (destination.holdsPacks) {
    const extracted = { ...reports, prefix: `${reports.prefix}${EXTRACTED_FOLDER}` };
    addToPolicy(role, [
      createStatement(
        ['s3:PutObject', 's3:PutObjectTagging', 's3:GetObject', 's3:GetObjectTagging'],
        getObjectArns(extracted),
      ),
      createListStatement(extracted),
    ]);
  }
  grantAtDestination(
    role,
    source,
    destination,
    createDestinationAccess(source, destination).restoreBatch(),
  );
  grantAt(role, source, createSourceAccess(source).restoreBatch());
  grantLedgers(role, reports);
  return [
    ...useThroughS3(role, DECRYPT, destination.key, destination.bucket.encryptionKey),
    ...(source.allowsRestore
      ? useThroughS3(role, READ_AND_WRITE, source.key, source.bucket.encryptionKey)
      : []),
  ];
}

/** ReportRun lists source and destination to find the objects of failed batches. */
function grantReportRun(
  role: iam.IRole,
  { source, destination, reports, hasFinishBatches }: Resources,
): KeyUse[] {
  const files = [
    'report.*',
    BALANCED_PARTS_NAME,
    ...(source.allowsRestore ? [`${COPIES_FOLDER}*`] : []),
    ...(hasFinishBatches ? [`${PLAN_FOLDER}${REMAINING_PARTS_NAME}`] : []),
  ];
  addToPolicy(role, [
    createStatement(['s3:GetObject'], getObjectArns(reports)),
    createStatement(
      ['s3:PutObject'],
      ...getRunArns(reports, ...files),
      getObjectArns(reports, CALENDAR_NAME),
      getObjectArns(getLedgers(reports)),
    ),
    createListStatement(reports),
  ]);
  grantAt(role, source, createSourceAccess(source).reportRun());
  grantAtDestination(
    role,
    source,
    destination,
    createDestinationAccess(source, destination).reportRun(),
  );
  return [];
}

function grantExplainFailure(role: iam.IRole, resources: Resources): KeyUse[] {
  const { functions, stateMachine, reports, hasFinishBatches } = resources;
  const { alertTopic, alertKey, chatTopic, chatKey } = resources;
  const executions = formatStatesArn(stateMachine, 'execution', ':*');
  const actions = ACTION_NAMES.filter((action) => functions[`${action}Batch`]);
  const mapRuns = [
    ...actions.map((action) =>
      formatStatesArn(stateMachine, 'mapRun', `/${ACTIONS[action].map}:*`),
    ),
    ...(hasFinishBatches ? [formatFinishArn(stateMachine, 'mapRun')] : []),
  ];
  addToPolicy(role, [
    createStatement(
      ['states:DescribeExecution', 'states:GetExecutionHistory', 'states:ListMapRuns'],
      executions,
    ),
    createStatement(
      ['states:DescribeExecution'],
      ...actions.map((action) => formatChildArn(stateMachine, action)),
      ...(hasFinishBatches ? [formatFinishArn(stateMachine, 'execution')] : []),
    ),
    createStatement(['states:ListExecutions'], stateMachine.stateMachineArn, ...mapRuns),
    createStatement(['states:DescribeMapRun'], ...mapRuns),
    createStatement(
      ['sns:Publish'],
      alertTopic.topicArn,
      ...(chatTopic ? [chatTopic.topicArn] : []),
    ),
    createStatement(['s3:GetObject', 's3:PutObject'], getObjectArns(reports, CALENDAR_NAME)),
  ]);
  return useToPublish(role, alertKey, chatKey);
}

/** S3 encrypts and decrypts for its callers, Step Functions included. */
function useThroughS3(
  role: iam.IRole,
  actions: string[],
  ...keys: readonly (kms.IKey | undefined)[]
): KeyUse[] {
  return keys.map((key) => ({ role, key, actions, via: ['s3'] }));
}

/** @see https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html */
function useToPublish(role: iam.IRole, ...keys: readonly (kms.IKey | undefined)[]): KeyUse[] {
  return keys.map((key) => ({ role, key, actions: READ_AND_WRITE, via: ['sns'] }));
}

function addToPolicy(role: iam.IRole, statements: iam.PolicyStatement[]): void {
  statements.forEach((each) => role.addToPrincipalPolicy(each));
}

function formatChildArn(stateMachine: sfn.StateMachine, action: Action): string {
  return formatStatesArn(stateMachine, 'execution', `/${ACTIONS[action].map}:*`);
}

function formatFinishArn(stateMachine: sfn.StateMachine, resource: 'mapRun' | 'execution'): string {
  return formatStatesArn(stateMachine, resource, `/${FINISH_BATCHES}:*`);
}

function formatStatesArn(stateMachine: sfn.StateMachine, resource: string, suffix: string): string {
  return Stack.of(stateMachine).formatArn({
    service: 'states',
    resource,
    resourceName: `${stateMachine.stateMachineName}${suffix}`,
    arnFormat: ArnFormat.COLON_RESOURCE_NAME,
  });
}
