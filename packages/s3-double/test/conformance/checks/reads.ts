import assert from 'node:assert/strict';
import {
  GetObjectCommand,
  type GetObjectCommandInput,
  HeadObjectCommand,
  PutObjectCommand,
} from '@aws-sdk/client-s3';
import { checkWithObject } from '../check-with-object';
import { type Check, refused } from '../subject';

const GET = 'API/API_GetObject.html';
const HEAD = 'API/API_HeadObject.html';
const METADATA = 'userguide/UsingMetadata.html';
const CONDITIONS = 'userguide/conditional-reads.html';

const BEFORE = new Date('2001-01-01T00:00:00Z');
const OTHER = '"00000000000000000000000000000000"';

const check = checkWithObject(
  { key: 'key', content: '0123456789' },
  async ({ subject, bucket }) => {
    const head = (input: Partial<GetObjectCommandInput> = {}) =>
      subject.client.send(new HeadObjectCommand({ Bucket: bucket, Key: 'key', ...input }));
    const get = async (input: Partial<GetObjectCommandInput> = {}) => {
      const output = await subject.client.send(
        new GetObjectCommand({ Bucket: bucket, Key: 'key', ...input }),
      );
      return output.Body?.transformToString();
    };
    return { head, get, lastModified: (await head()).LastModified as Date };
  },
);

export const reads: Check[] = [
  check('a missing key is 404 NoSuchKey for a GET', GET, async ({ get }) => {
    await refused(get({ Key: 'other' }), { status: 404, code: 'NoSuchKey' });
  }),
  check('a missing key is 404 without a body for a HEAD', HEAD, async ({ head }) => {
    await refused(head({ Key: 'other' }), { status: 404, code: 'NotFound' });
  }),
  check('a missing bucket is 404 NoSuchBucket', GET, async ({ get }) => {
    await refused(get({ Bucket: 'conformance-no-such-bucket' }), {
      status: 404,
      code: 'NoSuchBucket',
    });
  }),
  check('a range of bytes includes both ends', GET, async ({ get, subject }) => {
    assert.equal(await get({ Range: 'bytes=2-4' }), '234');
    assert.equal(subject.status, 206);
    assert.equal(subject.headers['content-range'], 'bytes 2-4/10');
  }),
  check('a range without end, and one of the last bytes', GET, async ({ get }) => {
    assert.equal(await get({ Range: 'bytes=7-' }), '789');
    assert.equal(await get({ Range: 'bytes=-2' }), '89');
  }),
  check('a range that ends behind the object is cut', GET, async ({ get }) => {
    assert.equal(await get({ Range: 'bytes=8-99' }), '89');
  }),
  check('a range that begins behind the object is 416', GET, async ({ get }) => {
    await refused(get({ Range: 'bytes=10-' }), { status: 416, code: 'InvalidRange' });
  }),
  check(
    'a range that makes no sense is ignored',
    'API/API_GetObject.html',
    async ({ get, subject }) => {
      assert.equal(await get({ Range: 'lines=1-2' }), '0123456789');
      assert.equal(subject.status, 200);
    },
  ),
  check(
    'a HEAD tells length, ETag and time, and that ranges are possible',
    HEAD,
    async ({ head, etag }) => {
      const output = await head();
      assert.equal(output.ContentLength, 10);
      assert.equal(output.ETag, etag);
      assert.equal(output.AcceptRanges, 'bytes');
    },
  ),
  check('Last-Modified has whole seconds', HEAD, ({ lastModified }) => {
    assert.equal(lastModified.getMilliseconds(), 0);
    return Promise.resolve();
  }),
  check('without Content-Type an object is binary/octet-stream', METADATA, async ({ subject }) => {
    const bucket = await subject.bucket();
    const client = subject.edited((request) => {
      delete request.headers['content-type'];
    });
    await client.send(new PutObjectCommand({ Bucket: bucket, Key: 'key', Body: 'x' }));
    assert.equal(
      (await subject.client.send(new HeadObjectCommand({ Bucket: bucket, Key: 'key' })))
        .ContentType,
      'binary/octet-stream',
    );
  }),
  check(
    'the standard class is not told in a header',
    'API/API_HeadObject.html',
    async ({ head }) => {
      assert.equal((await head()).StorageClass, undefined);
    },
  ),
  check('If-Match with the ETag reads', CONDITIONS, async ({ get, etag }) => {
    assert.equal(await get({ IfMatch: etag }), '0123456789');
  }),
  check('If-Match with the ETag without quotes reads', CONDITIONS, async ({ get, etag }) => {
    assert.equal(await get({ IfMatch: etag.replace(/"/g, '') }), '0123456789');
  }),
  check('If-Match with another ETag is 412', CONDITIONS, async ({ get }) => {
    await refused(get({ IfMatch: OTHER }), { status: 412, code: 'PreconditionFailed' });
  }),
  check('a 412 names the condition of a read', CONDITIONS, async ({ get }) => {
    await refused(get({ IfMatch: OTHER }), { status: 412, condition: 'If-Match' });
    await refused(get({ IfUnmodifiedSince: BEFORE }), {
      status: 412,
      condition: 'If-Unmodified-Since',
    });
  }),
  check('If-None-Match with the ETag is 304', CONDITIONS, async ({ get, etag }) => {
    await refused(get({ IfNoneMatch: etag }), { status: 304 });
  }),
  check('If-None-Match with another ETag reads', CONDITIONS, async ({ get }) => {
    assert.equal(await get({ IfNoneMatch: OTHER }), '0123456789');
  }),
  check('If-Modified-Since the time itself is 304', CONDITIONS, async ({ get, lastModified }) => {
    await refused(get({ IfModifiedSince: lastModified }), { status: 304 });
  }),
  check('If-Modified-Since an earlier time reads', CONDITIONS, async ({ get }) => {
    assert.equal(await get({ IfModifiedSince: BEFORE }), '0123456789');
  }),
  check('If-Unmodified-Since an earlier time is 412', CONDITIONS, async ({ get }) => {
    await refused(get({ IfUnmodifiedSince: BEFORE }), { status: 412, code: 'PreconditionFailed' });
  }),
  check('If-Unmodified-Since the time itself reads', CONDITIONS, async ({ get, lastModified }) => {
    assert.equal(await get({ IfUnmodifiedSince: lastModified }), '0123456789');
  }),
  check(
    'If-Match that holds outweighs If-Unmodified-Since that does not',
    GET,
    async ({ get, etag }) => {
      assert.equal(await get({ IfMatch: etag, IfUnmodifiedSince: BEFORE }), '0123456789');
    },
  ),
  check(
    'If-None-Match that fails outweighs If-Modified-Since that holds',
    GET,
    async ({ get, etag }) => {
      await refused(get({ IfNoneMatch: etag, IfModifiedSince: BEFORE }), { status: 304 });
    },
  ),
  check('the same conditions hold for a HEAD', HEAD, async ({ head, etag }) => {
    await refused(head({ IfMatch: OTHER }), { status: 412 });
    await refused(head({ IfNoneMatch: etag }), { status: 304 });
    assert.equal((await head({ IfMatch: etag })).ContentLength, 10);
  }),
];
