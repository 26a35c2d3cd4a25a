/**
 * With an endpoint, too, each caller may do what its policies allow, and only the proxy has the
 * real credentials.
 */
import * as path from 'node:path';
import { type S3Call, type S3Double, startS3 } from 'cdk-s3-dated-archiver-s3-double';
import { openSandbox, type Sandbox } from '../../src/internal';
import { archiverTemplate, cleanUp, writeAssembly } from '../fixtures/assembly';

jest.setTimeout(60_000);

const CLIENTS = path.resolve(__dirname, '../../../../node_modules/@aws-sdk');
const allow = (Action: string | string[], Resource: unknown = '*') => ({
  Effect: 'Allow',
  Action,
  Resource,
});
const role = (statements: object[]) => ({
  Type: 'AWS::IAM::Role',
  Properties: { Policies: [{ PolicyName: 'P', PolicyDocument: { Statement: statements } }] },
});
const MACHINE = [allow(['lambda:*', 'states:*', 's3:ListBucket', 's3:PutObject'])];

let double: S3Double;
let calls: S3Call[];
const open: Sandbox[] = [];
const environment = { ...process.env };
beforeEach(async () => {
  calls = [];
  double = await startS3({
    hooks: {
      before: (call) => {
        calls.push(call);
        return undefined;
      },
    },
  });
  Object.assign(process.env, {
    AWS_ACCESS_KEY_ID: 'AKIAREALREALREALREAL',
    AWS_SECRET_ACCESS_KEY: 'real-secret',
    AWS_SESSION_TOKEN: 'real-token',
  });
});
afterEach(async () => {
  await Promise.all(open.splice(0).map((sandbox) => sandbox.close()));
  await double.close();
  process.env = { ...environment };
});
afterAll(cleanUp);

/** Opens a sandbox whose state machine and functions have only these statements. */
async function sandboxWith(
  machine: object[],
  batch: object[] = [],
  code = 'return 1',
): Promise<Sandbox> {
  const s3 = `const { S3Client, ...s3 } = require(${JSON.stringify(`${CLIENTS}/client-s3`)}); const client = new S3Client({ forcePathStyle: true });
    const send = (name, input) => client.send(new s3[name + 'Command']({ Bucket: process.env.SOURCE_BUCKET, ...input }));
    const refused = (answer) => answer.then(() => 'allowed', (error) => error.name + ' ' + (error.$metadata || {}).httpStatusCode + ' ' + error.message);`;
  const template = archiverTemplate({
    batch: `${s3} exports.handler = async (event) => { ${code} }`,
  });
  Object.assign(template.Resources, { Role: role(machine), BatchRole: role(batch) });
  template.Resources.BatchFunction.Properties.Role = { 'Fn::GetAtt': ['BatchRole', 'Arn'] };
  const sandbox = await openSandbox({
    app: writeAssembly([{ name: 'Stack', template }]),
    retryScale: 0,
    endpoint: double.endpoint,
    buckets: { Source: 'given' },
  });
  open.push(sandbox);
  double.store.put('given', 'in/1', 'x');
  calls.length = 0;
  return sandbox;
}

/** Runs the archiver, and returns what its batch function returned. */
async function resultOf(sandbox: Sandbox): Promise<any> {
  for (const key of double.store.keys(sandbox.reportBucket)) {
    double.store.delete(sandbox.reportBucket, key);
  }
  const { status, cause } = await sandbox.run({ input: {} });
  expect([status, cause]).toEqual(['SUCCEEDED', null]);
  const file = double.store.keys(sandbox.reportBucket).find((key) => key.includes('SUCCEEDED'))!;
  const [{ Output }] = JSON.parse(
    double.store.get(sandbox.reportBucket, file)!.body.bytes().toString(),
  );
  return JSON.parse(Output);
}

test(
  'without s3:ListBucket of the state machine, the map cannot read: it fails, and the ' +
    'endpoint is not asked for a listing',
  async () => {
    const sandbox = await sandboxWith([allow(['lambda:*', 'states:*', 's3:PutObject'])]);
    expect(await sandbox.run({ input: {} })).toMatchObject({
      status: 'FAILED',
      error: 'States.ItemReaderFailed',
      cause: expect.stringContaining('s3:ListBucket'),
    });
    expect(calls.map(({ operation }) => operation)).toEqual(['PutObject']);
  },
);

test('without s3:PutObject of the state machine, the map cannot write its results', async () => {
  const sandbox = await sandboxWith([allow(['lambda:*', 'states:*', 's3:ListBucket'])]);
  expect(await sandbox.run({ input: {} })).toMatchObject({
    status: 'FAILED',
    error: 'States.ResultWriterFailed',
    cause: expect.stringContaining('s3:PutObject'),
  });
  expect(calls.map(({ operation }) => operation)).toEqual(['ListObjectsV2']);
});

test('a function may do what its own role allows', async () => {
  const sandbox = await sandboxWith(
    MACHINE,
    [allow('s3:GetObject')],
    `return [
    await refused(send('GetObject', { Key: 'in/1' })), await refused(send('PutObject', { Key: 'in/2', Body: 'y' })),
    await refused(send('CopyObject', { Key: 'in/2', CopySource: 'given/in/1' })), await refused(send('DeleteObject', { Key: 'in/1' })),
    await refused(send('GetBucketPolicy', {})),
  ];`,
  );
  const refusal = (action: string, resource: string) =>
    expect.stringMatching(
      new RegExp(
        '^AccessDenied 403 User: arn:aws:sts::\\d+:assumed-role/\\S+ is not authorized to ' +
          `perform: s3:${action} on resource: "arn:aws:s3:::${resource}"`,
      ),
    );
  expect(await resultOf(sandbox)).toEqual([
    'allowed',
    refusal('PutObject', 'given/in/2'),
    refusal('PutObject', 'given/in/2'),
    refusal('DeleteObject', 'given/in/1'),
    refusal('GetBucketPolicy', 'given'),
  ]);
  expect(double.store.keys('given')).toEqual(['in/1']);
});

test('a copy needs its source, too', async () => {
  const sandbox = await sandboxWith(
    MACHINE,
    [allow('s3:PutObject')],
    "return await refused(send('CopyObject', { Key: 'in/2', CopySource: 'given/in/1' }));",
  );
  expect(await resultOf(sandbox)).toContain('s3:GetObject on resource: "arn:aws:s3:::given/in/1"');
});

test('a missing key is 403 to a function that may not list', async () => {
  const code =
    "return [await refused(send('HeadObject', { Key: 'no' })), await refused(send('GetObject', " +
    "{ Key: 'no' }))];";
  expect(await resultOf(await sandboxWith(MACHINE, [allow('s3:GetObject')], code))).toEqual([
    expect.stringContaining(' 403 '),
    expect.stringMatching(/^AccessDenied 403 .*s3:ListBucket/),
  ]);
  expect(
    await resultOf(await sandboxWith(MACHINE, [allow(['s3:GetObject', 's3:ListBucket'])], code)),
  ).toEqual([expect.stringContaining(' 404 '), expect.stringMatching(/^NoSuchKey 404/)]);
});

test('the number of tags is for a function that may read tags', async () => {
  const code = "return [(await send('HeadObject', { Key: 'tagged' })).TagCount ?? null];";
  for (const [action, count] of [
    ['s3:GetObject', null],
    ['s3:GetObject*', 1],
  ]) {
    const sandbox = await sandboxWith(MACHINE, [allow(action as string)], code);
    double.store.put('given', 'tagged', 'x', { tags: { a: 'b' } });
    expect(await resultOf(sandbox)).toEqual([count]);
  }
});

test('conditions are judged by the headers of a request, and parts by those of their upload', async () => {
  const Condition = { StringNotEquals: { 's3:x-amz-storage-class': 'GLACIER_IR' } };
  const code = `const upload = async (input) => {
      const created = await send('CreateMultipartUpload', { Key: 'large', ...input });
      const part = { Key: 'large', UploadId: created.UploadId };
      const { ETag } = await send('UploadPart', { ...part, PartNumber: 1, Body: 'x' });
      return send('CompleteMultipartUpload', { ...part, MultipartUpload: { Parts: [{ PartNumber: 1, ETag }] } });
    };
    return [
      await refused(send('PutObject', { Key: 'k', Body: 'x', StorageClass: 'GLACIER_IR' })), await refused(upload({ StorageClass: 'GLACIER_IR' })),
      await refused(send('PutObject', { Key: 'k', Body: 'x' })), await refused(upload({ StorageClass: 'STANDARD_IA' })),
    ];`;
  const deny = { ...allow('s3:PutObject'), Effect: 'Deny', Condition };
  const sandbox = await sandboxWith(MACHINE, [allow('s3:*'), deny], code);
  const denied = expect.stringMatching(/^AccessDenied 403 .*explicit deny/);
  expect(await resultOf(sandbox)).toEqual(['allowed', 'allowed', denied, denied]);
});

test('conditions are judged by the tags that the objects of the endpoint have', async () => {
  const Condition = { StringEquals: { 's3:ExistingObjectTag/class': 'secret' } };
  const code = `const head = async (Key) => (await send('HeadObject', { Key })).TagCount ?? null;
    const read = (Key) => refused(send('GetObjectTagging', { Key }));
    return [await head('a b/secret'), await head('open'), await read('a b/secret'), await read('open'), await read('missing')];`;
  const deny = { ...allow('s3:GetObjectTagging'), Effect: 'Deny', Condition };
  const sandbox = await sandboxWith(MACHINE, [allow('s3:*'), deny], code);
  double.store.put('given', 'a b/secret', 'x', { tags: { class: 'secret' } });
  double.store.put('given', 'open', 'x', { tags: { class: 'open' } });
  expect(await resultOf(sandbox)).toEqual([
    null,
    1,
    expect.stringMatching(/^AccessDenied 403 .*explicit deny/),
    'allowed',
    expect.stringMatching(/^NoSuchKey 404/),
  ]);
});

test('no tags are asked for where no policy does', async () => {
  const code = "return [(await send('HeadObject', { Key: 'in/1' })).ContentLength];";
  expect(await resultOf(await sandboxWith(MACHINE, [allow('s3:*')], code))).toEqual([1]);
  expect(calls.map(({ operation }) => operation)).not.toContain('GetObjectTagging');
});

describe('of a DeleteObjects', () => {
  const code = `const { Deleted = [], Errors = [] } = await send('DeleteObjects', { Delete: { Quiet: event.quiet, Objects: [{ Key: 'in/1' }, { Key: 'kept/<&>' }, { Key: 'in/2' }] } });
    return [Deleted.map(({ Key }) => Key), Errors.map(({ Key, Code }) => [Key, Code])];`;

  test('only the keys that the role may delete are passed on', async () => {
    const sandbox = await sandboxWith(
      MACHINE,
      [allow('s3:DeleteObject', { 'Fn::Sub': '${Source.Arn}/in/*' })],
      code,
    );
    for (const key of ['in/2', 'kept/<&>']) {
      double.store.put('given', key, 'x');
    }
    expect(await resultOf(sandbox)).toEqual([['in/1', 'in/2'], [['kept/<&>', 'AccessDenied']]]);
    expect(double.store.keys('given')).toEqual(['kept/<&>']);
    expect(calls.find(({ operation }) => operation === 'DeleteObjects')!.keys).toEqual([
      'in/1',
      'in/2',
    ]);
  });

  test('nothing is passed on if the role may delete none', async () => {
    const sandbox = await sandboxWith(MACHINE, [], code);
    expect(await resultOf(sandbox)).toEqual([
      [],
      ['in/1', 'kept/<&>', 'in/2'].map((key) => [key, 'AccessDenied']),
    ]);
    expect(calls.map(({ operation }) => operation)).not.toContain('DeleteObjects');
  });
});

test('functions see no real credentials, and the endpoint sees no others', async () => {
  const sandbox = await sandboxWith(
    MACHINE,
    [allow('s3:*')],
    `
    await send('PutObject', { Key: 'in/big', Body: 'x'.repeat(3000000) });
    return process.env;`,
  );
  const env = await resultOf(sandbox);
  expect(JSON.stringify(env)).not.toMatch(/REAL|real-/);
  expect(new Set(calls.map(({ accessKeyId }) => accessKeyId))).toEqual(
    new Set(['AKIAREALREALREALREAL']),
  );
  expect(double.store.get('given', 'in/big')!.size).toBe(3_000_000);
});

test('an access key that the sandbox did not give out gets no rights of the caller', async () => {
  const sandbox = await sandboxWith(MACHINE);
  const answer = await fetch(`${sandbox.s3Endpoint}/given?list-type=2`, {
    headers: {
      authorization:
        'AWS4-HMAC-SHA256 Credential=Machine/20261124/us-east-1/s3/aws4_request, ' +
        'SignedHeaders=host, Signature=0',
    },
  });
  await answer.text();
  expect(calls.map(({ accessKeyId }) => accessKeyId)).toEqual(['Machine']);
});

test('Step Functions and SNS hold a function to its role, too', async () => {
  const sandbox = await sandboxWith(
    MACHINE,
    [],
    `
    const { SNSClient, PublishCommand } = require(${JSON.stringify(`${CLIENTS}/client-sns`)});
    const { SFNClient, ListExecutionsCommand } = require(${JSON.stringify(`${CLIENTS}/client-sfn`)});
    return [
      await refused(new SNSClient({}).send(new PublishCommand({ TopicArn: 'arn:aws:sns:us-east-1:123456789012:t', Message: 'x' }))),
      await refused(new SFNClient({}).send(new ListExecutionsCommand({ stateMachineArn: 'arn:aws:states:us-east-1:123456789012:stateMachine:m' }))),
    ];`,
  );
  expect(await resultOf(sandbox)).toEqual([
    expect.stringMatching(/^AuthorizationError.* 403 .*SNS:Publish/),
    expect.stringMatching(/^AccessDeniedException.*states:ListExecutions/),
  ]);
});
