import {
  type BucketLocationConstraint,
  CreateBucketCommand,
  GetBucketLocationCommand,
  HeadBucketCommand,
  ListBucketsCommand,
  type ListBucketsCommandInput,
  type S3Client,
} from '@aws-sdk/client-s3';
import { clientOf } from './client';
import { type S3Double, startS3 } from '../src';

let double: S3Double;
let client: S3Client;

beforeEach(async () => {
  double = await startS3();
  client = clientOf(double);
});

afterEach(async () => {
  client.destroy();
  await double.close();
});

const create = (Bucket: string, region?: string) =>
  client.send(
    new CreateBucketCommand({
      Bucket,
      CreateBucketConfiguration:
        region === undefined
          ? undefined
          : { LocationConstraint: region as BucketLocationConstraint },
    }),
  );
const regionOf = async (Bucket: string, region = 'us-east-1') => {
  const near = clientOf(double, region);
  const { BucketRegion } = await near.send(new HeadBucketCommand({ Bucket }));
  near.destroy();
  return [
    (await client.send(new GetBucketLocationCommand({ Bucket }))).LocationConstraint || undefined,
    BucketRegion,
  ];
};
const list = async (input: ListBucketsCommandInput = {}) =>
  client.send(new ListBucketsCommand(input));

test.each([
  [undefined, [undefined, 'us-east-1']],
  ['ap-northeast-1', ['ap-northeast-1', 'ap-northeast-1']],
  ['us-gov-west-1', ['us-gov-west-1', 'us-gov-west-1']],
  ['EU', ['eu-west-1', 'eu-west-1']],
])('a bucket that is created with the constraint %p is in %j', async (constraint, told) => {
  await create('bucket', constraint);
  expect(await regionOf('bucket', told[1])).toEqual(told);
});

test('a region that cannot be one is refused', async () => {
  await expect(create('bucket', 'Mars')).rejects.toMatchObject({
    name: 'InvalidLocationConstraint',
    $metadata: { httpStatusCode: 400 },
  });
  expect(double.store.buckets.size).toBe(0);
});

test('a bucket of us-east-1 may be created again, and keeps what it holds', async () => {
  await create('bucket');
  double.store.put('bucket', 'key', 'content');
  await create('bucket');
  expect(double.store.keys('bucket')).toEqual(['key']);
});

test.each([
  ['eu-west-1', 'eu-west-1'],
  ['eu-west-1', undefined],
  [undefined, 'eu-west-1'],
])('a bucket of %p may not be created again in %p', async (before, after) => {
  await create('bucket', before);
  await expect(create('bucket', after)).rejects.toMatchObject({
    name: 'BucketAlreadyOwnedByYou',
    $metadata: { httpStatusCode: 409 },
  });
});

test('buckets are listed page by page, by prefix and by region', async () => {
  for (const name of ['log-b', 'log-a', 'data', 'log-c']) {
    await create(name, name === 'log-c' ? 'eu-west-1' : undefined);
  }
  const first = await list({ MaxBuckets: 2, Prefix: 'log-' });
  expect(first).toMatchObject({
    Prefix: 'log-',
    Buckets: [{ Name: 'log-a', BucketRegion: 'us-east-1' }, { Name: 'log-b' }],
  });
  const second = await list({
    MaxBuckets: 2,
    Prefix: 'log-',
    ContinuationToken: first.ContinuationToken,
  });
  expect(second.Buckets).toMatchObject([{ Name: 'log-c', BucketRegion: 'eu-west-1' }]);
  expect(second.ContinuationToken).toBeUndefined();
  expect((await list({ BucketRegion: 'eu-west-1' })).Buckets?.map(({ Name }) => Name)).toEqual([
    'log-c',
  ]);
  const all = await list();
  expect(all.Buckets?.map(({ Name }) => Name)).toEqual(['data', 'log-a', 'log-b', 'log-c']);
  expect(all.Buckets?.[0].BucketRegion).toBeUndefined();
});

test.each([{ MaxBuckets: 0 }, { MaxBuckets: 10_001 }, { ContinuationToken: 'made up' }])(
  'a listing of buckets with %j is refused',
  async (input) => {
    await expect(list(input)).rejects.toMatchObject({ name: 'InvalidArgument' });
  },
);
