/**
 * docs/quotas.md, docs/network-and-scp.md and docs/regions.md: what they say of actions, endpoints,
 * quotas and partitions is what templates and sources say.
 */
import { readdirSync, readFileSync } from 'node:fs';
import * as path from 'node:path';
import { Aspects, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as iam from 'aws-cdk-lib/aws-iam';
import { CfnFunction } from 'aws-cdk-lib/aws-lambda';
import { grantsOf, unique } from './actions';
import { everyFeature } from './apps';
import { policySizes, quotas, ROOT } from './quotas';
import { blockIn, blocks, CLIENTS, pageOf } from './tables';
import { build, synth } from '../../../helpers/synth';
import { fullArchiver, quickApp } from '../../../unit/construct/feature-flags/places';

const templates = everyFeature();

describe('the tables of the pages', () => {
  test.each(blocks())('$file: $name', ({ file, name, text }) => {
    expect(blockIn(pageOf(file), name)).toBe(text);
  });
});

describe('actions', () => {
  const granted = unique(grantsOf(templates).map(({ action }) => action));
  const page = pageOf('docs/network-and-scp.md');
  const allowed = JSON.parse(blockIn(page, 'allow list').replace(/```(json)?/g, '')) as {
    Action: string[];
  };

  test('the allow list has every action that any role has, and no other', () => {
    expect(allowed.Action).toEqual(granted);
  });

  test('no action has a wildcard, so the list is complete', () => {
    expect(granted.filter((action) => action.includes('*'))).toEqual([]);
  });

  test('only ArchiveBatch deletes, and only sources', () => {
    const deletes = grantsOf(templates).filter(({ action }) => action.startsWith('s3:Delete'));
    expect(unique(deletes.map(({ role, action, on }) => `${role} ${action} ${on}`))).toEqual([
      'ArchiveBatch s3:DeleteObject `bucket`',
    ]);
  });

  test('no role assumes or passes a role', () => {
    expect(granted.filter((action) => /^(sts|iam):/.test(action))).toEqual([]);
  });

  test('a permissions boundary of the stack covers every role', () => {
    const { stack } = build();
    iam.PermissionsBoundary.of(stack).apply(
      iam.ManagedPolicy.fromManagedPolicyName(stack, 'Boundary', 'boundary'),
    );
    const roles = Object.values(Template.fromStack(stack).findResources('AWS::IAM::Role'));
    expect(roles.length).toBeGreaterThan(5);
    expect(roles.filter(({ Properties }) => !Properties.PermissionsBoundary)).toEqual([]);
  });
});

test('the functions have clients for the services of the endpoints, and for no other', () => {
  const sources = readdirSync(path.join(ROOT, 'src'), { recursive: true, encoding: 'utf8' })
    .filter((file) => /(^|\/)lambda\/.*\.ts$/.test(file))
    .map((file) => readFileSync(path.join(ROOT, 'src', file), 'utf8'));
  const clients = sources.flatMap((text) => text.match(/@aws-sdk\/client-[\w-]+/g) ?? []);
  expect(unique(clients)).toEqual(Object.keys(CLIENTS).sort());
});

describe('quotas', () => {
  test('no role of any feature comes near the 10,240 characters of its inline policies', () => {
    for (const template of templates) {
      for (const size of policySizes(template).values()) {
        expect(size).toBeLessThan(10_240 * 0.8);
      }
    }
  });

  test('each has the page of AWS that it is on', () => {
    for (const { page } of quotas()) {
      expect(page).toMatch(/^https:\/\/docs\.aws\.amazon\.com\/\S+\.html$/);
    }
  });
});

describe('partitions', () => {
  test.each(['cn-north-1', 'us-gov-west-1', 'us-iso-east-1', 'us-isob-east-1', 'eusc-de-east-1'])(
    '%s: no ARN of another partition',
    (region) => {
      const stack = new Stack(quickApp(), 'Test', { env: { account: '111122223333', region } });
      fullArchiver(stack);
      const text = JSON.stringify(Template.fromStack(stack).toJSON());
      expect(text).toContain('AWS::Partition');
      expect(text).not.toContain('arn:aws:');
    },
  );
});

test('an aspect chooses x86 for every function', () => {
  const { stack, archiver } = build({ allowRestore: true });
  Aspects.of(archiver).add({
    visit: (node) => {
      if (node instanceof CfnFunction) {
        node.architectures = ['x86_64'];
      }
    },
  });
  const functions = Object.values(Template.fromStack(stack).findResources('AWS::Lambda::Function'));
  expect(functions.length).toBeGreaterThan(4);
  expect(functions.map(({ Properties }) => Properties.Architectures as string[])).toEqual(
    functions.map(() => ['x86_64']),
  );
  const before = synth({ allowRestore: true }).template.findResources('AWS::Lambda::Function');
  expect(Object.values(before)[0]!.Properties.Architectures).toEqual(['arm64']);
});
