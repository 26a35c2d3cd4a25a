import { operationOf, parseTarget } from '../../../sandbox/s3/operation';

const COPY = { 'x-amz-copy-source': 'bucket/key' };

test.each<[method: string, url: string, headers: Record<string, string>, operation: string]>([
  ['GET', '/', {}, 'ListBuckets'],
  ['GET', '/?x-id=ListBuckets', {}, 'ListBuckets'],
  ['PUT', '/bucket', {}, 'CreateBucket'],
  ['PUT', '/bucket/', {}, 'CreateBucket'],
  ['HEAD', '/bucket', {}, 'HeadBucket'],
  ['DELETE', '/bucket', {}, 'DeleteBucket'],
  ['GET', '/bucket?location', {}, 'GetBucketLocation'],
  ['GET', '/bucket?versioning', {}, 'GetBucketVersioning'],
  ['PUT', '/bucket?versioning', {}, 'PutBucketVersioning'],
  ['GET', '/bucket?policy', {}, 'GetBucketPolicy'],
  ['GET', '/bucket', {}, 'ListObjects'],
  ['GET', '/bucket?list-type=2&prefix=uploads', {}, 'ListObjectsV2'],
  ['GET', '/bucket?versions', {}, 'ListObjectVersions'],
  ['GET', '/bucket?uploads', {}, 'ListMultipartUploads'],
  ['POST', '/bucket?delete', {}, 'DeleteObjects'],
  ['POST', '/bucket/?delete=', {}, 'DeleteObjects'],
  ['PUT', '/bucket/key', {}, 'PutObject'],
  ['PUT', '/bucket/key?x-id=CopyObject', COPY, 'CopyObject'],
  ['PUT', '/bucket/key?partNumber=1&uploadId=u', {}, 'UploadPart'],
  ['PUT', '/bucket/key?partNumber=1&uploadId=u', COPY, 'UploadPartCopy'],
  ['PUT', '/bucket/key?tagging', {}, 'PutObjectTagging'],
  ['GET', '/bucket/key', {}, 'GetObject'],
  ['GET', '/bucket/key?versionId=v', {}, 'GetObject'],
  ['GET', '/bucket/key?tagging', {}, 'GetObjectTagging'],
  ['GET', '/bucket/key?attributes', {}, 'GetObjectAttributes'],
  ['GET', '/bucket/key?uploadId=u', {}, 'ListParts'],
  ['HEAD', '/bucket/key', {}, 'HeadObject'],
  ['DELETE', '/bucket/key', {}, 'DeleteObject'],
  ['DELETE', '/bucket/key?uploadId=u', {}, 'AbortMultipartUpload'],
  ['DELETE', '/bucket/key?tagging', {}, 'DeleteObjectTagging'],
  ['POST', '/bucket/key?uploads', {}, 'CreateMultipartUpload'],
  ['POST', '/bucket/key?uploadId=u', {}, 'CompleteMultipartUpload'],
  ['POST', '/bucket/key?restore', {}, 'RestoreObject'],
  ['PUT', '/bucket/..', {}, 'PutObject'],
  ['PUT', '/bucket/%zz', {}, 'Unknown'],
])('%s %s %j is %s', (method, url, headers, operation) => {
  expect(operationOf(method, url, headers)).toBe(operation);
});

test.each([
  ['/bucket/a/../b', 'a/../b'],
  ['/bucket//a', '/a'],
  ['/bucket/a+b', 'a+b'],
  ['/bucket/a%252F%3Fb', 'a%2F?b'],
  ['/bucket/%F0%9F%98%80?versionId=1', '\u{1f600}'],
])('the key of %s is %s', (url, key) => {
  expect(parseTarget(url)).toMatchObject({ bucket: 'bucket', key });
});
