import {
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  UploadPartCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import type { S3Replay } from './subject';

const API = 'tests/aws/services/s3/test_s3_api';
const PRECONDITIONS = 'tests/aws/services/s3/test_s3_preconditions';
const SOURCE = 'source-object';
const DAY = 24 * 60 * 60 * 1000;

const enableVersioning = (s3: S3Client, Bucket: string) =>
  s3.send(
    new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: 'Enabled' } }),
  );

/** Starts an upload with one part. */
export async function startUpload(s3: S3Client, Bucket: string, Key: string) {
  const { UploadId } = await s3.send(new CreateMultipartUploadCommand({ Bucket, Key }));
  const { ETag } = await s3.send(
    new UploadPartCommand({ Bucket, Key, UploadId, PartNumber: 1, Body: 'test' }),
  );
  return { Bucket, Key, UploadId, MultipartUpload: { Parts: [{ ETag, PartNumber: 1 }] } };
}

export const CONDITIONS: S3Replay[] = [
  {
    area: 'Conditional copies',
    file: PRECONDITIONS,
    test: 'TestS3CopySourcePreconditions::test_s3_copy_object_preconditions',
    rows: {
      'copy-precondition-if-match':
        'a copy whose source does not match `CopySourceIfMatch` is refused with 412, and the ' +
        'error names the condition',
      'copy-precondition-if-unmodified-since':
        'without an ETag condition, the date decides: 412 that names ' +
        '`x-amz-copy-source-If-Unmodified-Since`',
      'copy-precondition-if-none-match':
        'a copy whose source matches `CopySourceIfNoneMatch` is refused with 412',
      'copy-precondition-if-modified-since':
        'a copy whose source is older than `CopySourceIfModifiedSince` is refused with 412',
      'copy-ignore-future-modified-since': {
        behavior: 'a `CopySourceIfModifiedSince` in the future is ignored',
        fixed: 'the double compared a date in the future',
      },
      'copy-etag-missing-quotes':
        'an ETag without quotes in a condition is compared as if it had them',
      'copy-success':
        'a copy whose conditions all hold succeeds, and has the checksum of its source',
    },
    play: async ({ s3, Bucket }, record) => {
      const { ETag } = await s3.send(new PutObjectCommand({ Bucket, Key: SOURCE, Body: 'data' }));
      await new Promise((resolve) => setTimeout(resolve, 1_100));
      const now = new Date();
      const copy = (more: object) =>
        s3.send(
          new CopyObjectCommand({
            Bucket,
            CopySource: `${Bucket}/${SOURCE}`,
            Key: 'dest-object',
            ...more,
          }),
        );
      const [modified, unmodified] = [
        { CopySourceIfModifiedSince: now },
        { CopySourceIfUnmodifiedSince: new Date(now.getTime() - DAY) },
      ];
      await record(
        'copy-precondition-if-match',
        copy({
          ...modified,
          ...unmodified,
          CopySourceIfMatch: 'etag123',
          CopySourceIfNoneMatch: ETag,
        }),
      );
      await record(
        'copy-precondition-if-unmodified-since',
        copy({ ...modified, ...unmodified, CopySourceIfNoneMatch: ETag }),
      );
      await record(
        'copy-precondition-if-none-match',
        copy({ ...modified, CopySourceIfNoneMatch: ETag }),
      );
      await record('copy-precondition-if-modified-since', copy(modified));
      await record(
        'copy-ignore-future-modified-since',
        copy({ CopySourceIfModifiedSince: new Date(now.getTime() + DAY) }),
      );
      await record(
        'copy-etag-missing-quotes',
        copy({ CopySourceIfNoneMatch: ETag!.replaceAll('"', '') }),
      );
      await record(
        'copy-success',
        copy({
          CopySourceIfMatch: ETag!.replaceAll('"', ''),
          CopySourceIfNoneMatch: 'etag123',
          CopySourceIfModifiedSince: new Date(now.getTime() - DAY),
          CopySourceIfUnmodifiedSince: now,
        }),
      );
    },
  },
  {
    area: 'Conditional copies',
    file: API,
    test: 'TestS3ObjectWritePrecondition::test_copy_object_if_none_match',
    rows: {
      'copy-obj': 'a copy with `IfNoneMatch: *` to a free key succeeds',
      'copy-obj-if-none-match-fail':
        'a copy with `IfNoneMatch: *` onto an object is refused with 412, and the error names ' +
        '`If-None-Match`',
    },
    play: async ({ s3, Bucket }, record) => {
      await s3.send(new PutObjectCommand({ Bucket, Key: SOURCE, Body: 'source content' }));
      const copy = () =>
        s3.send(
          new CopyObjectCommand({
            Bucket,
            CopySource: `${Bucket}/${SOURCE}`,
            Key: 'dest-object',
            IfNoneMatch: '*',
          }),
        );
      await record('copy-obj', copy());
      await record('copy-obj-if-none-match-fail', copy());
    },
  },
  {
    area: 'Conditional copies',
    file: API,
    test: 'TestS3ObjectWritePrecondition::test_copy_object_if_match',
    rows: {
      'copy-obj-if-match': 'a copy with `IfMatch` onto an object with that ETag succeeds',
      'copy-obj-if-match-fail-wrong-etag':
        'a copy with `IfMatch` onto an object with another ETag is refused with 412',
      'copy-obj-if-match-fail-no-object':
        'a copy with `IfMatch` onto nothing is refused with 404 NoSuchKey of the destination',
    },
    play: async ({ s3, Bucket }, record) => {
      await s3.send(new PutObjectCommand({ Bucket, Key: SOURCE, Body: 'source content' }));
      const { ETag } = await s3.send(
        new PutObjectCommand({ Bucket, Key: 'dest-object', Body: 'initial content' }),
      );
      const copy = (Key: string, IfMatch: string) =>
        s3.send(new CopyObjectCommand({ Bucket, CopySource: `${Bucket}/${SOURCE}`, Key, IfMatch }));
      await record('copy-obj-if-match', copy('dest-object', ETag!));
      await record('copy-obj-if-match-fail-wrong-etag', copy('dest-object', '"wrong-etag"'));
      await record('copy-obj-if-match-fail-no-object', copy('non-existent-key', ETag!));
    },
  },
  {
    area: 'Conditional copies',
    file: API,
    test: 'TestS3ObjectWritePrecondition::test_copy_object_if_none_match_versioned_bucket',
    rows: {
      'copy-obj':
        'in a versioned bucket, the response to a copy has the version ids of source and copy',
      'copy-obj-if-none-match-fail':
        'in a versioned bucket, a copy with `IfNoneMatch: *` onto a current version is refused ' +
        'with 412',
      'copy-obj-after-del': 'a copy with `IfNoneMatch: *` onto a delete marker succeeds',
    },
    play: async ({ s3, Bucket }, record) => {
      await enableVersioning(s3, Bucket);
      await s3.send(new PutObjectCommand({ Bucket, Key: SOURCE, Body: 'source content' }));
      const copy = () =>
        s3.send(
          new CopyObjectCommand({
            Bucket,
            CopySource: `${Bucket}/${SOURCE}`,
            Key: 'dest-object',
            IfNoneMatch: '*',
          }),
        );
      await record('copy-obj', copy());
      await record('copy-obj-if-none-match-fail', copy());
      await s3.send(new DeleteObjectCommand({ Bucket, Key: 'dest-object' }));
      await record('copy-obj-after-del', copy());
    },
  },
  {
    area: 'Conditional copies',
    file: API,
    test: 'TestS3ObjectWritePrecondition::test_copy_object_precondition_write_validation',
    rows: {
      'copy-obj-none-match-etag': {
        behavior: 'a copy with an ETag in `IfNoneMatch` is refused with 501',
        fixed: 'the error had no `additionalMessage`',
      },
      'copy-obj-if-match-star': {
        behavior: 'a copy with `IfMatch: *` is refused with 501',
        fixed: 'the double took `*` for any object',
      },
      'copy-obj-both': {
        behavior:
          'a copy with both conditions on its destination is refused with 501, which names both ' +
          'headers',
        fixed: 'the double looked at one of the conditions only',
      },
    },
    play: async ({ s3, Bucket }, record) => {
      const { ETag } = await s3.send(
        new PutObjectCommand({ Bucket, Key: SOURCE, Body: 'source content' }),
      );
      const copy = (more: object) =>
        s3.send(
          new CopyObjectCommand({
            Bucket,
            CopySource: `${Bucket}/${SOURCE}`,
            Key: 'dest-object',
            ...more,
          }),
        );
      await record('copy-obj-none-match-etag', copy({ IfNoneMatch: ETag }));
      await record('copy-obj-if-match-star', copy({ IfMatch: '*' }));
      await record('copy-obj-both', copy({ IfMatch: '*', IfNoneMatch: ETag }));
    },
  },
  {
    area: 'Conditional copies',
    file: API,
    test: 'TestS3ObjectWritePrecondition::test_copy_object_if_none_match_in_place',
    rows: {
      'copy-obj-if-none-match-fail':
        'a copy of an object onto itself with `IfNoneMatch: *` is refused with 412',
    },
    play: async ({ s3, Bucket }, record) => {
      await s3.send(new PutObjectCommand({ Bucket, Key: SOURCE, Body: 'source content' }));
      await record(
        'copy-obj-if-none-match-fail',
        s3.send(
          new CopyObjectCommand({
            Bucket,
            CopySource: `${Bucket}/${SOURCE}`,
            Key: SOURCE,
            IfNoneMatch: '*',
            StorageClass: 'STANDARD',
          }),
        ),
      );
    },
  },
  {
    area: 'Conditional copies',
    file: API,
    test: 'TestS3ObjectWritePrecondition::test_copy_object_if_match_in_place',
    rows: {
      'copy-obj-if-match-in-place':
        'a copy of an object onto itself with its own ETag in `IfMatch` succeeds',
    },
    play: async ({ s3, Bucket }, record) => {
      const { ETag } = await s3.send(
        new PutObjectCommand({ Bucket, Key: SOURCE, Body: 'source content' }),
      );
      await record(
        'copy-obj-if-match-in-place',
        s3.send(
          new CopyObjectCommand({
            Bucket,
            CopySource: `${Bucket}/${SOURCE}`,
            Key: SOURCE,
            IfMatch: ETag,
            StorageClass: 'STANDARD',
          }),
        ),
      );
    },
  },
  {
    area: 'Conditional writes',
    file: API,
    test: 'TestS3ObjectWritePrecondition::test_put_object_if_none_match',
    rows: {
      'put-obj-if-none-match': 'a PUT with `IfNoneMatch: *` onto an object is refused with 412',
      'put-obj-after-del': 'a PUT with `IfNoneMatch: *` after the delete succeeds',
    },
    play: async ({ s3, Bucket }, record) => {
      const put = () =>
        s3.send(
          new PutObjectCommand({ Bucket, Key: 'test-precondition', IfNoneMatch: '*', Body: '' }),
        );
      await put();
      await record('put-obj-if-none-match', put());
      await s3.send(new DeleteObjectCommand({ Bucket, Key: 'test-precondition' }));
      await record('put-obj-after-del', put());
    },
  },
  {
    area: 'Conditional writes',
    file: API,
    test: 'TestS3ObjectWritePrecondition::test_put_object_if_match',
    rows: {
      'put-obj-if-match-wrong-etag':
        'a PUT with `IfMatch` onto an object with another ETag is refused with 412',
      'put-obj-if-match-key-not-exists':
        'a PUT with `IfMatch` onto nothing is refused with 404 NoSuchKey',
    },
    play: async ({ s3, Bucket }, record) => {
      const { ETag } = await s3.send(
        new PutObjectCommand({ Bucket, Key: 'test-precondition', Body: 'test' }),
      );
      const put = (IfMatch: string) =>
        s3.send(new PutObjectCommand({ Bucket, Key: 'test-precondition', IfMatch, Body: '' }));
      await record('put-obj-if-match-wrong-etag', put('d41d8cd98f00b204e9800998ecf8427e'));
      await s3.send(new DeleteObjectCommand({ Bucket, Key: 'test-precondition' }));
      await record('put-obj-if-match-key-not-exists', put(ETag!));
    },
  },
  {
    area: 'Conditional writes',
    file: API,
    test: 'TestS3ObjectWritePrecondition::test_put_object_if_match_validation',
    rows: {
      'put-obj-if-match-star-value': {
        behavior: 'a PUT with `IfMatch: *` is refused with 501',
        fixed: 'the double took `*` for any object',
      },
    },
    play: async ({ s3, Bucket }, record) => {
      await record(
        'put-obj-if-match-star-value',
        s3.send(
          new PutObjectCommand({
            Bucket,
            Key: 'test-precondition-validation',
            IfMatch: '*',
            Body: '',
          }),
        ),
      );
    },
  },
  {
    area: 'Conditional writes',
    file: API,
    test: 'TestS3ObjectWritePrecondition::test_put_object_if_match_and_if_none_match_validation',
    rows: {
      'put-obj-both-precondition': {
        behavior: 'a PUT with both conditions is refused with 501',
        fixed: 'the double looked at one of the conditions only',
      },
    },
    play: async ({ s3, Bucket }, record) => {
      await record(
        'put-obj-both-precondition',
        s3.send(
          new PutObjectCommand({
            Bucket,
            Key: 'test-precondition',
            IfMatch: 'd41d8cd98f00b204e9800998ecf8427e',
            IfNoneMatch: '*',
            Body: '',
          }),
        ),
      );
    },
  },
  {
    area: 'Conditional writes',
    file: API,
    test: 'TestS3ObjectWritePrecondition::test_multipart_if_none_match_with_delete',
    rows: {
      'complete-multipart-if-none-match':
        'the completion of an upload with `IfNoneMatch: *` onto an object is refused with 412',
      'complete-multipart-after-del': {
        behavior:
          'if the object is deleted after the upload began, the completion with `IfNoneMatch: ' +
          '*` is refused with 409: the upload has to start again',
        fixed: 'the double completed the upload',
      },
      'complete-multipart-after-del-restart': {
        behavior: 'an upload that begins after the delete completes with `IfNoneMatch: *`',
        fixed: 'the upload before it had been completed',
      },
    },
    play: async ({ s3, Bucket }, record) => {
      const Key = 'test-precondition';
      await s3.send(new PutObjectCommand({ Bucket, Key, IfNoneMatch: '*', Body: '' }));
      const upload = await startUpload(s3, Bucket, Key);
      await record(
        'complete-multipart-if-none-match',
        s3.send(new CompleteMultipartUploadCommand({ ...upload, IfNoneMatch: '*' })),
      );
      await s3.send(new DeleteObjectCommand({ Bucket, Key }));
      await record(
        'complete-multipart-after-del',
        s3.send(new CompleteMultipartUploadCommand({ ...upload, IfNoneMatch: '*' })),
      );
      const next = await startUpload(s3, Bucket, Key);
      await record(
        'complete-multipart-after-del-restart',
        s3.send(new CompleteMultipartUploadCommand({ ...next, IfNoneMatch: '*' })),
      );
    },
  },
  {
    area: 'Conditional writes',
    file: API,
    test: 'TestS3ObjectWritePrecondition::test_multipart_if_none_match_with_put',
    rows: {
      'complete-multipart-if-none-match-put-during':
        'an object that is written while an upload is open makes its completion with ' +
        '`IfNoneMatch: *` fail with 412',
    },
    play: async ({ s3, Bucket }, record) => {
      const upload = await startUpload(s3, Bucket, 'test-precondition');
      await s3.send(
        new PutObjectCommand({ Bucket, Key: 'test-precondition', IfNoneMatch: '*', Body: '' }),
      );
      await record(
        'complete-multipart-if-none-match-put-during',
        s3.send(new CompleteMultipartUploadCommand({ ...upload, IfNoneMatch: '*' })),
      );
    },
  },
  {
    area: 'Conditional writes',
    file: API,
    test: 'TestS3ObjectWritePrecondition::test_multipart_if_match_with_put',
    rows: {
      'complete-multipart-if-match-put-before':
        'the completion of an upload with the ETag of an overwritten object is refused with 412',
      'complete-multipart-if-match-put-during': {
        behavior:
          'the completion with the ETag of an object that was written after the upload began is ' +
          'refused with 409',
        fixed: 'the double completed the upload',
      },
      'complete-multipart-if-match-put-before-restart': {
        behavior: 'an upload that begins after the write completes with its ETag',
        fixed: 'the upload before it had been completed',
      },
    },
    play: async ({ s3, Bucket }, record) => {
      const Key = 'test-precondition';
      const first = await s3.send(new PutObjectCommand({ Bucket, Key, Body: 'test' }));
      const upload = await startUpload(s3, Bucket, Key);
      const second = await s3.send(new PutObjectCommand({ Bucket, Key, Body: 'test2' }));
      await record(
        'complete-multipart-if-match-put-before',
        s3.send(new CompleteMultipartUploadCommand({ ...upload, IfMatch: first.ETag })),
      );
      await record(
        'complete-multipart-if-match-put-during',
        s3.send(new CompleteMultipartUploadCommand({ ...upload, IfMatch: second.ETag })),
      );
      const next = await startUpload(s3, Bucket, Key);
      await record(
        'complete-multipart-if-match-put-before-restart',
        s3.send(new CompleteMultipartUploadCommand({ ...next, IfMatch: second.ETag })),
      );
    },
  },
  {
    area: 'Conditional deletes',
    file: API,
    test: 'TestS3DeletePrecondition::test_delete_object_if_match_non_express',
    rows: {
      'delete-obj-if-match':
        'a delete with `IfMatch` of an object with another ETag is refused with 412, also in ' +
        'general purpose buckets',
    },
    play: async ({ s3, Bucket }, record) => {
      await s3.send(new PutObjectCommand({ Bucket, Key: 'test-precondition', Body: '' }));
      await record(
        'delete-obj-if-match',
        s3.send(new DeleteObjectCommand({ Bucket, Key: 'test-precondition', IfMatch: 'badvalue' })),
      );
    },
  },
  {
    area: 'Conditional deletes',
    file: API,
    test: 'TestS3DeletePrecondition::test_delete_object_if_match_modified_non_express',
    rows: {
      'delete-obj-if-match-last-modified': {
        behavior:
          'a delete with a condition on the date is refused with 501 in general purpose buckets',
        fixed: 'the message had a period',
      },
    },
    play: async ({ s3, Bucket }, record) => {
      await s3.send(new PutObjectCommand({ Bucket, Key: 'test-precondition', Body: '' }));
      await record(
        'delete-obj-if-match-last-modified',
        s3.send(
          new DeleteObjectCommand({
            Bucket,
            Key: 'test-precondition',
            IfMatchLastModifiedTime: new Date(2019, 0, 1),
          }),
        ),
      );
    },
  },
  {
    area: 'Conditional deletes',
    file: API,
    test: 'TestS3DeletePrecondition::test_delete_object_if_match_size_non_express',
    rows: {
      'delete-obj-if-match-size': {
        behavior:
          'a delete with a condition on the size is refused with 501 in general purpose buckets',
        fixed: 'the message had a period',
      },
    },
    play: async ({ s3, Bucket }, record) => {
      await s3.send(new PutObjectCommand({ Bucket, Key: 'test-precondition', Body: '' }));
      await record(
        'delete-obj-if-match-size',
        s3.send(new DeleteObjectCommand({ Bucket, Key: 'test-precondition', IfMatchSize: 10 })),
      );
    },
  },
];
