import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import {
  DeleteObjectCommand,
  DeleteObjectsCommand,
  type DeleteObjectsCommandOutput,
  HeadObjectCommand,
  type ObjectIdentifier,
} from '@aws-sdk/client-s3';
import { checkWithObject } from '../check-with-object';
import { type Check, refused, type Subject } from '../subject';

const ONE = 'API/API_DeleteObject.html';
const MANY = 'API/API_DeleteObjects.html';
const CONDITIONS = 'userguide/conditional-deletes.html';
const OTHER = '"00000000000000000000000000000000"';

const check = checkWithObject({ key: 'key' }, ({ subject, bucket }) => ({
  deleteOne: (input: { Key: string; IfMatch?: string }) =>
    subject.client.send(new DeleteObjectCommand({ Bucket: bucket, ...input })),
  deleteMany: (objects: ObjectIdentifier[], quiet?: boolean) =>
    subject.client.send(
      new DeleteObjectsCommand({ Bucket: bucket, Delete: { Objects: objects, Quiet: quiet } }),
    ),
  exists: (key: string) =>
    subject.client.send(new HeadObjectCommand({ Bucket: bucket, Key: key })).then(
      () => true,
      () => false,
    ),
}));

const codes = (output: DeleteObjectsCommandOutput) =>
  Object.fromEntries((output.Errors ?? []).map(({ Key, Code }) => [Key, Code]));
const deleted = (output: DeleteObjectsCommandOutput) =>
  (output.Deleted ?? []).map(({ Key }) => Key);

/** Sends a DeleteObjects request with the given body. */
async function sendBody(
  subject: Subject,
  bucket: string,
  body: string,
): Promise<DeleteObjectsCommandOutput> {
  const client = subject.edited((request) => {
    request.body = body;
    Object.keys(request.headers)
      .filter((name) => name.startsWith('x-amz-checksum-'))
      .forEach((name) => delete request.headers[name]);
    request.headers['content-md5'] = createHash('md5').update(body).digest('base64');
    request.headers['content-length'] = String(Buffer.byteLength(body));
  });
  return client.send(
    new DeleteObjectsCommand({ Bucket: bucket, Delete: { Objects: [{ Key: 'replaced' }] } }),
  );
}

export const deletes: Check[] = [
  check('a delete is 204, and the object is gone', ONE, async ({ subject, deleteOne, exists }) => {
    await deleteOne({ Key: 'key' });
    assert.equal(subject.status, 204);
    assert.equal(await exists('key'), false);
  }),
  check('deleting a missing key is 204, too', ONE, async ({ subject, deleteOne }) => {
    await deleteOne({ Key: 'other' });
    assert.equal(subject.status, 204);
  }),
  check('If-Match with the ETag deletes', CONDITIONS, async ({ deleteOne, exists, etag }) => {
    await deleteOne({ Key: 'key', IfMatch: etag });
    assert.equal(await exists('key'), false);
  }),
  check(
    'If-Match with another ETag is 412 and deletes nothing',
    CONDITIONS,
    async ({ deleteOne, exists }) => {
      await refused(deleteOne({ Key: 'key', IfMatch: OTHER }), {
        status: 412,
        code: 'PreconditionFailed',
      });
      assert.equal(await exists('key'), true);
    },
  ),
  check('a 412 names the condition of a delete', CONDITIONS, async ({ deleteOne }) => {
    await refused(deleteOne({ Key: 'key', IfMatch: OTHER }), {
      status: 412,
      condition: 'If-Match',
    });
  }),
  check('If-Match on a missing key is 404', CONDITIONS, async ({ deleteOne }) => {
    await refused(deleteOne({ Key: 'other', IfMatch: OTHER }), { status: 404, code: 'NoSuchKey' });
  }),
  check(
    'If-Match:* deletes what exists and is 404 where nothing does',
    CONDITIONS,
    async ({ deleteOne, exists }) => {
      await deleteOne({ Key: 'key', IfMatch: '*' });
      assert.equal(await exists('key'), false);
      await refused(deleteOne({ Key: 'key', IfMatch: '*' }), { status: 404, code: 'NoSuchKey' });
    },
  ),

  check(
    'a bulk delete deletes all its keys and names them',
    MANY,
    async ({ subject, bucket, deleteMany, exists }) => {
      await subject.put(bucket, 'second');
      assert.deepEqual(deleted(await deleteMany([{ Key: 'key' }, { Key: 'second' }])), [
        'key',
        'second',
      ]);
      assert.equal((await exists('key')) || (await exists('second')), false);
    },
  ),
  check('a bulk delete tells a missing key as deleted', MANY, async ({ deleteMany }) => {
    const output = await deleteMany([{ Key: 'other' }]);
    assert.deepEqual(deleted(output), ['other']);
    assert.equal(output.Errors, undefined);
  }),
  check('a quiet bulk delete tells errors only', MANY, async ({ deleteMany, exists }) => {
    const output = await deleteMany([{ Key: 'key' }, { Key: 'other', ETag: OTHER }], true);
    assert.equal(output.Deleted, undefined);
    assert.deepEqual(Object.keys(codes(output)), ['other']);
    assert.equal(await exists('key'), false);
  }),
  check(
    "a bulk delete with each key's ETag deletes",
    CONDITIONS,
    async ({ deleteMany, exists, etag }) => {
      assert.deepEqual(deleted(await deleteMany([{ Key: 'key', ETag: etag }])), ['key']);
      assert.equal(await exists('key'), false);
    },
  ),
  check(
    'a bulk delete with another ETag leaves that object and tells so inside the 200',
    CONDITIONS,
    async ({ subject, bucket, deleteMany, exists }) => {
      await subject.put(bucket, 'second');
      const output = await deleteMany([{ Key: 'key', ETag: OTHER }, { Key: 'second' }]);
      assert.equal(subject.status, 200);
      assert.deepEqual(codes(output), { key: 'PreconditionFailed' });
      assert.deepEqual(deleted(output), ['second']);
      assert.equal(await exists('key'), true);
    },
  ),
  check(
    'a bulk delete of a missing key with an ETag is NoSuchKey inside the 200',
    CONDITIONS,
    async ({ deleteMany }) => {
      assert.deepEqual(codes(await deleteMany([{ Key: 'other', ETag: OTHER }])), {
        other: 'NoSuchKey',
      });
    },
  ),
  check('the same key twice in a bulk delete', MANY, async ({ deleteMany, exists }) => {
    assert.deepEqual(deleted(await deleteMany([{ Key: 'key' }, { Key: 'key' }])), ['key', 'key']);
    assert.equal(await exists('key'), false);
  }),
  check('a bulk delete takes 1,000 keys', MANY, async ({ deleteMany }) => {
    const output = await deleteMany(
      Array.from({ length: 1000 }, (_, i) => ({ Key: `missing & <${i}>` })),
    );
    assert.equal(output.Deleted?.length, 1000);
  }),
  check('a bulk delete of 1,001 keys is refused', MANY, async ({ deleteMany, exists }) => {
    const objects = Array.from({ length: 1000 }, (_, i) => ({ Key: `missing-${i}` }));
    await refused(deleteMany([{ Key: 'key' }, ...objects]), { status: 400, code: 'MalformedXML' });
    assert.equal(await exists('key'), true);
  }),
  check('a bulk delete without keys is refused', MANY, async ({ deleteMany }) => {
    await refused(deleteMany([]), { status: 400, code: 'MalformedXML' });
  }),
  check('a bulk delete whose XML is broken is refused', MANY, async ({ subject, bucket }) => {
    await refused(sendBody(subject, bucket, '<Delete><Object><Key>key</Object></Delete>'), {
      status: 400,
      code: 'MalformedXML',
    });
  }),
  check(
    'a bulk delete without a digest of its body is refused',
    MANY,
    async ({ subject, bucket, exists }) => {
      const client = subject.edited(({ headers }) => {
        Object.keys(headers)
          .filter((name) => name.startsWith('x-amz-checksum-') || name === 'content-md5')
          .forEach((name) => delete headers[name]);
      });
      const command = new DeleteObjectsCommand({
        Bucket: bucket,
        Delete: { Objects: [{ Key: 'key' }] },
      });
      await refused(client.send(command), { status: 400, code: 'InvalidRequest' });
      assert.equal(await exists('key'), true);
    },
  ),
  check(
    'a bulk delete with a wrong digest is refused',
    MANY,
    async ({ subject, bucket, exists }) => {
      const client = subject.edited(({ headers }) => {
        headers['x-amz-checksum-crc32'] = 'AAAAAA==';
      });
      const command = new DeleteObjectsCommand({
        Bucket: bucket,
        Delete: { Objects: [{ Key: 'key' }] },
      });
      await refused(client.send(command), {
        status: 400,
        code: ['BadDigest', 'XAmzContentChecksumMismatch'],
      });
      assert.equal(await exists('key'), true);
    },
  ),
  check(
    'spaces around a key in a bulk delete belong to it',
    MANY,
    async ({ subject, bucket, deleteMany, exists }) => {
      await subject.put(bucket, ' key ');
      await deleteMany([{ Key: ' key ' }]);
      assert.equal(await exists(' key '), false);
      assert.equal(await exists('key'), true);
    },
  ),
  check(
    'references in a bulk delete are decoded, once',
    MANY,
    async ({ subject, bucket, exists }) => {
      await subject.put(bucket, 'é&amp;');
      await sendBody(
        subject,
        bucket,
        '<Delete><Object><Key>&#xe9;&amp;amp;</Key></Object></Delete>',
      );
      assert.equal(await exists('é&amp;'), false);
    },
  ),
  check(
    'a line end in a bulk delete needs a reference to be a carriage return',
    'userguide/object-keys.html',
    async ({ subject, bucket, exists }) => {
      await subject.put(bucket, 'a\rb');
      await sendBody(subject, bucket, '<Delete><Object><Key>a\rb</Key></Object></Delete>');
      assert.equal(await exists('a\rb'), true);
      await sendBody(subject, bucket, '<Delete><Object><Key>a&#13;b</Key></Object></Delete>');
      assert.equal(await exists('a\rb'), false);
    },
  ),
  check(
    'a bulk delete cannot carry a character that XML 1.0 lacks',
    'userguide/object-keys.html',
    async ({ subject, bucket, exists }) => {
      await subject.put(bucket, 'a\u0001b');
      await refused(
        sendBody(subject, bucket, '<Delete><Object><Key>a&#x1;b</Key></Object></Delete>'),
        { status: 400, code: 'MalformedXML' },
      );
      assert.equal(await exists('a\u0001b'), true);
    },
  ),
  check('a bulk delete in a missing bucket is 404', MANY, async ({ subject }) => {
    const command = new DeleteObjectsCommand({
      Bucket: 'conformance-no-such-bucket',
      Delete: { Objects: [{ Key: 'key' }] },
    });
    await refused(subject.client.send(command), { status: 404, code: 'NoSuchBucket' });
  }),
];
