import { request } from 'node:http';
import {
  CopyObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
} from '@aws-sdk/client-s3';
import { type S3Double, startS3 } from '../../src';
import { clientOf } from '../client';

let double: S3Double;
beforeEach(async () => {
  double = await startS3();
  double.store.createBucket('near', { region: 'us-east-1' });
  double.store.createBucket('far', { region: 'eu-west-1', account: '444455556666' });
  double.store.createBucket('anywhere');
  for (const bucket of double.store.buckets.keys()) {
    double.store.put(bucket, 'key', bucket);
  }
});
afterEach(() => double.close());

async function inRegion<T>(
  region: string,
  send: (client: ReturnType<typeof clientOf>) => Promise<T>,
): Promise<T> {
  const client = clientOf(double, region);
  try {
    return await send(client);
  } finally {
    client.destroy();
  }
}

test('a request to another region is redirected to the one of the bucket, and changes nothing', async () => {
  await inRegion('us-east-1', async (client) => {
    await expect(
      client.send(new PutObjectCommand({ Bucket: 'far', Key: 'new', Body: 'new' })),
    ).rejects.toMatchObject({
      name: 'PermanentRedirect',
      $metadata: { httpStatusCode: 301 },
      $response: { headers: { 'x-amz-bucket-region': 'eu-west-1' } },
    });
    // An answer to HEAD has no body.
    await expect(
      client.send(new HeadObjectCommand({ Bucket: 'far', Key: 'key' })),
    ).rejects.toMatchObject({
      $metadata: { httpStatusCode: 301 },
      $response: { headers: { 'x-amz-bucket-region': 'eu-west-1' } },
    });
    await expect(client.send(new ListObjectsV2Command({ Bucket: 'far' }))).rejects.toMatchObject({
      name: 'PermanentRedirect',
    });
  });
  expect(double.store.keys('far')).toEqual(['key']);
  expect(
    (
      await inRegion('eu-west-1', (client) =>
        client.send(new ListObjectsV2Command({ Bucket: 'far' })),
      )
    ).KeyCount,
  ).toBe(1);
});

test('a copy goes to the region of its destination, whatever that of its source', async () => {
  const copy = { CopySource: 'far/key', Key: 'copy' };
  await inRegion('us-east-1', (client) =>
    client.send(new CopyObjectCommand({ ...copy, Bucket: 'near' })),
  );
  expect(double.store.get('near', 'copy')!.body.bytes().toString()).toBe('far');
  await expect(
    inRegion('eu-west-1', (client) =>
      client.send(new CopyObjectCommand({ ...copy, Bucket: 'near' })),
    ),
  ).rejects.toMatchObject({ name: 'PermanentRedirect' });
});

test('a bucket without a region answers everywhere', async () => {
  for (const region of ['us-east-1', 'ap-northeast-1']) {
    expect(
      (
        await inRegion(region, (client) =>
          client.send(new ListObjectsV2Command({ Bucket: 'anywhere' })),
        )
      ).KeyCount,
    ).toBe(1);
  }
});

test('where the host names a region, a signature for another one is refused', async () => {
  const send = (host: string, region: string) =>
    new Promise<{ status?: number; region?: unknown; body: string }>((resolve, reject) => {
      const headers = {
        host,
        authorization:
          `AWS4-HMAC-SHA256 Credential=key/20261124/${region}/s3/aws4_request, ` +
          'SignedHeaders=host, Signature=0',
      };
      request(`${double.endpoint}/far/key`, { headers }, (answer) => {
        let body = '';
        answer
          .setEncoding('utf8')
          .on('data', (chunk: string) => {
            body += chunk;
          })
          .on('end', () =>
            resolve({
              status: answer.statusCode,
              region: answer.headers['x-amz-bucket-region'],
              body,
            }),
          );
      })
        .on('error', reject)
        .end();
    });
  expect(await send('s3.eu-west-1.localhost', 'us-east-1')).toMatchObject({
    status: 400,
    region: 'eu-west-1',
    body: expect.stringContaining(
      '<Code>AuthorizationHeaderMalformed</Code><Message>The authorization header is malformed; ' +
        "the region 'us-east-1' is wrong; expecting " +
        "'eu-west-1'</Message><Region>eu-west-1</Region>",
    ) as string,
  });
  expect(await send('s3.us-east-1.localhost', 'us-east-1')).toMatchObject({
    status: 301,
    region: 'eu-west-1',
  });
  expect(await send('s3.eu-west-1.localhost', 'eu-west-1')).toMatchObject({
    status: 200,
    body: 'far',
  });
});

test('each bucket has the account of its owner', async () => {
  const get = (Bucket: string, ExpectedBucketOwner: string) =>
    inRegion(Bucket === 'far' ? 'eu-west-1' : 'us-east-1', (client) =>
      client.send(new GetObjectCommand({ Bucket, Key: 'key', ExpectedBucketOwner })),
    );
  await get('far', '444455556666');
  await get('near', '123456789012');
  await expect(get('far', '123456789012')).rejects.toMatchObject({ name: 'AccessDenied' });
  const copy = {
    Bucket: 'near',
    Key: 'copy',
    CopySource: 'far/key',
    ExpectedBucketOwner: '123456789012',
  };
  await inRegion('us-east-1', (client) =>
    client.send(new CopyObjectCommand({ ...copy, ExpectedSourceBucketOwner: '444455556666' })),
  );
  await expect(
    inRegion('us-east-1', (client) =>
      client.send(new CopyObjectCommand({ ...copy, ExpectedSourceBucketOwner: '123456789012' })),
    ),
  ).rejects.toMatchObject({ name: 'AccessDenied' });
});
