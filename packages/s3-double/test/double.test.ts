import { createHash } from 'node:crypto';
import {
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateMultipartUploadCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  type S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { clientOf } from './client';
import { type S3Double, type S3DoubleOptions, startS3 } from '../src';

const NOW = new Date('2026-11-25T01:02:03.456Z');

let double: S3Double;
let client: S3Client;

async function start(options: S3DoubleOptions = {}): Promise<void> {
  double = await startS3({ now: () => NOW, ...options });
  client = clientOf(double);
  double.store.createBucket('bucket');
}

afterEach(async () => {
  client.destroy();
  await double.close();
});

const copy = (key: string) =>
  client.send(
    new CopyObjectCommand({ Bucket: 'bucket', Key: 'copy', CopySource: `bucket/${key}` }),
  );
const head = (key: string) =>
  client.send(new HeadObjectCommand({ Bucket: 'bucket', Key: key, ChecksumMode: 'ENABLED' }));

test('seeded objects have what they were seeded with', async () => {
  await start();
  double.store.put('bucket', 'key', 'content', {
    metadata: { owner: 'ops' },
    tags: { team: 'blue' },
    headers: { 'content-type': 'text/csv', 'cache-control': 'no-store' },
    storageClass: 'STANDARD_IA',
    serverSideEncryption: 'aws:kms',
    kmsKeyId: 'key-id',
    lastModified: new Date('2026-11-24T00:00:00Z'),
  });
  expect(await head('key')).toMatchObject({
    Metadata: { owner: 'ops' },
    TagCount: 1,
    ContentType: 'text/csv',
    CacheControl: 'no-store',
    StorageClass: 'STANDARD_IA',
    ServerSideEncryption: 'aws:kms',
    SSEKMSKeyId: 'key-id',
    LastModified: new Date('2026-11-24T00:00:00Z'),
  });
});

test('an object seeded with a part size has a multipart ETag', async () => {
  await start();
  const md5 = (text: string) => createHash('md5').update(text).digest();
  const expected = createHash('md5')
    .update(Buffer.concat([md5('0123'), md5('4567'), md5('89')]))
    .digest('hex');
  expect(double.store.put('bucket', 'key', '0123456789', { partSize: 4 }).etag).toBe(
    `${expected}-3`,
  );
  expect((await head('key')).ETag).toBe(`"${expected}-3"`);
});

// The SDK's own headers take a few hundred bytes.
test.each([
  [7_000, 'MetadataTooLarge'],
  [8_192, 'RequestHeaderSectionTooLarge'],
  [60_000, 'RequestHeaderSectionTooLarge'],
])('metadata of %i bytes is refused as S3 refuses it: %s', async (length, name) => {
  await start();
  const begun = client.send(
    new CreateMultipartUploadCommand({
      Bucket: 'bucket',
      Key: 'key',
      Metadata: { m: 'x'.repeat(length) },
    }),
  );
  await expect(begun).rejects.toMatchObject({ name, $metadata: { httpStatusCode: 400 } });
});

test('an archived object can be copied once it is restored', async () => {
  await start();
  double.store.put('bucket', 'frozen', 'x', { storageClass: 'GLACIER' });
  double.store.put('bucket', 'thawed', 'x', { storageClass: 'GLACIER', restored: true });
  await expect(copy('frozen')).rejects.toMatchObject({
    name: 'InvalidObjectState',
    StorageClass: 'GLACIER',
  });
  await copy('thawed');
  expect((await head('thawed')).Restore).toContain('ongoing-request="false"');
});

test(
  'an object of an archive tier of INTELLIGENT_TIERING looks as any in a listing, and can be ' +
    'neither read nor copied',
  async () => {
    await start();
    double.store.put('bucket', 'key', 'x', {
      storageClass: 'INTELLIGENT_TIERING',
      archiveTier: 'DEEP_ARCHIVE_ACCESS',
    });
    const { Contents } = await client.send(new ListObjectsV2Command({ Bucket: 'bucket' }));
    expect(Contents).toMatchObject([{ Key: 'key', StorageClass: 'INTELLIGENT_TIERING' }]);
    expect(await head('key')).toMatchObject({
      StorageClass: 'INTELLIGENT_TIERING',
      ArchiveStatus: 'DEEP_ARCHIVE_ACCESS',
    });
    const refusal = {
      name: 'InvalidObjectState',
      StorageClass: 'INTELLIGENT_TIERING',
      AccessTier: 'DEEP_ARCHIVE_ACCESS',
    };
    await expect(
      client.send(new GetObjectCommand({ Bucket: 'bucket', Key: 'key' })),
    ).rejects.toMatchObject(refusal);
    await expect(copy('key')).rejects.toMatchObject(refusal);
  },
);

test('the clock is the one given, in whole seconds', async () => {
  await start();
  double.store.put('bucket', 'key', '');
  expect((await head('key')).LastModified).toEqual(new Date('2026-11-25T01:02:03Z'));
});

test('a copy shares the bytes of its source', async () => {
  await start();
  double.store.put('bucket', 'key', 'x'.repeat(100_000));
  await copy('key');
  expect(double.store.get('bucket', 'copy')?.body).toBe(double.store.get('bucket', 'key')?.body);
});

test('requests are counted by operation, refused ones too', async () => {
  await start();
  await expect(copy('missing')).rejects.toMatchObject({ name: 'NoSuchKey' });
  await expect(head('missing')).rejects.toMatchObject({ name: 'NotFound' });
  await expect(head('missing')).rejects.toMatchObject({ name: 'NotFound' });
  expect(double.requests).toEqual({ CopyObject: 1, HeadObject: 2 });
  double.resetRequests();
  expect(double.requests).toEqual({});
});

test('the limit of CopyObject can be scaled down', async () => {
  await start({ copyLimitBytes: 10 });
  double.store.put('bucket', 'fits', '0123456789');
  double.store.put('bucket', 'large', '0123456789a');
  await copy('fits');
  await expect(copy('large')).rejects.toMatchObject({
    name: 'InvalidRequest',
    message: expect.stringContaining('maximum allowable size'),
  });
});

test('the least size of parts can be scaled down', async () => {
  await start({ minPartBytes: 2 });
  const upload = { Bucket: 'bucket', Key: 'key' };
  const { UploadId } = await client.send(new CreateMultipartUploadCommand(upload));
  const parts = [];
  for (const [index, Body] of ['01', '2'].entries()) {
    const { ETag } = await client.send(
      new UploadPartCommand({ ...upload, UploadId, PartNumber: index + 1, Body }),
    );
    parts.push({ ETag, PartNumber: index + 1 });
  }
  await client.send(
    new CompleteMultipartUploadCommand({ ...upload, UploadId, MultipartUpload: { Parts: parts } }),
  );
  expect(double.store.get('bucket', 'key')?.body.bytes().toString()).toBe('012');
});

test('a denial holds until it is lifted', async () => {
  await start();
  double.store.put('bucket', 'key', '');
  const lift = double.store.deny({ operations: ['CopyObject'], keyPrefix: 'copy' });
  await expect(copy('key')).rejects.toMatchObject({
    name: 'AccessDenied',
    $metadata: { httpStatusCode: 403 },
  });
  lift();
  await copy('key');
});

test('a denied source cannot be copied', async () => {
  await start();
  double.store.put('bucket', 'key', '');
  double.store.deny({ operations: ['GetObject'], keyPrefix: 'key' });
  await expect(copy('key')).rejects.toMatchObject({ name: 'AccessDenied' });
});

test('a denied key of a bulk delete is an error inside the 200', async () => {
  await start();
  double.store.deny({ operations: ['DeleteObject'], keyPrefix: 'locked/' });
  const output = await client.send(
    new DeleteObjectsCommand({
      Bucket: 'bucket',
      Delete: { Objects: [{ Key: 'locked/1' }, { Key: 'other' }] },
    }),
  );
  expect(output.Errors?.map(({ Key, Code }) => [Key, Code])).toEqual([
    ['locked/1', 'AccessDenied'],
  ]);
});

test('a denied KMS key can neither encrypt nor decrypt', async () => {
  await start();
  double.store.put('bucket', 'secret', 'x', {
    serverSideEncryption: 'aws:kms',
    kmsKeyId: 'key-id',
  });
  double.store.deny({ kmsKeyId: 'key-id' });
  await expect(copy('secret')).rejects.toMatchObject({
    name: 'AccessDenied',
    message: expect.stringContaining('kms:'),
  });
  const put = new PutObjectCommand({
    Bucket: 'bucket',
    Key: 'new',
    Body: 'x',
    ServerSideEncryption: 'aws:kms',
    SSEKMSKeyId: 'key-id',
  });
  await expect(client.send(put)).rejects.toMatchObject({ name: 'AccessDenied' });
});

test('a body in chunks with a trailing checksum is unwrapped and checked', async () => {
  await start();
  const put = (checksum: string) =>
    fetch(`${double.endpoint}/bucket/key`, {
      method: 'PUT',
      headers: {
        'content-encoding': 'gzip,aws-chunked',
        'x-amz-content-sha256': 'STREAMING-UNSIGNED-PAYLOAD-TRAILER',
        'x-amz-decoded-content-length': '9',
        'x-amz-trailer': 'x-amz-checksum-crc32',
      },
      body: `4\r\n1234\r\n5\r\n56789\r\n0\r\nx-amz-checksum-crc32:${checksum}\r\n\r\n`,
    });
  expect((await put('AAAAAA==')).status).toBe(400);
  expect((await put('y/Q5Jg==')).status).toBe(200);
  const output = await client.send(new GetObjectCommand({ Bucket: 'bucket', Key: 'key' }));
  expect(await output.Body?.transformToString()).toBe('123456789');
  expect(output.ContentEncoding).toBe('gzip');
});

test('a chunked body that ends early is refused', async () => {
  await start();
  const response = await fetch(`${double.endpoint}/bucket/key`, {
    method: 'PUT',
    headers: { 'x-amz-content-sha256': 'STREAMING-AWS4-HMAC-SHA256-PAYLOAD' },
    body: '9;chunk-signature=0\r\n1234',
  });
  expect(await response.text()).toContain('<Code>IncompleteBody</Code>');
});

test('an error says what, where and which request', async () => {
  await start();
  const response = await fetch(`${double.endpoint}/bucket/a%26b`);
  expect(response.status).toBe(404);
  const requestId = response.headers.get('x-amz-request-id');
  expect(await response.text()).toBe(
    '<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>NoSuchKey</Code>' +
      '<Message>The specified key does not ' +
      'exist.</Message><Key>a&amp;b</Key><Resource>/bucket/a&amp;b</Resource>' +
      `<RequestId>${requestId}</RequestId><HostId>sandbox</HostId></Error>`,
  );
});

test('a bad escape in a path, and an operation that the double lacks', async () => {
  await start();
  expect(await (await fetch(`${double.endpoint}/bucket/%ff`)).text()).toContain(
    '<Code>InvalidURI</Code>',
  );
  expect((await fetch(`${double.endpoint}/bucket?website`)).status).toBe(501);
});
