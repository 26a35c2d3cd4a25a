import { CopyObjectCommand, HeadObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { startDouble } from './start-double';
import type { S3Double } from '../src';

let double: S3Double;
let client: S3Client;
beforeEach(async () => {
  ({ double, client } = await startDouble('plain'));
});

const copy = (source: string) =>
  client.send(
    new CopyObjectCommand({ Bucket: 'bucket', Key: 'copy', CopySource: `bucket/${source}` }),
  );
const getHeader = async (method: string, key: string, name: string) => {
  const answer = await fetch(`${double.endpoint}/bucket/${key}`, { method });
  await answer.text();
  expect(answer.status).toBe(200);
  return answer.headers.get(name);
};

test.each(['HEAD', 'GET'])('%s of an object has headers that nobody knows', async (method) => {
  double.store.put('bucket', 'key', 'x', { unknownHeaders: { 'x-amz-new-attribute': '1' } });
  expect(await getHeader(method, 'key', 'x-amz-new-attribute')).toBe('1');
  expect(await getHeader(method, 'plain', 'x-amz-new-attribute')).toBeNull();
  await copy('key');
  expect(await getHeader(method, 'copy', 'x-amz-new-attribute')).toBeNull();
});

test('a copy does not keep the redirect of a website', async () => {
  const headers = { 'x-amz-website-redirect-location': '/elsewhere' };
  double.store.put('bucket', 'key', 'x', { headers });
  const head = await client.send(new HeadObjectCommand({ Bucket: 'bucket', Key: 'key' }));
  expect(head.WebsiteRedirectLocation).toBe('/elsewhere');
  await copy('key');
  expect(await getHeader('HEAD', 'copy', 'x-amz-website-redirect-location')).toBeNull();
});
