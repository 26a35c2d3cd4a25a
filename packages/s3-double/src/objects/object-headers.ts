import { validateHeaderValue } from 'node:http';
import { checksumElement, checksumHeader } from '../checksums/checksums';
import { invalidArgument } from '../common/errors';
import type { S3Request } from '../http/context';
import { OVERRIDABLE_HEADERS } from '../http/operation';
import { element } from '../http/xml';
import type { Bucket } from '../store/bucket';
import type { Encryption, StoredObject } from '../store/stored-object';

export type Headers = Record<string, string | number>;

/** Headers of GetObject and HeadObject. */
export function objectHeaders(
  object: StoredObject,
  bucket: Bucket,
  request: S3Request,
  now: number,
): Headers {
  const { attributes } = object;
  const headers: Headers = {
    'Last-Modified': new Date(object.lastModified).toUTCString(),
    ETag: `"${object.etag}"`,
    'Accept-Ranges': 'bytes',
    ...attributes.headers,
    ...attributes.unknownHeaders,
    ...overridingHeaders(request),
    ...encryptionHeaders(attributes.encryption),
  };
  for (const name in attributes.metadata) {
    headers[`x-amz-meta-${name}`] = attributes.metadata[name];
  }
  if (attributes.tags?.length) {
    headers['x-amz-tagging-count'] = attributes.tags.length;
  }
  if (attributes.storageClass !== 'STANDARD') {
    headers['x-amz-storage-class'] = attributes.storageClass;
  }
  if (bucket.versioning) {
    headers['x-amz-version-id'] = object.versionId;
  }
  if (attributes.archiveTier) {
    headers['x-amz-archive-status'] = attributes.archiveTier;
  }
  const restore = object.getRestore(now);
  if (restore) {
    headers['x-amz-restore'] =
      restore === 'ongoing'
        ? 'ongoing-request="true"'
        : 'ongoing-request="false", ' +
          `expiry-date="${new Date(attributes.restore!.expiresAt).toUTCString()}"`;
  }
  if (attributes.lock?.mode) {
    headers['x-amz-object-lock-mode'] = attributes.lock.mode;
    headers['x-amz-object-lock-retain-until-date'] = new Date(
      attributes.lock.retainUntil ?? 0,
    ).toISOString();
  }
  if (attributes.lock?.legalHold) {
    headers['x-amz-object-lock-legal-hold'] = 'ON';
  }
  if (attributes.lock?.eventHold) {
    headers['x-amz-object-lock-event-hold'] = 'ON';
    for (const [unit, duration] of Object.entries(attributes.lock.eventHold)) {
      headers[`x-amz-object-lock-event-hold-duration-${unit}`] = duration;
    }
  }
  if (request.headers['x-amz-checksum-mode'] === 'ENABLED' && !request.headers.range) {
    Object.assign(headers, checksumHeaders(object));
  }
  return headers;
}

/** Headers that the reader asks for in place of the object's own (page "GetObject"). */
function overridingHeaders({ query }: S3Request): Headers {
  const headers: Headers = {};
  for (const name of OVERRIDABLE_HEADERS) {
    const parameter = `response-${name}`;
    const value = query.get(parameter);
    if (value) {
      headers[name] = headerValue(parameter, value);
    }
  }
  return headers;
}

function headerValue(parameter: string, value: string): string {
  try {
    validateHeaderValue(parameter, value);
    return value;
  } catch {
    throw invalidArgument('Header value cannot be represented using ISO-8859-1.', parameter, value);
  }
}

export function checksumHeaders(object: StoredObject): Headers {
  const { algorithm, type, value } = object.checksum;
  return { [checksumHeader(algorithm)]: value, 'x-amz-checksum-type': type };
}

export function checksumElements(object: StoredObject): string {
  const { algorithm, type, value } = object.checksum;
  return element(checksumElement(algorithm), value) + element('ChecksumType', type);
}

export function encryptionHeaders(encryption: Encryption): Headers {
  const headers: Headers = { 'x-amz-server-side-encryption': encryption.algorithm };
  if (encryption.kmsKeyId) {
    headers['x-amz-server-side-encryption-aws-kms-key-id'] = encryption.kmsKeyId;
  }
  if (encryption.bucketKey) {
    headers['x-amz-server-side-encryption-bucket-key-enabled'] = 'true';
  }
  return headers;
}

/** What answers to writes have in common. */
export function writtenHeaders(object: StoredObject, bucket: Bucket): Headers {
  const headers = encryptionHeaders(object.attributes.encryption);
  if (bucket.versioning) {
    headers['x-amz-version-id'] = object.versionId;
  }
  return headers;
}
