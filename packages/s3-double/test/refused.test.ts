import * as sdk from '@aws-sdk/client-s3';
import { clientOf } from './client';
import { type S3Double, startS3 } from '../src';
import { SERVED } from '../src/server/routes';

let double: S3Double;
let client: sdk.S3Client;

beforeEach(async () => {
  double = await startS3();
  client = clientOf(double);
  double.store.createBucket('bucket');
  double.store.createBucket('empty');
  double.store.put('bucket', 'key', 'precious');
});

afterEach(async () => {
  client.destroy();
  await double.close();
});

const everything = () =>
  [...double.store.buckets.values()].map(({ name, uploads }) => [
    name,
    uploads.size,
    double.store
      .keys(name)
      .map((key) => [key, double.store.get(name, key)?.body.bytes().toString()]),
  ]);

test.each([
  ['PUT', '/bucket/key?unheardOf&name=n'],
  ['DELETE', '/bucket/key?unheardOf&name=n'],
  ['GET', '/bucket/key?unheardOf'],
  ['PUT', '/bucket/key?renameObject'],
  ['PUT', '/bucket/key?encryption'],
  ['PUT', '/bucket/key?partNumber=1'],
  ['PUT', '/bucket/new?partNumber=1'],
  ['PUT', '/bucket/key?versionId=null'],
  ['PUT', '/bucket/key?X-Amz-Copy-Source=bucket%2Fother'],
  ['GET', '/bucket/key?torrent'],
  ['POST', '/bucket/key?select&select-type=2'],
  ['DELETE', '/empty?metrics&id=m'],
  ['DELETE', '/empty?inventory&id=i'],
  ['DELETE', '/empty?analytics&id=a'],
  ['DELETE', '/empty?intelligent-tiering&id=t'],
  ['DELETE', '/empty?metadataTable'],
  ['PUT', '/new?inventory&id=i'],
  ['PUT', '/new?metrics&id=m'],
  ['PUT', '/new?abac'],
  ['GET', '/bucket?policyStatus'],
  ['GET', '/bucket?inventory'],
  ['GET', '/bucket?intelligent-tiering'],
  ['GET', '/bucket?abac'],
  ['GET', '/bucket?session'],
  ['GET', '/bucket?list-type=3'],
  ['GET', '/?max-directory-buckets=1'],
  ['GET', '/?x-id=ListDirectoryBuckets'],
])('%s %s is refused, and changes nothing', async (method, path) => {
  const before = everything();
  const response = await fetch(double.endpoint + path, {
    method,
    body: method === 'PUT' ? 'other' : undefined,
  });
  expect(await response.text()).toContain('<Code>NotImplemented</Code>');
  expect(response.status).toBe(501);
  expect(everything()).toEqual(before);
});

test('what is refused is named', async () => {
  const response = await fetch(`${double.endpoint}/bucket/key?unheardOf&name=n`, {
    method: 'DELETE',
  });
  expect(await response.text()).toContain(
    "<Message>the sandbox's S3 does not have DELETE object?unheardOf&amp;name</Message>",
  );
});

test.each<[what: string, send: () => Promise<unknown>]>([
  [
    'an append',
    () =>
      client.send(
        new sdk.PutObjectCommand({
          Bucket: 'bucket',
          Key: 'key',
          Body: 'more',
          WriteOffsetBytes: 8,
        }),
      ),
  ],
  [
    'a delete of an object of a size',
    () =>
      client.send(new sdk.DeleteObjectCommand({ Bucket: 'bucket', Key: 'key', IfMatchSize: 1 })),
  ],
  [
    'a delete of an object of a time',
    () =>
      client.send(
        new sdk.DeleteObjectCommand({
          Bucket: 'bucket',
          Key: 'key',
          IfMatchLastModifiedTime: new Date(0),
        }),
      ),
  ],
  [
    'a bulk delete of such',
    () =>
      client.send(
        new sdk.DeleteObjectsCommand({
          Bucket: 'bucket',
          Delete: { Objects: [{ Key: 'key', Size: 1 }] },
        }),
      ),
  ],
  [
    'a bucket of theirs',
    () =>
      client.send(
        new sdk.CreateBucketCommand({
          Bucket: 'directory--use1-az4--x-s3',
          CreateBucketConfiguration: {
            Location: { Type: 'AvailabilityZone', Name: 'use1-az4' },
            Bucket: { Type: 'Directory', DataRedundancy: 'SingleAvailabilityZone' },
          },
        }),
      ),
  ],
])('%s is for directory buckets: it is refused, and changes nothing', async (_, send) => {
  const before = everything();
  await expect(send()).rejects.toMatchObject({
    name: 'NotImplemented',
    $metadata: { httpStatusCode: 501 },
  });
  expect(everything()).toEqual(before);
});

/** These members are enough to serialize a request of each command of the SDK. */
const INPUT = {
  Bucket: 'bucket',
  Key: 'key',
  CopySource: 'bucket/key',
  UploadId: 'upload',
  PartNumber: 1,
  Delete: { Objects: [{ Key: 'absent' }] },
  Id: 'id',
  AnnotationName: 'name',
  RenameSource: '/bucket/key',
  ObjectAttributes: ['ETag'],
  VersionId: 'null',
  ExpressionType: 'SQL',
  Expression: 'SELECT *',
  Body: 'other',
  Prefix: 'k',
  Delimiter: '/',
  EncodingType: 'url',
  ContinuationToken: '1a',
  StartAfter: 'a',
  FetchOwner: true,
  Marker: 'a',
  KeyMarker: 'a',
  VersionIdMarker: 'v',
  UploadIdMarker: 'u',
  PartNumberMarker: '1',
  BucketRegion: 'us-east-1',
  MaxKeys: 1,
  MaxBuckets: 1,
  MaxUploads: 1,
  MaxParts: 1,
  MaxDirectoryBuckets: 1,
  MaxAnnotationResults: 1,
  ResponseCacheControl: 'a',
  ResponseContentDisposition: 'b',
  ResponseContentEncoding: 'c',
  ResponseContentLanguage: 'd',
  ResponseContentType: 'e',
  ResponseExpires: new Date(0),
};

/** The SDK sends this operation to a different host. */
const ELSEWHERE = ['WriteGetObjectResponse'];

const commands = Object.entries(sdk)
  .filter(([name]) => /^[A-Z]\w+Command$/.test(name))
  .map(
    ([name, Command]) =>
      [
        name.slice(0, -'Command'.length),
        Command as unknown as new (input: object) => Parameters<sdk.S3Client['send']>[0],
      ] as const,
  )
  .filter(([name]) => !ELSEWHERE.includes(name));

test.each(commands)('%s of the SDK is itself, or unknown', async (name, Command) => {
  const before = everything();
  await client.send(new Command({ ...INPUT })).catch(() => undefined);
  const [operation, ...others] = Object.keys(double.requests);
  expect(others).toEqual([]);
  // The name for DeleteBucketLifecycle follows the pattern of the related operations.
  expect(SERVED.includes(name) ? [name] : [name, `${name}Configuration`, 'Unknown']).toContain(
    operation,
  );
  if (!SERVED.includes(name)) {
    expect(everything()).toEqual(before);
  }
});
