import type { IncomingHttpHeaders } from 'node:http';

/** What a path-style request addresses. */
export interface Target {
  readonly bucket: string;
  readonly key: string;
  readonly query: ReadonlyMap<string, string>;
}

/**
 * Bucket, key and query of a raw request URL. By hand, since `new URL()` would collapse the
 * segments `.` and `..`, which are ordinary parts of keys. Throws URIError on a bad escape.
 */
export function parseTarget(rawUrl: string): Target {
  const mark = rawUrl.indexOf('?');
  const path = mark < 0 ? rawUrl : rawUrl.slice(0, mark);
  const slash = path.indexOf('/', 1);
  return {
    bucket: decodeURIComponent(slash < 0 ? path.slice(1) : path.slice(1, slash)),
    key: slash < 0 ? '' : decodeURIComponent(path.slice(slash + 1)),
    query: parseQuery(mark < 0 ? '' : rawUrl.slice(mark + 1)),
  };
}

export function parseQuery(text: string): Map<string, string> {
  const query = new Map<string, string>();
  for (const pair of text.split('&')) {
    if (pair) {
      const equals = pair.indexOf('=');
      const name = equals < 0 ? pair : pair.slice(0, equals);
      query.set(decodeQuery(name), equals < 0 ? '' : decodeQuery(pair.slice(equals + 1)));
    }
  }
  return query;
}

function decodeQuery(text: string): string {
  return decodeURIComponent(text.includes('+') ? text.replace(/\+/g, ' ') : text);
}

/**
 * Name of the operation, as the SDK calls it, of any request to S3, also of those that the double
 * does not serve.
 */
export function toOperation(method: string, rawUrl: string, headers: IncomingHttpHeaders): string {
  let target: Target;
  try {
    target = parseTarget(rawUrl);
  } catch {
    return 'Unknown';
  }
  return classify(method, target, headers);
}

/** Unknown where the query asks for more than the operation that method and sub-resource name. */
export function classify(method: string, target: Target, headers: IncomingHttpHeaders): string {
  const operation = namedOperation(method, target, headers);
  for (const [name, value] of target.query) {
    if (!mayHave(operation, name, value)) {
      return 'Unknown';
    }
  }
  return operation;
}

function namedOperation(
  method: string,
  { bucket, key, query }: Target,
  headers: IncomingHttpHeaders,
): string {
  if (!bucket) {
    return method === 'GET' ? 'ListBuckets' : 'Unknown';
  }
  return key ? objectOperation(method, query, headers) : bucketOperation(method, query);
}

/**
 * Sub-resources of a bucket that read and write alike: `GET /bucket?versioning` is
 * GetBucketVersioning.
 */
const BUCKET_SETTINGS: Record<string, string> = {
  accelerate: 'BucketAccelerateConfiguration',
  acl: 'BucketAcl',
  cors: 'BucketCors',
  encryption: 'BucketEncryption',
  lifecycle: 'BucketLifecycleConfiguration',
  location: 'BucketLocation',
  logging: 'BucketLogging',
  notification: 'BucketNotificationConfiguration',
  'object-lock': 'ObjectLockConfiguration',
  ownershipControls: 'BucketOwnershipControls',
  policy: 'BucketPolicy',
  publicAccessBlock: 'PublicAccessBlock',
  replication: 'BucketReplication',
  requestPayment: 'BucketRequestPayment',
  tagging: 'BucketTagging',
  versioning: 'BucketVersioning',
  website: 'BucketWebsite',
};

const OBJECT_SETTINGS: Record<string, string> = {
  acl: 'ObjectAcl',
  annotation: 'ObjectAnnotation',
  'legal-hold': 'ObjectLegalHold',
  retention: 'ObjectRetention',
  tagging: 'ObjectTagging',
};

const VERBS: Record<string, string> = { GET: 'Get', PUT: 'Put', DELETE: 'Delete' };

/** Headers of an answer that `response-...` in the query of a read overrides. */
export const OVERRIDABLE_HEADERS = [
  'cache-control',
  'content-disposition',
  'content-encoding',
  'content-language',
  'content-type',
  'expires',
];
const READ = ['partNumber', 'versionId', ...OVERRIDABLE_HEADERS.map((name) => `response-${name}`)];
/** `metadata` is an extension of MinIO, which its clients also send to S3. */
const LISTING = ['delimiter', 'encoding-type', 'max-keys', 'metadata', 'prefix'];

/**
 * Query parameters of each operation (its page of the API reference). Any other parameter asks for
 * a sub-resource that the double does not know: `DELETE /bucket/key?unheardOf` must not delete the
 * object.
 */
const PARAMETERS: Record<string, readonly string[]> = {
  ...settingParameters(BUCKET_SETTINGS, []),
  ...settingParameters(OBJECT_SETTINGS, ['versionId', 'annotationName']),
  ListBuckets: ['bucket-region', 'continuation-token', 'max-buckets', 'prefix'],
  ListObjects: [...LISTING, 'marker'],
  ListObjectsV2: [...LISTING, 'continuation-token', 'fetch-owner', 'list-type', 'start-after'],
  ListObjectVersions: [...LISTING, 'key-marker', 'version-id-marker', 'versions'],
  ListMultipartUploads: [
    'delimiter',
    'encoding-type',
    'key-marker',
    'max-uploads',
    'prefix',
    'upload-id-marker',
    'uploads',
  ],
  DeleteObjects: ['delete'],
  HeadObject: READ,
  GetObject: READ,
  GetObjectAttributes: ['attributes', 'versionId'],
  DeleteObject: ['versionId'],
  ListObjectAnnotations: [
    'annotation',
    'annotation-prefix',
    'continuation-token',
    'max-annotation-results',
    'versionId',
  ],
  RestoreObject: ['restore', 'versionId'],
  CreateMultipartUpload: ['uploads'],
  UploadPart: ['partNumber', 'uploadId'],
  UploadPartCopy: ['partNumber', 'uploadId'],
  ListParts: ['max-parts', 'part-number-marker', 'uploadId'],
  CompleteMultipartUpload: ['uploadId'],
  AbortMultipartUpload: ['uploadId'],
};

/**
 * A presigned URL holds its signature, of either version, and headers; a copy's source among them
 * would make a copy of a PUT.
 */
const PRESIGNED =
  /^(?:x-amz-(?!copy-source).*|AWSAccessKeyId|Signature|Expires|Content-MD5|Content-Type)$/i;

function mayHave(operation: string, name: string, value: string): boolean {
  // The SDKs add the name of the operation.
  if (name === 'x-id') {
    return value === operation;
  }
  return PARAMETERS[operation]?.includes(name) || PRESIGNED.test(name);
}

function settingParameters(
  settings: Record<string, string>,
  more: readonly string[],
): Record<string, readonly string[]> {
  const operations = Object.entries(settings).flatMap(([subresource, name]) =>
    Object.values(VERBS).map((verb) => [verb + name, [subresource, ...more]] as const),
  );
  return Object.fromEntries(operations);
}

function bucketOperation(method: string, query: ReadonlyMap<string, string>): string {
  const setting = findSetting(method, query, BUCKET_SETTINGS);
  if (setting) {
    return setting;
  }
  switch (method) {
    case 'HEAD':
      return 'HeadBucket';
    case 'PUT':
      return 'CreateBucket';
    case 'DELETE':
      return 'DeleteBucket';
    case 'POST':
      return query.has('delete') ? 'DeleteObjects' : 'Unknown';
    case 'GET':
      if (query.get('list-type') === '2') {
        return 'ListObjectsV2';
      }
      if (query.has('uploads')) {
        return 'ListMultipartUploads';
      }
      return query.has('versions') ? 'ListObjectVersions' : 'ListObjects';
    default:
      return 'Unknown';
  }
}

function objectOperation(
  method: string,
  query: ReadonlyMap<string, string>,
  headers: IncomingHttpHeaders,
): string {
  const setting = findSetting(method, query, OBJECT_SETTINGS);
  if (setting) {
    return setting === 'GetObjectAnnotation' && !query.has('annotationName')
      ? 'ListObjectAnnotations'
      : setting;
  }
  const upload = query.has('uploadId');
  switch (method) {
    case 'HEAD':
      return 'HeadObject';
    case 'PUT': {
      const copy = headers['x-amz-copy-source'] !== undefined;
      if (upload) {
        return copy ? 'UploadPartCopy' : 'UploadPart';
      }
      return copy ? 'CopyObject' : 'PutObject';
    }
    case 'DELETE':
      return upload ? 'AbortMultipartUpload' : 'DeleteObject';
    case 'POST':
      if (upload) {
        return 'CompleteMultipartUpload';
      }
      if (query.has('uploads')) {
        return 'CreateMultipartUpload';
      }
      return query.has('restore') ? 'RestoreObject' : 'Unknown';
    case 'GET':
      if (upload) {
        return 'ListParts';
      }
      return query.has('attributes') ? 'GetObjectAttributes' : 'GetObject';
    default:
      return 'Unknown';
  }
}

function findSetting(
  method: string,
  query: ReadonlyMap<string, string>,
  settings: Record<string, string>,
): string | undefined {
  const verb = VERBS[method];
  if (!verb || query.size === 0) {
    return undefined;
  }
  for (const name of query.keys()) {
    if (Object.hasOwn(settings, name)) {
      return verb + settings[name];
    }
  }
  return undefined;
}
