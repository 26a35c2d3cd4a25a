/**
 * IAM actions of S3's operations (page "Required permissions for Amazon S3 API operations").
 * An operation that is not listed has its own name.
 */
const ACTIONS: Record<string, string> = {
  HeadBucket: 'ListBucket',
  ListObjects: 'ListBucket',
  ListObjectsV2: 'ListBucket',
  ListObjectVersions: 'ListBucketVersions',
  ListMultipartUploads: 'ListBucketMultipartUploads',
  ListBuckets: 'ListAllMyBuckets',
  GetBucketEncryption: 'GetEncryptionConfiguration',
  PutBucketEncryption: 'PutEncryptionConfiguration',
  GetObjectLockConfiguration: 'GetBucketObjectLockConfiguration',
  PutObjectLockConfiguration: 'PutBucketObjectLockConfiguration',
  HeadObject: 'GetObject',
  CopyObject: 'PutObject',
  CreateMultipartUpload: 'PutObject',
  UploadPart: 'PutObject',
  UploadPartCopy: 'PutObject',
  CompleteMultipartUpload: 'PutObject',
  ListParts: 'ListMultipartUploadParts',
};

/** These actions have a separate action for versions. */
const OF_A_VERSION = new Set([
  'GetObject',
  'DeleteObject',
  'GetObjectTagging',
  'PutObjectTagging',
  'DeleteObjectTagging',
  'GetObjectAttributes',
]);

/** As `s3:GetObject`. */
export function toAction(operation: string, versionId?: string): string {
  const action = ACTIONS[operation] ?? operation;
  if (versionId === undefined || !OF_A_VERSION.has(action)) {
    return `s3:${action}`;
  }
  return `s3:${action.replace(/Object/, 'ObjectVersion')}`;
}
