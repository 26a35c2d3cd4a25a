import { App, Aws, CfnParameter, Stack } from 'aws-cdk-lib';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as s3 from 'aws-cdk-lib/aws-s3';
import {
  type GrantOrganizationOptions,
  Listing,
  Packing,
  Retention,
  S3DatedArchiver,
} from '../../../../src';
import { only, resolve } from '../../../helpers/synth';

const ORGANIZATION = 'o-exampleorgid';
const CENTRAL = '999988887777';
const HOME = { env: { account: CENTRAL, region: 'eu-west-1' } };

interface Statement {
  readonly Effect: string;
  readonly Principal: unknown;
  readonly Action: string | string[];
  readonly Resource: string | string[];
  readonly Condition: object;
}

const makeStack = (props = HOME) => new Stack(new App({ treeMetadata: false }), 'Central', props);

function statementsOf(template: Template, type: string, document: string): Statement[] {
  const { properties } = only(template, type);
  return resolve(template, properties[document]).Statement;
}

function grant(
  options: Partial<GrantOrganizationOptions> = {},
  props: s3.BucketProps = {},
): { readonly stack: Stack; readonly template: Template; readonly statements: Statement[] } {
  const stack = makeStack();
  const bucket = new s3.Bucket(stack, 'Archive', props);
  S3DatedArchiver.grantOrganization(bucket, { organizationId: ORGANIZATION, ...options });
  const template = Template.fromStack(stack);
  return {
    stack,
    template,
    statements: statementsOf(template, 'AWS::S3::BucketPolicy', 'PolicyDocument'),
  };
}

const MEMBERS = {
  StringEquals: { 'aws:PrincipalOrgID': ORGANIZATION },
  StringNotEquals: { 'aws:PrincipalAccount': CENTRAL },
  ArnLike: { 'aws:PrincipalArn': 'arn:aws:iam::*:role/*' },
};

test('roles of other accounts of the organization may copy, list and read, and nothing else', () => {
  const [archive, bucket] = [
    expect.stringMatching(/^<Archive\w+\.Arn>\/archive\/\*$/),
    expect.stringMatching(/^<Archive\w+\.Arn>$/),
  ];
  const shared = { Effect: 'Allow', Principal: { AWS: '*' } };
  expect(grant().statements).toEqual([
    {
      ...shared,
      Action: [
        's3:AbortMultipartUpload',
        's3:GetObject',
        's3:GetObjectAnnotation',
        's3:GetObjectLegalHold',
        's3:GetObjectRetention',
        's3:GetObjectTagging',
        's3:ListMultipartUploadParts',
        's3:ListObjectAnnotations',
        's3:PutObject',
        's3:PutObjectAnnotation',
        's3:PutObjectLegalHold',
        's3:PutObjectRetention',
        's3:PutObjectTagging',
      ],
      Resource: archive,
      Condition: MEMBERS,
    },
    {
      ...shared,
      Action: 's3:ListBucket',
      Resource: bucket,
      Condition: { ...MEMBERS, StringLike: { 's3:prefix': 'archive/*' } },
    },
    {
      ...shared,
      Action: ['s3:GetBucketObjectLockConfiguration', 's3:ListBucketMultipartUploads'],
      Resource: bucket,
      Condition: MEMBERS,
    },
  ]);
});

const toActions = (statements: readonly Statement[]) =>
  new Set(statements.flatMap(({ Action }) => Action));

test('these are the actions that an archiver with every feature prints for its own roles', () => {
  const stack = new Stack(new App({ treeMetadata: false }), 'Team', {
    env: { account: '111122223333', region: 'eu-west-1' },
  });
  const archiver = new S3DatedArchiver(stack, 'Archiver', {
    bucket: new s3.Bucket(stack, 'Source', { objectLockEnabled: true }),
    destinationBucket: s3.Bucket.fromBucketAttributes(stack, 'Archive', {
      bucketName: 'central',
      account: CENTRAL,
    }),
    listing: Listing.selective(),
    packing: Packing.zip(),
    retention: Retention.governance({ years: 1 }),
    allowRestore: true,
  });
  const [warning] = Annotations.fromStack(stack).findWarning(
    `/${archiver.node.path}`,
    Match.stringLikeRegexp('destinationBucket is in account'),
  );
  const text = String(warning.entry.data);
  expect(text).toContain('S3DatedArchiver.grantOrganization() adds what all of its archivers need');
  const printed = JSON.parse(/add (\[.*\]) with the ARNs/.exec(text)![1]) as Statement[];
  expect(toActions(grant().statements)).toEqual(toActions(printed));
});

test('another prefix, and the whole bucket', () => {
  const inner = grant({ destinationPrefix: 'teams/*/' }).statements;
  expect(inner[0].Resource).toMatch(/\/teams\/\$\{\*\}\/\*$/);
  expect(inner[1].Condition).toMatchObject({ StringLike: { 's3:prefix': 'teams/${*}/*' } });
  const whole = grant({ destinationPrefix: '' }).statements;
  expect(whole[0].Resource).toMatch(/^<Archive\w+\.Arn>\/\*$/);
  expect(whole[1].Condition).toMatchObject({ StringLikeIfExists: { 's3:prefix': '*' } });
});

test('the id and the prefix may be tokens', () => {
  const stack = makeStack();
  const value = (id: string) => new CfnParameter(stack, id).valueAsString;
  S3DatedArchiver.grantOrganization(new s3.Bucket(stack, 'Archive'), {
    organizationId: value('Organization'),
    destinationPrefix: value('Prefix'),
  });
  const text = JSON.stringify(Template.fromStack(stack).findResources('AWS::S3::BucketPolicy'));
  expect(text).toContain('"aws:PrincipalOrgID":{"Ref":"Organization"}');
  expect(text).toContain('{"Ref":"Prefix"},"*"');
  expect(text).not.toContain('Token[');
});

test('in a stack for any account, the account of the stack is left out', () => {
  const stack = new Stack(new App({ treeMetadata: false }), 'Central');
  S3DatedArchiver.grantOrganization(new s3.Bucket(stack, 'Archive'), {
    organizationId: ORGANIZATION,
  });
  const { properties } = only(Template.fromStack(stack), 'AWS::S3::BucketPolicy');
  expect(properties.PolicyDocument.Statement[0].Condition.StringNotEquals).toEqual({
    'aws:PrincipalAccount': { Ref: 'AWS::AccountId' },
  });
});

test('the key of the bucket may be used through S3', () => {
  const stack = makeStack();
  const bucket = new s3.Bucket(stack, 'Archive', { encryptionKey: new kms.Key(stack, 'Key') });
  S3DatedArchiver.grantOrganization(bucket, { organizationId: ORGANIZATION });
  const statements = statementsOf(Template.fromStack(stack), 'AWS::KMS::Key', 'KeyPolicy');
  expect(statements).toContainEqual({
    Effect: 'Allow',
    Principal: { AWS: '*' },
    Action: ['kms:Decrypt', 'kms:GenerateDataKey'],
    Resource: '*',
    Condition: { ...MEMBERS, StringLike: { 'kms:ViaService': ['s3.eu-west-1.amazonaws.com'] } },
  });
  Annotations.fromStack(stack).hasNoWarning('*', Match.anyValue());
});

test('a warning has the statements for policies that cannot be changed', () => {
  const stack = makeStack();
  const bucket = s3.Bucket.fromBucketAttributes(stack, 'Archive', {
    bucketName: 'central',
    encryptionKey: kms.Key.fromKeyArn(
      stack,
      'Key',
      `arn:aws:kms:eu-west-1:${CENTRAL}:key/1234abcd-12ab-34cd-56ef-1234567890ab`,
    ),
  });
  S3DatedArchiver.grantOrganization(bucket, { organizationId: ORGANIZATION });
  const warnings = Annotations.fromStack(stack)
    .findWarning('/Central/Archive', Match.anyValue())
    .map(({ entry }) => String(entry.data));
  const printed = warnings.map(
    (text) => JSON.parse(/ add (\[.*\]) \[ack/.exec(text)![1]) as Statement[],
  );
  expect(warnings).toEqual([
    expect.stringMatching(/^the policy of the bucket cannot be changed from this app/),
    expect.stringMatching(/^the policy of its key cannot be changed from this app/),
  ]);
  expect(printed[0]).toHaveLength(3);
  expect(printed[0][0]).toMatchObject({
    Principal: { AWS: '*' },
    Resource: 'arn:aws:s3:::central/archive/*',
    Condition: MEMBERS,
  });
  expect(printed[1]).toMatchObject([
    { Condition: { StringLike: { 'kms:ViaService': ['s3.eu-west-1.amazonaws.com'] } } },
  ]);
});

test.each<[unknown, string]>([
  [{}, 'organizationId is undefined and must be a string'],
  [
    { organizationId: '111122223333' },
    'organizationId "111122223333" must be the id of an organization, o- and 10 to 32 lowercase ' +
      'letters and digits: `aws organizations describe-organization` tells it',
  ],
  [{ organizationId: 'o-Exampleorgid' }, 'organizationId "o-Exampleorgid" must be'],
  [{ organizationId: 'o-short' }, 'organizationId "o-short" must be'],
  [{ organizationId: 7 }, 'organizationId is 7 and must be a string'],
  [
    { organizationId: ORGANIZATION, destinationPrefix: 'archive' },
    'destinationPrefix "archive" must',
  ],
  [{ organizationId: ORGANIZATION, destinationPrefx: 'a/' }, 'destinationPrefx does not exist'],
  ['o-exampleorgid', 'the argument is the string "o-exampleorgid" and must be an object'],
])('%j is refused', (options, message) => {
  const bucket = new s3.Bucket(makeStack(), 'Archive');
  expect(() =>
    S3DatedArchiver.grantOrganization(bucket, options as GrantOrganizationOptions),
  ).toThrow(`Central/Archive: S3DatedArchiver.grantOrganization(): ${message}`);
});

test('something else than a bucket is refused', () => {
  expect(() =>
    S3DatedArchiver.grantOrganization('central' as unknown as s3.IBucket, {
      organizationId: ORGANIZATION,
    }),
  ).toThrow(
    'S3DatedArchiver.grantOrganization(): the bucket is the string "central" and must be a bucket',
  );
});

test('the region of a stack for any region is the one that it is deployed to', () => {
  const stack = new Stack(new App({ treeMetadata: false }), 'Central');
  const bucket = new s3.Bucket(stack, 'Archive', { encryptionKey: new kms.Key(stack, 'Key') });
  S3DatedArchiver.grantOrganization(bucket, { organizationId: ORGANIZATION });
  const { properties } = only(Template.fromStack(stack), 'AWS::KMS::Key');
  expect(properties.KeyPolicy.Statement[1].Condition.StringLike).toEqual({
    'kms:ViaService': [
      { 'Fn::Join': ['', ['s3.', { Ref: 'AWS::Region' }, '.', { Ref: 'AWS::URLSuffix' }]] },
    ],
  });
  expect(Aws.REGION).toBe(stack.region);
});
