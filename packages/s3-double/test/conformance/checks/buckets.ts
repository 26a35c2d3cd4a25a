import assert from 'node:assert/strict';
import {
  CreateBucketCommand,
  DeleteBucketCommand,
  GetBucketLocationCommand,
  HeadBucketCommand,
  ListBucketsCommand,
} from '@aws-sdk/client-s3';
import { type Check, refused } from '../subject';

export const buckets: Check[] = [
  {
    name: 'a bucket is listed and can be asked for',
    page: 'API/API_ListBuckets.html',
    run: async (subject) => {
      const bucket = await subject.bucket();
      const { Buckets } = await subject.client.send(new ListBucketsCommand({}));
      assert.ok(Buckets?.some(({ Name }) => Name === bucket));
      await subject.client.send(new HeadBucketCommand({ Bucket: bucket }));
    },
  },
  {
    name: 'a missing bucket is 404',
    page: 'API/API_HeadBucket.html',
    run: async (subject) => {
      await refused(
        subject.client.send(new HeadBucketCommand({ Bucket: 'conformance-no-such-bucket' })),
        { status: 404 },
      );
    },
  },
  {
    name: 'a bucket name with capitals is refused',
    page: 'userguide/bucketnamingrules.html',
    run: async (subject) => {
      await refused(subject.client.send(new CreateBucketCommand({ Bucket: 'Capitals' })), {
        status: 400,
        code: 'InvalidBucketName',
      });
    },
  },
  {
    name: 'a bucket with objects cannot be deleted, an empty one can',
    page: 'API/API_DeleteBucket.html',
    run: async (subject) => {
      const full = await subject.bucket();
      await subject.put(full, 'key');
      await refused(subject.client.send(new DeleteBucketCommand({ Bucket: full })), {
        status: 409,
        code: 'BucketNotEmpty',
      });
      const empty = await subject.bucket();
      await subject.client.send(new DeleteBucketCommand({ Bucket: empty }));
      await refused(subject.client.send(new HeadBucketCommand({ Bucket: empty })), { status: 404 });
    },
  },
  {
    name: 'us-east-1 has no location constraint',
    page: 'API/API_GetBucketLocation.html',
    run: async (subject) => {
      const output = await subject.client.send(
        new GetBucketLocationCommand({ Bucket: await subject.bucket() }),
      );
      assert.equal(output.LocationConstraint || undefined, undefined);
    },
  },
];
