import { RequestCounter } from '../../../../src/lambda/throughput/request-counter';

const answered = (httpStatusCode: number, more: object = {}) => ({
  $metadata: { httpStatusCode },
  ...more,
});
let counter: RequestCounter;
beforeEach(() => {
  counter = new RequestCounter();
});

test('counts what S3 has answered, and is billed', () => {
  for (const status of [200, 200, 304, 404, 412, 500, 503]) {
    counter.count('CopyObjectCommand', status);
  }
  counter.countAnswer('CopyObjectCommand', {}, answered(200));
  // Without an answer, the client does not know what S3 did.
  counter.countAnswer('CopyObjectCommand', {}, {});
  expect(counter.take()).toEqual({ CopyObject: 6 });
  expect(counter.take()).toEqual({});
});

test('STANDARD has no name', () => {
  counter.count('CopyObjectCommand', 200, 'STANDARD');
  counter.count('CopyObjectCommand', 200);
  counter.count('CopyObjectCommand', 200, 'GLACIER_IR');
  expect(counter.take()).toEqual({ CopyObject: 2, 'CopyObject@GLACIER_IR': 1 });
});

test('a read has the class of what was read, and a write that of what is written', () => {
  const StorageClass = 'STANDARD_IA';
  counter.countAnswer('HeadObjectCommand', {}, answered(200, { StorageClass }));
  counter.countAnswer('GetObjectCommand', {}, answered(200, { StorageClass }));
  counter.countAnswer('PutObjectCommand', { StorageClass }, answered(200));
  counter.countAnswer('CopyObjectCommand', { StorageClass }, answered(412));
  counter.countAnswer('ListObjectsV2Command', {}, answered(200));
  counter.countAnswer('DeleteObjectsCommand', {}, answered(200));
  expect(counter.take()).toEqual({
    'HeadObject@STANDARD_IA': 1,
    'GetObject@STANDARD_IA': 1,
    'PutObject@STANDARD_IA': 1,
    'CopyObject@STANDARD_IA': 1,
    ListObjectsV2: 1,
    DeleteObjects: 1,
  });
});

test.each<[string, () => void]>([
  [
    'this round has created',
    () =>
      counter.countAnswer(
        'CreateMultipartUploadCommand',
        { StorageClass: 'GLACIER_IR' },
        answered(200, { UploadId: 'u' }),
      ),
  ],
  [
    'an earlier round has created',
    () =>
      counter.countAnswer(
        'ListPartsCommand',
        { UploadId: 'u' },
        answered(200, { StorageClass: 'GLACIER_IR' }),
      ),
  ],
])('parts have the class of an upload that %s', (_, begin) => {
  begin();
  counter.countAnswer('UploadPartCopyCommand', { UploadId: 'u' }, answered(200));
  counter.countAnswer('CompleteMultipartUploadCommand', { UploadId: 'u' }, answered(200));
  expect(counter.take()).toMatchObject({
    'UploadPartCopy@GLACIER_IR': 1,
    'CompleteMultipartUpload@GLACIER_IR': 1,
  });
});

test('parts of an upload to Glacier are billed as STANDARD', () => {
  const StorageClass = 'DEEP_ARCHIVE';
  const UploadId = 'u';
  counter.countAnswer(
    'CreateMultipartUploadCommand',
    { StorageClass },
    answered(200, { UploadId }),
  );
  counter.countAnswer('UploadPartCopyCommand', { UploadId }, answered(200));
  counter.countAnswer('CompleteMultipartUploadCommand', { UploadId }, answered(200));
  expect(counter.take()).toEqual({
    CreateMultipartUpload: 1,
    UploadPartCopy: 1,
    'CompleteMultipartUpload@DEEP_ARCHIVE': 1,
  });
});

test('a restore has the class that a look before it has shown, and the tier', () => {
  const place = { Bucket: 'source', Key: 'a' };
  counter.countAnswer('HeadObjectCommand', place, answered(200, { StorageClass: 'GLACIER' }));
  counter.countAnswer(
    'RestoreObjectCommand',
    { ...place, RestoreRequest: { GlacierJobParameters: { Tier: 'Bulk' } } },
    answered(202),
  );
  expect(counter.take()).toEqual({ 'HeadObject@GLACIER': 1, 'RestoreObject@GLACIER/Bulk': 1 });
});
