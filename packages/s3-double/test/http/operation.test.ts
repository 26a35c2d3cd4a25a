import { toOperation, parseTarget } from '../../src/http/operation';

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
  ['GET', '/bucket/key?annotation', {}, 'ListObjectAnnotations'],
  ['GET', '/bucket/key?annotation&annotationName=n', {}, 'GetObjectAnnotation'],
  ['PUT', '/bucket/key?annotation&annotationName=n', {}, 'PutObjectAnnotation'],
  ['DELETE', '/bucket/key?annotation&annotationName=n', {}, 'DeleteObjectAnnotation'],
  ['GET', '/bucket/key?unheardOf', {}, 'Unknown'],
  ['PUT', '/bucket/key?partNumber=1', {}, 'Unknown'],
  ['GET', '/bucket/key?x-id=GetObjectTorrent', {}, 'Unknown'],
  ['PUT', '/bucket/key?x-amz-copy-source=a%2Fb', {}, 'Unknown'],
  ['PUT', '/bucket/%zz', {}, 'Unknown'],
])('%s %s %j is %s', (method, url, headers, operation) => {
  expect(toOperation(method, url, headers)).toBe(operation);
});

test.each<[whose: string, method: string, url: string, operation: string]>([
  [
    'a presigned read',
    'GET',
    '/b/k?X-Amz-Algorithm=a&X-Amz-Credential=c&X-Amz-Date=d&X-Amz-Expires=9&X-Amz-SignedHeaders=host&X-Amz-Signature=s' +
      '&X-Amz-Security-Token=t&x-amz-checksum-mode=ENABLED&x-id=GetObject&response-content-type=text%2Fcsv&versionId=v',
    'GetObject',
  ],
  [
    'a presigned write',
    'PUT',
    '/b/k?X-Amz-Signature=s&x-amz-sdk-checksum-algorithm=CRC32&x-amz-checksum-crc32=a&x-id=PutObject',
    'PutObject',
  ],
  [
    "boto3's presigned read",
    'GET',
    '/b/k?AWSAccessKeyId=a&Signature=s&Expires=9&x-amz-security-token=t',
    'GetObject',
  ],
  [
    "boto3's presigned write",
    'PUT',
    '/b/k?AWSAccessKeyId=a&Signature=s&content-type=a&content-md5=m&Expires=9',
    'PutObject',
  ],
  [
    "mc's listing",
    'GET',
    '/b/?continuation-token=&delimiter=%2F&encoding-type=url&fetch-owner=true&list-type=2&max-keys=9&metadata=true&prefix=',
    'ListObjectsV2',
  ],
  [
    "mc's listing of versions",
    'GET',
    '/b/?delimiter=&encoding-type=url&key-marker=&max-keys=9&metadata=true&prefix=&version-id-marker=&versions=',
    'ListObjectVersions',
  ],
  [
    "mc's listing of uploads",
    'GET',
    '/b/?delimiter=%2F&encoding-type=url&key-marker=&max-uploads=9&prefix=p&upload-id-marker=&uploads=',
    'ListMultipartUploads',
  ],
  ["mc's listing of parts", 'GET', '/b/k?max-parts=9&part-number-marker=0&uploadId=u', 'ListParts'],
  ["mc's question for the region", 'GET', '/b/?location=', 'GetBucketLocation'],
  [
    "the CLI's listing",
    'GET',
    '/b?list-type=2&prefix=&delimiter=%2F&encoding-type=url',
    'ListObjectsV2',
  ],
  ["s3cmd's listing", 'GET', '/b/?delimiter=%2F&prefix=p&marker=m', 'ListObjects'],
  [
    "rclone's listing",
    'GET',
    '/b?delimiter=%2F&encoding-type=url&list-type=2&max-keys=1000&prefix=',
    'ListObjectsV2',
  ],
  ['a part of an upload', 'PUT', '/b/k?partNumber=1&uploadId=u&x-id=UploadPart', 'UploadPart'],
])('%s: %s %s is %s', (_, method, url, operation) => {
  expect(toOperation(method, url, {})).toBe(operation);
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
