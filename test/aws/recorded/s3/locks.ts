import {
  CopyObjectCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetObjectLockConfigurationCommand,
  GetObjectRetentionCommand,
  HeadObjectCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  PutObjectLegalHoldCommand,
} from '@aws-sdk/client-s3';
import { CONTENT_TYPE, type S3Replay } from './subject';

const API = 'tests/aws/services/s3/test_s3_api';
const S3 = 'tests/aws/services/s3/test_s3';
const inTenMinutes = () => new Date(Date.now() + 600_000);

export const LOCKS: S3Replay[] = [
  {
    area: 'Object Lock',
    file: API,
    test: 'TestS3ObjectLock::test_get_object_lock_configuration_exc',
    rows: {
      'get-lock-config-no-enabled': {
        behavior: 'a bucket without Object Lock answers 404 to a request for its configuration',
        fixed: 'the error did not name the bucket',
      },
      'get-lock-config-bucket-not-exists':
        'a missing bucket answers 404 NoSuchBucket with its name',
    },
    play: async ({ s3, Bucket }, record) => {
      await record(
        'get-lock-config-no-enabled',
        s3.send(new GetObjectLockConfigurationCommand({ Bucket })),
      );
      await record(
        'get-lock-config-bucket-not-exists',
        s3.send(new GetObjectLockConfigurationCommand({ Bucket: 'no-such-bucket' })),
      );
    },
  },
  {
    area: 'Object Lock',
    file: API,
    test: 'TestS3ObjectLock::test_disable_versioning_on_locked_bucket',
    rows: {
      'disable-versioning-on-locked-bucket':
        'versioning of a bucket with Object Lock cannot be suspended: 409',
    },
    play: async ({ s3, bucket }, record) => {
      const Bucket = await bucket({ lock: true });
      await record(
        'disable-versioning-on-locked-bucket',
        s3.send(
          new PutBucketVersioningCommand({
            Bucket,
            VersioningConfiguration: { Status: 'Suspended' },
          }),
        ),
      );
    },
  },
  {
    area: 'Object Lock',
    file: API,
    test: 'TestS3ObjectLock::test_delete_object_with_no_locking',
    rows: {
      'delete-object-bypass-no-lock': {
        behavior:
          'a delete that bypasses governance in a bucket without Object Lock is refused with 400',
        fixed: 'the double ignored the header',
      },
    },
    play: async ({ s3, Bucket }, record) => {
      await s3.send(new PutObjectCommand({ Bucket, Key: 'test-delete', Body: 'test' }));
      await record(
        'delete-object-bypass-no-lock',
        s3.send(
          new DeleteObjectCommand({ Bucket, Key: 'test-delete', BypassGovernanceRetention: true }),
        ),
      );
    },
  },
  {
    area: 'Object Lock',
    file: S3,
    test: 'TestS3ObjectLockRetention::test_s3_copy_object_retention_lock',
    rows: {
      'head-source-object': {
        behavior: 'HEAD of an object has its retention',
        except: CONTENT_TYPE,
      },
      'head-dest-key': {
        behavior: 'a copy does not keep the retention of its source',
        except: CONTENT_TYPE,
      },
    },
    play: async ({ s3, bucket }, record) => {
      const Bucket = await bucket({ lock: true });
      await s3.send(
        new PutObjectCommand({
          Bucket,
          Key: 'source-object',
          Body: '{"key": "value"}',
          ObjectLockMode: 'GOVERNANCE',
          ObjectLockRetainUntilDate: inTenMinutes(),
        }),
      );
      await record(
        'head-source-object',
        s3.send(new HeadObjectCommand({ Bucket, Key: 'source-object' })),
      );
      await s3.send(
        new CopyObjectCommand({ Bucket, CopySource: `${Bucket}/source-object`, Key: 'dest-key' }),
      );
      await record(
        'head-dest-key',
        s3.send(new HeadObjectCommand({ Bucket, Key: 'dest-key' })).then((head) => {
          if (head.ObjectLockMode !== undefined) {
            throw new Error('the copy has a retention');
          }
          return head;
        }),
      );
    },
  },
  {
    area: 'Object Lock',
    file: S3,
    test: 'TestS3ObjectLockLegalHold::test_s3_copy_object_legal_hold',
    rows: {
      'head-object': { behavior: 'HEAD of an object has its legal hold', except: CONTENT_TYPE },
      'head-dest-key': {
        behavior: 'a copy does not keep the legal hold of its source',
        except: CONTENT_TYPE,
      },
    },
    play: async ({ s3, bucket }, record) => {
      const Bucket = await bucket({ lock: true });
      await s3.send(
        new PutObjectCommand({
          Bucket,
          Key: 'source-object',
          Body: '{"key": "value"}',
          ObjectLockLegalHoldStatus: 'ON',
        }),
      );
      await record('head-object', s3.send(new HeadObjectCommand({ Bucket, Key: 'source-object' })));
      await s3.send(
        new CopyObjectCommand({ Bucket, CopySource: `${Bucket}/source-object`, Key: 'dest-key' }),
      );
      await record(
        'head-dest-key',
        s3.send(new HeadObjectCommand({ Bucket, Key: 'dest-key' })).then((head) => {
          if (head.ObjectLockLegalHoldStatus !== undefined) {
            throw new Error('the copy has a legal hold');
          }
          return head;
        }),
      );
    },
  },
  {
    area: 'Object Lock',
    file: S3,
    test: 'TestS3ObjectLockLegalHold::test_delete_locked_object',
    rows: {
      'delete-object-locked': 'the delete of a version under legal hold is refused with 403',
      'delete-objects-locked':
        'in DeleteObjects, a version under legal hold is an error of its key',
    },
    play: async ({ s3, bucket }, record) => {
      const Bucket = await bucket({ lock: true });
      const Key = 'test-delete-locked';
      const { VersionId } = await s3.send(new PutObjectCommand({ Bucket, Key, Body: 'test' }));
      await s3.send(
        new PutObjectLegalHoldCommand({ Bucket, Key, VersionId, LegalHold: { Status: 'ON' } }),
      );
      await record(
        'delete-object-locked',
        s3.send(new DeleteObjectCommand({ Bucket, Key, VersionId })),
      );
      await record(
        'delete-objects-locked',
        s3.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects: [{ Key, VersionId }] } })),
      );
    },
  },
  {
    area: 'Object Lock',
    file: S3,
    test: 'TestS3ObjectLockRetention::test_object_lock_delete_markers',
    rows: {
      'put-delete-marker': 'a delete without a version id of a locked object adds a delete marker',
      'get-object-retention-delete-marker': {
        behavior: 'a request for the retention of a delete marker is refused with 405',
        fixed: 'the error did not say that it is about a delete marker',
      },
    },
    play: async ({ s3, bucket }, record) => {
      const Bucket = await bucket({ lock: true });
      const Key = 'default-object';
      await s3.send(
        new PutObjectCommand({
          Bucket,
          Key,
          Body: 'test-put-object-lock',
          ObjectLockMode: 'GOVERNANCE',
          ObjectLockRetainUntilDate: inTenMinutes(),
        }),
      );
      const { VersionId } = await record(
        'put-delete-marker',
        s3.send(new DeleteObjectCommand({ Bucket, Key })),
      );
      await record(
        'get-object-retention-delete-marker',
        s3.send(new GetObjectRetentionCommand({ Bucket, Key, VersionId })),
      );
    },
  },
];
