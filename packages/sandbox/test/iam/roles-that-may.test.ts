import { findRolesThatMay } from './roles-that-may';
import { readAssembly } from '../../src/assembly/read';
import { App } from '../../src/assembly/scope';
import { readPolicies } from '../../src/iam/policies';
import { cleanUp, writeAssembly } from '../fixtures/assembly';

afterAll(cleanUp);

const ARCHIVE = 'arn:aws:s3:::bucket/archive/*';
const allow = (Resource: string | string[], more: object = {}) => ({
  Effect: 'Allow',
  Action: 's3:DeleteObject',
  Resource,
  ...more,
});
const deny = (Resource: string, more: object = {}) => ({
  ...allow(Resource, more),
  Effect: 'Deny',
});

/** Returns the names of the roles that may delete, of one role with these statements. */
function who(
  resource: string,
  statements: object[],
  more: Record<string, object> = {},
  role: object = {},
  action = 's3:DeleteObject',
): string[] {
  const Role = {
    Type: 'AWS::IAM::Role',
    Properties: {
      RoleName: 'work',
      Policies: [{ PolicyName: 'P', PolicyDocument: { Statement: statements } }],
      ...role,
    },
  };
  const policies = readPolicies(
    new App(
      readAssembly(writeAssembly([{ name: 'Stack', template: { Resources: { Role, ...more } } }])),
    ),
  );
  return findRolesThatMay(policies, action, resource).map(({ name }) => name);
}

test.each([
  ['arn:aws:s3:::bucket/*'],
  ['arn:aws:s3:::bucket/archive/2026/11/24/*'],
  ['arn:aws:s3:::bucket/archive/??26/*.log'],
  ['arn:aws:s3:::bucket/*/a'],
  ['arn:aws:s3:::*'],
  ['*'],
  ['arn:aws:s3:::bucket/archive/a'],
])('a role that may delete %s may delete something in the archive', (resource) => {
  expect(who(ARCHIVE, [allow(resource)])).toEqual(['work']);
});

test.each([
  ['arn:aws:s3:::bucket/in/*'],
  ['arn:aws:s3:::other/*'],
  ['arn:aws:s3:::bucket/archiv?'],
  ['arn:aws:s3:::bucket/${*}/a'],
  ['arn:aws:s3:::bucket'],
])('a role that may delete %s may delete nothing in the archive', (resource) => {
  expect(who(ARCHIVE, [allow(resource)])).toEqual([]);
});

test('an allow counts even if it has a condition, and a deny only if it has none', () => {
  const Condition = { StringEquals: { 's3:prefix': 'x' } };
  expect(who(ARCHIVE, [allow('*', { Condition })])).toEqual(['work']);
  expect(who(ARCHIVE, [allow('*'), deny(ARCHIVE, { Condition })])).toEqual(['work']);
  expect(who(ARCHIVE, [allow('*'), deny(ARCHIVE)])).toEqual([]);
});

test('a deny that leaves a part of the resources out does not deny the others', () => {
  expect(who(ARCHIVE, [allow('*'), deny('arn:aws:s3:::bucket/archive/2026/*')])).toEqual(['work']);
  expect(who(ARCHIVE, [allow('*'), deny('arn:aws:s3:::bucket/archive/?*')])).toEqual(['work']);
  expect(
    who('arn:aws:s3:::bucket/archive/2026/11/24/a', [
      allow('*'),
      deny('arn:aws:s3:::bucket/archive/2026/*'),
    ]),
  ).toEqual([]);
});

test('NotResource and NotAction count as what they may cover', () => {
  expect(who(ARCHIVE, [{ Effect: 'Allow', NotAction: 's3:Get*', NotResource: ARCHIVE }])).toEqual([
    'work',
  ]);
  expect(
    who(ARCHIVE, [
      allow('*'),
      { Effect: 'Deny', Action: '*', NotResource: 'arn:aws:s3:::bucket/archive/a' },
    ]),
  ).toEqual(['work']);
  expect(who(ARCHIVE, [{ Effect: 'Allow', NotAction: 's3:Delete*', Resource: '*' }])).toEqual([]);
});

test('the policy of a bucket counts, and one for the account only where it denies', () => {
  const policy = (statement: object) => ({
    Policy: {
      Type: 'AWS::S3::BucketPolicy',
      Properties: { Bucket: 'bucket', PolicyDocument: { Statement: [statement] } },
    },
  });
  const account = { Principal: { AWS: '123456789012' } };
  expect(who(ARCHIVE, [], policy(allow(ARCHIVE, { Principal: '*' })))).toEqual(['work']);
  expect(who(ARCHIVE, [], policy(allow(ARCHIVE, account)))).toEqual([]);
  expect(who(ARCHIVE, [allow('*')], policy(deny(ARCHIVE, account)))).toEqual([]);
});

test('what the simulation does not know is an error', () => {
  expect(() =>
    who(ARCHIVE, [deny('*', { Condition: { StringEquals: { 'aws:SourceVpce': 'x' } } })]),
  ).toThrow('aws:sourcevpce');
  expect(() =>
    who(ARCHIVE, [], {}, { ManagedPolicyArns: ['arn:aws:iam::aws:policy/AmazonS3FullAccess'] }),
  ).toThrow('AmazonS3FullAccess');
});
