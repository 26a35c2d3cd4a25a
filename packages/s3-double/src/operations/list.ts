import { invalidArgument } from '../common/errors';
import type { Answer, Context, S3Request } from '../http/context';
import { integerParameter } from '../http/request';
import { element, XML_HEADER, XMLNS } from '../http/xml';
import type { Bucket } from '../store/bucket';
import { compareKeys } from '../store/sorted-keys';
import type { StoredObject } from '../store/stored-object';

const MAX_KEYS = 1000;

/** One page of a listing, keys and common prefixes in order. */
interface Page {
  readonly objects: StoredObject[];
  readonly commonPrefixes: string[];
  /** The last key or common prefix of the page, if there is more to list. */
  readonly next?: string;
}

export function listObjectsV2({ request, store }: Context): Answer {
  const bucket = store.bucket(request.bucket);
  const { query } = request;
  const token = query.get('continuation-token');
  const startAfter = query.get('start-after');
  const maxKeys = Math.min(integerParameter(request, 'max-keys', MAX_KEYS), MAX_KEYS);
  const prefix = query.get('prefix') ?? '';
  const delimiter = query.get('delimiter') || undefined;
  const page = readPage(
    bucket,
    prefix,
    delimiter,
    token === undefined ? startAfter : decodeToken(token),
    maxKeys,
  );
  const encode = getEncoder(request);
  const owner = query.get('fetch-owner') === 'true';
  return {
    status: 200,
    body:
      `${XML_HEADER}<ListBucketResult ` +
      `${XMLNS}>${element('Name', bucket.name)}${element('Prefix', encode(prefix))}` +
      (startAfter === undefined ? '' : element('StartAfter', encode(startAfter))) +
      (delimiter === undefined ? '' : element('Delimiter', encode(delimiter))) +
      `${element('MaxKeys', maxKeys)}${element('EncodingType', query.get('encoding-type'))}` +
      element('KeyCount', page.objects.length + page.commonPrefixes.length) +
      `${element('IsTruncated', page.next !== undefined)}${element('ContinuationToken', token)}` +
      element(
        'NextContinuationToken',
        page.next === undefined ? undefined : encodeToken(page.next),
      ) +
      `${contents(page.objects, encode, owner, showsRestores(request) ? store.now() : undefined)}${prefixes(page, encode)}</ListBucketResult>`,
  };
}

/** The older listing, which continues from a key instead of a token. */
export function listObjects({ request, store }: Context): Answer {
  const bucket = store.bucket(request.bucket);
  const { query } = request;
  const marker = query.get('marker') ?? '';
  const maxKeys = Math.min(integerParameter(request, 'max-keys', MAX_KEYS), MAX_KEYS);
  const prefix = query.get('prefix') ?? '';
  const delimiter = query.get('delimiter') || undefined;
  const page = readPage(bucket, prefix, delimiter, marker || undefined, maxKeys);
  const encode = getEncoder(request);
  return {
    status: 200,
    body:
      `${XML_HEADER}<ListBucketResult ` +
      `${XMLNS}>${element('Name', bucket.name)}${element('Prefix', encode(prefix))}` +
      `${element('Marker', encode(marker))}${element('MaxKeys', maxKeys)}` +
      (delimiter === undefined ? '' : element('Delimiter', encode(delimiter))) +
      `${element('EncodingType', query.get('encoding-type'))}${element('IsTruncated', page.next !== undefined)}` +
      // S3 names the next marker only with a delimiter; without one it is the last key.
      (page.next !== undefined && delimiter ? element('NextMarker', encode(page.next)) : '') +
      `${contents(page.objects, encode, true)}${prefixes(page, encode)}</ListBucketResult>`,
  };
}

/**
 * `after`: a key or common prefix that earlier pages reached; a common prefix hides all its keys.
 */
function readPage(
  bucket: Bucket,
  prefix: string,
  delimiter: string | undefined,
  after: string | undefined,
  maxKeys: number,
): Page {
  const objects: StoredObject[] = [];
  const commonPrefixes: string[] = [];
  let last: string | undefined;
  let keys = findStart(bucket, prefix, delimiter, after);
  for (let step = keys.next(); !step.done; step = keys.next()) {
    const key = step.value;
    if (!key.startsWith(prefix)) {
      break;
    }
    const object = bucket.current(key);
    if (!object) {
      continue;
    }
    if (objects.length + commonPrefixes.length === maxKeys) {
      return { objects, commonPrefixes, next: last };
    }
    const end = delimiter === undefined ? -1 : key.indexOf(delimiter, prefix.length);
    if (delimiter === undefined || end < 0) {
      objects.push(object);
      last = key;
    } else {
      last = key.slice(0, end + delimiter.length);
      commonPrefixes.push(last);
      keys = bucket.keys.past(last);
    }
  }
  return { objects, commonPrefixes };
}

function findStart(
  bucket: Bucket,
  prefix: string,
  delimiter: string | undefined,
  after: string | undefined,
): Generator<string> {
  if (after === undefined) {
    return bucket.keys.from(prefix);
  }
  if (
    delimiter !== undefined &&
    after.startsWith(prefix) &&
    after.endsWith(delimiter) &&
    after.length > prefix.length
  ) {
    return bucket.keys.past(after);
  }
  return compareKeys(after, prefix) < 0 ? bucket.keys.from(prefix) : bucket.keys.after(after);
}

function showsRestores({ headers }: S3Request): boolean {
  return String(headers['x-amz-optional-object-attributes'] ?? '')
    .split(',')
    .map((each) => each.trim())
    .includes('RestoreStatus');
}

function restoreStatus(object: StoredObject, now: number): string {
  const state = object.getRestore(now);
  const expiry =
    state === 'restored'
      ? element('RestoreExpiryDate', new Date(object.attributes.restore!.expiresAt).toISOString())
      : '';
  return state
    ? `<RestoreStatus>${element('IsRestoreInProgress', state === 'ongoing')}${expiry}</RestoreStatus>`
    : '';
}

/** `now`: the listing shows which objects are restored at that time. */
function contents(
  objects: StoredObject[],
  encode: (text: string) => string,
  owner: boolean,
  now?: number,
): string {
  let xml = '';
  for (const object of objects) {
    const { algorithm, type } = object.attributes.checksum;
    xml +=
      `<Contents>${element('Key', encode(object.key))}<LastModified>${new Date(object.lastModified).toISOString()}</LastModified>` +
      `<ETag>&quot;${object.etag}&quot;</ETag><ChecksumAlgorithm>${algorithm}</ChecksumAlgorithm><ChecksumType>${type}</ChecksumType>` +
      `<Size>${object.size}</Size>${owner ? OWNER : ''}<StorageClass>${object.attributes.storageClass}</StorageClass>` +
      `${now === undefined ? '' : restoreStatus(object, now)}</Contents>`;
  }
  return xml;
}

export const OWNER =
  '<Owner><ID>75aa57f09aa0c8caeab4f8c24e99d10f8e7faeebf76c078efc7c6caea54ba06a</ID>' +
  '<DisplayName>sandbox</DisplayName></Owner>';

function prefixes(page: Page, encode: (text: string) => string): string {
  return page.commonPrefixes
    .map((prefix) => `<CommonPrefixes>${element('Prefix', encode(prefix))}</CommonPrefixes>`)
    .join('');
}

/** Most keys have only characters that stay as they are. */
const UNRESERVED = /^[\w.~/-]*$/;

/** With `encoding-type=url` keys travel percent-encoded; the slash stays (page "ListObjectsV2"). */
export function getEncoder(request: S3Request): (text: string) => string {
  const encodingType = request.query.get('encoding-type');
  if (encodingType === undefined) {
    return (text) => text;
  }
  if (encodingType !== 'url') {
    throw invalidArgument(
      'Invalid Encoding Method specified in Request',
      'encoding-type',
      encodingType,
    );
  }
  return (text) =>
    UNRESERVED.test(text)
      ? text
      : encodeURIComponent(text)
          .replace(/%2F/g, '/')
          .replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);
}

export function encodeToken(key: string): string {
  return `1${Buffer.from(key).toString('base64')}`;
}

export function decodeToken(token: string): string {
  const key = Buffer.from(token.slice(1), 'base64').toString();
  if (encodeToken(key) !== token) {
    throw invalidArgument(
      'The continuation token provided is incorrect',
      'continuation-token',
      token,
    );
  }
  return key;
}
