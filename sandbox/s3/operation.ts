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

/** Name of the operation, as the SDK calls it, of any request to S3, also of those that the double does not serve. */
export function operationOf(method: string, rawUrl: string, headers: IncomingHttpHeaders): string {
  let target: Target;
  try {
    target = parseTarget(rawUrl);
  } catch {
    return 'Unknown';
  }
  return classify(method, target, headers);
}

export function classify(method: string, target: Target, headers: IncomingHttpHeaders): string {
  if (!target.bucket) {
    return method === 'GET' ? 'ListBuckets' : 'Unknown';
  }
  return target.key ? objectOperation(method, target.query, headers) : bucketOperation(method, target.query);
}

/** Sub-resources of a bucket that read and write alike: `GET /bucket?versioning` is GetBucketVersioning. */
const BUCKET_SETTINGS: Record<string, string> = {
  'accelerate': 'BucketAccelerateConfiguration',
  'acl': 'BucketAcl',
  'cors': 'BucketCors',
  'encryption': 'BucketEncryption',
  'lifecycle': 'BucketLifecycleConfiguration',
  'location': 'BucketLocation',
  'logging': 'BucketLogging',
  'notification': 'BucketNotificationConfiguration',
  'object-lock': 'ObjectLockConfiguration',
  'ownershipControls': 'BucketOwnershipControls',
  'policy': 'BucketPolicy',
  'publicAccessBlock': 'PublicAccessBlock',
  'replication': 'BucketReplication',
  'requestPayment': 'BucketRequestPayment',
  'tagging': 'BucketTagging',
  'versioning': 'BucketVersioning',
  'website': 'BucketWebsite',
};

const OBJECT_SETTINGS: Record<string, string> = {
  'acl': 'ObjectAcl',
  'legal-hold': 'ObjectLegalHold',
  'retention': 'ObjectRetention',
  'tagging': 'ObjectTagging',
};

const VERBS: Record<string, string> = { GET: 'Get', PUT: 'Put', DELETE: 'Delete' };

function bucketOperation(method: string, query: ReadonlyMap<string, string>): string {
  const setting = settingOf(method, query, BUCKET_SETTINGS);
  if (setting) {
    return setting;
  }
  switch (method) {
    case 'HEAD': return 'HeadBucket';
    case 'PUT': return 'CreateBucket';
    case 'DELETE': return 'DeleteBucket';
    case 'POST': return query.has('delete') ? 'DeleteObjects' : 'Unknown';
    case 'GET':
      if (query.get('list-type') === '2') return 'ListObjectsV2';
      if (query.has('uploads')) return 'ListMultipartUploads';
      return query.has('versions') ? 'ListObjectVersions' : 'ListObjects';
    default: return 'Unknown';
  }
}

function objectOperation(method: string, query: ReadonlyMap<string, string>, headers: IncomingHttpHeaders): string {
  const setting = settingOf(method, query, OBJECT_SETTINGS);
  if (setting) {
    return setting;
  }
  const upload = query.has('uploadId');
  switch (method) {
    case 'HEAD': return 'HeadObject';
    case 'PUT': {
      const copy = headers['x-amz-copy-source'] !== undefined;
      if (upload) return copy ? 'UploadPartCopy' : 'UploadPart';
      return copy ? 'CopyObject' : 'PutObject';
    }
    case 'DELETE': return upload ? 'AbortMultipartUpload' : 'DeleteObject';
    case 'POST':
      if (upload) return 'CompleteMultipartUpload';
      if (query.has('uploads')) return 'CreateMultipartUpload';
      return query.has('restore') ? 'RestoreObject' : 'Unknown';
    case 'GET':
      if (upload) return 'ListParts';
      return query.has('attributes') ? 'GetObjectAttributes' : 'GetObject';
    default: return 'Unknown';
  }
}

function settingOf(method: string, query: ReadonlyMap<string, string>, settings: Record<string, string>): string | undefined {
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
