import assert from 'node:assert/strict';
import {
  CreateMultipartUploadCommand,
  DeleteBucketPolicyCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetBucketPolicyCommand,
  GetObjectCommand,
  GetObjectTaggingCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutBucketPolicyCommand,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { type Check, refused, type Subject } from '../subject';

const POLICIES = 'userguide/example-bucket-policies.html';
const ENFORCED_WRITES = 'userguide/conditional-writes-enforce.html';
const ENFORCED_DELETES = 'userguide/conditional-delete-enforce.html';
const KMS = 'userguide/UsingKMSEncryption.html';

const DENIED = { status: 403, code: 'AccessDenied' };

function check(
  name: string,
  page: string,
  run: (subject: Subject, bucket: string) => Promise<void>,
): Check {
  return { name, page, run: async (subject) => run(subject, await subject.bucket()) };
}

function deny(
  subject: Subject,
  bucket: string,
  statement: { Action: string; Resource?: string; Condition?: object },
) {
  return putPolicy(
    subject,
    bucket,
    JSON.stringify({
      Version: '2012-10-17',
      Statement: [
        { Effect: 'Deny', Principal: '*', Resource: `arn:aws:s3:::${bucket}/*`, ...statement },
      ],
    }),
  );
}

function putPolicy(subject: Subject, bucket: string, Policy: string) {
  return subject.client.send(new PutBucketPolicyCommand({ Bucket: bucket, Policy }));
}

export const policies: Check[] = [
  check(
    'a bucket without a policy is 404 NoSuchBucketPolicy',
    'API/API_GetBucketPolicy.html',
    async (subject, bucket) => {
      await refused(subject.client.send(new GetBucketPolicyCommand({ Bucket: bucket })), {
        status: 404,
        code: 'NoSuchBucketPolicy',
      });
    },
  ),
  check(
    'a policy can be read, and holds until it is deleted',
    'API/API_DeleteBucketPolicy.html',
    async (subject, bucket) => {
      await deny(subject, bucket, { Action: 's3:PutObject' });
      const { Policy } = await subject.client.send(new GetBucketPolicyCommand({ Bucket: bucket }));
      assert.equal(
        (JSON.parse(Policy ?? '') as { Statement: { Effect: string }[] }).Statement[0].Effect,
        'Deny',
      );
      await refused(subject.put(bucket, 'key'), DENIED);
      await subject.client.send(new DeleteBucketPolicyCommand({ Bucket: bucket }));
      await subject.put(bucket, 'key');
    },
  ),
  check(
    'a policy that is not JSON is refused',
    'API/API_PutBucketPolicy.html',
    async (subject, bucket) => {
      await refused(putPolicy(subject, bucket, 'no policy'), {
        status: 400,
        code: 'MalformedPolicy',
      });
    },
  ),
  check(
    'an explicit denial of a prefix holds for its keys only',
    POLICIES,
    async (subject, bucket) => {
      await deny(subject, bucket, {
        Action: 's3:PutObject',
        Resource: `arn:aws:s3:::${bucket}/kept/*`,
      });
      await refused(subject.put(bucket, 'kept/key'), DENIED);
      await subject.put(bucket, 'other/key');
    },
  ),
  check(
    'a denied key of a bulk delete is AccessDenied inside the 200',
    'API/API_DeleteObjects.html',
    async (subject, bucket) => {
      await subject.put(bucket, 'kept/key');
      await subject.put(bucket, 'other/key');
      await deny(subject, bucket, {
        Action: 's3:DeleteObject',
        Resource: `arn:aws:s3:::${bucket}/kept/*`,
      });
      const { Errors, Deleted } = await subject.client.send(
        new DeleteObjectsCommand({
          Bucket: bucket,
          Delete: { Objects: [{ Key: 'kept/key' }, { Key: 'other/key' }] },
        }),
      );
      assert.deepEqual(
        Errors?.map(({ Key, Code }) => [Key, Code]),
        [['kept/key', 'AccessDenied']],
      );
      assert.deepEqual(
        Deleted?.map(({ Key }) => Key),
        ['other/key'],
      );
    },
  ),
  check(
    'listings can be held to a prefix',
    'userguide/amazon-s3-policy-keys.html',
    async (subject, bucket) => {
      await deny(subject, bucket, {
        Action: 's3:ListBucket',
        Resource: `arn:aws:s3:::${bucket}`,
        Condition: { StringNotEquals: { 's3:prefix': 'incoming/' } },
      });
      await subject.client.send(new ListObjectsV2Command({ Bucket: bucket, Prefix: 'incoming/' }));
      await refused(subject.client.send(new ListObjectsV2Command({ Bucket: bucket })), DENIED);
    },
  ),
  check('aws:SecureTransport is false over plain HTTP', POLICIES, async (subject, bucket) => {
    await subject.put(bucket, 'key', 'content');
    await deny(subject, bucket, {
      Action: 's3:GetObject',
      Condition: { Bool: { 'aws:SecureTransport': 'false' } },
    });
    const get = subject.client.send(new GetObjectCommand({ Bucket: bucket, Key: 'key' }));
    await (subject.endpoint.startsWith('https:') ? get : refused(get, DENIED));
  }),
  check(
    'a storage class can be made a must',
    'userguide/amazon-s3-policy-keys.html',
    async (subject, bucket) => {
      await deny(subject, bucket, {
        Action: 's3:PutObject',
        Condition: { StringNotEquals: { 's3:x-amz-storage-class': 'STANDARD_IA' } },
      });
      await refused(subject.put(bucket, 'key'), DENIED);
      await subject.put(bucket, 'key', 'x', { StorageClass: 'STANDARD_IA' });
    },
  ),
  check(
    'who may not read tags by their values does not learn their number',
    'API/API_HeadObject.html',
    async (subject, bucket) => {
      await subject.put(bucket, 'secret', 'x', { Tagging: 'class=secret' });
      await subject.put(bucket, 'open', 'x', { Tagging: 'class=open' });
      await deny(subject, bucket, {
        Action: 's3:GetObjectTagging',
        Condition: { StringEquals: { 's3:ExistingObjectTag/class': 'secret' } },
      });
      const countOf = async (Key: string) =>
        (await subject.client.send(new HeadObjectCommand({ Bucket: bucket, Key }))).TagCount;
      assert.deepEqual([await countOf('secret'), await countOf('open')], [undefined, 1]);
      const tags = new GetObjectTaggingCommand({ Bucket: bucket, Key: 'secret' });
      await refused(subject.client.send(tags), DENIED);
    },
  ),
  check('SSE-KMS can be made a must', KMS, async (subject, bucket) => {
    await deny(subject, bucket, {
      Action: 's3:PutObject',
      Condition: { StringNotEquals: { 's3:x-amz-server-side-encryption': 'aws:kms' } },
    });
    await refused(subject.put(bucket, 'key'), DENIED);
    await refused(subject.put(bucket, 'key', 'x', { ServerSideEncryption: 'AES256' }), DENIED);
    await subject.put(bucket, 'key', 'x', { ServerSideEncryption: 'aws:kms' });
  }),
  check('If-None-Match can be made a must', ENFORCED_WRITES, async (subject, bucket) => {
    await deny(subject, bucket, {
      Action: 's3:PutObject',
      Condition: { Null: { 's3:if-none-match': 'true' } },
    });
    await refused(subject.put(bucket, 'key'), DENIED);
    await subject.put(bucket, 'key', 'x', { IfNoneMatch: '*' });
  }),
  check(
    's3:ObjectCreationOperation exempts the creation of uploads and their parts',
    ENFORCED_WRITES,
    async (subject, bucket) => {
      await deny(subject, bucket, {
        Action: 's3:PutObject',
        Condition: {
          Null: { 's3:if-none-match': 'true' },
          Bool: { 's3:ObjectCreationOperation': 'true' },
        },
      });
      await refused(subject.put(bucket, 'key'), DENIED);
      const { UploadId } = await subject.client.send(
        new CreateMultipartUploadCommand({ Bucket: bucket, Key: 'key' }),
      );
      await subject.client.send(
        new UploadPartCommand({ Bucket: bucket, Key: 'key', UploadId, PartNumber: 1, Body: 'x' }),
      );
    },
  ),
  check('If-Match can be made a must of deletes', ENFORCED_DELETES, async (subject, bucket) => {
    const { etag } = await subject.put(bucket, 'key');
    await deny(subject, bucket, {
      Action: 's3:DeleteObject',
      Condition: { Null: { 's3:if-match': 'true' } },
    });
    const remove = (IfMatch?: string) =>
      subject.client.send(new DeleteObjectCommand({ Bucket: bucket, Key: 'key', IfMatch }));
    await refused(remove(), DENIED);
    await remove(etag);
  }),
];
