import {
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  RestoreObjectCommand,
  type S3Client,
  type Tier,
} from '@aws-sdk/client-s3';
import { clientOf } from './client';
import { type S3Double, startS3 } from '../src';

const START = Date.parse('2026-11-25T01:02:03Z');
const HOUR = 3_600_000;

let double: S3Double;
let client: S3Client;
let now = START;

beforeEach(async () => {
  now = START;
  double = await startS3({ now: () => new Date(now) });
  client = clientOf(double);
  double.store.createBucket('bucket');
});
afterEach(async () => {
  client.destroy();
  await double.close();
});

const put = (storageClass: string) => double.store.put('bucket', 'key', 'x', { storageClass });
const restore = (Tier: Tier = 'Standard', Days: number | undefined = 2) =>
  client.send(
    new RestoreObjectCommand({
      Bucket: 'bucket',
      Key: 'key',
      RestoreRequest: { Days, GlacierJobParameters: { Tier } },
    }),
  );
const statusOf = async (answer: ReturnType<typeof restore>) =>
  (await answer).$metadata.httpStatusCode;
const describeRestore = async () =>
  (await client.send(new HeadObjectCommand({ Bucket: 'bucket', Key: 'key' }))).Restore;
const list = async () =>
  (
    await client.send(
      new ListObjectsV2Command({ Bucket: 'bucket', OptionalObjectAttributes: ['RestoreStatus'] }),
    )
  ).Contents![0].RestoreStatus;
const read = () => client.send(new GetObjectCommand({ Bucket: 'bucket', Key: 'key' }));

test.each([
  ['GLACIER', 'Expedited', 5 / 60],
  ['GLACIER', 'Standard', 5],
  ['GLACIER', 'Bulk', 12],
  ['DEEP_ARCHIVE', 'Standard', 12],
  ['DEEP_ARCHIVE', 'Bulk', 47],
] as const)(
  'an object in %s is restored with tier %s after %d hours, and until midnight after its days',
  async (storageClass, tier, hours) => {
    put(storageClass);
    expect([await describeRestore(), await list()]).toEqual([undefined, undefined]);
    expect(await statusOf(restore(tier))).toBe(202);
    now = START + hours * HOUR - 1;
    expect([await describeRestore(), await list()]).toEqual([
      'ongoing-request="true"',
      { IsRestoreInProgress: true },
    ]);
    await expect(read()).rejects.toMatchObject({ name: 'InvalidObjectState' });
    await expect(restore(tier)).rejects.toMatchObject({
      name: 'RestoreAlreadyInProgress',
      $metadata: { httpStatusCode: 409 },
    });
    now += 1;
    const expiry = new Date(Math.ceil((now + 48 * HOUR) / (24 * HOUR)) * 24 * HOUR);
    expect([await describeRestore(), await list()]).toEqual([
      `ongoing-request="false", expiry-date="${expiry.toUTCString()}"`,
      { IsRestoreInProgress: false, RestoreExpiryDate: expiry },
    ]);
    await read();
    now = expiry.getTime();
    await expect(read()).rejects.toMatchObject({ name: 'InvalidObjectState' });
    expect([await describeRestore(), await list()]).toEqual([undefined, undefined]);
  },
);

test('a request for a restored object gives it more time', async () => {
  put('GLACIER');
  await restore('Expedited', 1);
  now += HOUR;
  expect(await statusOf(restore('Expedited', 9))).toBe(200);
  expect(await describeRestore()).toContain('expiry-date="Sat, 05 Dec 2026 00:00:00 GMT"');
});

test('what S3 refuses is refused, and changes nothing', async () => {
  put('STANDARD');
  await expect(restore()).rejects.toMatchObject({
    name: 'InvalidObjectState',
    $metadata: { httpStatusCode: 403 },
  });
  put('DEEP_ARCHIVE');
  await expect(restore('Expedited')).rejects.toMatchObject({
    message: 'Retrieval option is not supported by this storage class',
  });
  await expect(restore('Standard', 0)).rejects.toMatchObject({ name: 'MalformedXML' });
  expect(await describeRestore()).toBeUndefined();
  double.store.delete('bucket', 'key');
  await expect(restore()).rejects.toMatchObject({ name: 'NoSuchKey' });
});

test('the bill has the request and the bytes by class and tier', async () => {
  put('DEEP_ARCHIVE');
  await restore('Bulk');
  expect(double.bill).toMatchObject({
    requests: { 'RestoreObject@DEEP_ARCHIVE/Bulk': 1 },
    retrieved: { 'DEEP_ARCHIVE/Bulk': 1 },
  });
});

test('S3 may have no capacity for expedited restores, and restores nothing then', async () => {
  await double.close();
  double = await startS3({
    faults: { seed: 1, rules: [{ kind: 'NoExpeditedCapacity', probability: 1 }] },
  });
  client.destroy();
  client = clientOf(double);
  double.store.createBucket('bucket');
  put('GLACIER');
  await expect(restore('Expedited')).rejects.toMatchObject({
    name: 'GlacierExpeditedRetrievalNotAvailable',
    $metadata: { httpStatusCode: 503 },
  });
  expect(await describeRestore()).toBeUndefined();
});
