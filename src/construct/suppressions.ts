import { CfnResource, Lazy, Stack, Token } from 'aws-cdk-lib';
import type * as iam from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import { atSynth } from './places/annotations';
import type { Place } from './places/place';
import { escapeIamWildcards } from './places/statements';

/**
 * Findings that every archiver has. Users decide about those that a prop resolves. The tools read
 * plain metadata, so nothing depends on them.
 */
interface Suppression {
  readonly rules?: string[];
  /** @see https://www.checkov.io/2.Basics/Suppressing%20and%20Skipping%20Policies.html */
  readonly checkov?: string[];
  /** Rules of cfn-guard. @see https://github.com/aws-cloudformation/aws-guard-rules-registry */
  readonly guard?: string[];
  readonly reason: string;
}

function toCompliancePackIds(...rules: string[]): string[] {
  return rules.flatMap((rule) =>
    ['NIST.800.53.R4', 'NIST.800.53.R5', 'HIPAA.Security', 'PCI.DSS.321'].map(
      (pack) => `${pack}-${rule}`,
    ),
  );
}

const [ROLE, POLICY] = ['AWS::IAM::Role', 'AWS::IAM::Policy'];

const INLINE: Suppression = {
  rules: toCompliancePackIds('IAMNoInlinePolicy'),
  guard: ['IAM_NO_INLINE_POLICY_CHECK'],
  reason: 'It is of one role alone, with exactly what that one does, and ends with it',
};

const BY_TYPE: { readonly [type: string]: Suppression[] } = {
  'AWS::Lambda::Function': [
    {
      rules: ['AwsSolutions-L1', 'Serverless-LambdaLatestVersion'],
      reason: 'The bundles are built for this runtime and tested on it, in all regions',
    },
    {
      rules: [...toCompliancePackIds('LambdaDLQ'), 'Serverless-LambdaDLQ'],
      checkov: ['CKV_AWS_116'],
      guard: ['LAMBDA_DLQ_CHECK'],
      reason: 'Step Functions retries it, or an on-failure destination has it',
    },
    {
      rules: toCompliancePackIds('LambdaConcurrency'),
      checkov: ['CKV_AWS_115'],
      guard: ['LAMBDA_CONCURRENCY_CHECK'],
      reason: 'maxConcurrency bounds it, and takes from no other function',
    },
  ],
  'AWS::Lambda::EventSourceMapping': [
    {
      rules: ['Serverless-LambdaEventSourceMappingDestination'],
      reason: 'Its source is a dead-letter queue, which keeps what could not be told',
    },
  ],
  'AWS::Events::Rule': [
    {
      rules: ['Serverless-EventBusDLQ'],
      reason:
        'EventBridge retries for a day, and the alarm on runs that did not complete sees what ' +
        'it gave up',
    },
  ],
  [ROLE]: [INLINE],
  [POLICY]: [{ ...INLINE, guard: [] }],
  'AWS::SQS::Queue': [
    {
      rules: ['AwsSolutions-SQS3', 'Serverless-SQSRedrivePolicy'],
      reason: 'It is a dead-letter queue itself, of the schedule',
    },
  ],
  'AWS::StepFunctions::StateMachine': [
    {
      rules: ['AwsSolutions-SF1'],
      reason:
        'It logs errors; every object is in the ledger of its run, and every step in the ' +
        'history of the execution',
    },
  ],
  'AWS::S3::Bucket': [
    {
      rules: [
        'AwsSolutions-S1',
        ...toCompliancePackIds(
          'S3BucketLoggingEnabled',
          'S3BucketReplicationEnabled',
          'S3BucketDefaultLockEnabled',
        ),
      ],
      checkov: ['CKV_AWS_18'],
      guard: [
        'S3_BUCKET_LOGGING_ENABLED',
        'S3_BUCKET_REPLICATION_ENABLED',
        'S3_BUCKET_DEFAULT_LOCK_ENABLED',
      ],
      reason:
        'It holds reports and ledgers, which are logs themselves and expire; a reportBucket of ' +
        'your own may have access logs, locks and replicas',
    },
    {
      guard: ['S3_BUCKET_NO_PUBLIC_RW_ACL'],
      reason:
        'It has no ACL and blocks public access; the rule finds every bucket that does not ' +
        'state an ACL',
    },
  ],
  'AWS::S3::BucketPolicy': [
    {
      guard: ['S3_BUCKET_SSL_REQUESTS_ONLY'],
      reason:
        'It denies requests without TLS; the rule knows false only as a boolean, and CDK writes ' +
        'it as a text',
    },
  ],
  'AWS::EC2::SecurityGroup': [
    {
      guard: ['EC2_SECURITY_GROUP_EGRESS_OPEN_TO_WORLD_RULE'],
      reason:
        'It lets HTTPS out only, to AWS services, whose addresses change; securityGroups may ' +
        'narrow it down',
    },
  ],
};

/**
 * Findings about statements for all resources. They cannot be suppressed for some statements of a
 * policy only.
 */
const ALL_RESOURCES: Suppression = {
  rules: ['Serverless-LambdaStarPermissions'],
  checkov: ['CKV_AWS_111'],
  guard: ['IAM_POLICYDOCUMENT_NO_WILDCARD_RESOURCE'],
  reason: 'X-Ray, log delivery and network interfaces have no resource to name',
};

/** A finding of AwsSolutions-IAM5 about a resource in a policy, as a text or a pattern. */
interface Wildcard {
  readonly finding: string | RegExp;
  readonly reason: string;
}

/**
 * Plans, results of Map Runs and reports are in the folders of runs, whose names are not known
 * either.
 */
const IN_FOLDER =
  '((ledger/|extracted/|pack-index/|\\*/\\*/(map-run/|remove-copies/|report\\.))?\\*|' +
  '\\*/\\*/(plan/(\\*(\\.progress\\.json)?|remaining-parts\\.jsonl)|report\\.json|' +
  'ledger-parts\\.jsonl|' +
  'restore-budget\\.json)|' +
  'not-restored-again/\\*\\.json|\\*/claim\\.json)';

const WILDCARD_RULE = 'AwsSolutions-IAM5';

/**
 * cdk-nag 3 reads acknowledged rules there. Newer CDK versions have it as
 * `Validations.ACKNOWLEDGED_RULES_METADATA_KEY`.
 */
const ACKNOWLEDGED_RULES = 'aws:cdk:acknowledged-rules';

/**
 * The user who starts a run names its manifest, in the source bucket, the report bucket, or a
 * bucket for manifests.
 */
const MANIFESTS: Wildcard = {
  finding: /^Resource::[^/]+\/\*$/,
  reason: 'The input of a run names the object with its manifest, so its key is not known',
};

export function suppressFindings(scope: Construct, places: Place[], readsManifests = false): void {
  const resources = scope.node.findAll().filter((node) => CfnResource.isCfnResource(node));
  const wildcards = [...getWildcards(places), ...(readsManifests ? [MANIFESTS] : [])];
  for (const resource of resources) {
    const ofType = BY_TYPE[resource.cfnResourceType] ?? [];
    suppressForOtherTools(resource, ofType);
    acknowledge(resource, toRules(ofType));
    suppressForNag2(resource, () => [
      ...toRules(getSuppressions(resource)),
      ...(holdsPermissions(resource) ? wildcards.map(toSuppression) : []),
    ]);
  }
  // cdk-nag 3 compares findings literally. References to other stacks, and statements that users
  // add, are known only before validation.
  atSynth(scope, () =>
    resources.filter(holdsPermissions).forEach((resource) => {
      const suppressions = getSuppressions(resource);
      suppressForOtherTools(resource, suppressions);
      acknowledge(resource, [...toRules(suppressions), ...getFoundWildcards(resource, wildcards)]);
    }),
  );
}

function holdsPermissions(resource: CfnResource): resource is iam.CfnRole | iam.CfnPolicy {
  return [ROLE, POLICY].includes(resource.cfnResourceType);
}

function getSuppressions(resource: CfnResource): Suppression[] {
  const isForKnownServices =
    holdsPermissions(resource) && areForKnownServicesOnly(getStatements(resource));
  return [
    ...(BY_TYPE[resource.cfnResourceType] ?? []),
    ...(isForKnownServices ? [ALL_RESOURCES] : []),
  ];
}

interface Rule {
  readonly id: string;
  readonly reason: string;
}

function toRules(suppressions: Suppression[]): Rule[] {
  return suppressions.flatMap(({ rules = [], reason }) => rules.map((id) => ({ id, reason })));
}

/** Acknowledges findings of cdk-nag 3. An app may be synthesized twice. */
function acknowledge({ node }: CfnResource, rules: Rule[]): void {
  const acknowledged = new Set(
    node.metadata
      .filter(({ type }) => type === ACKNOWLEDGED_RULES)
      .flatMap(({ data }) => Object.keys(data)),
  );
  for (const { id, reason } of rules.filter((rule) => !acknowledged.has(rule.id))) {
    node.addMetadata(ACKNOWLEDGED_RULES, { [id]: reason });
  }
}

/**
 * cdk-nag 2 reads the metadata of a resource before there is a template. In the template, the
 * findings would be a third of it.
 */
function suppressForNag2(resource: CfnResource, getRules: () => object[]): void {
  const notInTemplate = Lazy.any({ produce: () => undefined });
  resource.addMetadata(
    'cdk_nag',
    Object.defineProperty(notInTemplate, 'rules_to_suppress', { get: getRules }),
  );
}

/** Suppresses findings of checkov and cfn-guard. cfn-guard has no place for a reason. */
function suppressForOtherTools(resource: CfnResource, suppressions: Suppression[]): void {
  const skip = suppressions.flatMap(({ checkov = [], reason }) =>
    checkov.map((id) => ({ id, comment: reason })),
  );
  if (skip.length > 0) {
    resource.addMetadata('checkov', { skip });
  }
  const rules = suppressions.flatMap(({ guard = [] }) => guard);
  if (rules.length > 0) {
    resource.addMetadata('guard', { SuppressedRules: rules });
  }
}

interface Statement {
  readonly Action?: unknown;
  readonly Resource?: unknown;
}

function areForKnownServicesOnly(statements: readonly Statement[]): boolean {
  const actionsOf = (each: readonly Statement[]) =>
    each.flatMap(({ Action }) => Action).map(String);
  const forAll = statements.filter(({ Resource }) => [Resource].flat().includes('*'));
  return (
    forAll.length > 0 &&
    actionsOf(forAll).every((action) => /^(xray|logs|ec2):/.test(action)) &&
    !actionsOf(statements).some((action) => action.endsWith('*'))
  );
}

function getStatements(resource: iam.CfnRole | iam.CfnPolicy): readonly Statement[] {
  // An app may have set more policies of a role.
  const policies = ['policyDocument' in resource ? resource : resource.policies].flat() as (
    { readonly policyDocument?: unknown } | undefined
  )[];
  const documents = policies.flatMap((each) => each?.policyDocument ?? []);
  return (Stack.of(resource).resolve(documents) as { Statement: Statement[] }[]).flatMap(
    ({ Statement }) => Statement,
  );
}

function getWildcards(places: Place[]): Wildcard[] {
  return [
    { finding: 'Resource::*', reason: ALL_RESOURCES.reason },
    {
      finding: /^Resource::arn:.+:states:.+:(execution|mapRun):.+:\*$/,
      reason: 'Executions get their names when they are started. The state machine is named',
    },
    ...[...new Set(places.map(({ prefix }) => prefix))].map((prefix) => ({
      finding: new RegExp(`^Resource::[^/]+/${toPattern(prefix)}${IN_FOLDER}$`),
      reason: 'All objects under the prefix, and no others, are for the archiver to work on',
    })),
  ];
}

function toPattern(prefix: string): string {
  if (Token.isUnresolved(prefix)) {
    return '.*';
  }
  // A `${` in a prefix is `${!` in Fn::Sub.
  return escapeRegExp(toNagNotation(escapeIamWildcards(prefix))).replace(/</g, '<!?');
}

function toSuppression({ finding, reason }: Wildcard): object {
  return {
    id: WILDCARD_RULE,
    reason,
    applies_to: [typeof finding === 'string' ? finding : { regex: String(finding) }],
  };
}

function getFoundWildcards(resource: iam.CfnRole | iam.CfnPolicy, wildcards: Wildcard[]): Rule[] {
  const named = new Set(
    getStatements(resource)
      .flatMap((statement) => statement.Resource)
      .map(toNagResource),
  );
  return [...named]
    .map((each) => `Resource::${each}`)
    .flatMap((finding) => {
      const wildcard = wildcards.find((each) =>
        typeof each.finding === 'string' ? each.finding === finding : each.finding.test(finding),
      );
      return wildcard ? [{ id: `${WILDCARD_RULE}[${finding}]`, reason: wildcard.reason }] : [];
    });
}

function toNagResource(value: unknown): string {
  if (typeof value === 'string') {
    return toNagNotation(value);
  }
  if (typeof value !== 'object' || value === null) {
    return '';
  }
  const [[name, argument]] = Object.entries(value) as [string, unknown][];
  switch (name) {
    case 'Ref':
      return `<${toNagResource(argument)}>`;
    case 'Fn::GetAtt':
      return `<${(argument as string[]).map(toNagResource).join('.')}>`;
    case 'Fn::Join':
      return (argument as [string, unknown[]])[1]
        .map(toNagResource)
        .join((argument as [string])[0]);
    case 'Fn::ImportValue':
    case 'Fn::Sub':
      return toNagResource(argument);
    default:
      return JSON.stringify(value);
  }
}

function toNagNotation(text: string): string {
  return text.replace(/\${/g, '<').replace(/}/g, '>');
}

function escapeRegExp(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
}
