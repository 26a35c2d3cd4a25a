import { readAssembly } from '../../src/assembly/read';
import { App } from '../../src/assembly/scope';
import { Access } from '../../src/iam/access';
import { readPolicies } from '../../src/iam/policies';
import { cleanUp, writeAssembly } from '../fixtures/assembly';

afterAll(cleanUp);

const KEY = 'arn:aws:kms:us-east-1:123456789012:key/';
const allow = (Action: string, Resource: unknown = '*') => ({ Effect: 'Allow', Action, Resource });
const ROOT = { AWS: { 'Fn::Sub': 'arn:${AWS::Partition}:iam::${AWS::AccountId}:root' } };

function access(
  resources: Record<string, object>,
  statements: object[] = [],
  roles: Record<string, unknown> = {},
): Access {
  const role = { Type: 'AWS::IAM::Role', Properties: { RoleName: 'work', ...roles } };
  const policy = {
    Type: 'AWS::IAM::Policy',
    Properties: { Roles: [{ Ref: 'Role' }], PolicyDocument: { Statement: statements } },
  };
  const template = { Resources: { Role: role, Policy: policy, ...resources } };
  const made = new Access(
    readPolicies(new App(readAssembly(writeAssembly([{ name: 'Stack', template }])))),
  );
  made.addCaller('Worker', 'arn:aws:iam::123456789012:role/work', 'session');
  return made;
}

const key = (...Statement: object[]) => ({
  Key: { Type: 'AWS::KMS::Key', Properties: { KeyPolicy: { Statement } } },
});
const bucket = (...Statement: object[]) => ({
  Bucket: { Type: 'AWS::S3::Bucket', Properties: { BucketName: 'bucket' } },
  Policy2: {
    Type: 'AWS::S3::BucketPolicy',
    Properties: { Bucket: { Ref: 'Bucket' }, PolicyDocument: { Statement } },
  },
});
const get = { action: 's3:GetObject', resource: 'arn:aws:s3:::bucket/key' };
const decrypt = (made: Access) => ({
  action: 'kms:Decrypt',
  resource: [...made.policies.resources.keys()].find((arn) => arn.startsWith(KEY)) ?? `${KEY}other`,
});

test('either side is enough for a bucket of the account', () => {
  expect(access(bucket(), [allow('s3:GetObject')]).allows('Worker', get)).toBe(true);
  expect(
    access(
      bucket({ ...allow('s3:GetObject'), Principal: { AWS: { 'Fn::GetAtt': ['Role', 'Arn'] } } }),
    ).allows('Worker', get),
  ).toBe(true);
  expect(access(bucket({ ...allow('s3:GetObject'), Principal: ROOT })).allows('Worker', get)).toBe(
    false,
  );
  expect(access(bucket()).allows('Worker', get)).toBe(false);
});

test('the deny of a bucket policy wins; one without TLS does not concern the sandbox', () => {
  const deny = {
    Effect: 'Deny',
    Action: 's3:*',
    Resource: 'arn:aws:s3:::bucket/*',
    Principal: '*',
  };
  expect(() => access(bucket(deny), [allow('*')]).demand('Worker', get)).toThrow(
    /with an explicit deny in a resource-based policy$/,
  );
  expect(
    access(bucket({ ...deny, Condition: { Bool: { 'aws:SecureTransport': 'false' } } }), [
      allow('*'),
    ]).allows('Worker', get),
  ).toBe(true);
});

test('a key wants its policy to allow, or to leave it to the account', () => {
  const delegating = key({ ...allow('kms:*'), Principal: ROOT });
  for (const [resources, statements, allowed] of [
    [delegating, [allow('kms:Decrypt')], true],
    [delegating, [], false],
    [key({ ...allow('kms:Encrypt'), Principal: ROOT }), [allow('kms:Decrypt')], false],
    [
      key({ ...allow('kms:Decrypt'), Principal: { AWS: { 'Fn::GetAtt': ['Role', 'Arn'] } } }),
      [],
      true,
    ],
    // The key is imported, so its policy is not known.
    [{}, [allow('kms:Decrypt')], true],
  ] as const) {
    const made = access(resources, [...statements]);
    expect(made.allows('Worker', decrypt(made))).toBe(allowed);
  }
});

test('inline policies and managed ones of the templates count', () => {
  const managed = {
    Managed: {
      Type: 'AWS::IAM::ManagedPolicy',
      Properties: { PolicyDocument: { Statement: allow('s3:GetObject') } },
    },
  };
  expect(
    access(managed, [], { ManagedPolicyArns: [{ Ref: 'Managed' }] }).allows('Worker', get),
  ).toBe(true);
  const inline = {
    Policies: [{ PolicyName: 'P', PolicyDocument: { Statement: [allow('s3:GetObject')] } }],
  };
  expect(access({}, [], inline).allows('Worker', get)).toBe(true);
});

test('who is not known may do everything', () => {
  expect(access(bucket()).allows('Somebody', get)).toBe(true);
});

test('a resource that cannot be resolved is named and passed over', () => {
  const made = access(
    {
      Strange: {
        Type: 'AWS::IAM::Policy',
        Properties: { Roles: ['x'], PolicyDocument: { 'Fn::Transform': {} } },
      },
    },
    [allow('s3:GetObject')],
  );
  expect(made.policies.unknown).toEqual([expect.stringContaining('Stack/Strange')]);
  expect(made.allows('Worker', get)).toBe(true);
});

test('who may assume a role, and from where', () => {
  const trust = {
    Effect: 'Allow',
    Action: 'sts:AssumeRole',
    Principal: { Service: 'scheduler.amazonaws.com' },
    Condition: { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } },
  };
  const made = access({}, [], { AssumeRolePolicyDocument: { Statement: [trust] } });
  const role = 'arn:aws:iam::123456789012:role/work';
  expect(() =>
    made.demandTrust('scheduler.amazonaws.com', role, [['aws:SourceAccount', '123456789012']]),
  ).not.toThrow();
  expect(() =>
    made.demandTrust('scheduler.amazonaws.com', role, [['aws:SourceAccount', '2']]),
  ).toThrow('sts:AssumeRole');
  expect(() =>
    made.demandTrust('lambda.amazonaws.com', role, [['aws:SourceAccount', '123456789012']]),
  ).toThrow('sts:AssumeRole');
});
