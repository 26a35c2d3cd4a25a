/** Across accounts, the policy of the caller and that of the resource must both allow a request. */
import { readAssembly } from '../../src/assembly/read';
import { App } from '../../src/assembly/scope';
import { Access } from '../../src/iam/access';
import { readPolicies } from '../../src/iam/policies';
import { cleanUp, writeAssembly } from '../fixtures/assembly';

afterAll(cleanUp);

const OURS = '111122223333';
const THEIRS = '444455556666';
const ROLE = `arn:aws:iam::${OURS}:role/work`;
const get = { action: 's3:GetObject', resource: 'arn:aws:s3:::theirs/key' };
const allow = (more: object = {}) => ({
  Effect: 'Allow',
  Action: 's3:GetObject',
  Resource: '*',
  ...more,
});
const ROOT = { Principal: { AWS: `arn:aws:iam::${OURS}:root` } };

/** The role is in a stack of one account, the bucket in one of another. */
function access(
  identity: object[],
  onBucket: object[],
  bucketPolicies: Record<string, object> = {},
  organizations: Record<string, string> = {},
): Access {
  const ours = {
    Resources: {
      Role: { Type: 'AWS::IAM::Role', Properties: { RoleName: 'work' } },
      Policy: {
        Type: 'AWS::IAM::Policy',
        Properties: { Roles: ['work'], PolicyDocument: { Statement: identity } },
      },
    },
  };
  const theirs = {
    Resources: {
      Bucket: { Type: 'AWS::S3::Bucket', Properties: { BucketName: 'theirs' } },
      Policy: {
        Type: 'AWS::S3::BucketPolicy',
        Properties: { Bucket: 'theirs', PolicyDocument: { Statement: onBucket } },
      },
    },
  };
  const assembly = writeAssembly([
    { name: 'Ours', environment: `aws://${OURS}/us-east-1`, template: ours },
    { name: 'Theirs', environment: `aws://${THEIRS}/eu-west-1`, template: theirs },
  ]);
  const made = new Access(
    readPolicies(new App(readAssembly(assembly)), [], bucketPolicies),
    organizations,
  );
  made.addCaller('Worker', ROLE, 'session');
  return made;
}

test.each<[string, object[], object[], string | undefined]>([
  ['both sides', [allow()], [allow(ROOT)], undefined],
  ['the bucket names the role', [allow()], [allow({ Principal: { AWS: ROLE } })], undefined],
  [
    'the bucket names the account, and the role in a condition',
    [allow()],
    [allow({ ...ROOT, Condition: { ArnEquals: { 'aws:PrincipalArn': ROLE } } })],
    undefined,
  ],
  [
    'the bucket names another role in the condition',
    [allow()],
    [allow({ ...ROOT, Condition: { ArnEquals: { 'aws:PrincipalArn': `${ROLE}2` } } })],
    'because no resource-based policy allows',
  ],
  ['the bucket says nothing', [allow()], [], 'because no resource-based policy allows'],
  [
    'the role says nothing',
    [],
    [allow({ Principal: { AWS: ROLE } })],
    'because no identity-based policy allows',
  ],
  [
    'the role allows it for buckets of that account',
    [allow({ Condition: { StringEquals: { 'aws:ResourceAccount': THEIRS } } })],
    [allow(ROOT)],
    undefined,
  ],
  [
    'the role allows it for buckets of its own account',
    [allow({ Condition: { StringEquals: { 'aws:ResourceAccount': OURS } } })],
    [allow(ROOT)],
    'because no identity-based policy allows',
  ],
  [
    'the bucket denies it',
    [allow()],
    [allow(ROOT), allow({ Effect: 'Deny', Principal: '*' })],
    'with an explicit deny in a resource-based policy',
  ],
  [
    'the role denies it',
    [allow(), allow({ Effect: 'Deny' })],
    [allow(ROOT)],
    'with an explicit deny in an identity-based policy',
  ],
])('%s', (_, identity, onBucket, reason) => {
  const made = access(identity, onBucket);
  const demand = () => made.demand('Worker', get);
  if (reason === undefined) {
    expect(demand).not.toThrow();
  } else {
    expect(demand).toThrow(reason);
  }
});

test('a policy that is given replaces that of the template', () => {
  expect(
    access([allow()], [allow(ROOT)], { theirs: { Statement: [] } }).allows('Worker', get),
  ).toBe(false);
  expect(
    access([allow()], [], { theirs: { Statement: [allow(ROOT)] } }).allows('Worker', get),
  ).toBe(true);
});

test('aws:PrincipalOrgID is the organization of the account of the role, if it is in one', () => {
  const onBucket = allow({
    Principal: { AWS: '*' },
    Condition: { StringEquals: { 'aws:PrincipalOrgID': 'o-exampleorgid' } },
  });
  const isAllowed = (organizations?: Record<string, string>) =>
    access([allow()], [onBucket], {}, organizations).allows('Worker', get);
  expect(isAllowed({ [OURS]: 'o-exampleorgid' })).toBe(true);
  expect(isAllowed({ [OURS]: 'o-otherorgids' })).toBe(false);
  expect(isAllowed({ [THEIRS]: 'o-exampleorgid' })).toBe(false);
  expect(isAllowed()).toBe(false);
});
