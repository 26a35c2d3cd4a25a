import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import {
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  PutObjectCommand,
  type PutObjectCommandInput,
} from '@aws-sdk/client-s3';
import { type Check, refused, type Subject } from '../subject';

const PUT = 'API/API_PutObject.html';
const CONDITIONS = 'userguide/conditional-writes.html';
const METADATA = 'userguide/UsingMetadata.html';
const INTEGRITY = 'userguide/checking-object-integrity.html';
const OTHER = '"00000000000000000000000000000000"';

function check(
  name: string,
  page: string,
  run: (subject: Subject, bucket: string) => Promise<void>,
): Check {
  return { name, page, run: async (subject) => run(subject, await subject.bucket()) };
}

const md5 = (text: string) => createHash('md5').update(text).digest();

function head(subject: Subject, bucket: string, key = 'key') {
  return subject.client.send(
    new HeadObjectCommand({ Bucket: bucket, Key: key, ChecksumMode: 'ENABLED' }),
  );
}

async function read(subject: Subject, bucket: string): Promise<string | undefined> {
  return (
    await subject.client.send(new GetObjectCommand({ Bucket: bucket, Key: 'key' }))
  ).Body?.transformToString();
}

const CONTENT_HEADERS: Partial<PutObjectCommandInput> = {
  ContentType: 'text/csv; charset=utf-8',
  CacheControl: 'max-age=60',
  ContentDisposition: 'attachment; filename="a.csv"',
  ContentEncoding: 'gzip',
  ContentLanguage: 'de',
  Expires: new Date('2030-01-01T00:00:00Z'),
};

export const writes: Check[] = [
  check(
    'the ETag is the MD5 of the content, in quotes',
    'API/API_Object.html',
    async (subject, bucket) => {
      const { etag } = await subject.put(bucket, 'key', 'content');
      assert.equal(etag, `"${md5('content').toString('hex')}"`);
    },
  ),
  check('an empty object', PUT, async (subject, bucket) => {
    const { etag } = await subject.put(bucket, 'key', '');
    assert.equal(etag, '"d41d8cd98f00b204e9800998ecf8427e"');
    assert.equal((await head(subject, bucket)).ContentLength, 0);
  }),
  check('a second put replaces the first', PUT, async (subject, bucket) => {
    await subject.put(bucket, 'key', 'one');
    await subject.put(bucket, 'key', 'two');
    assert.equal(await read(subject, bucket), 'two');
  }),
  check('content headers come back', METADATA, async (subject, bucket) => {
    await subject.put(bucket, 'key', 'x', CONTENT_HEADERS);
    const output = await head(subject, bucket);
    assert.equal(output.ContentType, CONTENT_HEADERS.ContentType);
    assert.equal(output.CacheControl, CONTENT_HEADERS.CacheControl);
    assert.equal(output.ContentDisposition, CONTENT_HEADERS.ContentDisposition);
    assert.equal(output.ContentEncoding, CONTENT_HEADERS.ContentEncoding);
    assert.equal(output.ContentLanguage, CONTENT_HEADERS.ContentLanguage);
    assert.equal(output.ExpiresString, 'Tue, 01 Jan 2030 00:00:00 GMT');
  }),
  check('user metadata comes back, names in lower case', METADATA, async (subject, bucket) => {
    await subject.put(bucket, 'key', 'x', { Metadata: { Owner: 'ops', 'run-id': '17' } });
    assert.deepEqual((await head(subject, bucket)).Metadata, { owner: 'ops', 'run-id': '17' });
  }),
  check('user metadata of more than 2 KB is refused', METADATA, async (subject, bucket) => {
    await refused(subject.put(bucket, 'key', 'x', { Metadata: { big: 'x'.repeat(2048) } }), {
      status: 400,
      code: 'MetadataTooLarge',
    });
  }),
  check('If-None-Match:* creates', CONDITIONS, async (subject, bucket) => {
    await subject.put(bucket, 'key', 'x', { IfNoneMatch: '*' });
    assert.equal(await read(subject, bucket), 'x');
  }),
  check('If-None-Match:* does not replace', CONDITIONS, async (subject, bucket) => {
    await subject.put(bucket, 'key', 'one');
    await refused(subject.put(bucket, 'key', 'two', { IfNoneMatch: '*' }), {
      status: 412,
      code: 'PreconditionFailed',
    });
    assert.equal(await read(subject, bucket), 'one');
  }),
  check('a 412 names the condition of a write', CONDITIONS, async (subject, bucket) => {
    await subject.put(bucket, 'key', 'one');
    await refused(subject.put(bucket, 'key', 'two', { IfNoneMatch: '*' }), {
      status: 412,
      condition: 'If-None-Match',
    });
    await refused(subject.put(bucket, 'key', 'two', { IfMatch: OTHER }), {
      status: 412,
      condition: 'If-Match',
    });
  }),
  check('If-None-Match with an ETag is not implemented', CONDITIONS, async (subject, bucket) => {
    await refused(subject.put(bucket, 'key', 'x', { IfNoneMatch: OTHER }), {
      status: 501,
      code: 'NotImplemented',
    });
  }),
  check('If-Match with the ETag replaces', CONDITIONS, async (subject, bucket) => {
    const { etag } = await subject.put(bucket, 'key', 'one');
    await subject.put(bucket, 'key', 'two', { IfMatch: etag });
    assert.equal(await read(subject, bucket), 'two');
  }),
  check('If-Match with another ETag does not replace', CONDITIONS, async (subject, bucket) => {
    await subject.put(bucket, 'key', 'one');
    await refused(subject.put(bucket, 'key', 'two', { IfMatch: OTHER }), {
      status: 412,
      code: 'PreconditionFailed',
    });
    assert.equal(await read(subject, bucket), 'one');
  }),
  check('If-Match on a missing key is 404', CONDITIONS, async (subject, bucket) => {
    await refused(subject.put(bucket, 'key', 'x', { IfMatch: OTHER }), {
      status: 404,
      code: 'NoSuchKey',
    });
  }),
  check(
    'If-None-Match:* sees the current version only: a delete marker counts as nothing',
    CONDITIONS,
    async (subject) => {
      const bucket = await subject.bucket({ versioning: 'Enabled' });
      await subject.put(bucket, 'key', 'one');
      await subject.client.send(new DeleteObjectCommand({ Bucket: bucket, Key: 'key' }));
      await subject.put(bucket, 'key', 'two', { IfNoneMatch: '*' });
      assert.equal(await read(subject, bucket), 'two');
    },
  ),
  check('a right Content-MD5 is accepted', INTEGRITY, async (subject, bucket) => {
    await subject.put(bucket, 'key', 'x', { ContentMD5: md5('x').toString('base64') });
  }),
  check(
    'a wrong Content-MD5 is refused and nothing is written',
    INTEGRITY,
    async (subject, bucket) => {
      await refused(subject.put(bucket, 'key', 'x', { ContentMD5: md5('y').toString('base64') }), {
        status: 400,
        code: 'BadDigest',
      });
      await refused(head(subject, bucket), { status: 404 });
    },
  ),
  check('a Content-MD5 that is none is refused', INTEGRITY, async (subject, bucket) => {
    await refused(subject.put(bucket, 'key', 'x', { ContentMD5: 'abc' }), {
      status: 400,
      code: 'InvalidDigest',
    });
  }),
  check('a wrong checksum is refused', INTEGRITY, async (subject, bucket) => {
    await refused(subject.put(bucket, 'key', 'x', { ChecksumCRC32: 'AAAAAA==' }), {
      status: 400,
      code: ['BadDigest', 'XAmzContentChecksumMismatch'],
    });
  }),
  // These are the values that the catalogs of the algorithms give for the text 123456789.
  ...(
    [
      ['CRC32', 'cbf43926'],
      ['CRC32C', 'e3069283'],
      ['SHA1', createHash('sha1').update('123456789').digest('hex')],
      ['SHA256', createHash('sha256').update('123456789').digest('hex')],
    ] as const
  ).map(([algorithm, value]) =>
    check(`a ${algorithm} checksum is kept and told`, INTEGRITY, async (subject, bucket) => {
      await subject.put(bucket, 'key', '123456789', { ChecksumAlgorithm: algorithm });
      const output = await head(subject, bucket);
      assert.equal(output[`Checksum${algorithm}`], Buffer.from(value, 'hex').toString('base64'));
      assert.equal(output.ChecksumType, 'FULL_OBJECT');
    }),
  ),
  check('an object without checksum gets a CRC64NVME', INTEGRITY, async (subject, bucket) => {
    const client = subject.edited(({ headers }) => {
      Object.keys(headers)
        .filter(
          (name) => name.startsWith('x-amz-checksum-') || name === 'x-amz-sdk-checksum-algorithm',
        )
        .forEach((name) => delete headers[name]);
    });
    await client.send(new PutObjectCommand({ Bucket: bucket, Key: 'key', Body: '123456789' }));
    assert.equal((await head(subject, bucket)).ChecksumCRC64NVME, 'rosUhgp5mIg=');
  }),
  check(
    'a checksum is told only with x-amz-checksum-mode',
    'API/API_HeadObject.html',
    async (subject, bucket) => {
      await subject.put(bucket, 'key', 'x', { ChecksumAlgorithm: 'CRC32' });
      const output = await subject.client.send(
        new HeadObjectCommand({ Bucket: bucket, Key: 'key' }),
      );
      assert.equal(output.ChecksumCRC32, undefined);
    },
  ),
  check(
    'a storage class is kept; an unknown one is refused',
    'userguide/storage-class-intro.html',
    async (subject, bucket) => {
      await subject.put(bucket, 'key', 'x', { StorageClass: 'STANDARD_IA' });
      assert.equal((await head(subject, bucket)).StorageClass, 'STANDARD_IA');
      await refused(subject.put(bucket, 'key', 'x', { StorageClass: 'COLD' as never }), {
        status: 400,
        code: 'InvalidStorageClass',
      });
    },
  ),
  check(
    'every object is encrypted with SSE-S3 unless told otherwise',
    'userguide/default-encryption-faq.html',
    async (subject, bucket) => {
      await subject.put(bucket, 'key', 'x');
      assert.equal((await head(subject, bucket)).ServerSideEncryption, 'AES256');
    },
  ),
  check('with SSE-KMS the ETag is not the MD5', 'API/API_Object.html', async (subject, bucket) => {
    const { etag } = await subject.put(bucket, 'key', 'content', {
      ServerSideEncryption: 'aws:kms',
    });
    assert.notEqual(etag, `"${md5('content').toString('hex')}"`);
    assert.equal((await head(subject, bucket)).ServerSideEncryption, 'aws:kms');
  }),
];
