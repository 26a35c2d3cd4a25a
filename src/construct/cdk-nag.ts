import { CfnResource, Stack, Token } from 'aws-cdk-lib';
import type * as iam from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import { escapeIamWildcards } from './access/statements';
import type { Place } from './place';

/**
 * What cdk-nag finds in an archiver with default props, and why it is as it is. Findings that props mend (`encryptionKey`, `vpc`)
 * are not among them: whether they matter is for users to say.
 *
 * cdk-nag reads plain metadata, so nothing here depends on it.
 */
interface Explanation {
  readonly rules: string[];
  readonly reason: string;
}

/** Rules of the packs for NIST 800-53, HIPAA and PCI DSS, which share their names. */
function compliance(...rules: string[]): string[] {
  return rules.flatMap((rule) => ['NIST.800.53.R4', 'NIST.800.53.R5', 'HIPAA.Security', 'PCI.DSS.321'].map((pack) => `${pack}-${rule}`));
}

const POLICY = 'AWS::IAM::Policy';

const BY_TYPE: { readonly [type: string]: Explanation[] } = {
  'AWS::Lambda::Function': [
    {
      rules: ['AwsSolutions-L1', 'Serverless-LambdaLatestVersion'],
      reason: 'The runtime is the one that the bundles are built for and tested on, whatever the version of CDK and the region',
    },
    {
      rules: [...compliance('LambdaDLQ'), 'Serverless-LambdaDLQ'],
      reason: 'Step Functions invokes it and retries; ExplainFailure, which events invoke, has an on-failure destination instead',
    },
    {
      rules: compliance('LambdaConcurrency'),
      reason: 'maxConcurrency of the run bounds it; reserved concurrency would be taken from other functions of the account',
    },
  ],
  'AWS::Lambda::EventSourceMapping': [
    { rules: ['Serverless-LambdaEventSourceMappingDestination'], reason: 'Its source is a dead-letter queue, which keeps what could not be told' },
  ],
  'AWS::Events::Rule': [
    { rules: ['Serverless-EventBusDLQ'], reason: 'EventBridge retries for a day, and the alarm on runs that did not complete sees what it gave up' },
  ],
  [POLICY]: [
    { rules: compliance('IAMNoInlinePolicy'), reason: 'It is of one role alone, with exactly what that one does, and ends with it' },
  ],
  'AWS::SQS::Queue': [
    { rules: ['AwsSolutions-SQS3', 'Serverless-SQSRedrivePolicy'], reason: 'It is a dead-letter queue itself, of the schedule' },
  ],
  'AWS::StepFunctions::StateMachine': [
    { rules: ['AwsSolutions-SF1'], reason: 'It logs errors; every object is in the ledger of its run, and every step in the history of the execution' },
  ],
  'AWS::S3::Bucket': [
    {
      rules: ['AwsSolutions-S1', ...compliance('S3BucketLoggingEnabled', 'S3BucketReplicationEnabled', 'S3BucketVersioningEnabled', 'S3BucketDefaultLockEnabled')],
      reason: 'It holds reports and ledgers, which are logs themselves and expire; a reportBucket of your own may have access logs, versions, locks and replicas',
    },
  ],
};

/** Finding of AwsSolutions-IAM5 about a resource in a policy: a text, or a pattern. */
interface Wildcard {
  readonly finding: string | RegExp;
  readonly reason: string;
}

const WILDCARDS = 'AwsSolutions-IAM5';

/** The metadata in which cdk-nag 3 looks for acknowledged rules: `Validations.ACKNOWLEDGED_RULES_METADATA_KEY` of newer versions of CDK. */
const ACKNOWLEDGED_RULES = 'aws:cdk:acknowledged-rules';

/** Explains what cdk-nag finds in the resources that are in a scope now. */
export function suppressNagFindings(scope: Construct, places: Place[]): void {
  const resources = scope.node.findAll().filter((node) => CfnResource.isCfnResource(node));
  const wildcards = wildcardsOf(places);
  for (const resource of resources) {
    const explanations = BY_TYPE[resource.cfnResourceType] ?? [];
    const suppressions = explanations.flatMap(({ rules, reason }) => rules.map((id) => ({ id, reason })));
    for (const { id, reason } of suppressions) { resource.node.addMetadata(ACKNOWLEDGED_RULES, { [id]: reason }); }
    const all = resource.cfnResourceType === POLICY ? [...suppressions, ...wildcards.map(suppressionOf)] : suppressions;
    if (all.length > 0) { resource.addMetadata('cdk_nag', { rules_to_suppress: all }); }
  }
  // cdk-nag 3 takes findings word for word, and references to other stacks get their last form before validation.
  const policies = resources.filter(({ cfnResourceType }) => cfnResourceType === POLICY) as iam.CfnPolicy[];
  scope.node.addValidation({
    validate: () => {
      policies.forEach((policy) => acknowledgeWildcards(policy, wildcards));
      return [];
    },
  });
}

function wildcardsOf(places: Place[]): Wildcard[] {
  return [
    { finding: 'Resource::*', reason: 'X-Ray, the delivery of logs and network interfaces have no resources that a policy could name' },
    {
      finding: /^Resource::arn:.+:states:.+:(execution|express|mapRun):.+:\*$/,
      reason: 'Executions get their names when they are started. The state machine is named',
    },
    ...[...new Set(places.map(({ prefix }) => prefix))].map((prefix) => ({
      finding: new RegExp(`^Resource::[^/]+/${Token.isUnresolved(prefix) ? '.*' : escape(asCdkNag(escapeIamWildcards(prefix)))}\\*$`),
      reason: 'All objects under the prefix, and no others, are for the archiver to work on',
    })),
  ];
}

/** As cdk-nag 2 reads it. */
function suppressionOf({ finding, reason }: Wildcard): object {
  return { id: WILDCARDS, reason, applies_to: [typeof finding === 'string' ? finding : { regex: String(finding) }] };
}

function acknowledgeWildcards(policy: iam.CfnPolicy, wildcards: Wildcard[]): void {
  const acknowledged = new Set(policy.node.metadata.filter(({ type }) => type === ACKNOWLEDGED_RULES).flatMap(({ data }) => Object.keys(data)));
  const { Statement } = Stack.of(policy).resolve(policy.policyDocument) as { Statement: { Resource?: unknown }[] };
  for (const resource of new Set(Statement.flatMap(({ Resource }) => Resource).map(flatten))) {
    const finding = `Resource::${resource}`;
    const id = `${WILDCARDS}[${finding}]`;
    const explained = wildcards.find((each) => typeof each.finding === 'string' ? each.finding === finding : each.finding.test(finding));
    if (explained && !acknowledged.has(id)) { policy.node.addMetadata(ACKNOWLEDGED_RULES, { [id]: explained.reason }); }
  }
}

/** A value of a template, as cdk-nag writes it out. */
function flatten(value: unknown): string {
  if (typeof value === 'string') { return asCdkNag(value); }
  if (typeof value !== 'object' || value === null) { return ''; }
  const [[name, argument]] = Object.entries(value) as [string, unknown][];
  switch (name) {
    case 'Ref': return `<${flatten(argument)}>`;
    case 'Fn::GetAtt': return `<${(argument as string[]).map(flatten).join('.')}>`;
    case 'Fn::Join': return (argument as [string, unknown[]])[1].map(flatten).join((argument as [string])[0]);
    case 'Fn::ImportValue': case 'Fn::Sub': return flatten(argument);
    default: return JSON.stringify(value);
  }
}

function asCdkNag(text: string): string {
  return text.replace(/\${/g, '<').replace(/}/g, '>');
}

function escape(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
}
