import { isAllowed } from '../access/authorize';
import { findSecretHeaders } from '../access/guarded-headers';
import { noSuchKey, S3Error } from '../common/errors';
import type { Answer, Context, S3Request } from '../http/context';
import { checkIntegrity } from '../http/integrity';
import { header } from '../http/request';
import { readAttributes } from '../objects/attributes';
import { checkWrite, notModified } from '../objects/conditions';
import {
  checksumHeaders,
  type Headers,
  objectHeaders,
  writtenHeaders,
} from '../objects/object-headers';
import { parseRange, type Range } from '../objects/range';
import { Body } from '../store/body';
import type { ObjectStore } from '../store/store';
import type { StoredObject } from '../store/stored-object';

export function putObject(context: Context): Answer {
  const { request, store } = context;
  const bucket = store.bucket(request.bucket);
  refuseHeaders(request, ['x-amz-write-offset-bytes']);
  const body = Body.of(request.body);
  checkIntegrity(request, body);
  const attributes = readAttributes(context);
  checkWrite(bucket.current(request.key), request.key, request.headers);
  const object = bucket.put({
    key: request.key,
    body,
    attributes,
    lastModified: store.time(),
    opaqueEtag: store.opaqueEtag(attributes.encryption),
  });
  return {
    status: 200,
    headers: {
      ETag: `"${object.etag}"`,
      ...writtenHeaders(object, bucket),
      ...checksumHeaders(object),
    },
  };
}

export function headObject(context: Context): Answer {
  const { request, store } = context;
  const object = findObject(store, request);
  demandReadable(object);
  store.denials.checkKmsKey(
    object.attributes.encryption.kmsKeyId,
    'kms:Decrypt',
    request.operation,
    request.bucket,
    request.key,
  );
  const headers = visibleHeaders(context, object);
  if (notModified(object, request.headers, store.now())) {
    return { status: 304, headers };
  }
  const range = readRange(object, request);
  if (object.partSizes && request.query.has('partNumber')) {
    headers['x-amz-mp-parts-count'] = object.partSizes.length;
  }
  headers['Content-Length'] = range ? range.end - range.start : object.size;
  // A part may be empty, and then has no first byte that a range could begin with.
  if (!range || range.start === range.end) {
    return { status: 200, headers };
  }
  headers['Content-Range'] = `bytes ${range.start}-${range.end - 1}/${object.size}`;
  return { status: 206, headers };
}

/** What S3 says of the object to this caller. */
function visibleHeaders(context: Context, object: StoredObject): Headers {
  const {
    request: { bucket, key, query },
    store,
  } = context;
  const headers = objectHeaders(object, store.bucket(bucket), context.request, store.now());
  const mayCall = (operation: string) =>
    isAllowed(context, { operation, bucket, key, versionId: query.get('versionId') });
  for (const name of findSecretHeaders(headers, mayCall)) {
    delete headers[name];
  }
  return headers;
}

export function getObject(context: Context): Answer {
  const { request, store } = context;
  const object = findObject(store, request);
  if (object.isArchived(store.now())) {
    throw invalidObjectState(object);
  }
  const answer = headObject(context);
  if (answer.status === 304) {
    return answer;
  }
  const range = readRange(object, request);
  return {
    ...answer,
    body: (range ? object.body.slice(range.start, range.end) : object.body).chunks(),
  };
}

/**
 * Refuses headers that only directory buckets support: ignoring them would change the meaning of
 * the request.
 */
export function refuseHeaders({ headers }: S3Request, names: readonly string[]): void {
  for (const name of names) {
    if (headers[name] !== undefined) {
      throw new S3Error('NotImplemented', { fields: { Header: name } });
    }
  }
}

/** Page "GetObject": names the class and, with INTELLIGENT_TIERING, the tier. */
export function invalidObjectState(
  { attributes: { storageClass, archiveTier } }: StoredObject,
  message?: string,
): S3Error {
  const tier: Record<string, string> = archiveTier === undefined ? {} : { AccessTier: archiveTier };
  return new S3Error('InvalidObjectState', {
    message,
    fields: { StorageClass: storageClass, ...tier },
  });
}

/**
 * Page "Using server-side encryption with customer-provided keys": a GET, HEAD or copy of an object
 * that is encrypted so must send its key.
 */
export function demandReadable({ attributes }: StoredObject): void {
  if (attributes.customerKey) {
    throw new S3Error('InvalidRequest', {
      message:
        'The object was stored using a form of Server Side Encryption. The correct parameters ' +
        'must be provided to retrieve the object.',
    });
  }
}

/** The object that a read addresses: the version asked for, else the current one. */
export function findObject(store: ObjectStore, request: S3Request): StoredObject {
  const bucket = store.bucket(request.bucket);
  const versionId = request.query.get('versionId');
  if (versionId !== undefined) {
    const version = bucket.version(request.key, versionId);
    if (!version) {
      throw new S3Error('NoSuchVersion', { fields: { Key: request.key, VersionId: versionId } });
    }
    if (version.deleteMarker) {
      throw new S3Error('MethodNotAllowed', {
        fields: { Method: request.method, ResourceType: 'DeleteMarker' },
        headers: { ...deleteMarkerHeaders(version), Allow: 'DELETE' },
      });
    }
    return version;
  }
  const head = bucket.head(request.key);
  if (!head || head.deleteMarker) {
    throw noSuchKey(request.key, head && deleteMarkerHeaders(head));
  }
  return head;
}

function deleteMarkerHeaders(marker: StoredObject): Record<string, string> {
  return { 'x-amz-delete-marker': 'true', 'x-amz-version-id': marker.versionId };
}

function readRange(object: StoredObject, request: S3Request): Range | undefined {
  const partNumber = request.query.get('partNumber');
  if (partNumber === undefined) {
    return parseRange(header(request, 'range'), object.size);
  }
  const sizes = object.partSizes ?? [object.size];
  const index = Number(partNumber) - 1;
  if (sizes[index] === undefined) {
    throw new S3Error('InvalidPartNumber', {
      status: 416,
      message: 'The requested partnumber is not satisfiable',
    });
  }
  const start = sizes.slice(0, index).reduce((sum, size) => sum + size, 0);
  return { start, end: start + sizes[index] };
}
