import {
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  GetObjectTaggingCommand,
  HeadObjectCommand,
  PutObjectCommand,
  type PutObjectCommandInput,
  PutObjectTaggingCommand,
  type S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import type { S3Double } from '../../src';
import { startDouble } from '../start-double';

const DENIED = { name: 'AccessDenied', $metadata: { httpStatusCode: 403 } };
const KEY_ID = 'arn:aws:kms:us-east-1:123456789012:key/ours';

let double: S3Double;
let client: S3Client;
beforeEach(async () => {
  ({ double, client } = await startDouble('key'));
  double.store.put('bucket', 'public/key', 'x');
  double.store.put('bucket', 'secret', 'x', { tags: { class: 'secret', Team: 'a' } });
});

function deny(Action: string | string[], Condition: object): void {
  double.store.putPolicy('bucket', {
    Statement: {
      Effect: 'Deny',
      Principal: '*',
      Action,
      Resource: 'arn:aws:s3:::bucket/*',
      Condition,
    },
  });
}

type Input = Partial<PutObjectCommandInput>;
const put = (input: Input = {}) =>
  client.send(new PutObjectCommand({ Bucket: 'bucket', Key: 'new', Body: 'x', ...input }));
const copy = (input: object = {}, CopySource = 'bucket/key') =>
  client.send(new CopyObjectCommand({ Bucket: 'bucket', Key: 'copy', CopySource, ...input }));
const of = (Key: string) => ({ Bucket: 'bucket', Key });

async function uploadInParts(input: Input): Promise<void> {
  const { UploadId } = await client.send(
    new CreateMultipartUploadCommand({ Bucket: 'bucket', Key: 'large', ...input }),
  );
  const upload = { Bucket: 'bucket', Key: 'large', UploadId };
  const { ETag } = await client.send(
    new UploadPartCommand({ ...upload, PartNumber: 1, Body: 'x' }),
  );
  const MultipartUpload = { Parts: [{ ETag, PartNumber: 1 }] };
  await client.send(new CompleteMultipartUploadCommand({ ...upload, MultipartUpload }));
}

const CLASS = 's3:x-amz-storage-class';
const SSE = 's3:x-amz-server-side-encryption';
const SSE_KEY = `${SSE}-aws-kms-key-id`;

/** What a policy demands of uploads; a request that has it, and requests that do not. */
test.each<[string, object, Input, Input[]]>([
  [
    'a class',
    { StringNotEquals: { [CLASS]: 'GLACIER_IR' } },
    { StorageClass: 'GLACIER_IR' },
    [{}, { StorageClass: 'STANDARD' }, { StorageClass: 'STANDARD_IA' }],
  ],
  [
    'KMS',
    { StringNotEquals: { [SSE]: 'aws:kms' } },
    { ServerSideEncryption: 'aws:kms' },
    [{}, { ServerSideEncryption: 'AES256' }],
  ],
  [
    'that the encryption is stated',
    { Null: { [SSE]: 'true' } },
    { ServerSideEncryption: 'AES256' },
    [{}],
  ],
  [
    'a KMS key',
    { StringNotEquals: { [SSE_KEY]: KEY_ID } },
    { ServerSideEncryption: 'aws:kms', SSEKMSKeyId: KEY_ID },
    [{}, { ServerSideEncryption: 'aws:kms', SSEKMSKeyId: `${KEY_ID}-of-others` }],
  ],
])('a policy demands %s of uploads, whatever operation makes them', async (_, demand, has, not) => {
  deny('s3:PutObject', demand);
  for (const input of not) {
    await expect(put(input)).rejects.toMatchObject(DENIED);
    await expect(copy(input)).rejects.toMatchObject(DENIED);
    await expect(uploadInParts(input)).rejects.toMatchObject(DENIED);
  }
  expect(double.store.keys('bucket')).toEqual(['key', 'public/key', 'secret']);
  await put(has);
  await copy(has);
  await uploadInParts(has);
  expect(double.store.keys('bucket')).toEqual(expect.arrayContaining(['copy', 'large', 'new']));
});

test('a default of the bucket is not a header of the request', async () => {
  double.store.bucket('bucket').encryption = { algorithm: 'aws:kms', kmsKeyId: KEY_ID };
  deny('s3:PutObject', { StringNotEquals: { [SSE]: 'aws:kms' } });
  await expect(put()).rejects.toMatchObject(DENIED);
});

test('a copy has its source and its directive as keys, and a PutObject has neither', async () => {
  deny('s3:PutObject', { StringNotLike: { 's3:x-amz-copy-source': 'bucket/public/*' } });
  await expect(copy()).rejects.toMatchObject(DENIED);
  await expect(put()).rejects.toMatchObject(DENIED);
  await copy({}, 'bucket/public/key');
  deny('s3:PutObject', { StringEquals: { 's3:x-amz-metadata-directive': 'REPLACE' } });
  await expect(copy({ MetadataDirective: 'REPLACE' })).rejects.toMatchObject(DENIED);
  await copy({ MetadataDirective: 'COPY' });
  await copy();
  await put();
});

test.each<[string, object, Input]>([
  ['an ACL', { StringEquals: { 's3:x-amz-acl': 'public-read' } }, { ACL: 'public-read' }],
  ['a grant', { StringLike: { 's3:x-amz-grant-full-control': '*' } }, { GrantFullControl: 'id=1' }],
  [
    'a redirect',
    { Null: { 's3:x-amz-website-redirect-location': 'false' } },
    { WebsiteRedirectLocation: '/' },
  ],
  ['a tag', { StringEquals: { 's3:RequestObjectTag/Team': 'a b' } }, { Tagging: 'Team=a%20b' }],
])('a policy refuses %s of an upload', async (_, condition, input) => {
  deny('s3:PutObject', condition);
  await expect(put(input)).rejects.toMatchObject(DENIED);
  await put();
});

test('a lock of an upload is a key', async () => {
  double.store.createBucket('locked', { objectLock: true });
  double.store.putPolicy('locked', {
    Statement: {
      Effect: 'Deny',
      Principal: '*',
      Action: 's3:PutObject',
      Resource: '*',
      Condition: { StringNotEquals: { 's3:object-lock-mode': 'COMPLIANCE' } },
    },
  });
  const until = { ObjectLockRetainUntilDate: new Date('2100-01-01') };
  const lock = (ObjectLockMode: 'COMPLIANCE' | 'GOVERNANCE') =>
    put({ Bucket: 'locked', ObjectLockMode, ...until });
  await expect(lock('GOVERNANCE')).rejects.toMatchObject(DENIED);
  await expect(put({ Bucket: 'locked' })).rejects.toMatchObject(DENIED);
  await lock('COMPLIANCE');
});

test('a policy refuses tags that PutObjectTagging brings', async () => {
  deny('s3:PutObjectTagging', { StringNotEquals: { 's3:RequestObjectTag/Team': 'a' } });
  const tag = (Key: string, Value: string) =>
    client.send(
      new PutObjectTaggingCommand({ ...of('key'), Tagging: { TagSet: [{ Key, Value }] } }),
    );
  await expect(tag('Team', 'b')).rejects.toMatchObject(DENIED);
  await expect(tag('Other', 'a')).rejects.toMatchObject(DENIED);
  await tag('Team', 'a');
});

describe('existing tags', () => {
  const SECRET = { StringEquals: { 's3:ExistingObjectTag/class': 'secret' } };

  test('deny the tags of an object, and hide their count', async () => {
    deny('s3:GetObjectTagging', SECRET);
    double.store.put('bucket', 'open', 'x', { tags: { class: 'open' } });
    await expect(client.send(new GetObjectTaggingCommand(of('secret')))).rejects.toMatchObject(
      DENIED,
    );
    expect((await client.send(new HeadObjectCommand(of('secret')))).TagCount).toBeUndefined();
    expect((await client.send(new HeadObjectCommand(of('open')))).TagCount).toBe(1);
    await client.send(new GetObjectTaggingCommand(of('open')));
  });

  test('deny reads, also as the source of a copy', async () => {
    deny('s3:GetObject', SECRET);
    await expect(client.send(new GetObjectCommand(of('secret')))).rejects.toMatchObject(DENIED);
    await expect(copy({}, 'bucket/secret')).rejects.toMatchObject(DENIED);
    await client.send(new GetObjectCommand(of('key')));
    await copy();
  });

  test('of an object without the tag are absent', async () => {
    deny('s3:GetObject', { StringNotEquals: { 's3:ExistingObjectTag/team': 'a' } });
    await client.send(new GetObjectCommand(of('secret')));
    await expect(client.send(new GetObjectCommand(of('key')))).rejects.toMatchObject(DENIED);
  });

  test('are no keys of PutObject and DeleteObject', async () => {
    deny(['s3:PutObject', 's3:DeleteObject'], SECRET);
    await put({ Key: 'secret', Tagging: 'class=secret' });
    await client.send(new DeleteObjectCommand(of('secret')));
    expect(double.store.get('bucket', 'secret')).toBeUndefined();
  });
});

test('every request has the hash of its payload and the way of its signature', async () => {
  deny('s3:GetObject', { StringNotEquals: { 's3:authType': 'REST-HEADER' } });
  await client.send(new GetObjectCommand(of('key')));
  deny('s3:GetObject', { Null: { 's3:x-amz-content-sha256': 'false' } });
  await expect(client.send(new GetObjectCommand(of('key')))).rejects.toMatchObject(DENIED);
});

test.each([
  's3:signatureAge',
  's3:RequestObjectTagKeys',
  's3:object-lock-remaining-retention-days',
])('a denial by %s, which is not known, is refused', (key) => {
  expect(() => deny('s3:*', { StringEquals: { [key]: '1' } })).toThrow(
    expect.objectContaining({ code: 'NotImplemented' }),
  );
});
