import { Readable } from 'node:stream';
import {
  CopyObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  S3Client,
} from '@aws-sdk/client-s3';
import { startS3 } from '../../../../packages/s3-double/src';
import { createS3Client, withBucketRegions } from '../../../../src/lambda/s3/bucket-region';

const ANSWER = '<CopyObjectResult><ETag>"e"</ETag></CopyObjectResult>';
const errorOf = (code: string) => `<Error><Code>${code}</Code><Message>no</Message></Error>`;
const copyTo = (bucket: string) =>
  new CopyObjectCommand({ Bucket: bucket, Key: 'k', CopySource: 'source/k' });

/**
 * Buckets named `near` are in us-east-1, the others in eu-west-1. Other regions answer with this
 * status and code.
 */
function clients(status: number, code: string, elsewhere = 'eu-west-1') {
  const asked: string[] = [];
  const createClient = (region: string) => {
    const handle = async (request: { hostname: string }) => {
      asked.push(`${region} ${request.hostname.split('.')[0]}`);
      const home = request.hostname.startsWith('near') ? 'us-east-1' : elsewhere;
      const headers = { 'x-amz-bucket-region': home };
      const [statusCode, body] = region === home ? [200, ANSWER] : [status, errorOf(code)];
      return { response: { statusCode, headers, body: Readable.from([body]) } };
    };
    return new S3Client({
      region,
      credentials: { accessKeyId: 'a', secretAccessKey: 's' },
      maxAttempts: 1,
      requestHandler: { handle } as never,
    });
  };
  return { asked, create: jest.fn(createClient), s3: createClient('us-east-1') };
}

test.each([
  [301, 'PermanentRedirect'],
  [307, 'TemporaryRedirect'],
  [400, 'AuthorizationHeaderMalformed'],
  [400, 'IllegalLocationConstraintException'],
])('after one %i (%s), all requests to the bucket go to its own region', async (status, code) => {
  const { s3, create, asked } = clients(status, code);
  const regional = withBucketRegions(s3, create);
  for (let i = 0; i < 3; i++) {
    await regional.send(copyTo('far'));
  }
  expect(asked).toEqual(['us-east-1 far', 'eu-west-1 far', 'eu-west-1 far', 'eu-west-1 far']);
  expect(create).toHaveBeenCalledTimes(1);
});

test('requests to other buckets stay in the region of the function', async () => {
  const { s3, create, asked } = clients(301, 'PermanentRedirect');
  const regional = withBucketRegions(s3, create);
  await regional.send(copyTo('far'));
  await regional.send(copyTo('near'));
  expect(asked.at(-1)).toBe('us-east-1 near');
});

test('copies that run at the same time share one client of the other region', async () => {
  const { s3, create } = clients(301, 'PermanentRedirect');
  const regional = withBucketRegions(s3, create);
  await Promise.all([
    regional.send(copyTo('far')),
    regional.send(copyTo('far')),
    regional.send(copyTo('far-too')),
  ]);
  expect(create.mock.calls).toEqual([['eu-west-1']]);
});

test.each([
  [403, 'AccessDenied'],
  [404, 'NoSuchKey'],
  [412, 'PreconditionFailed'],
  [503, 'SlowDown'],
])('a %i (%s) is no redirect, although it names the region of the bucket', async (status, code) => {
  const { s3, create, asked } = clients(status, code);
  await expect(withBucketRegions(s3, create).send(copyTo('far'))).rejects.toThrow();
  expect(asked).toHaveLength(1);
  expect(create).not.toHaveBeenCalled();
});

test('a request without a body in its answer is redirected too', async () => {
  const { s3, create, asked } = clients(400, '');
  await withBucketRegions(s3, create).send(new HeadObjectCommand({ Bucket: 'far', Key: 'k' }));
  expect(asked).toEqual(['us-east-1 far', 'eu-west-1 far']);
});

test('a bad request in the right region is no redirect', async () => {
  const { s3, create, asked } = clients(400, 'InvalidRequest');
  const handle = async () => {
    asked.push('bad');
    return {
      response: {
        statusCode: 400,
        headers: { 'x-amz-bucket-region': 'us-east-1' },
        body: Readable.from([errorOf('InvalidRequest')]),
      },
    };
  };
  s3.config.requestHandler = { handle } as never;
  await expect(withBucketRegions(s3, create).send(copyTo('near'))).rejects.toThrow();
  expect(asked).toEqual(['bad']);
  expect(create).not.toHaveBeenCalled();
});

test('a region that names another one is not asked again and again', async () => {
  const { s3, create, asked } = clients(301, 'PermanentRedirect', 'nowhere');
  create.mockImplementation((region) => clients(301, 'PermanentRedirect', `not-${region}`).s3);
  const regional = withBucketRegions(s3, create);
  await expect(regional.send(copyTo('far'))).rejects.toThrow();
  await expect(regional.send(new HeadObjectCommand({ Bucket: 'far', Key: 'k' }))).rejects.toThrow();
  expect(asked).toHaveLength(1);
});

test(
  'a client that is made of options lists a bucket of another region, and asks its own region ' +
    'once',
  async () => {
    const s3 = await startS3();
    s3.store.createBucket('far', { region: 'eu-west-1' });
    const client = createS3Client({
      endpoint: s3.endpoint,
      region: 'us-east-1',
      forcePathStyle: true,
      maxAttempts: 1,
      credentials: { accessKeyId: 'a', secretAccessKey: 's' },
    });
    for (let i = 0; i < 3; i++) {
      expect((await client.send(new ListObjectsV2Command({ Bucket: 'far' }))).KeyCount).toBe(0);
    }
    expect(s3.requests).toEqual({ ListObjectsV2: 4 });
    await s3.close();
  },
);
