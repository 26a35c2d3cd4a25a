import { CopyObjectCommand, GetObjectCommand, HeadObjectCommand, ListObjectsV2Command, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { S3Double, startS3 } from '../../sandbox/s3';
import { S3Proxy, startS3Proxy } from '../../sandbox/s3-proxy';
import { s3Client } from '../../sandbox/s3-service';

let double: S3Double;
let proxy: S3Proxy;
let s3: S3Client;
beforeAll(async () => {
  double = await startS3();
  double.store.createBucket('bucket');
  proxy = await startS3Proxy(double.endpoint.replace('127.0.0.1', 'localhost'));
  s3 = s3Client({ ...proxy, credentialsFor: () => ({ accessKeyId: 'x', secretAccessKey: 'y' }) }, 'us-east-1', 'Test');
});
afterAll(async () => {
  s3.destroy();
  await proxy.close();
  await double.close();
});

test('passes bodies and answers on, and counts by operation', async () => {
  const Body = 'x'.repeat(3_000_000);
  await s3.send(new PutObjectCommand({ Bucket: 'bucket', Key: 'a/../b?c', Body }));
  await s3.send(new CopyObjectCommand({ Bucket: 'bucket', Key: 'copy', CopySource: `bucket/${encodeURIComponent('a/../b?c')}` }));
  const { Body: read } = await s3.send(new GetObjectCommand({ Bucket: 'bucket', Key: 'copy' }));
  expect(await read!.transformToString()).toBe(Body);
  expect((await s3.send(new ListObjectsV2Command({ Bucket: 'bucket' }))).Contents!.map(({ Key }) => Key)).toEqual(['a/../b?c', 'copy']);
  await expect(s3.send(new HeadObjectCommand({ Bucket: 'bucket', Key: 'absent' }))).rejects.toThrow(expect.objectContaining({ name: 'NotFound' }));
  expect(proxy.requests).toEqual({ PutObject: 1, CopyObject: 1, GetObject: 1, ListObjectsV2: 1, HeadObject: 1 });
});

test('an endpoint that does not answer is a network error', async () => {
  const nowhere = await startS3Proxy('http://127.0.0.1:1');
  await expect(fetch(`${nowhere.endpoint}/bucket`)).rejects.toThrow();
  await nowhere.close();
});
