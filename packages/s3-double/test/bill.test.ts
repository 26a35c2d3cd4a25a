import {
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateMultipartUploadCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  HeadObjectCommand,
  S3Client,
  UploadPartCopyCommand,
} from '@aws-sdk/client-s3';
import { type S3Double, startS3 } from '../src';

const DAY = 86_400_000;
const MIB = 1024 ** 2;
let double: S3Double;
let s3: S3Client;

beforeEach(async () => {
  double = await startS3();
  double.store.createBucket('source');
  s3 = new S3Client({
    endpoint: double.endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
    forcePathStyle: true,
  });
});

afterEach(async () => {
  s3.destroy();
  await double.close();
});

const copy = (key: string, StorageClass?: 'GLACIER_IR') =>
  s3.send(
    new CopyObjectCommand({
      Bucket: 'source',
      Key: `to/${key}`,
      CopySource: `source/${key}`,
      StorageClass,
    }),
  );

test(
  'a copy is billed by the class that it writes; what it takes out of another class, by its ' +
    'bytes',
  async () => {
    double.store.put('source', 'plain', 'x');
    double.store.put('source', 'cold', 'x'.repeat(1000), { storageClass: 'STANDARD_IA' });
    await copy('plain');
    await copy('cold', 'GLACIER_IR');
    expect(double.bill).toMatchObject({
      requests: { CopyObject: 1, 'CopyObject@GLACIER_IR': 1 },
      retrieved: { STANDARD_IA: 1000 },
    });
  },
);

test('a request that is refused is billed, and moves nothing', async () => {
  double.store.put('source', 'cold', 'x', { storageClass: 'STANDARD_IA' });
  await expect(
    s3.send(
      new CopyObjectCommand({
        Bucket: 'source',
        Key: 'to',
        CopySource: 'source/cold',
        CopySourceIfMatch: '"other"',
      }),
    ),
  ).rejects.toThrow();
  expect(double.bill).toMatchObject({ requests: { CopyObject: 1 }, retrieved: {} });
});

test('a read is billed by the class of what it reads, a look takes nothing out', async () => {
  double.store.put('source', 'cold', 'xyz', { storageClass: 'GLACIER_IR' });
  await s3.send(new HeadObjectCommand({ Bucket: 'source', Key: 'cold' }));
  expect(double.bill.retrieved).toEqual({});
  await (
    await s3.send(new GetObjectCommand({ Bucket: 'source', Key: 'cold' }))
  ).Body!.transformToString();
  expect(double.bill).toMatchObject({
    requests: { 'HeadObject@GLACIER_IR': 1, 'GetObject@GLACIER_IR': 1 },
    retrieved: { GLACIER_IR: 3 },
  });
});

test('parts are billed by the class of their upload, and by the range that they take', async () => {
  double.store.put('source', 'cold', Buffer.alloc(6 * MIB), { storageClass: 'STANDARD_IA' });
  const target = { Bucket: 'source', Key: 'to' };
  const { UploadId } = await s3.send(
    new CreateMultipartUploadCommand({ ...target, StorageClass: 'GLACIER_IR' }),
  );
  const Parts = [];
  for (const [index, range] of [
    `bytes=0-${5 * MIB - 1}`,
    `bytes=${5 * MIB}-${6 * MIB - 1}`,
  ].entries()) {
    const { CopyPartResult } = await s3.send(
      new UploadPartCopyCommand({
        ...target,
        UploadId,
        PartNumber: index + 1,
        CopySource: 'source/cold',
        CopySourceRange: range,
      }),
    );
    Parts.push({ PartNumber: index + 1, ETag: CopyPartResult!.ETag });
  }
  await s3.send(
    new CompleteMultipartUploadCommand({ ...target, UploadId, MultipartUpload: { Parts } }),
  );
  expect(double.bill.requests).toEqual({
    'CreateMultipartUpload@GLACIER_IR': 1,
    'UploadPartCopy@GLACIER_IR': 2,
    'CompleteMultipartUpload@GLACIER_IR': 1,
  });
  expect(double.bill.retrieved).toEqual({ STANDARD_IA: 6 * MIB });
});

test('bytes that go to another bucket are counted by both buckets, those of a range alone', async () => {
  double.store.createBucket('archive');
  double.store.put('source', 'a', 'x'.repeat(10));
  double.store.put('archive', 'b', 'x'.repeat(7));
  const to = (Bucket: string, CopySource: string) => ({ Bucket, Key: 'to', CopySource });
  await s3.send(new CopyObjectCommand(to('archive', 'source/a')));
  await s3.send(new CopyObjectCommand(to('source', 'archive/b')));
  await s3.send(new CopyObjectCommand(to('archive', 'archive/b')));
  await expect(
    s3.send(new CopyObjectCommand({ ...to('archive', 'source/a'), IfNoneMatch: '*' })),
  ).rejects.toThrow();
  const { UploadId } = await s3.send(
    new CreateMultipartUploadCommand({ Bucket: 'archive', Key: 'to' }),
  );
  await s3.send(
    new UploadPartCopyCommand({
      ...to('archive', 'source/a'),
      UploadId,
      PartNumber: 1,
      CopySourceRange: 'bytes=2-4',
    }),
  );
  expect(double.bill.copied).toEqual({ 'source/archive': 10 + 3, 'archive/source': 7 });
});

test(
  'what is deleted before its time is billed for the days before it, and only where it is ' +
    'deleted',
  async () => {
    const lastModified = new Date(Date.now() - 10 * DAY);
    const size = 200 * 1024;
    double.store.put('source', 'young', 'x'.repeat(size), {
      storageClass: 'STANDARD_IA',
      lastModified,
    });
    double.store.put('source', 'kept', 'x'.repeat(size), {
      storageClass: 'STANDARD_IA',
      lastModified,
    });
    double.store.put('source', 'plain', 'x');
    await s3.send(
      new DeleteObjectsCommand({
        Bucket: 'source',
        Delete: { Objects: [{ Key: 'young' }, { Key: 'kept', ETag: '"other"' }, { Key: 'plain' }] },
      }),
    );
    expect(double.bill.earlyByteDays).toEqual({ STANDARD_IA: expect.closeTo(20 * size, -4) });
  },
);

test('where versions are kept, a delete ends nothing before its time', async () => {
  double.store.createBucket('versions', { versioning: 'Enabled' });
  double.store.put('versions', 'young', 'x', { storageClass: 'STANDARD_IA' });
  await s3.send(
    new DeleteObjectsCommand({ Bucket: 'versions', Delete: { Objects: [{ Key: 'young' }] } }),
  );
  expect(double.bill.earlyByteDays).toEqual({});
});

test('a bill that is reset begins anew', async () => {
  double.store.put('source', 'plain', 'x');
  await copy('plain');
  double.resetRequests();
  expect([double.bill, double.requests]).toEqual([
    { requests: {}, retrieved: {}, earlyByteDays: {}, copied: {} },
    {},
  ]);
});
