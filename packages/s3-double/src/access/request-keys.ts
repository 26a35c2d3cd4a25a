/**
 * The condition keys that S3 gives to an action of a request ("Actions, resources, and condition
 * keys for Amazon S3", service-authorization/latest/reference/list_amazons3). What a request does
 * not have is an absent key.
 */
import type { IncomingHttpHeaders } from 'node:http';
import type { S3Request, Step } from '../http/context';
import { parseQuery } from '../http/operation';
import { header } from '../http/request';
import { parseTagSet } from '../http/tag-set';
import type { ObjectStore } from '../store/store';
import type { Tags } from '../store/stored-object';

/** A request, and the store that it goes to, where that is known. */
export interface KeySource {
  readonly request: S3Request;
  readonly store?: ObjectStore;
  /** What is known of another S3, where there is no store. */
  readonly foreign?: ForeignFacts;
}

export interface ForeignFacts {
  tagsOf(object: Step): Tags;
  /** The headers that an upload was created with. */
  headersOfUpload(uploadId: string): IncomingHttpHeaders | undefined;
}

/** Headers of PutObject that are keys under their own names. */
const PUT_HEADERS = [
  'if-match',
  'if-none-match',
  'x-amz-acl',
  'x-amz-copy-source',
  'x-amz-grant-full-control',
  'x-amz-grant-read',
  'x-amz-grant-read-acp',
  'x-amz-grant-write',
  'x-amz-grant-write-acp',
  'x-amz-metadata-directive',
  'x-amz-object-annotation-directive',
  'x-amz-server-side-encryption',
  'x-amz-server-side-encryption-aws-kms-key-id',
  'x-amz-server-side-encryption-customer-algorithm',
  'x-amz-storage-class',
  'x-amz-website-redirect-location',
];

/**
 * Headers that only CreateMultipartUpload has: for the parts, the upload's count. No page says so
 * of the storage class, but otherwise a policy that demands a class would forbid all parts.
 */
const OF_UPLOAD = [
  'x-amz-server-side-encryption',
  'x-amz-server-side-encryption-aws-kms-key-id',
  'x-amz-storage-class',
];

const RETENTION = ['mode', 'retain-until-date', 'event-hold', 'event-hold-duration-days'];
const LISTING = ['prefix', 'delimiter', 'max-keys'];

/**
 * Operations that create an object and therefore accept conditions on the existing one (page
 * "Enforce conditional writes").
 */
const CREATIONS = new Set(['PutObject', 'CopyObject', 'CompleteMultipartUpload']);

/**
 * Actions that have the tags of the existing object as keys. "When granting permissions for the PUT
 * Object and DELETE Object operations, this condition key is not supported" (page "Tagging and
 * access control policies").
 */
const WITH_EXISTING_TAGS =
  /^s3:(GetObject(Version)?(Acl|Annotation|Attributes|Tagging)?|(Put|Delete)Object(Version)?(Annotation|Tagging)|ListObject(Version)?Annotations)$/;

export function hasExistingTags(action: string): boolean {
  return WITH_EXISTING_TAGS.test(action);
}

type Keys = Map<string, string>;

/** By names in lower case. */
export function getRequestKeys(source: KeySource, step: Step, action: string): Keys {
  const { request } = source;
  const keys: Keys = new Map([
    ['s3:authtype', request.query.has('X-Amz-Signature') ? 'REST-QUERY-STRING' : 'REST-HEADER'],
    ['s3:signatureversion', 'AWS4-HMAC-SHA256'],
  ]);
  setHeaders(keys, request, ['x-amz-content-sha256']);
  set(keys, 's3:versionid', step.versionId);
  if (hasExistingTags(action)) {
    setTags(keys, 'existingobjecttag', existingTags(source, step));
  }
  OF_ACTION[action.replace(/ObjectVersion/, 'Object')]?.(keys, source, step);
  return keys;
}

const OF_ACTION: Record<string, (keys: Keys, source: KeySource, step: Step) => void> = {
  's3:PutObject': (keys, source) => {
    const { request } = source;
    keys.set('s3:objectcreationoperation', String(CREATIONS.has(request.operation)));
    setHeaders(keys, { headers: uploadsHeaders(source) }, OF_UPLOAD);
    setHeaders(keys, request, PUT_HEADERS);
    setLock(keys, request, [...RETENTION, 'legal-hold']);
    setTags(keys, 'requestobjecttag', requestTags(request));
  },
  's3:PutObjectTagging': (keys, { request }) =>
    setTags(keys, 'requestobjecttag', requestTags(request)),
  's3:PutObjectRetention': (keys, { request }) => setLock(keys, request, RETENTION),
  's3:PutObjectLegalHold': (keys, { request }) => setLock(keys, request, ['legal-hold']),
  's3:PutObjectAnnotation': (keys, { request }) =>
    setHeaders(keys, request, ['x-amz-object-if-match']),
  's3:DeleteObject': (keys, { request }, { etag }) =>
    set(keys, 's3:if-match', etag ?? header(request, 'if-match')),
  's3:ListBucket': (keys, { request }, step) => setParameters(keys, request, step, LISTING),
  's3:ListBucketVersions': (keys, { request }, step) => setParameters(keys, request, step, LISTING),
  's3:ListObjectAnnotations': (keys, { request }, step) =>
    setParameters(keys, request, step, ['annotation-prefix', 'max-annotation-results']),
};

function setHeaders(
  keys: Keys,
  request: Pick<S3Request, 'headers'>,
  names: readonly string[],
): void {
  for (const name of names) {
    set(keys, `s3:${name}`, header(request, name));
  }
}

/** The key `s3:object-lock-mode` is the header `x-amz-object-lock-mode`. */
function setLock(keys: Keys, request: S3Request, names: readonly string[]): void {
  for (const name of names) {
    set(keys, `s3:object-lock-${name}`, header(request, `x-amz-object-lock-${name}`));
  }
}

/** Of the request itself: whether a missing key may be known is asked without a prefix. */
function setParameters(
  keys: Keys,
  { operation, query }: S3Request,
  step: Step,
  names: readonly string[],
): void {
  for (const name of step.operation === operation ? names : []) {
    set(keys, `s3:${name}`, query.get(name));
  }
}

function setTags(keys: Keys, key: string, tags: Tags): void {
  for (const [name, value] of tags) {
    keys.set(`s3:${key}/${name.toLowerCase()}`, value);
  }
}

function set(keys: Keys, name: string, value: string | undefined): void {
  if (value !== undefined) {
    keys.set(name, value);
  }
}

function existingTags({ store, foreign }: KeySource, step: Step): Tags {
  const { bucket, key = '', versionId } = step;
  const object = store?.buckets.get(bucket)?.find(key, versionId);
  return foreign?.tagsOf(step) ?? object?.attributes.tags ?? [];
}

/** Of the upload that the request is a part of. */
function uploadsHeaders({ request, store, foreign }: KeySource): IncomingHttpHeaders {
  const id = request.query.get('uploadId') ?? '';
  const upload = store?.buckets.get(request.bucket)?.uploads.get(id);
  return upload?.headers ?? foreign?.headersOfUpload(id) ?? {};
}

/** What cannot be read is refused later, when the operation reads it. */
function requestTags(request: S3Request): Tags {
  if (request.operation === 'PutObjectTagging') {
    try {
      return parseTagSet(request.body);
    } catch {
      return [];
    }
  }
  return [...parseQuery(header(request, 'x-amz-tagging') ?? '')];
}
