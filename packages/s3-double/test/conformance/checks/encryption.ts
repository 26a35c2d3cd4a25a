import assert from 'node:assert/strict';
import {
  CopyObjectCommand,
  GetBucketEncryptionCommand,
  GetObjectAttributesCommand,
  HeadObjectCommand,
  PutBucketEncryptionCommand,
} from '@aws-sdk/client-s3';
import { type Check, copySource, refused, type Subject } from '../subject';

const DEFAULTS = 'userguide/bucket-encryption.html';
const KEY = 'arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab';

function check(
  name: string,
  page: string,
  run: (subject: Subject, bucket: string) => Promise<void>,
): Check {
  return { name, page, run: async (subject) => run(subject, await subject.bucket()) };
}

function encryptByDefault(subject: Subject, bucket: string) {
  return subject.client.send(
    new PutBucketEncryptionCommand({
      Bucket: bucket,
      ServerSideEncryptionConfiguration: {
        Rules: [
          {
            ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms', KMSMasterKeyID: KEY },
            BucketKeyEnabled: true,
          },
        ],
      },
    }),
  );
}

function head(subject: Subject, bucket: string, key: string) {
  return subject.client.send(new HeadObjectCommand({ Bucket: bucket, Key: key }));
}

export const encryption: Check[] = [
  check('a bucket encrypts with SSE-S3 by default', DEFAULTS, async (subject, bucket) => {
    const output = await subject.client.send(new GetBucketEncryptionCommand({ Bucket: bucket }));
    assert.equal(
      output.ServerSideEncryptionConfiguration?.Rules?.[0].ApplyServerSideEncryptionByDefault
        ?.SSEAlgorithm,
      'AES256',
    );
  }),
  check(
    "the bucket's default encryption is that of puts and copies",
    DEFAULTS,
    async (subject, bucket) => {
      await encryptByDefault(subject, bucket);
      await subject.put(bucket, 'key');
      await subject.client.send(
        new CopyObjectCommand({
          Bucket: bucket,
          Key: 'copy',
          CopySource: copySource(bucket, 'key'),
        }),
      );
      for (const key of ['key', 'copy']) {
        const output = await head(subject, bucket, key);
        assert.equal(output.ServerSideEncryption, 'aws:kms');
        assert.equal(output.SSEKMSKeyId, KEY);
        assert.equal(output.BucketKeyEnabled, true);
      }
    },
  ),
  check("the request's encryption outweighs the bucket's", DEFAULTS, async (subject, bucket) => {
    await encryptByDefault(subject, bucket);
    await subject.put(bucket, 'key', 'x', { ServerSideEncryption: 'AES256' });
    assert.equal((await head(subject, bucket, 'key')).ServerSideEncryption, 'AES256');
  }),
  check('a KMS key goes with aws:kms only', 'API/API_PutObject.html', async (subject, bucket) => {
    await refused(
      subject.put(bucket, 'key', 'x', { ServerSideEncryption: 'AES256', SSEKMSKeyId: KEY }),
      { status: 400, code: 'InvalidArgument' },
    );
  }),
  check(
    'the attributes of an object are told in one answer',
    'API/API_GetObjectAttributes.html',
    async (subject, bucket) => {
      const { etag } = await subject.put(bucket, 'key', 'content', {
        ChecksumAlgorithm: 'CRC32',
        StorageClass: 'STANDARD_IA',
      });
      const output = await subject.client.send(
        new GetObjectAttributesCommand({
          Bucket: bucket,
          Key: 'key',
          ObjectAttributes: ['ETag', 'Checksum', 'ObjectSize', 'StorageClass'],
        }),
      );
      assert.equal(output.ETag, etag.replace(/"/g, ''));
      assert.equal(output.ObjectSize, 7);
      assert.equal(output.StorageClass, 'STANDARD_IA');
      assert.ok(output.Checksum?.ChecksumCRC32);
    },
  ),
];
