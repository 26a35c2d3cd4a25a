import type { Scenario } from '../scenarios';
import { BY_NAME, type Resource, resolve, resourcesOf, type Template } from './template';

interface Statement {
  readonly Effect: string;
  readonly Principal?: unknown;
  readonly Action?: string | string[];
  readonly NotAction?: unknown;
  readonly Resource?: string | string[];
  readonly NotResource?: unknown;
  readonly Condition?: Record<string, Record<string, unknown>>;
}

/**
 * Actions whose resource no policy can name. Either the Service Authorization Reference gives them
 * no resource type, or the action itself creates the resource.
 */
const WITHOUT_RESOURCE = new Set([
  // X-Ray
  'xray:PutTraceSegments',
  'xray:PutTelemetryRecords',
  'xray:GetSamplingRules',
  'xray:GetSamplingTargets',
  // Step Functions to CloudWatch Logs ("bp-cwl")
  'logs:CreateLogDelivery',
  'logs:GetLogDelivery',
  'logs:UpdateLogDelivery',
  'logs:DeleteLogDelivery',
  'logs:ListLogDeliveries',
  'logs:PutResourcePolicy',
  'logs:DescribeResourcePolicies',
  'logs:DescribeLogGroups',
  // Lambda in a VPC ("configuration-vpc-permissions")
  'ec2:CreateNetworkInterface',
  'ec2:DescribeNetworkInterfaces',
  'ec2:DescribeSubnets',
  'ec2:DeleteNetworkInterface',
  'ec2:AssignPrivateIpAddresses',
  'ec2:UnassignPrivateIpAddresses',
]);

/**
 * A wildcard is allowed at the end of these ARNs: the name is known only when a run or a child is
 * started.
 */
const EXECUTIONS =
  /^arn:[^*]+:states:[^*]+:(execution|mapRun):[^*:]+(\/(Archive|Verify|Restore|Extract)Objects)?:\*$/;
const LOG_STREAMS = /^arn:[^*]+:logs:[^*]+:log-group:[^*]+:(log-stream:)?\*$/;

/** Returns the statements that allow more than necessary. */
export function checkPolicies(template: Template, { prefixes }: Scenario): string[] {
  const identity = resourcesOf(
    template,
    'AWS::IAM::Policy',
    'AWS::IAM::ManagedPolicy',
    'AWS::IAM::Role',
  ).flatMap(([id, resource]) => [
    ...managedPolicies(id, resource),
    ...documentsOf(resource)
      .map((statement) => (isOfListObjects(id) ? withoutManifests(statement) : statement))
      .flatMap((statement) => checkStatement(statement, prefixes))
      .map((problem) => `${id}: ${problem}`),
  ]);
  const ofResources = resourcesOf(
    template,
    'AWS::S3::BucketPolicy',
    'AWS::SNS::TopicPolicy',
    'AWS::KMS::Key',
  ).flatMap(([id, resource]) =>
    documentsOf(resource)
      .filter((statement) => !isWrittenByCdk(statement))
      .flatMap(checkResourceStatement)
      .map((problem) => `${id}: ${problem}`),
  );
  return [...identity, ...ofResources];
}

function isOfListObjects(id: string): boolean {
  return /ListObjectsRole/.test(id);
}

/**
 * The input of a run names the manifest, which may be any object of a report bucket that the
 * archiver created (docs/manifests.md).
 */
function withoutManifests(statement: Statement): Statement {
  if (list(statement.Action).join() !== 's3:GetObject') {
    return statement;
  }
  return {
    ...statement,
    Resource: list(statement.Resource).filter(
      (resource) => !/^<\w*Reports\w*\.Arn>\/\*$/.test(resource),
    ),
  };
}

/**
 * CDK's helper that empties buckets has a managed policy. Its role does not belong to the archiver.
 */
function managedPolicies(id: string, { Properties }: Resource): string[] {
  if (id.startsWith('CustomS3AutoDeleteObjects') || !Properties?.ManagedPolicyArns) {
    return [];
  }
  return [
    `${id}: managed policies allow more than is needed: ` +
      `${JSON.stringify(Properties.ManagedPolicyArns)}`,
  ];
}

function documentsOf({ Properties = {} }: Resource): Statement[] {
  const inline = ((Properties.Policies as { PolicyDocument: unknown }[] | undefined) ?? []).map(
    ({ PolicyDocument }) => PolicyDocument,
  );
  return [Properties.PolicyDocument, Properties.KeyPolicy, ...inline]
    .filter((document) => document !== undefined)
    .flatMap((document) => (resolve(document, BY_NAME) as { Statement: Statement[] }).Statement)
    .filter(({ Effect }) => Effect === 'Allow');
}

function checkStatement(statement: Statement, prefixes: string[]): string[] {
  const actions = list(statement.Action);
  const problems = actionProblems(statement);
  for (const resource of list(statement.Resource)) {
    if (
      resource === '*'
        ? actions.every((action) => WITHOUT_RESOURCE.has(action))
        : isNarrow(resource, prefixes)
    ) {
      continue;
    }
    problems.push(`${actions.join()} on ${resource}`);
  }
  const lists = actions.includes('s3:ListBucket');
  if (
    lists &&
    !Object.values(statement.Condition ?? {}).some((condition) => 's3:prefix' in condition)
  ) {
    problems.push('s3:ListBucket without a condition on s3:prefix');
  }
  return problems;
}

function checkResourceStatement(statement: Statement): string[] {
  const everybody =
    statement.Principal === '*' || (statement.Principal as { AWS?: unknown }).AWS === '*';
  return [
    ...actionProblems(statement),
    ...(everybody ? [`${list(statement.Action).join()} for everybody`] : []),
  ];
}

function actionProblems({ Action, NotAction, NotResource }: Statement): string[] {
  const wild = list(Action)
    .filter((action) => action.includes('*'))
    .map((action) => `wildcard in action ${action}`);
  return NotAction || NotResource ? [...wild, 'NotAction or NotResource'] : wild;
}

/**
 * Returns whether an ARN names one thing, or ends with a wildcard where the name cannot be known.
 */
function isNarrow(resource: string, prefixes: string[]): boolean {
  if (!/[*?]/.test(resource)) {
    return true;
  }
  // Plans and results of Map Runs are in the folders of runs: `<report prefix><day>/<run>/`.
  const [, prefix] =
    /^(?:<[^>]+>|arn:[^*]+:s3:::[^*/]+)\/([^*?]*?)(?:(?:ledger\/|extracted\/|pack-index\/|\*\/\*\/(?:map-run|plan|remove-copies)\/|\*\/\*\/report\.)?\*|\*\/\*\/(?:plan\/(?:\*\.progress\.json|remaining-parts\.jsonl)|report\.json|ledger-parts\.jsonl|restore-budget\.json)|not-restored-again\/\*\.json|\*\/claim\.json)$/.exec(
      resource,
    ) ?? [];
  return (
    (prefix !== undefined && prefixes.includes(prefix)) ||
    EXECUTIONS.test(resource) ||
    LOG_STREAMS.test(resource)
  );
}

/**
 * CDK writes these statements itself: the owner of a key administers it, and the helper empties a
 * bucket before its deletion.
 */
function isWrittenByCdk({ Action, Principal }: Statement): boolean {
  const principal = JSON.stringify(Principal);
  return (
    (Action === 'kms:*' && principal.includes(':root')) ||
    principal.includes('CustomS3AutoDeleteObjects')
  );
}

function list(value: string | string[] | undefined): string[] {
  return value === undefined ? [] : [value].flat();
}
