import assert from 'node:assert/strict';
import {
  DeleteObjectTaggingCommand,
  GetObjectTaggingCommand,
  HeadObjectCommand,
  PutObjectTaggingCommand,
  type Tag,
} from '@aws-sdk/client-s3';
import { type Check, refused, type Subject } from '../subject';

const PAGE = 'userguide/object-tagging.html';

function check(name: string, run: (subject: Subject, bucket: string) => Promise<void>): Check {
  return { name, page: PAGE, run: async (subject) => run(subject, await subject.bucket()) };
}

async function tagsOf(subject: Subject, bucket: string): Promise<Tag[] | undefined> {
  return (await subject.client.send(new GetObjectTaggingCommand({ Bucket: bucket, Key: 'key' })))
    .TagSet;
}

export const tagging: Check[] = [
  check('tags sent with a put, decoded', async (subject, bucket) => {
    await subject.put(bucket, 'key', 'x', { Tagging: 'a=b%20c&d=%C3%A9' });
    assert.deepEqual(await tagsOf(subject, bucket), [
      { Key: 'a', Value: 'b c' },
      { Key: 'd', Value: 'é' },
    ]);
  }),
  check('a HEAD tells the number of tags', async (subject, bucket) => {
    await subject.put(bucket, 'key', 'x', { Tagging: 'a=b&c=d' });
    assert.equal(
      (await subject.client.send(new HeadObjectCommand({ Bucket: bucket, Key: 'key' }))).TagCount,
      2,
    );
  }),
  check('an object without tags has an empty set', async (subject, bucket) => {
    await subject.put(bucket, 'key');
    assert.deepEqual(await tagsOf(subject, bucket), []);
  }),
  check(
    'tags are replaced as a set, and neither ETag nor time changes',
    async (subject, bucket) => {
      const { etag } = await subject.put(bucket, 'key', 'x', { Tagging: 'a=b' });
      await subject.client.send(
        new PutObjectTaggingCommand({
          Bucket: bucket,
          Key: 'key',
          Tagging: { TagSet: [{ Key: 'c', Value: ' d+e=f.g_h:i/j@k ' }] },
        }),
      );
      assert.deepEqual(await tagsOf(subject, bucket), [{ Key: 'c', Value: ' d+e=f.g_h:i/j@k ' }]);
      assert.equal(
        (await subject.client.send(new HeadObjectCommand({ Bucket: bucket, Key: 'key' }))).ETag,
        etag,
      );
    },
  ),
  check(
    'a tag takes letters, digits, spaces and + - = . _ : / @, nothing else',
    async (subject, bucket) => {
      await subject.put(bucket, 'key');
      const tag = (Value: string) =>
        subject.client.send(
          new PutObjectTaggingCommand({
            Bucket: bucket,
            Key: 'key',
            Tagging: { TagSet: [{ Key: 'a', Value }] },
          }),
        );
      for (const value of ['b,c', 'b&c', '<b>', '(b)']) {
        await refused(tag(value), { status: 400, code: 'InvalidTag' });
      }
    },
  ),
  check('tags can be deleted', async (subject, bucket) => {
    await subject.put(bucket, 'key', 'x', { Tagging: 'a=b' });
    await subject.client.send(new DeleteObjectTaggingCommand({ Bucket: bucket, Key: 'key' }));
    assert.deepEqual(await tagsOf(subject, bucket), []);
  }),
  check('a put without tags drops those of the object it replaces', async (subject, bucket) => {
    await subject.put(bucket, 'key', 'x', { Tagging: 'a=b' });
    await subject.put(bucket, 'key', 'y');
    assert.deepEqual(await tagsOf(subject, bucket), []);
  }),
  check('more than ten tags are refused', async (subject, bucket) => {
    const tags = Array.from({ length: 11 }, (_, i) => `k${i}=v`).join('&');
    await refused(subject.put(bucket, 'key', 'x', { Tagging: tags }), {
      status: 400,
      code: ['BadRequest', 'InvalidTag'],
    });
  }),
  check('a tag key twice is refused', async (subject, bucket) => {
    await refused(subject.put(bucket, 'key', 'x', { Tagging: 'a=b&a=c' }), {
      status: 400,
      code: ['InvalidTag', 'InvalidArgument'],
    });
  }),
  check('tags of a missing key are 404', async (subject, bucket) => {
    await refused(tagsOf(subject, bucket), { status: 404, code: 'NoSuchKey' });
  }),
];
