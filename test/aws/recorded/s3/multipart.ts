import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  ListPartsCommand,
  PutObjectCommand,
  UploadPartCommand,
  UploadPartCopyCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import type { S3Replay } from './subject';

const API = 'tests/aws/services/s3/test_s3_api';
const S3 = 'tests/aws/services/s3/test_s3';

const create = async (s3: S3Client, Bucket: string, Key: string) =>
  (await s3.send(new CreateMultipartUploadCommand({ Bucket, Key }))).UploadId!;

/** Prepares an UploadPartCopy of a source of ten bytes. */
async function preparePartCopy(s3: S3Client, Bucket: string) {
  const { ETag } = await s3.send(
    new PutObjectCommand({ Bucket, Key: 'source_file.txt', Body: '0123456789' }),
  );
  const Key = 'destination_file.txt';
  const UploadId = await create(s3, Bucket, Key);
  return {
    ETag: ETag!,
    copy: (more: object) =>
      s3.send(
        new UploadPartCopyCommand({
          Bucket,
          Key,
          UploadId,
          PartNumber: 1,
          CopySource: `${Bucket}/source_file.txt`,
          ...more,
        }),
      ),
  };
}

/** A recorded test of one condition of UploadPartCopy. */
function partCopy(
  test: string,
  step: string,
  behavior: string,
  condition: (etag: string) => object,
): S3Replay {
  return {
    area: 'Multipart',
    file: API,
    test: `TestS3Multipart::${test}`,
    rows: { [step]: behavior },
    play: async ({ s3, Bucket }, record) => {
      const { ETag, copy } = await preparePartCopy(s3, Bucket);
      await new Promise((resolve) => setTimeout(resolve, 1_100));
      await record(step, copy(condition(ETag)));
    },
  };
}

export const MULTIPART: S3Replay[] = [
  partCopy(
    'test_upload_part_copy_with_copy_source_if_match_failed',
    'upload-part-copy-source-if-match',
    'UploadPartCopy of a source that does not match `CopySourceIfMatch` is refused with 412',
    () => ({ CopySourceIfMatch: 'not-matching' }),
  ),
  partCopy(
    'test_upload_part_copy_with_copy_source_if_none_match_failed',
    'upload-part-copy-source-if-none-match',
    'UploadPartCopy of a source that matches `CopySourceIfNoneMatch` is refused with 412',
    (etag) => ({ CopySourceIfNoneMatch: etag }),
  ),
  partCopy(
    'test_upload_part_copy_with_copy_source_if_match_success',
    'upload-part-copy-if-match',
    'UploadPartCopy of a source that matches `CopySourceIfMatch` has the ETag of the part',
    (etag) => ({ CopySourceIfMatch: etag }),
  ),
  {
    area: 'Multipart',
    file: API,
    test: 'TestS3Multipart::test_upload_part_copy_range',
    rows: {
      'upload-part-copy-1': 'UploadPartCopy of a range has the MD5 of the range as its ETag',
      'list-parts': 'ListParts has the sizes of copied ranges',
      'upload-part-copy-wrong-format': 'a copy range without `bytes=` is refused with 400',
      'upload-part-copy-range-exc-1-0':
        'a copy range that ends before it begins is refused with 400',
      'upload-part-copy-range-exc-0-100': 'a copy range beyond the source is refused with 400',
    },
    play: async ({ s3, Bucket }, record) => {
      await s3.send(new PutObjectCommand({ Bucket, Key: 'src-key', Body: '0123456789' }));
      const Key = 'test-upload-part-copy';
      const UploadId = await create(s3, Bucket, Key);
      const copy = (PartNumber: number, CopySourceRange: string) =>
        s3.send(
          new UploadPartCopyCommand({
            Bucket,
            Key,
            UploadId,
            PartNumber,
            CopySource: `${Bucket}/src-key`,
            CopySourceRange,
          }),
        );
      await record('upload-part-copy-1', copy(1, 'bytes=0-8'));
      await copy(2, 'bytes=1-1');
      await copy(3, 'bytes=0-0');
      await record('list-parts', s3.send(new ListPartsCommand({ Bucket, Key, UploadId })));
      await record('upload-part-copy-wrong-format', copy(1, '0-8'));
      await record('upload-part-copy-range-exc-1-0', copy(1, 'bytes=1-0'));
      await record('upload-part-copy-range-exc-0-100', copy(1, 'bytes=0-100'));
    },
  },
  {
    area: 'Multipart',
    file: S3,
    test: 'TestS3::test_multipart_no_such_upload',
    rows: {
      'upload-exc': 'a part of an unknown upload is refused with 404 NoSuchUpload',
      'complete-exc':
        'the completion of an unknown upload is refused with 404 NoSuchUpload, even without parts',
      'abort-exc': 'the abort of an unknown upload is refused with 404 NoSuchUpload',
    },
    play: async ({ s3, Bucket }, record) => {
      const upload = { Bucket, Key: 'fake-key', UploadId: 'fakeid' };
      await record(
        'upload-exc',
        s3.send(new UploadPartCommand({ ...upload, Body: 'data', PartNumber: 1 })),
      );
      await record('complete-exc', s3.send(new CompleteMultipartUploadCommand(upload)));
      await record('abort-exc', s3.send(new AbortMultipartUploadCommand(upload)));
    },
  },
  {
    area: 'Multipart',
    file: S3,
    test: 'TestS3::test_multipart_complete_multipart_too_small',
    rows: {
      'complete-exc-no-parts': {
        behavior: 'the completion of an upload without parts is refused with 400',
        fixed: 'the double answered MalformedXML',
      },
      'complete-exc-too-small': {
        behavior:
          'a part below 5 MiB that is not the last one makes the completion fail, and the error ' +
          'names it',
        fixed: 'the error did not name the part',
      },
    },
    play: async ({ s3, Bucket }, record) => {
      const Key = 'test-upload-part-exc';
      const UploadId = await create(s3, Bucket, Key);
      const Parts = [];
      for (const PartNumber of [1, 2]) {
        const { ETag } = await s3.send(
          new UploadPartCommand({ Bucket, Key, UploadId, PartNumber, Body: 'data' }),
        );
        Parts.push({ ETag, PartNumber });
      }
      await record(
        'complete-exc-no-parts',
        s3.send(new CompleteMultipartUploadCommand({ Bucket, Key, UploadId })),
      );
      await record(
        'complete-exc-too-small',
        s3.send(
          new CompleteMultipartUploadCommand({ Bucket, Key, UploadId, MultipartUpload: { Parts } }),
        ),
      );
    },
  },
  {
    area: 'Multipart',
    file: S3,
    test: 'TestS3::test_multipart_complete_multipart_wrong_part',
    rows: {
      'complete-exc-wrong-part-number': {
        behavior:
          'a completion that names a part that was not uploaded is refused with 400 InvalidPart',
        fixed: 'another message',
      },
      'complete-exc-wrong-etag': {
        behavior: 'a completion with another ETag of a part is refused with 400 InvalidPart',
        fixed: 'another message',
      },
    },
    play: async ({ s3, Bucket }, record) => {
      const Key = 'test-upload-part-exc';
      const UploadId = await create(s3, Bucket, Key);
      const { ETag } = await s3.send(
        new UploadPartCommand({ Bucket, Key, UploadId, PartNumber: 1, Body: 'data' }),
      );
      const complete = (...Parts: object[]) =>
        s3.send(
          new CompleteMultipartUploadCommand({ Bucket, Key, UploadId, MultipartUpload: { Parts } }),
        );
      await record('complete-exc-wrong-part-number', complete({ ETag, PartNumber: 2 }));
      await record(
        'complete-exc-wrong-etag',
        complete({ ETag: 'd41d8cd98f00b204e9800998ecf8427e', PartNumber: 1 }),
      );
    },
  },
  {
    area: 'Multipart',
    file: S3,
    test: 'TestS3::test_complete_multipart_parts_order',
    rows: {
      'complete-multipart-unordered': {
        behavior: 'a completion whose parts are not in order is refused with 400 InvalidPartOrder',
        fixed: 'another message, and no upload id',
      },
      'complete-multipart-ordered':
        "a completed upload has the digest of its parts' digests and their number as its ETag, " +
        'and a CRC64NVME of the whole',
    },
    play: async ({ s3, Bucket }, record) => {
      const Key = 'test-order-parts';
      const UploadId = await create(s3, Bucket, Key);
      const Body = Buffer.alloc(5_242_881, 'a');
      const Parts = [];
      for (const PartNumber of [1, 2, 3]) {
        const { ETag } = await s3.send(
          new UploadPartCommand({ Bucket, Key, UploadId, PartNumber, Body }),
        );
        Parts.push({ ETag, PartNumber });
      }
      const upload = { Bucket, Key, UploadId };
      const complete = (inOrder: object[]) =>
        s3.send(
          new CompleteMultipartUploadCommand({ ...upload, MultipartUpload: { Parts: inOrder } }),
        );
      await record('complete-multipart-unordered', complete([...Parts].reverse()));
      await record('complete-multipart-ordered', complete(Parts));
    },
  },
  {
    area: 'Multipart',
    file: S3,
    test: 'TestS3MultipartUploadChecksum::test_multipart_size_validation',
    rows: {
      'complete-multipart-wrong-size':
        'a completion with another `MpuObjectSize` is refused with 400',
      'complete-multipart-good-size':
        'a completion with the right `MpuObjectSize` succeeds after one that was refused',
    },
    play: async ({ s3, Bucket }, record) => {
      const Key = 'test-multipart-size';
      const UploadId = await create(s3, Bucket, Key);
      const { ETag } = await s3.send(
        new UploadPartCommand({ Bucket, Key, UploadId, PartNumber: 1, Body: 'aaaa' }),
      );
      const MultipartUpload = { Parts: [{ ETag, PartNumber: 1 }] };
      const upload = { Bucket, Key, UploadId, MultipartUpload };
      const complete = (MpuObjectSize: number) =>
        s3.send(new CompleteMultipartUploadCommand({ ...upload, MpuObjectSize }));
      await record('complete-multipart-wrong-size', complete(5));
      await record('complete-multipart-good-size', complete(4));
    },
  },
];
