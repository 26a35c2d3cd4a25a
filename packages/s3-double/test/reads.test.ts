import {
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  GetObjectCommand,
  HeadObjectCommand,
  type S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { clientOf } from './client';
import { type S3Double, startS3 } from '../src';

let double: S3Double;
let client: S3Client;

beforeEach(async () => {
  double = await startS3();
  client = clientOf(double);
  double.store.createBucket('bucket');
});

afterEach(async () => {
  client.destroy();
  await double.close();
});

const object = { Bucket: 'bucket', Key: 'key' };
const ask = async (path: string, method = 'GET') =>
  fetch(`${double.endpoint}/bucket/${path}`, { method });

test.each([GetObjectCommand, HeadObjectCommand])(
  'a reader chooses what headers say: %p',
  async (Command) => {
    double.store.put('bucket', 'key', '0123456789', {
      headers: { 'content-type': 'text/csv', 'content-language': 'de' },
    });
    const output = await client.send(
      new Command({
        ...object,
        Range: 'bytes=0-4',
        ResponseCacheControl: 'no-store',
        ResponseContentDisposition: 'attachment; filename="a b.csv"',
        ResponseContentEncoding: 'identity',
        ResponseContentType: 'text/plain',
        ResponseExpires: new Date('2026-11-24T00:00:00Z'),
      }),
    );
    expect(output).toMatchObject({
      CacheControl: 'no-store',
      ContentDisposition: 'attachment; filename="a b.csv"',
      ContentEncoding: 'identity',
      ContentType: 'text/plain',
      ContentLanguage: 'de',
      ContentLength: 5,
      ExpiresString: 'Tue, 24 Nov 2026 00:00:00 GMT',
    });
    expect((await client.send(new HeadObjectCommand(object))).ContentType).toBe('text/csv');
  },
);

test.each(['%E2%80%93', 'a%0D%0Ax-amz-meta-forged: 1'])(
  'what no header can hold is refused: %s',
  async (value) => {
    double.store.put('bucket', 'key', 'x');
    const response = await ask(`key?response-content-disposition=${value}`);
    expect(response.status).toBe(400);
    expect(await response.text()).toContain(
      '<Code>InvalidArgument</Code><Message>Header value cannot be represented using ' +
        'ISO-8859-1.</Message><ArgumentName>response-content-disposition</ArgumentName>',
    );
  },
);

test.each(['GET', 'HEAD'])(
  'the first part of an object in one piece is all of it, as a range: %s',
  async (method) => {
    double.store.put('bucket', 'key', '0123456789');
    const response = await ask('key?partNumber=1', method);
    expect([
      response.status,
      response.headers.get('content-range'),
      response.headers.get('content-length'),
    ]).toEqual([206, 'bytes 0-9/10', '10']);
  },
);

test.each(['GET', 'HEAD'])('the first part of an empty object is no range: %s', async (method) => {
  double.store.put('bucket', 'key', '');
  const response = await ask('key?partNumber=1', method);
  expect([
    response.status,
    response.headers.get('content-range'),
    response.headers.get('content-length'),
  ]).toEqual([200, null, '0']);
  expect((await ask('key?partNumber=2', method)).status).toBe(416);
});

test('an empty last part is empty', async () => {
  await double.close();
  double = await startS3({ minPartBytes: 1 });
  double.store.createBucket('bucket');
  client = clientOf(double);
  const { UploadId } = await client.send(new CreateMultipartUploadCommand(object));
  const Parts = [];
  for (const [index, Body] of ['01', ''].entries()) {
    const part = { PartNumber: index + 1, UploadId };
    Parts.push({
      ...part,
      ETag: (await client.send(new UploadPartCommand({ ...object, ...part, Body }))).ETag,
    });
  }
  await client.send(
    new CompleteMultipartUploadCommand({ ...object, UploadId, MultipartUpload: { Parts } }),
  );
  const response = await ask('key?partNumber=2');
  expect([response.status, response.headers.get('content-range'), await response.text()]).toEqual([
    200,
    null,
    '',
  ]);
});

test.each(['bytes=0-', 'bytes=0-0', 'bytes=-1'])(
  'an empty object has no range: %s',
  async (range) => {
    double.store.put('bucket', 'key', '');
    const response = await fetch(`${double.endpoint}/bucket/key`, { headers: { range } });
    expect(response.status).toBe(416);
  },
);
