import { CfnResource, type Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { build, only, synth } from '../../helpers/synth';

/* eslint-disable @typescript-eslint/no-explicit-any */

interface Suppressed {
  readonly id: string;
  readonly reason: string;
  readonly applies_to?: (string | { regex: string })[];
}

/**
 * The rules that cdk-nag 2 finds suppressed on each resource. It visits them before the template is
 * written.
 */
function suppressed(stack: Stack): [path: string, rules: Suppressed[]][] {
  const resources = stack.node.findAll().filter((node) => CfnResource.isCfnResource(node));
  return resources.map((resource) => [
    resource.node.path,
    (resource.getMetadata('cdk_nag') as any)?.rules_to_suppress ?? [],
  ]);
}

/** The findings that cdk-nag 3 finds acknowledged on a role. */
function acknowledged(stack: Stack, path: string): string[] {
  const role = stack.node.findAll().find(({ node }) => node.path === path)!;
  return role.node.metadata
    .filter(({ type }) => type === 'aws:cdk:acknowledged-rules')
    .flatMap(({ data }) => Object.keys(data as object));
}

const ROLE = 'Test/Archiver/ReportRun/Role/Resource';

test('every suppression has a sentence as its reason, and none occurs twice', () => {
  for (const [, rules] of suppressed(build().stack)) {
    for (const { reason } of rules) {
      expect(reason.length).toBeGreaterThan(30);
    }
    const ids = rules.map(({ id, applies_to }) => JSON.stringify([id, applies_to]));
    expect(new Set(ids).size).toBe(ids.length);
  }
});

test('suppressions of cdk-nag are not in the template, also if it is written twice', () => {
  const { stack } = build();
  for (let i = 0; i < 2; i++) {
    expect(JSON.stringify(Template.fromStack(stack).toJSON())).not.toContain('cdk_nag');
    expect(suppressed(stack).filter(([, rules]) => rules.length > 0).length).toBeGreaterThan(15);
  }
});

test('findings that props resolve are not suppressed', () => {
  const ids = suppressed(build().stack)
    .flatMap(([, rules]) => rules)
    .map(({ id }) => id);
  expect(ids).toContain('AwsSolutions-SF1');
  expect(ids.filter((id) => /KMS|CloudWatchLogGroupEncrypted|LambdaInsideVPC/.test(id))).toEqual(
    [],
  );
});

test('wildcards: suppressed for all objects under a prefix, and for no others', () => {
  const { stack } = build({ prefix: 'in (new)/', destinationPrefix: 'out/' });
  const patterns = suppressed(stack)
    .filter(([path]) => path === 'Test/Archiver/ArchiveBatch/Role/Resource')
    .flatMap(([, rules]) => rules)
    .flatMap(({ applies_to = [] }) => applies_to)
    .flatMap((finding) =>
      typeof finding === 'string' ? [] : [new RegExp(finding.regex.slice(1, -1))],
    );
  const isSuppressed = (finding: string) => patterns.some((pattern) => pattern.test(finding));
  expect(isSuppressed('Resource::<Source71E471F1.Arn>/in (new)/*')).toBe(true);
  expect(isSuppressed('Resource::<Source71E471F1.Arn>/out/*')).toBe(true);
  expect(isSuppressed('Resource::<Source71E471F1.Arn>/*')).toBe(false);
  expect(isSuppressed('Resource::<Source71E471F1.Arn>/in new/*')).toBe(false);
});

test('cdk-nag 3: wildcard findings are acknowledged literally when the app is synthesized', () => {
  const { stack } = build({ prefix: 'incoming/' });
  expect(acknowledged(stack, ROLE).filter((id) => id.startsWith('AwsSolutions-IAM5'))).toEqual([]);
  Template.fromStack(stack);
  expect(acknowledged(stack, ROLE)).toEqual(
    expect.arrayContaining([
      'AwsSolutions-IAM5[Resource::*]',
      expect.stringMatching(/^AwsSolutions-IAM5\[Resource::<ArchiverReports\w+\.Arn>\/runs\/\*\]$/),
    ]),
  );
});

test('findings on statements that users add are not suppressed', () => {
  const { stack, archiver } = build({ prefix: 'incoming/' });
  const other = new s3.Bucket(stack, 'Other');
  archiver.handler.addToRolePolicy(
    new iam.PolicyStatement({ actions: ['s3:*'], resources: [other.arnForObjects('*')] }),
  );
  Template.fromStack(stack);
  const ids = acknowledged(stack, 'Test/Archiver/ArchiveBatch/Role/Resource');
  expect(ids.filter((id) => id.includes('Other') || id.includes('Action::'))).toEqual([]);
  const rules = (inner: Stack) =>
    suppressed(inner)
      .filter(([path]) => path === 'Test/Archiver/ArchiveBatch/Role/Resource')
      .flatMap(([, found]) => found.map(({ id }) => id));
  expect(ids).not.toContain('Serverless-LambdaStarPermissions');
  expect(rules(stack)).not.toContain('Serverless-LambdaStarPermissions');
  expect(rules(build().stack)).toContain('Serverless-LambdaStarPermissions');
});

test('an app that is synthesized twice has each acknowledgment once', () => {
  const { stack } = build();
  Template.fromStack(stack);
  const once = acknowledged(stack, ROLE);
  Template.fromStack(stack);
  expect(acknowledged(stack, ROLE)).toEqual(once);
});

test('wildcards for the folders of runs are acknowledged', () => {
  const { stack } = build();
  Template.fromStack(stack);
  expect(acknowledged(stack, 'Test/Archiver/ArchiveBatch/Role/Resource')).toContainEqual(
    expect.stringMatching(
      /^AwsSolutions-IAM5\[Resource::<ArchiverReports\w+\.Arn>\/runs\/ledger\/\*\]$/,
    ),
  );
});

describe('checkov and cfn-guard', () => {
  const metadataOf = (template: Template) =>
    only(template, 'AWS::IAM::Role', /ArchiveBatchRole/).resource.Metadata;

  test('findings that every archiver has are suppressed, those that props resolve are not', () => {
    const resources = Object.values(synth().template.toJSON().Resources as Record<string, any>);
    const ids = resources.flatMap(({ Metadata = {} }) => [
      ...(Metadata.checkov?.skip ?? []).map((each: any) => each.id),
      ...(Metadata.guard?.SuppressedRules ?? []),
    ]);
    expect([...new Set(ids)].sort()).toEqual([
      'CKV_AWS_111',
      'CKV_AWS_115',
      'CKV_AWS_116',
      'CKV_AWS_18',
      'IAM_NO_INLINE_POLICY_CHECK',
      'IAM_POLICYDOCUMENT_NO_WILDCARD_RESOURCE',
      'LAMBDA_CONCURRENCY_CHECK',
      'LAMBDA_DLQ_CHECK',
      'S3_BUCKET_DEFAULT_LOCK_ENABLED',
      'S3_BUCKET_LOGGING_ENABLED',
      'S3_BUCKET_NO_PUBLIC_RW_ACL',
      'S3_BUCKET_REPLICATION_ENABLED',
      'S3_BUCKET_SSL_REQUESTS_ONLY',
    ]);
    for (const { comment } of resources.flatMap(({ Metadata }) => Metadata?.checkov?.skip ?? [])) {
      expect(comment.length).toBeGreaterThan(30);
    }
  });

  test('a statement for all resources that a user adds is not hidden', () => {
    const { stack, archiver } = build();
    archiver.handler.addToRolePolicy(
      new iam.PolicyStatement({ actions: ['s3:PutObject'], resources: ['*'] }),
    );
    const template = Template.fromStack(stack);
    expect(metadataOf(template)).not.toHaveProperty('checkov');
    expect(metadataOf(template).guard.SuppressedRules).toEqual(['IAM_NO_INLINE_POLICY_CHECK']);
    expect(metadataOf(synth().template).checkov.skip).toEqual([
      { id: 'CKV_AWS_111', comment: expect.any(String) },
    ]);
  });
});
