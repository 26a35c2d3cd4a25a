/** Grants of keys hold only for requests that a service makes for a role. */
import { App, CfnParameter, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import * as sns from 'aws-cdk-lib/aws-sns';
import { S3DatedArchiver } from '../../../../src';
import { policies, statements, synth, type Statement, type Who } from '../../../helpers/synth';

const OURS = { account: '111122223333', region: 'eu-west-1' };

/** The services through which a role may use a key, and what it may do without any. */
function uses(template: Template, who: Who, key: RegExp): Record<string, string[]> {
  const found = statements(template, who).filter(
    ({ Action, Resource }) =>
      Action[0].startsWith('kms:') && Resource.some((each) => key.test(JSON.stringify(each))),
  );
  return Object.fromEntries(found.map((each) => [toServices(each), each.Action]));
}

const toServices = ({ Condition }: Statement): string =>
  (Condition?.StringLike['kms:ViaService'] as string[] | undefined)?.join(' ') ?? 'itself';

test('S3, SNS, SQS and Step Functions tell KMS for whom they ask; two services use the role', () => {
  const { template } = synth((stack) => ({
    encryptionKey: new kms.Key(stack, 'Key'),
    schedule: ScheduleExpression.cron({ hour: '1', minute: '0' }),
  }));
  const [both, region] = [['kms:Decrypt', 'kms:GenerateDataKey'], 'eu-west-1.amazonaws.com'];
  // What a role may do by itself is not repeated.
  expect(uses(template, 'ArchiveBatch', /<Key/)).toEqual({
    [`s3.${region}`]: ['kms:GenerateDataKey'],
    itself: ['kms:Decrypt'],
  });
  expect(uses(template, 'ExplainFailure', /<Key/)).toEqual({
    [`s3.${region} sns.${region}`]: ['kms:GenerateDataKey'],
    itself: ['kms:Decrypt'],
  });
  expect(uses(template, 'StateMachine', /<Key/)).toEqual({
    [`s3.${region}`]: ['kms:Encrypt'],
    itself: both,
  });
  expect(uses(template, 'Schedule', /<Key/)).toEqual({ [`sqs.${region} states.${region}`]: both });
});

test('keys of objects and of a topic are never used without a service', () => {
  const { template } = synth((stack) => ({
    bucket: new s3.Bucket(stack, 'Source', { encryptionKey: new kms.Key(stack, 'SourceKey') }),
    destinationBucket: new s3.Bucket(stack, 'Archive', {
      encryptionKey: new kms.Key(stack, 'ArchiveKey'),
    }),
    alertTopic: new sns.Topic(stack, 'Topic', { masterKey: new kms.Key(stack, 'TopicKey') }),
    allowRestore: true,
  }));
  const found = policies(template)
    .flatMap((each) => each.statements)
    .filter(({ Action }) => Action[0].startsWith('kms:'));
  expect(found.length).toBeGreaterThan(6);
  expect(found.filter((each) => toServices(each) === 'itself')).toEqual([]);
});

test.each<[string, (stack: Stack) => string, unknown]>([
  [
    'of another region',
    () => 'arn:aws:kms:us-east-2:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab',
    's3.us-east-2.amazonaws.com',
  ],
  [
    'whose ARN is a token',
    (stack) => new CfnParameter(stack, 'Key').valueAsString,
    's3.*.amazonaws.com',
  ],
])('an imported key %s', (_, arn, service) => {
  const { template } = synth(
    (stack) => ({
      bucket: s3.Bucket.fromBucketName(stack, 'Source', 'theirs'),
      sourceKey: kms.Key.fromKeyArn(stack, 'SourceKey', arn(stack)),
    }),
    { stack: { env: OURS } },
  );
  expect(uses(template, 'ArchiveBatch', /us-east-2|<Key>/)).toEqual({
    [service as string]: ['kms:Decrypt', 'kms:GenerateDataKey'],
  });
});

test('the name of the service ends as the partition of the stack demands', () => {
  const { template } = synth((stack) => ({
    bucket: new s3.Bucket(stack, 'Source', { encryptionKey: new kms.Key(stack, 'Key') }),
  }));
  const text = JSON.stringify(template.toJSON());
  expect(text).toContain('"kms:ViaService":[{"Fn::Sub":"s3.${AWS::Region}.${AWS::URLSuffix}"}]');
});

test('a key whose policy does not trust the account names the roles, under the same condition', () => {
  const statement = (Resource: string) => ({
    Effect: 'Allow',
    Action: 'kms:*',
    Principal: { AWS: 'arn:aws:iam::111122223333:role/Keeper' },
    Resource,
  });
  const { template } = synth((stack) => {
    const cfnKey = new kms.CfnKey(stack, 'Key', { keyPolicy: { Statement: [statement('*')] } });
    return {
      bucket: new s3.Bucket(stack, 'Source', { encryptionKey: kms.Key.fromCfnKey(cfnKey) }),
    };
  });
  const [{ Properties }] = Object.values(template.findResources('AWS::KMS::Key'));
  const ofRole = Properties.KeyPolicy.Statement.filter((each: { Principal: object }) =>
    JSON.stringify(each.Principal).includes('ArchiverArchiveBatchRole'),
  );
  expect(ofRole).toEqual([
    expect.objectContaining({
      Action: ['kms:Decrypt', 'kms:GenerateDataKey'],
      Condition: { StringLike: { 'kms:ViaService': [expect.anything()] } },
    }),
  ]);
});

test('a key of another stack', () => {
  const app = new App({ treeMetadata: false });
  const [first, second] = ['First', 'Second'].map((id) => new Stack(app, id, { env: OURS }));
  const bucket = new s3.Bucket(first, 'Source', { encryptionKey: new kms.Key(first, 'Key') });
  new S3DatedArchiver(second, 'Archiver', { bucket });
  const [{ Properties }] = Object.values(Template.fromStack(first).findResources('AWS::KMS::Key'));
  expect(Properties.KeyPolicy.Statement).toHaveLength(1);
  expect(JSON.stringify(policies(Template.fromStack(second)))).toContain(
    '"kms:ViaService":["s3.eu-west-1.amazonaws.com"]',
  );
});
