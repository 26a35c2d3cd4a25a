import type { IncomingHttpHeaders } from 'node:http';
import { noSuchKey, preconditionFailed, S3Error } from '../common/errors';
import type { StoredObject } from '../store/stored-object';
import type { Upload } from '../store/upload';

/**
 * Conditions of reads and of copy sources. If an ETag condition and a date condition are sent
 * together, the ETag decides (pages "GetObject" and "CopyObject" of the API reference). A date in
 * the future is ignored. Returns the name of the header that does not hold.
 */
function failedReadCondition(
  object: StoredObject,
  headers: IncomingHttpHeaders,
  prefix: string,
  now: number,
): string | undefined {
  const ifMatch = header(headers, `${prefix}if-match`);
  const ifNoneMatch = header(headers, `${prefix}if-none-match`);
  const unmodifiedSince = toDate(header(headers, `${prefix}if-unmodified-since`));
  const modifiedSince = toDate(header(headers, `${prefix}if-modified-since`));
  if (ifMatch !== undefined) {
    if (!etagMatches(ifMatch, object)) {
      return `${prefix}If-Match`;
    }
  } else if (unmodifiedSince !== undefined && object.lastModified > unmodifiedSince) {
    return `${prefix}If-Unmodified-Since`;
  }
  if (ifNoneMatch !== undefined) {
    if (etagMatches(ifNoneMatch, object)) {
      return `${prefix}If-None-Match`;
    }
  } else if (
    modifiedSince !== undefined &&
    modifiedSince <= now &&
    object.lastModified <= modifiedSince
  ) {
    return `${prefix}If-Modified-Since`;
  }
  return undefined;
}

/** Whether a read is answered with 304. Throws 412. */
export function notModified(
  object: StoredObject,
  headers: IncomingHttpHeaders,
  now: number,
): boolean {
  const failed = failedReadCondition(object, headers, '', now);
  if (failed === 'If-Match' || failed === 'If-Unmodified-Since') {
    throw preconditionFailed(failed);
  }
  return failed !== undefined;
}

/** A copy's source, where every failed condition is a 412. */
export function checkCopySource(
  object: StoredObject,
  headers: IncomingHttpHeaders,
  now: number,
): void {
  const failed = failedReadCondition(object, headers, 'x-amz-copy-source-', now);
  if (failed) {
    throw preconditionFailed(failed);
  }
}

/**
 * Conditions of PutObject, CopyObject and CompleteMultipartUpload on what they would replace
 * (page "How to prevent object overwrites with conditional writes").
 */
export function checkWrite(
  current: StoredObject | undefined,
  key: string,
  headers: IncomingHttpHeaders,
): void {
  const ifNoneMatch = headers['if-none-match'];
  const ifMatch = headers['if-match'];
  if (ifNoneMatch !== undefined && ifMatch !== undefined) {
    throw notImplemented(
      'If-Match,If-None-Match',
      'Multiple conditional request headers present in the request',
    );
  }
  if (ifNoneMatch !== undefined) {
    if (ifNoneMatch !== '*') {
      throw refusedValue('If-None-Match');
    }
    if (current) {
      throw preconditionFailed('If-None-Match');
    }
  }
  if (ifMatch === '*') {
    throw refusedValue('If-Match');
  }
  if (ifMatch !== undefined) {
    if (!current) {
      throw noSuchKey(key);
    }
    if (!etagMatches(ifMatch, current)) {
      throw preconditionFailed('If-Match');
    }
  }
}

/**
 * A conditional completion also fails if the key was written or deleted after the upload began,
 * even if the condition holds now. The upload has to begin again (page "How to prevent object
 * overwrites with conditional writes").
 */
export function checkUndisturbed({ key, disturbed }: Upload, headers: IncomingHttpHeaders): void {
  const [condition] = (['If-None-Match', 'If-Match'] as const).filter(
    (name) => headers[name.toLowerCase()] !== undefined,
  );
  if (disturbed && condition) {
    throw new S3Error('ConditionalRequestConflict', { fields: { Condition: condition, Key: key } });
  }
}

function refusedValue(name: string): S3Error {
  return notImplemented(name, `We don't accept the provided value of ${name} header for this API`);
}

function notImplemented(name: string, additionalMessage: string): S3Error {
  return new S3Error('NotImplemented', { fields: { Header: name, additionalMessage } });
}

/**
 * Condition of a delete on the newest version (page "How to perform conditional deletes"). If that
 * is a delete marker, the object does not exist: the page says 412 in one place and Not Found in
 * another; S3 answers 404 (ministackorg/ministack issue 1475).
 */
export function checkDelete(
  head: StoredObject | undefined,
  key: string,
  etag: string | undefined,
): void {
  if (etag === undefined) {
    return;
  }
  if (!head || head.deleteMarker) {
    throw noSuchKey(key);
  }
  if (!etagMatches(etag, head)) {
    throw preconditionFailed('If-Match');
  }
}

/** `*` matches any object; quotes are optional, as with S3. */
function etagMatches(expected: string, object: StoredObject): boolean {
  if (expected === '*') {
    return true;
  }
  const etag =
    expected.startsWith('"') && expected.endsWith('"') ? expected.slice(1, -1) : expected;
  return etag === object.etag;
}

function header(headers: IncomingHttpHeaders, name: string): string | undefined {
  return headers[name] as string | undefined;
}

/** A date that cannot be read is no condition. */
function toDate(text: string | undefined): number | undefined {
  const time = text === undefined ? NaN : Date.parse(text);
  return Number.isNaN(time) ? undefined : time;
}
