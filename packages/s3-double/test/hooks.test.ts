import {
  CopyObjectCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import { startDouble } from './start-double';
import type { S3Call, S3Double, S3DoubleOptions } from '../src';

let double: S3Double;
let client: S3Client;

async function start(options: S3DoubleOptions): Promise<void> {
  ({ double, client } = await startDouble('a b', options));
}

const copy = () =>
  client.send(
    new CopyObjectCommand({
      Bucket: 'bucket',
      Key: 'copy',
      CopySource: 'bucket/a%20b?versionId=v',
    }),
  );

test('see what a request is about', async () => {
  const calls: S3Call[] = [];
  await start({
    hooks: {
      before: (call) => {
        calls.push(call);
        return undefined;
      },
    },
  });
  await expect(copy()).rejects.toThrow();
  await client.send(
    new DeleteObjectsCommand({
      Bucket: 'bucket',
      Delete: { Objects: [{ Key: 'x' }, { Key: 'y' }] },
    }),
  );
  expect(calls).toEqual([
    {
      operation: 'CopyObject',
      bucket: 'bucket',
      key: 'copy',
      copySource: { bucket: 'bucket', key: 'a b', versionId: 'v' },
      accessKeyId: 'AKIATEST',
      n: 1,
    },
    {
      operation: 'DeleteObjects',
      bucket: 'bucket',
      keys: ['x', 'y'],
      follows: true,
      accessKeyId: 'AKIATEST',
      n: 2,
    },
  ]);
});

test('another writer can come in before and after any call', async () => {
  await start({
    hooks: {
      before: ({ operation }) => {
        if (operation === 'GetObject') {
          double.store.put('bucket', 'a b', 'rewritten');
        }
        return undefined;
      },
      after: async ({ operation }) => {
        if (operation === 'GetObject') {
          double.store.delete('bucket', 'a b');
        }
      },
    },
  });
  const output = await client.send(new GetObjectCommand({ Bucket: 'bucket', Key: 'a b' }));
  expect(await output.Body?.transformToString()).toBe('rewritten');
  expect(double.store.keys('bucket')).toEqual([]);
});

test("can answer with any error of S3's", async () => {
  await start({
    hooks: {
      before: () => ({
        kind: 'Error',
        status: 400,
        code: 'ExpiredToken',
        message: 'The provided token has expired.',
      }),
    },
  });
  await expect(copy()).rejects.toMatchObject({
    name: 'ExpiredToken',
    message: 'The provided token has expired.',
  });
});

test('can refuse single keys of a bulk delete', async () => {
  await start({ hooks: { before: () => ({ kind: 'KeySlowDown', keys: ['y'] }) } });
  const output = await client.send(
    new DeleteObjectsCommand({
      Bucket: 'bucket',
      Delete: { Objects: [{ Key: 'x' }, { Key: 'y' }] },
    }),
  );
  expect(output.Errors?.map(({ Key, Code }) => [Key, Code])).toEqual([['y', 'SlowDown']]);
});
