import { authorize } from '../access/authorize';
import { checkBucketOwner } from '../access/bucket-owner';
import { checkRegion } from '../access/bucket-region';
import { S3Error } from '../common/errors';
import type { Answer, Context, S3Request } from '../http/context';
import * as annotations from '../operations/annotations';
import * as settings from '../operations/bucket-settings';
import * as buckets from '../operations/buckets';
import { completeMultipartUpload } from '../operations/complete';
import { copyObject } from '../operations/copy';
import { deleteObject, deleteObjects } from '../operations/delete';
import { listObjects, listObjectsV2 } from '../operations/list';
import { listMultipartUploads, listParts } from '../operations/list-uploads';
import {
  abortMultipartUpload,
  createMultipartUpload,
  uploadPart,
  uploadPartCopy,
} from '../operations/multipart';
import { getObjectAttributes } from '../operations/object-attributes';
import * as objectLock from '../operations/object-lock';
import { getObject, headObject, putObject } from '../operations/objects';
import { restoreObject } from '../operations/restore';
import { deleteObjectTagging, getObjectTagging, putObjectTagging } from '../operations/tagging';
import { listObjectVersions } from '../operations/versions';

/** Each operation is one synchronous function, so no other request ever sees half of one. */
const OPERATIONS: Record<string, (context: Context) => Answer> = {
  ListBuckets: buckets.listBuckets,
  CreateBucket: buckets.createBucket,
  HeadBucket: buckets.headBucket,
  DeleteBucket: buckets.deleteBucket,
  GetBucketLocation: buckets.getBucketLocation,
  GetBucketVersioning: buckets.getBucketVersioning,
  PutBucketVersioning: buckets.putBucketVersioning,
  ListObjectsV2: listObjectsV2,
  ListObjects: listObjects,
  PutObject: putObject,
  GetObject: getObject,
  HeadObject: headObject,
  CopyObject: copyObject,
  DeleteObject: deleteObject,
  DeleteObjects: deleteObjects,
  CreateMultipartUpload: createMultipartUpload,
  UploadPart: uploadPart,
  UploadPartCopy: uploadPartCopy,
  ListParts: listParts,
  ListMultipartUploads: listMultipartUploads,
  CompleteMultipartUpload: completeMultipartUpload,
  AbortMultipartUpload: abortMultipartUpload,
  GetObjectTagging: getObjectTagging,
  PutObjectTagging: putObjectTagging,
  DeleteObjectTagging: deleteObjectTagging,
  ListObjectAnnotations: annotations.listObjectAnnotations,
  GetObjectAnnotation: annotations.getObjectAnnotation,
  PutObjectAnnotation: annotations.putObjectAnnotation,
  DeleteObjectAnnotation: annotations.deleteObjectAnnotation,
  RestoreObject: restoreObject,
  ListObjectVersions: listObjectVersions,
  GetObjectAttributes: getObjectAttributes,
  GetObjectLockConfiguration: objectLock.getObjectLockConfiguration,
  PutObjectLockConfiguration: objectLock.putObjectLockConfiguration,
  GetObjectRetention: objectLock.getObjectRetention,
  PutObjectRetention: objectLock.putObjectRetention,
  GetObjectLegalHold: objectLock.getObjectLegalHold,
  PutObjectLegalHold: objectLock.putObjectLegalHold,
  GetBucketPolicy: settings.getBucketPolicy,
  PutBucketPolicy: settings.putBucketPolicy,
  DeleteBucketPolicy: settings.deleteBucketPolicy,
  GetBucketRequestPayment: settings.getBucketRequestPayment,
  PutBucketRequestPayment: settings.putBucketRequestPayment,
  GetBucketEncryption: buckets.getBucketEncryption,
  PutBucketEncryption: buckets.putBucketEncryption,
};

/** Names of the operations that the double has. */
export const SERVED: readonly string[] = Object.keys(OPERATIONS);

export function perform(context: Context): Answer {
  const { request } = context;
  const operation = OPERATIONS[request.operation];
  if (!operation) {
    throw new S3Error('NotImplemented', {
      message: `the sandbox's S3 does not have ${getName(request)}`,
    });
  }
  checkRegion(context);
  checkBucketOwner(context);
  authorize(context, {
    operation: request.operation,
    bucket: request.bucket,
    key: request.key,
    versionId: request.query.get('versionId'),
  });
  return operation(context);
}

function getName({ operation, method, key, query }: S3Request): string {
  return operation === 'Unknown'
    ? `${method} ${key ? 'object' : 'bucket'}?${[...query.keys()].join('&')}`
    : operation;
}
