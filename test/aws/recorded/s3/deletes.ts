import {
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutBucketVersioningCommand,
  PutObjectCommand,
  type ObjectIdentifier,
  type S3Client,
} from '@aws-sdk/client-s3';
import { CONTENT_TYPE, type S3Replay } from './subject';

const API = 'tests/aws/services/s3/test_s3_api';
const S3 = 'tests/aws/services/s3/test_s3';
const UNKNOWN_VERSION = 'HPniJFCxqTsMuIH9KX8K8wEjNUgmABCD';

const setVersioning = (s3: S3Client, Bucket: string, Status: 'Enabled' | 'Suspended') =>
  s3.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status } }));

/** The recorder sorts the deleted keys, because S3 does not. */
async function deleteSorted(s3: S3Client, Bucket: string, Objects: ObjectIdentifier[]) {
  const output = await s3.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects } }));
  output.Deleted?.sort((a, b) => (a.Key! < b.Key! ? -1 : 1));
  return output;
}

export const DELETES: S3Replay[] = [
  {
    area: 'Bulk deletes',
    file: API,
    test: 'TestS3ObjectCRUD::test_delete_objects',
    rows: {
      'delete-object-wrong-version-id': {
        behavior: 'DeleteObjects answers 200, and an unknown version is an error of its key',
        fixed: 'the double reported the key as deleted',
      },
      'delete-objects': 'DeleteObjects reports keys that do not exist as deleted',
    },
    play: async ({ s3, Bucket }, record) => {
      const Key = 'test-delete';
      await s3.send(new PutObjectCommand({ Bucket, Key, Body: 'test-delete' }));
      await record(
        'delete-object-wrong-version-id',
        deleteSorted(s3, Bucket, [{ Key, VersionId: UNKNOWN_VERSION }]),
      );
      await record(
        'delete-objects',
        deleteSorted(s3, Bucket, [{ Key }, { Key: 'c-wrong-key' }, { Key: 'a-wrong-key' }]),
      );
    },
  },
  {
    area: 'Bulk deletes',
    file: API,
    test: 'TestS3ObjectCRUD::test_delete_objects_versioned',
    rows: {
      'delete-objects-no-version-id':
        'in a versioned bucket, DeleteObjects adds a delete marker for each key, also for keys ' +
        'that never existed',
      'delete-objects-marker':
        'the delete of a delete marker by its version id reports the id twice',
      'delete-objects-wrong-version-id': {
        behavior: 'unknown versions are errors of their keys, whether the key exists or not',
        fixed: 'the double reported the keys as deleted',
      },
      'delete-objects-version-id': 'the delete of a version by its id reports key and id',
    },
    play: async ({ s3, Bucket }, record) => {
      const Key = 'test-delete';
      await setVersioning(s3, Bucket, 'Enabled');
      const { VersionId } = await s3.send(
        new PutObjectCommand({ Bucket, Key, Body: 'test-delete' }),
      );
      const remove = (...Objects: ObjectIdentifier[]) =>
        s3.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects } }));
      const { Deleted } = await record(
        'delete-objects-no-version-id',
        remove({ Key }, { Key: 'wrongkey' }, { Key: 'wrongkey-x' }),
      );
      await record(
        'delete-objects-marker',
        remove({ Key, VersionId: Deleted[0].DeleteMarkerVersionId }),
      );
      await record(
        'delete-objects-wrong-version-id',
        remove(
          { Key, VersionId: UNKNOWN_VERSION },
          { Key: 'wrong-key-2', VersionId: UNKNOWN_VERSION },
        ),
      );
      await record('delete-objects-version-id', remove({ Key, VersionId }));
    },
  },
  {
    area: 'Bulk deletes',
    file: S3,
    test: 'TestS3::test_delete_non_existing_keys_quiet',
    rows: {
      'deleted-resp': 'a quiet DeleteObjects of existing and missing keys has an empty response',
    },
    play: async ({ s3, Bucket }, record) => {
      const Objects = ['test-key-nonexistent', 'dummy1', 'dummy2'].map((Key) => ({ Key }));
      await s3.send(
        new PutObjectCommand({ Bucket, Key: 'test-key-nonexistent', Body: 'something' }),
      );
      await record(
        'deleted-resp',
        s3.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects, Quiet: true } })),
      );
    },
  },
  {
    area: 'Bulk deletes',
    file: S3,
    test: 'TestS3::test_delete_objects_encoding',
    rows: {
      'list-objects-before-delete': 'keys that look percent-encoded are listed as they are',
      'deleted-resp': 'DeleteObjects takes keys that look percent-encoded as they are',
    },
    play: async ({ s3, Bucket }, record) => {
      await s3.send(new PutObjectCommand({ Bucket, Key: 'a%2Fb', Body: 'percent encoding' }));
      await s3.send(
        new PutObjectCommand({ Bucket, Key: 'a/%F0%9F%98%80', Body: 'percent encoded emoji' }),
      );
      await record('list-objects-before-delete', s3.send(new ListObjectsV2Command({ Bucket })));
      await record(
        'deleted-resp',
        deleteSorted(s3, Bucket, [{ Key: 'a%2Fb' }, { Key: 'a/%F0%9F%98%80' }]),
      );
    },
  },
  {
    area: 'Deletes',
    file: API,
    test: 'TestS3ObjectCRUD::test_delete_object',
    rows: {
      'delete-object': 'a delete answers 204',
      'delete-nonexistent-object': 'a delete of a missing key answers 204, too',
      'delete-nonexistent-object-versionid': {
        behavior: 'a delete of a version id that cannot exist is refused with 400',
        fixed: 'the double answered 204',
      },
    },
    play: async ({ s3, Bucket }, record) => {
      const Key = 'test-delete';
      await s3.send(new PutObjectCommand({ Bucket, Key, Body: 'test-delete' }));
      const remove = (more: object = {}) =>
        s3.send(new DeleteObjectCommand({ Bucket, Key, ...more }));
      await record('delete-object', remove());
      await record('delete-nonexistent-object', remove());
      await record('delete-nonexistent-object-versionid', remove({ VersionId: UNKNOWN_VERSION }));
    },
  },
  {
    area: 'Deletes',
    file: API,
    test: 'TestS3ObjectCRUD::test_delete_object_versioned',
    rows: {
      'delete-object':
        'in a versioned bucket, a delete adds a delete marker and answers with its id',
      'get-deleted-object':
        'a GET of a key whose newest version is a delete marker is 404 NoSuchKey',
      'get-object-with-version': {
        behavior: 'a GET by version id still has the content',
        except: CONTENT_TYPE,
      },
      'get-delete-marker': {
        behavior: 'a GET of a delete marker by its version id is 405',
        fixed: 'the error did not say that it is about a delete marker',
      },
      'delete-object-2': 'a second delete adds a second delete marker',
      'delete-delete-marker': 'the delete of a delete marker by its id says that it was one',
      'delete-object-version': 'the delete of a version by its id says nothing of a delete marker',
      'get-deleted-object-with-version': 'a GET of a deleted version is 404 NoSuchVersion',
      'delete-wrong-key': 'a delete of a key that never existed adds a delete marker',
    },
    play: async ({ s3, Bucket }, record) => {
      const Key = 'test-delete';
      await setVersioning(s3, Bucket, 'Enabled');
      const { VersionId } = await s3.send(
        new PutObjectCommand({ Bucket, Key, Body: 'test-delete' }),
      );
      const remove = (more: object = {}) =>
        s3.send(new DeleteObjectCommand({ Bucket, Key, ...more }));
      const get = (more: object = {}) =>
        s3.send(new GetObjectCommand({ Bucket, Key, ChecksumMode: 'ENABLED', ...more }));
      const marker = await record('delete-object', remove());
      await record('get-deleted-object', get());
      await record('get-object-with-version', get({ VersionId }));
      await record('get-delete-marker', get({ VersionId: marker.VersionId }));
      await record('delete-object-2', remove());
      await record('delete-delete-marker', remove({ VersionId: marker.VersionId }));
      await record('delete-object-version', remove({ VersionId }));
      await record('get-deleted-object-with-version', get({ VersionId }));
      await record(
        'delete-wrong-key',
        s3.send(new DeleteObjectCommand({ Bucket, Key: 'wrong-key' })),
      );
    },
  },
  {
    area: 'Deletes',
    file: API,
    test: 'TestS3ObjectCRUD::test_delete_object_on_suspended_bucket',
    rows: {
      'delete-object-no-version': 'with versioning suspended, a delete adds a delete marker',
      'put-object-suspended': 'with versioning suspended, the response to a PUT has no version id',
      'delete-object-no-version-after-put':
        'with versioning suspended, a delete of the null version replaces it with a delete marker',
    },
    play: async ({ s3, Bucket }, record) => {
      const Key = 'test-delete-suspended';
      await setVersioning(s3, Bucket, 'Enabled');
      for (const i of [0, 1]) {
        await s3.send(new PutObjectCommand({ Bucket, Key, Body: `test-version-${i}` }));
      }
      await setVersioning(s3, Bucket, 'Suspended');
      await record('delete-object-no-version', s3.send(new DeleteObjectCommand({ Bucket, Key })));
      await record(
        'put-object-suspended',
        s3.send(new PutObjectCommand({ Bucket, Key, Body: 'test-version-suspended-after-delete' })),
      );
      await record(
        'delete-object-no-version-after-put',
        s3.send(new DeleteObjectCommand({ Bucket, Key })),
      );
    },
  },
];
