import assert from 'node:assert/strict';
import {
  CopyObjectCommand,
  type CopyObjectCommandInput,
  GetObjectCommand,
  GetObjectTaggingCommand,
  HeadObjectCommand,
} from '@aws-sdk/client-s3';
import { checkWithObject } from '../check-with-object';
import { type Check, copySource, refused } from '../subject';

const COPY = 'API/API_CopyObject.html';
const COPYING = 'userguide/copy-object.html';
const CONDITIONAL_READS = 'userguide/conditional-reads.html';
const CONDITIONAL_WRITES = 'userguide/conditional-writes.html';

const BEFORE = new Date('2001-01-01T00:00:00Z');
const OTHER = '"00000000000000000000000000000000"';

const SOURCE = {
  ContentType: 'text/csv',
  CacheControl: 'max-age=60',
  ContentDisposition: 'attachment',
  ContentEncoding: 'gzip',
  ContentLanguage: 'de',
  Expires: new Date('2030-01-01T00:00:00Z'),
  Metadata: { owner: 'ops' },
  Tagging: 'team=blue&cost=17',
};

/** These checks begin with an object `source` that has every kind of attribute. */
const check = checkWithObject(
  { key: 'source', content: 'content', input: SOURCE },
  async ({ subject, bucket }) => {
    const head = (key = 'copy') =>
      subject.client.send(
        new HeadObjectCommand({ Bucket: bucket, Key: key, ChecksumMode: 'ENABLED' }),
      );
    return {
      head,
      lastModified: (await head('source')).LastModified as Date,
      copy: (input: Partial<CopyObjectCommandInput> = {}) =>
        subject.client.send(
          new CopyObjectCommand({
            Bucket: bucket,
            Key: 'copy',
            CopySource: copySource(bucket, 'source'),
            ...input,
          }),
        ),
      content: async (key = 'copy') => {
        const output = await subject.client.send(
          new GetObjectCommand({ Bucket: bucket, Key: key }),
        );
        return output.Body?.transformToString();
      },
      tags: async () =>
        (await subject.client.send(new GetObjectTaggingCommand({ Bucket: bucket, Key: 'copy' })))
          .TagSet,
    };
  },
);

const TAGS = [
  { Key: 'team', Value: 'blue' },
  { Key: 'cost', Value: '17' },
];

export const copies: Check[] = [
  check(
    'a copy has the content, and its answer the ETag and the time',
    COPY,
    async ({ copy, content, etag, head }) => {
      const { CopyObjectResult: result } = await copy();
      assert.equal(result?.ETag, etag);
      assert.deepEqual(result?.LastModified, (await head()).LastModified);
      assert.equal(await content(), 'content');
    },
  ),
  check('a copy leaves the source', COPY, async ({ copy, content }) => {
    await copy();
    assert.equal(await content('source'), 'content');
  }),
  check('a copy keeps metadata and content headers', COPYING, async ({ copy, head }) => {
    await copy();
    const output = await head();
    assert.deepEqual(output.Metadata, SOURCE.Metadata);
    assert.equal(output.ContentType, SOURCE.ContentType);
    assert.equal(output.CacheControl, SOURCE.CacheControl);
    assert.equal(output.ContentDisposition, SOURCE.ContentDisposition);
    assert.equal(output.ContentEncoding, SOURCE.ContentEncoding);
    assert.equal(output.ContentLanguage, SOURCE.ContentLanguage);
    assert.equal(output.ExpiresString, 'Tue, 01 Jan 2030 00:00:00 GMT');
  }),
  check('a copy keeps tags', COPY, async ({ copy, tags, head }) => {
    await copy();
    assert.deepEqual(await tags(), TAGS);
    assert.equal((await head()).TagCount, 2);
  }),
  check('metadata in the request is ignored without REPLACE', COPY, async ({ copy, head }) => {
    await copy({ Metadata: { owner: 'me' }, ContentType: 'text/plain' });
    assert.deepEqual((await head()).Metadata, SOURCE.Metadata);
    assert.equal((await head()).ContentType, SOURCE.ContentType);
  }),
  check(
    'REPLACE takes metadata and content headers from the request, all of them',
    COPY,
    async ({ copy, head, tags }) => {
      await copy({
        MetadataDirective: 'REPLACE',
        Metadata: { owner: 'me' },
        ContentType: 'text/plain',
      });
      const output = await head();
      assert.deepEqual(output.Metadata, { owner: 'me' });
      assert.equal(output.ContentType, 'text/plain');
      assert.equal(output.CacheControl, undefined);
      assert.deepEqual(await tags(), TAGS);
    },
  ),
  check(
    'the tagging directive REPLACE takes the tags from the request',
    COPY,
    async ({ copy, head, tags }) => {
      await copy({ TaggingDirective: 'REPLACE', Tagging: 'team=red' });
      assert.deepEqual(await tags(), [{ Key: 'team', Value: 'red' }]);
      assert.deepEqual((await head()).Metadata, SOURCE.Metadata);
    },
  ),
  check(
    'a copy is STANDARD unless told otherwise',
    COPY,
    async ({ subject, bucket, copy, head }) => {
      await subject.put(bucket, 'cold', 'x', { StorageClass: 'STANDARD_IA' });
      await copy({ CopySource: copySource(bucket, 'cold') });
      assert.equal((await head()).StorageClass, undefined);
      await copy({ CopySource: copySource(bucket, 'cold'), StorageClass: 'GLACIER_IR' });
      assert.equal((await head()).StorageClass, 'GLACIER_IR');
    },
  ),
  check(
    'a copy gets the encryption of the request, not of the source',
    COPY,
    async ({ subject, bucket, copy, head }) => {
      await subject.put(bucket, 'secret', 'x', { ServerSideEncryption: 'aws:kms' });
      await copy({ CopySource: copySource(bucket, 'secret') });
      assert.equal((await head()).ServerSideEncryption, 'AES256');
      const output = await copy({ ServerSideEncryption: 'aws:kms' });
      assert.equal(output.ServerSideEncryption, 'aws:kms');
    },
  ),
  check(
    'a copy to SSE-KMS has another ETag than its source',
    'API/API_Object.html',
    async ({ copy, etag }) => {
      assert.notEqual(
        (await copy({ ServerSideEncryption: 'aws:kms' })).CopyObjectResult?.ETag,
        etag,
      );
    },
  ),
  check(
    'a copy keeps the checksum algorithm of its source',
    COPY,
    async ({ subject, bucket, copy, head }) => {
      await subject.put(bucket, 'summed', 'x', { ChecksumAlgorithm: 'SHA256' });
      const { CopyObjectResult: result } = await copy({ CopySource: copySource(bucket, 'summed') });
      assert.ok(result?.ChecksumSHA256);
      assert.equal((await head()).ChecksumSHA256, result.ChecksumSHA256);
    },
  ),
  check('a copy gets the checksum algorithm of the request', COPY, async ({ copy, head }) => {
    await copy({ ChecksumAlgorithm: 'CRC32C' });
    assert.ok((await head()).ChecksumCRC32C);
  }),
  check('a copy replaces what was there', COPY, async ({ subject, bucket, copy, content }) => {
    await subject.put(bucket, 'copy', 'old');
    await copy();
    assert.equal(await content(), 'content');
  }),
  check('a copy between buckets', COPY, async ({ subject, bucket, copy }) => {
    const other = await subject.bucket();
    await copy({ Bucket: other, CopySource: copySource(bucket, 'source') });
    const output = await subject.client.send(new GetObjectCommand({ Bucket: other, Key: 'copy' }));
    assert.equal(await output.Body?.transformToString(), 'content');
  }),
  check('the copy source may begin with a slash', COPY, async ({ bucket, copy, content }) => {
    await copy({ CopySource: `/${copySource(bucket, 'source')}` });
    assert.equal(await content(), 'content');
  }),
  check(
    'the copy source is URL-decoded, and a bare plus is a space',
    COPY,
    async ({ subject, bucket, copy, content }) => {
      await subject.put(bucket, 'a b', 'space');
      await subject.put(bucket, 'a+b', 'plus');
      await copy({ CopySource: `${bucket}/a%2Bb` });
      assert.equal(await content(), 'plus');
      await copy({ CopySource: `${bucket}/a+b` });
      assert.equal(await content(), 'space');
    },
  ),
  check('a missing source is 404 NoSuchKey', COPY, async ({ bucket, copy }) => {
    await refused(copy({ CopySource: copySource(bucket, 'other') }), {
      status: 404,
      code: 'NoSuchKey',
    });
  }),
  check('a missing source bucket is 404 NoSuchBucket', COPY, async ({ copy }) => {
    await refused(copy({ CopySource: 'conformance-no-such-bucket/source' }), {
      status: 404,
      code: 'NoSuchBucket',
    });
  }),
  check('a copy onto itself that changes nothing is refused', COPY, async ({ copy }) => {
    await refused(copy({ Key: 'source' }), { status: 400, code: 'InvalidRequest' });
  }),
  check('a copy onto itself may replace metadata', COPY, async ({ copy, head }) => {
    await copy({ Key: 'source', MetadataDirective: 'REPLACE', Metadata: { owner: 'me' } });
    assert.deepEqual((await head('source')).Metadata, { owner: 'me' });
  }),
  check('a copy onto itself may change the storage class', COPY, async ({ copy, head }) => {
    await copy({ Key: 'source', StorageClass: 'STANDARD_IA' });
    assert.equal((await head('source')).StorageClass, 'STANDARD_IA');
  }),
  check('an unknown directive is refused', COPY, async ({ copy }) => {
    await refused(copy({ MetadataDirective: 'MERGE' as never }), {
      status: 400,
      code: 'InvalidArgument',
    });
  }),

  check(
    'copy-source-if-match with the ETag copies',
    CONDITIONAL_READS,
    async ({ copy, etag, content }) => {
      await copy({ CopySourceIfMatch: etag });
      assert.equal(await content(), 'content');
    },
  ),
  check(
    'copy-source-if-match with another ETag is 412 and copies nothing',
    CONDITIONAL_READS,
    async ({ copy, head }) => {
      await refused(copy({ CopySourceIfMatch: OTHER }), {
        status: 412,
        code: 'PreconditionFailed',
      });
      await refused(head(), { status: 404 });
    },
  ),
  check('a 412 names the condition of the source', CONDITIONAL_READS, async ({ copy }) => {
    await refused(copy({ CopySourceIfMatch: OTHER }), {
      status: 412,
      condition: 'x-amz-copy-source-If-Match',
    });
  }),
  check(
    'a 412 names the condition of the destination',
    CONDITIONAL_WRITES,
    async ({ subject, bucket, copy }) => {
      await subject.put(bucket, 'copy', 'old');
      await refused(copy({ IfNoneMatch: '*' }), { status: 412, condition: 'If-None-Match' });
    },
  ),
  check(
    'copy-source-if-match wins over if-none-match on the destination',
    COPY,
    async ({ subject, bucket, copy, content }) => {
      await subject.put(bucket, 'copy', 'old');
      await refused(copy({ CopySourceIfMatch: OTHER, IfNoneMatch: '*' }), {
        status: 412,
        code: 'PreconditionFailed',
      });
      assert.equal(await content(), 'old');
    },
  ),
  check(
    'copy-source-if-none-match with the ETag is 412',
    CONDITIONAL_READS,
    async ({ copy, etag }) => {
      await refused(copy({ CopySourceIfNoneMatch: etag }), {
        status: 412,
        code: 'PreconditionFailed',
      });
    },
  ),
  check(
    'copy-source-if-modified-since the time itself is 412',
    CONDITIONAL_READS,
    async ({ copy, lastModified }) => {
      await refused(copy({ CopySourceIfModifiedSince: lastModified }), {
        status: 412,
        code: 'PreconditionFailed',
      });
    },
  ),
  check(
    'copy-source-if-unmodified-since an earlier time is 412',
    CONDITIONAL_READS,
    async ({ copy }) => {
      await refused(copy({ CopySourceIfUnmodifiedSince: BEFORE }), {
        status: 412,
        code: 'PreconditionFailed',
      });
    },
  ),
  check(
    'if-match that holds outweighs if-unmodified-since that does not',
    COPY,
    async ({ copy, etag, content }) => {
      await copy({ CopySourceIfMatch: etag, CopySourceIfUnmodifiedSince: BEFORE });
      assert.equal(await content(), 'content');
    },
  ),
  check(
    'if-none-match that fails outweighs if-modified-since that holds',
    COPY,
    async ({ copy, etag }) => {
      await refused(copy({ CopySourceIfNoneMatch: etag, CopySourceIfModifiedSince: BEFORE }), {
        status: 412,
        code: 'PreconditionFailed',
      });
    },
  ),
  check(
    'If-None-Match:* copies where nothing is',
    CONDITIONAL_WRITES,
    async ({ copy, content }) => {
      await copy({ IfNoneMatch: '*' });
      assert.equal(await content(), 'content');
    },
  ),
  check(
    'If-None-Match:* is 412 where something is, and leaves it',
    CONDITIONAL_WRITES,
    async ({ subject, bucket, copy, content }) => {
      await subject.put(bucket, 'copy', 'old');
      await refused(copy({ IfNoneMatch: '*' }), { status: 412, code: 'PreconditionFailed' });
      assert.equal(await content(), 'old');
    },
  ),
  check(
    'If-Match on the destination replaces exactly what was seen',
    CONDITIONAL_WRITES,
    async ({ subject, bucket, copy, content }) => {
      const { etag } = await subject.put(bucket, 'copy', 'old');
      await refused(copy({ IfMatch: OTHER }), { status: 412, code: 'PreconditionFailed' });
      assert.equal(await content(), 'old');
      await copy({ IfMatch: etag });
      assert.equal(await content(), 'content');
    },
  ),
  check('If-Match on a missing destination is 404', CONDITIONAL_WRITES, async ({ copy }) => {
    await refused(copy({ IfMatch: OTHER }), { status: 404, code: 'NoSuchKey' });
  }),
  ...(['GLACIER', 'DEEP_ARCHIVE'] as const).map((storageClass) =>
    check(
      `an object in ${storageClass} cannot be copied before it is restored`,
      'userguide/archived-objects.html',
      async ({ subject, bucket, copy }) => {
        await subject.put(bucket, 'frozen', 'x', { StorageClass: storageClass });
        await refused(copy({ CopySource: copySource(bucket, 'frozen') }), {
          status: 403,
          code: ['InvalidObjectState', 'ObjectNotInActiveTierError'],
        });
      },
    ),
  ),
  check(
    'an object in GLACIER_IR can be copied',
    'userguide/storage-class-intro.html',
    async ({ subject, bucket, copy, content }) => {
      await subject.put(bucket, 'cool', 'x', { StorageClass: 'GLACIER_IR' });
      await copy({ CopySource: copySource(bucket, 'cool') });
      assert.equal(await content(), 'x');
    },
  ),
  check(
    'an archived object cannot be read, but its HEAD can',
    'API/API_GetObject.html',
    async ({ subject, bucket, content, head }) => {
      await subject.put(bucket, 'frozen', 'x', { StorageClass: 'DEEP_ARCHIVE' });
      await refused(content('frozen'), { status: 403, code: 'InvalidObjectState' });
      assert.equal((await head('frozen')).StorageClass, 'DEEP_ARCHIVE');
    },
  ),
];
