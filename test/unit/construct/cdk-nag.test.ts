import type { Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { build, only, synth } from '../../helpers/synth';

/* eslint-disable @typescript-eslint/no-explicit-any */

/** The rules that cdk-nag 2 finds suppressed on a resource. */
function suppressed(resource: any): { id: string; reason: string; applies_to?: (string | { regex: string })[] }[] {
  return resource.Metadata?.cdk_nag?.rules_to_suppress ?? [];
}

/** The findings that cdk-nag 3 finds acknowledged on a policy. */
function acknowledged(stack: Stack, path: string): string[] {
  const policy = stack.node.findAll().find(({ node }) => node.path === path)!;
  return policy.node.metadata.filter(({ type }) => type === 'aws:cdk:acknowledged-rules').flatMap(({ data }) => Object.keys(data as object));
}

const POLICY = 'Test/Archiver/ReportRun/Role/DefaultPolicy/Resource';

test('every reason is said in a sentence, and no rule twice', () => {
  const { template } = synth();
  for (const resource of Object.values(template.toJSON().Resources)) {
    const rules = suppressed(resource);
    for (const { reason } of rules) { expect(reason.length).toBeGreaterThan(30); }
    const ids = rules.map(({ id, applies_to }) => JSON.stringify([id, applies_to]));
    expect(new Set(ids).size).toBe(ids.length);
  }
});

test('what props mend is not explained away', () => {
  const { template } = synth();
  const ids = Object.values(template.toJSON().Resources).flatMap(suppressed).map(({ id }) => id);
  expect(ids).toContain('AwsSolutions-SF1');
  expect(ids.filter((id) => /KMS|CloudWatchLogGroupEncrypted|LambdaInsideVPC/.test(id))).toEqual([]);
});

test('wildcards: all objects under a prefix, and no other bucket\'s', () => {
  const { template } = synth({ prefix: 'in (new)/', destinationPrefix: 'out/' });
  const patterns = suppressed(only(template, 'AWS::IAM::Policy', /ArchiveBatchRole/).resource)
    .flatMap(({ applies_to = [] }) => applies_to)
    .flatMap((finding) => typeof finding === 'string' ? [] : [new RegExp(finding.regex.slice(1, -1))]);
  const isExplained = (finding: string) => patterns.some((pattern) => pattern.test(finding));
  expect(isExplained('Resource::<Source71E471F1.Arn>/in (new)/*')).toBe(true);
  expect(isExplained('Resource::<Source71E471F1.Arn>/out/*')).toBe(true);
  expect(isExplained('Resource::<Source71E471F1.Arn>/*')).toBe(false);
  expect(isExplained('Resource::<Source71E471F1.Arn>/in new/*')).toBe(false);
});

test('cdk-nag 3 gets the same word for word, when the app is finished', () => {
  const { stack } = build({ prefix: 'incoming/' });
  expect(acknowledged(stack, POLICY).filter((id) => id.startsWith('AwsSolutions-IAM5'))).toEqual([]);
  Template.fromStack(stack);
  expect(acknowledged(stack, POLICY)).toEqual(expect.arrayContaining([
    'AwsSolutions-IAM5[Resource::*]', expect.stringMatching(/^AwsSolutions-IAM5\[Resource::<ArchiverReports\w+\.Arn>\/runs\/\*\]$/),
  ]));
});

test('what a user adds is the user\'s to explain', () => {
  const { stack, archiver } = build({ prefix: 'incoming/' });
  const other = new s3.Bucket(stack, 'Other');
  archiver.handler.addToRolePolicy(new iam.PolicyStatement({ actions: ['s3:*'], resources: [other.arnForObjects('*')] }));
  Template.fromStack(stack);
  const ids = acknowledged(stack, 'Test/Archiver/ArchiveBatch/Role/DefaultPolicy/Resource');
  expect(ids.filter((id) => id.includes('Other') || id.includes('Action::'))).toEqual([]);
});

test('synthesised twice, acknowledged once', () => {
  const { stack } = build();
  Template.fromStack(stack);
  const once = acknowledged(stack, POLICY);
  Template.fromStack(stack);
  expect(acknowledged(stack, POLICY)).toEqual(once);
});
