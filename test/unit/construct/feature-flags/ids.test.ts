import * as fs from 'node:fs';
import * as path from 'node:path';
import { Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { findNameProblems } from './names';
import { fullArchiver, quickApp } from './places';
import { S3DatedArchiver } from '../../../../src';
import { definition, faults, resolve } from '../../../helpers/synth';

/* eslint-disable @typescript-eslint/no-explicit-any */

/**
 * Returns the identity of each resource: `logicalId: type`, and the physical name if it has one. A
 * change replaces it.
 */
function getIdentities(template: Template): string[] {
  return Object.entries(template.toJSON().Resources as Record<string, any>)
    .filter(([id]) => id.startsWith('Archiver'))
    .map(([id, { Type, Properties = {} }]) => {
      const name = resolve(template, Properties.LogGroupName ?? Properties.Name);
      return name && Type !== 'AWS::CloudWatch::Alarm'
        ? `${id}: ${Type}: ${name}`
        : `${id}: ${Type}`;
    })
    .sort();
}

const VARIANTS: Record<string, (stack: Stack) => unknown> = {
  least: (stack) =>
    new S3DatedArchiver(stack, 'Archiver', { bucket: new s3.Bucket(stack, 'Source') }),
  full: (stack) => fullArchiver(stack),
  'in a VPC': (stack) => fullArchiver(stack, { vpc: new ec2.Vpc(stack, 'Vpc') }),
};

/**
 * If a logical id changes, CloudFormation replaces the resource in every existing stack: reports,
 * logs and subscriptions would be lost. The file is written by hand, and a change of it is a
 * breaking change of the package.
 */
describe('an upgrade replaces nothing', () => {
  const expected = JSON.parse(
    fs.readFileSync(path.join(__dirname, 'logical-ids.json'), 'utf8'),
  ) as Record<string, string[]>;
  test.each(Object.keys(VARIANTS))('%s', (variant) => {
    const stack = new Stack(quickApp(), 'Test');
    VARIANTS[variant](stack);
    expect(getIdentities(Template.fromStack(stack))).toEqual(expected[variant]);
  });
});

test('the same app has the same template, so that a diff without a change is empty', () => {
  const once = () => {
    const stack = new Stack(quickApp(), 'Test');
    fullArchiver(stack);
    return Template.fromStack(stack).toJSON();
  };
  expect(once()).toEqual(once());
});

test('two archivers in one stack share no name and no resource', () => {
  const stack = new Stack(quickApp(), 'Test');
  const bucket = new s3.Bucket(stack, 'Source');
  for (const id of ['One', 'Two']) {
    fullArchiver(new Construct(stack, id), {
      bucket,
      prefix: `${id}/`,
      destinationPrefix: `archive/${id}/`,
    });
  }
  const template = Template.fromStack(stack);
  const named = Object.values(template.toJSON().Resources as Record<string, any>)
    .filter(({ Type }) => ['AWS::Logs::LogGroup', 'AWS::Logs::QueryDefinition'].includes(Type))
    .map(
      ({ Type, Properties }) =>
        resolve(template, Properties.LogGroupName ?? Properties.Name) &&
        `${Type} ${resolve(template, Properties.LogGroupName ?? Properties.Name)}`,
    )
    .filter(Boolean);
  expect(named).toHaveLength(6);
  expect(new Set(named).size).toBe(6);
  expect(findNameProblems(template)).toEqual([]);
});

test.each([
  ['one long id', ['A'.repeat(200)]],
  ['many long ids', Array.from({ length: 8 }, (_, i) => `Level${i}${'x'.repeat(40)}`)],
  ['ids in other scripts', ['アーカイブ'.repeat(20), 'Ελλάδα']],
  ['ids with blanks and signs', ['my archive', 'a+b=c@home']],
])('%s: every name fits', (_, ids) => {
  const stack = new Stack(quickApp(), 'A-rather-long-name-of-a-stack-as-organizations-have-them', {
    stackName: `s${'t'.repeat(127)}`,
  });
  fullArchiver(ids.reduce<Construct>((scope, id) => new Construct(scope, id), stack));
  const template = Template.fromStack(stack);
  expect(findNameProblems(template)).toEqual([]);
  expect(faults(definition(template))).toBe('');
});
