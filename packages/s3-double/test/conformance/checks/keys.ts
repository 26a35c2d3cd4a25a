import assert from 'node:assert/strict';
import {
  CopyObjectCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
} from '@aws-sdk/client-s3';
import { type Check, copySource, refused } from '../subject';

const NAMING = 'userguide/object-keys.html';

const ODD_KEYS: Record<string, string> = {
  'a single dot': '.',
  'two dots': '..',
  'dots within a path': 'a/./../b',
  'two slashes': 'a//b',
  'a leading slash': '/a',
  'a trailing slash': 'a/',
  'a space and a plus': 'a b+c',
  'percent signs': '100%25%zz',
  'a hash, a question mark and an ampersand': 'a#b?c&d=e',
  'quotes, angle brackets and an apostrophe': '"<a>"\'b\'',
  'letters with accents': 'é/ü/\u00a0ß',
  'an emoji': '\u{1f600}/\u{1f9ca}',
  '1,024 bytes': 'é'.repeat(512),
};

/** Each unusual key goes through every operation of a move: put, list, read, copy, bulk delete. */
export const keys: Check[] = [
  ...Object.entries(ODD_KEYS).map(([description, key]): Check => ({
    name: `a key with ${description} is put, listed, read, copied and deleted as it is`,
    page: NAMING,
    run: async (subject) => {
      const bucket = await subject.bucket();
      const { client } = subject;
      const { etag } = await subject.put(bucket, key, 'content');
      const listed = await client.send(new ListObjectsV2Command({ Bucket: bucket }));
      assert.deepEqual(
        listed.Contents?.map((object) => object.Key),
        [key],
      );
      const read = await client.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
      assert.equal(await read.Body?.transformToString(), 'content');
      await client.send(
        new CopyObjectCommand({ Bucket: bucket, Key: 'copy', CopySource: copySource(bucket, key) }),
      );
      const deleted = await client.send(
        new DeleteObjectsCommand({
          Bucket: bucket,
          Delete: { Objects: [{ Key: key, ETag: etag }] },
        }),
      );
      assert.deepEqual(
        deleted.Deleted?.map((object) => object.Key),
        [key],
      );
      await refused(client.send(new HeadObjectCommand({ Bucket: bucket, Key: key })), {
        status: 404,
      });
    },
  })),
  {
    name: 'a key of 1,025 bytes is too long',
    page: NAMING,
    run: async (subject) => {
      const bucket = await subject.bucket();
      await refused(subject.put(bucket, 'k'.repeat(1025), 'x'), {
        status: 400,
        code: 'KeyTooLongError',
      });
    },
  },
  {
    name: 'a key is measured in bytes, not characters',
    page: NAMING,
    run: async (subject) => {
      const bucket = await subject.bucket();
      await refused(subject.put(bucket, `${'é'.repeat(512)}k`, 'x'), {
        status: 400,
        code: 'KeyTooLongError',
      });
    },
  },
  {
    name: 'a key is decoded once: %2525 is %25',
    page: NAMING,
    run: async (subject) => {
      const bucket = await subject.bucket();
      await subject.put(bucket, '%25');
      await refused(subject.client.send(new HeadObjectCommand({ Bucket: bucket, Key: '%' })), {
        status: 404,
      });
      await subject.client.send(new HeadObjectCommand({ Bucket: bucket, Key: '%25' }));
    },
  },
  {
    name: 'keys are case sensitive',
    page: NAMING,
    run: async (subject) => {
      const bucket = await subject.bucket();
      await subject.put(bucket, 'Key');
      await refused(subject.client.send(new HeadObjectCommand({ Bucket: bucket, Key: 'key' })), {
        status: 404,
      });
    },
  },
];
