import {
  CopyObjectCommand,
  DeleteObjectCommand,
  GetObjectAttributesCommand,
  GetObjectTaggingCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutBucketVersioningCommand,
  PutObjectCommand,
} from '@aws-sdk/client-s3';
import { CONTENT_TYPE, type S3Replay } from './subject';

const S3 = 'tests/aws/services/s3/test_s3';
const LISTS = 'tests/aws/services/s3/test_s3_list_operations';

export const COPIES: S3Replay[] = [
  {
    area: 'Copies',
    file: S3,
    test: 'TestS3::test_s3_copy_object_src_not_exists',
    rows: {
      'copy-object-src-bucket-not-exists':
        'a copy from a missing bucket is refused with 404 NoSuchBucket',
      'copy-object-src-object-not-exists':
        'a copy of a missing key is refused with 404 NoSuchKey of the source',
      'copy-object-src-delete-marker-current-version':
        'a copy of a key whose newest version is a delete marker is refused with 404',
      'copy-object-src-target-delete-marker':
        'a copy of a delete marker by its version id is refused with 400',
      'copy-object-src-target-object-version': 'a copy of an older version by its id succeeds',
    },
    play: async ({ s3, Bucket }, record) => {
      const copy = (CopySource: string) =>
        s3.send(new CopyObjectCommand({ Bucket, Key: 'copy', CopySource }));
      await record('copy-object-src-bucket-not-exists', copy('no-such-bucket/random-src-key'));
      await record('copy-object-src-object-not-exists', copy(`${Bucket}/random-src-key`));
      await s3.send(
        new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: 'Enabled' } }),
      );
      const { VersionId } = await s3.send(
        new PutObjectCommand({ Bucket, Key: 'random-src-key', Body: '' }),
      );
      const marker = await s3.send(new DeleteObjectCommand({ Bucket, Key: 'random-src-key' }));
      await record(
        'copy-object-src-delete-marker-current-version',
        copy(`${Bucket}/random-src-key`),
      );
      await record(
        'copy-object-src-target-delete-marker',
        copy(`${Bucket}/random-src-key?versionId=${marker.VersionId}`),
      );
      await record(
        'copy-object-src-target-object-version',
        copy(`${Bucket}/random-src-key?versionId=${VersionId}`),
      );
    },
  },
  {
    area: 'Copies',
    file: S3,
    test: 'TestS3::test_s3_copy_tagging_directive[COPY]',
    rows: {
      'get-copy-object-tag':
        'a copy keeps the tags of its source, and ignores those of the request',
    },
    play: async ({ s3, Bucket }, record) => {
      await s3.send(
        new PutObjectCommand({
          Bucket,
          Key: 'source-object',
          Body: 'test',
          Tagging: 'key1=value1',
        }),
      );
      await s3.send(
        new CopyObjectCommand({
          Bucket,
          CopySource: `${Bucket}/source-object`,
          Key: 'copy',
          Tagging: 'key2=value2',
          TaggingDirective: 'COPY',
        }),
      );
      await record(
        'get-copy-object-tag',
        s3.send(new GetObjectTaggingCommand({ Bucket, Key: 'copy' })),
      );
    },
  },
  {
    area: 'Copies',
    file: S3,
    test: 'TestS3::test_s3_copy_metadata_directive_copy',
    rows: {
      'head-object-copy': {
        behavior:
          'a copy keeps the metadata and the content headers of its source, and ignores those ' +
          'of the request',
        except: CONTENT_TYPE,
      },
    },
    play: async ({ s3, Bucket }, record) => {
      await s3.send(
        new PutObjectCommand({
          Bucket,
          Key: 'source-object',
          Body: 'test',
          Metadata: { key: 'value' },
          ContentLanguage: 'en-US',
        }),
      );
      await s3.send(
        new CopyObjectCommand({
          Bucket,
          CopySource: `${Bucket}/source-object`,
          Key: 'copy',
          MetadataDirective: 'COPY',
          Metadata: { another: 'value' },
          ContentLanguage: 'en-GB',
        }),
      );
      await record('head-object-copy', s3.send(new HeadObjectCommand({ Bucket, Key: 'copy' })));
    },
  },
  {
    area: 'Copies',
    file: S3,
    test: 'TestS3::test_s3_copy_object_storage_class',
    rows: {
      'object-attrs': 'GetObjectAttributes has the storage class of an object',
      'object-attrs-after-copy': 'a copy does not keep the storage class of its source',
      'exc-invalid-request-storage-class':
        'a copy of an object onto itself that names no change is refused with 400',
    },
    play: async ({ s3, Bucket }, record) => {
      const attributes = (Key: string) =>
        s3.send(
          new GetObjectAttributesCommand({ Bucket, Key, ObjectAttributes: ['StorageClass'] }),
        );
      await s3.send(
        new PutObjectCommand({
          Bucket,
          Key: 'source-object',
          Body: 'test',
          StorageClass: 'STANDARD_IA',
        }),
      );
      await record('object-attrs', attributes('source-object'));
      await s3.send(
        new CopyObjectCommand({
          Bucket,
          CopySource: `${Bucket}/source-object`,
          Key: 'dest-object',
        }),
      );
      await record('object-attrs-after-copy', attributes('dest-object'));
      await record(
        'exc-invalid-request-storage-class',
        s3.send(
          new CopyObjectCommand({
            Bucket,
            CopySource: `${Bucket}/source-object`,
            Key: 'source-object',
          }),
        ),
      );
    },
  },
  {
    area: 'Copies',
    file: S3,
    test: 'TestS3::test_s3_copy_object_with_default_checksum[CRC64NVME]',
    rows: {
      'copy-object-to-dest-keep-checksum': 'a copy has the checksum algorithm of its source',
      'dest-object-attrs-after-copy':
        'GetObjectAttributes of a copy has the checksum of the whole object',
    },
    play: async ({ s3, Bucket }, record) => {
      await s3.send(
        new PutObjectCommand({
          Bucket,
          Key: 'source-object',
          Body: '{"key": "value"}',
          ChecksumAlgorithm: 'CRC64NVME',
          ChecksumCRC64NVME: 'pX30eiUx5C0=',
        }),
      );
      await record(
        'copy-object-to-dest-keep-checksum',
        s3.send(
          new CopyObjectCommand({
            Bucket,
            CopySource: `${Bucket}/source-object`,
            Key: 'dest-object',
          }),
        ),
      );
      await record(
        'dest-object-attrs-after-copy',
        s3.send(
          new GetObjectAttributesCommand({
            Bucket,
            Key: 'dest-object',
            ObjectAttributes: ['Checksum'],
          }),
        ),
      );
    },
  },
  {
    area: 'Copies',
    file: S3,
    test: 'TestS3::test_s3_copy_object_wrong_format',
    rows: {
      'copy-object-wrong-copy-source': {
        behavior: 'a copy source without a key is refused with 400',
        except: { fields: ['ArgumentValue'], reason: 'the recorder replaced it' },
      },
    },
    play: async ({ s3, Bucket }, record) => {
      await record(
        'copy-object-wrong-copy-source',
        s3.send(
          new CopyObjectCommand({ Bucket, CopySource: 'wrongformat', Key: 'destination-key' }),
        ),
      );
    },
  },
  {
    area: 'Listing',
    file: LISTS,
    test: 'TestS3ListObjectsV2::test_list_objects_v2_with_prefix',
    rows: {
      'list-objects-v2-1':
        'ListObjectsV2 is in the order of the keys, and has size, ETag and class',
      'list-objects-v2-2': 'a prefix does not have to end at a slash',
    },
    play: async ({ s3, Bucket }, record) => {
      for (const Key of ['test/foo/bar/123', 'test/foo/bar/456', 'test/bar/foo/123']) {
        await s3.send(new PutObjectCommand({ Bucket, Key, Body: 'content 123' }));
      }
      await record(
        'list-objects-v2-1',
        s3.send(new ListObjectsV2Command({ Bucket, Prefix: 'test/' })),
      );
      await record(
        'list-objects-v2-2',
        s3.send(new ListObjectsV2Command({ Bucket, Prefix: 'test/foo' })),
      );
    },
  },
  {
    area: 'Listing',
    file: LISTS,
    test: 'TestS3ListObjectsV2::test_list_objects_v2_continuation_start_after',
    rows: {
      'list-objects-v2-max-5':
        'a page that is not the last one has a token, and an empty prefix is the whole bucket',
      'list-objects-v2-rest': 'the page of a token begins after the page before it',
    },
    play: async ({ s3, Bucket }, record) => {
      for (let i = 0; i < 12; i++) {
        await s3.send(new PutObjectCommand({ Bucket, Key: `test_${i}`, Body: 'content 123' }));
      }
      const { NextContinuationToken } = await record(
        'list-objects-v2-max-5',
        s3.send(new ListObjectsV2Command({ Bucket, MaxKeys: 5 })),
      );
      await record(
        'list-objects-v2-rest',
        s3.send(new ListObjectsV2Command({ Bucket, ContinuationToken: NextContinuationToken })),
      );
    },
  },
  {
    area: 'Listing',
    file: LISTS,
    test: 'TestS3ListObjectsV2::test_list_ops_encoding_type_validation[list_objects_v2]',
    rows: { 'list_objects_v2-error-wrong-value': 'an unknown encoding type is refused with 400' },
    play: async ({ s3, Bucket }, record) => {
      await record(
        'list_objects_v2-error-wrong-value',
        s3.send(new ListObjectsV2Command({ Bucket, EncodingType: 'value' as 'url' })),
      );
    },
  },
];
