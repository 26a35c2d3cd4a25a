import { refuseHeaders } from './objects';
import { authorize } from '../access/authorize';
import { invalidArgument, S3Error } from '../common/errors';
import type { Answer, Context, S3Request } from '../http/context';
import { checkIntegrity, sentChecksum } from '../http/integrity';
import { header } from '../http/request';
import {
  getChildren,
  element,
  isXmlIllegal,
  parseXml,
  getText,
  XML_HEADER,
  XMLNS,
} from '../http/xml';
import { checkDelete } from '../objects/conditions';
import { Body } from '../store/body';
import type { Bucket } from '../store/bucket';
import type { StoredObject } from '../store/stored-object';
import { isVersionId } from '../store/version-id';

const MAX_DELETIONS = 1000;

export interface Deletion {
  readonly key: string;
  readonly versionId?: string;
  readonly etag?: string;
}

/** What a delete removed or left behind. */
interface Deleted {
  /** The delete marker that was added, or was removed by its version id. */
  readonly marker?: StoredObject;
}

export function deleteObject(context: Context): Answer {
  const { request, store } = context;
  const bucket = store.bucket(request.bucket);
  refuseHeaders(request, ['x-amz-if-match-last-modified-time', 'x-amz-if-match-size']);
  refuseBypass(request, bucket);
  const versionId = request.query.get('versionId');
  if (versionId !== undefined && !isVersionId(versionId)) {
    throw invalidArgument('Invalid version id specified', 'versionId', versionId);
  }
  const { marker } = deleteOne(context, bucket, {
    key: request.key,
    versionId,
    etag: header(request, 'if-match'),
  });
  const headers: Record<string, string> = {};
  if (marker) {
    headers['x-amz-delete-marker'] = 'true';
    headers['x-amz-version-id'] = marker.versionId;
  } else if (versionId !== undefined) {
    headers['x-amz-version-id'] = versionId;
  }
  return { status: 204, headers };
}

/** A key's failure is reported inside the 200 answer. */
export function deleteObjects(context: Context): Answer {
  const { request, store, keyFaults } = context;
  const bucket = store.bucket(request.bucket);
  if (header(request, 'content-md5') === undefined && !sentChecksum(request)) {
    throw new S3Error('InvalidRequest', {
      message: 'Missing required header for this request: Content-MD5 OR x-amz-checksum-*',
    });
  }
  checkIntegrity(request, Body.ofChunks([request.body]));
  refuseBypass(request, bucket);
  const { deletions, quiet } = parseDeletions(request);
  let body = `${XML_HEADER}<DeleteResult ${XMLNS}>`;
  for (const deletion of deletions) {
    const fault = keyFaults?.get(deletion.key);
    const isUnnamed = fault !== undefined && fault.code === undefined;
    if (isUnnamed && !fault.executed) {
      continue;
    }
    try {
      if (fault?.code !== undefined) {
        throw new S3Error(fault.code);
      }
      authorize(context, { operation: 'DeleteObject', bucket: request.bucket, ...deletion });
      if (deletion.versionId !== undefined && !isVersionId(deletion.versionId)) {
        throw new S3Error('NoSuchVersion');
      }
      const deleted = deleteOne(context, bucket, deletion);
      if (!quiet && !isUnnamed) {
        body += deletedElement(deletion, deleted);
      }
    } catch (error) {
      if (!(error instanceof S3Error)) {
        throw error;
      }
      if (isUnnamed) {
        continue;
      }
      body +=
        `<Error>${element('Key', deletion.key)}${element('VersionId', deletion.versionId)}` +
        `${element('Code', error.code)}${element('Message', error.message)}</Error>`;
    }
  }
  return { status: 200, body: `${body}</DeleteResult>` };
}

/** The keys that a DeleteObjects names; none if its body cannot be read. */
export function deletionKeys(request: S3Request): string[] | undefined {
  try {
    return parseDeletions(request).deletions.map(({ key }) => key);
  } catch {
    return undefined;
  }
}

const parsed = new WeakMap<S3Request, { deletions: Deletion[]; quiet: boolean }>();

/** What a DeleteObjects asks for. Throws if its body cannot be read. */
export function parseDeletions(request: S3Request): { deletions: Deletion[]; quiet: boolean } {
  let result = parsed.get(request);
  if (!result) {
    const root = parseXml(request.body, 'Delete');
    const objects = getChildren(root, 'Object');
    if (objects.length === 0 || objects.length > MAX_DELETIONS) {
      throw new S3Error('MalformedXML');
    }
    const deletions = objects.map((object) => {
      const key = getText(object, 'Key');
      if (!key || isXmlIllegal(key)) {
        throw new S3Error('MalformedXML');
      }
      // Conditions that only directory buckets know.
      if (object.Size !== undefined || object.LastModifiedTime !== undefined) {
        throw new S3Error('NotImplemented');
      }
      return { key, versionId: getText(object, 'VersionId'), etag: getText(object, 'ETag') };
    });
    result = { deletions, quiet: getText(root, 'Quiet') === 'true' };
    parsed.set(request, result);
  }
  return result;
}

function deleteOne(
  { request, store }: Context,
  bucket: Bucket,
  { key, versionId, etag }: Deletion,
): Deleted {
  if (versionId === undefined) {
    checkDelete(bucket.head(key), key, etag);
    return { marker: bucket.delete(key, store.time()) };
  }
  const version = bucket.version(key, versionId);
  refuseLocked(
    version,
    store.time(),
    header(request, 'x-amz-bypass-governance-retention') === 'true',
  );
  bucket.deleteVersion(key, versionId);
  return { marker: version?.deleteMarker ? version : undefined };
}

function refuseBypass({ headers }: S3Request, { objectLock }: Bucket): void {
  const name = 'x-amz-bypass-governance-retention';
  if (headers[name] === undefined || objectLock) {
    return;
  }
  throw new S3Error('InvalidArgument', {
    message: `${name} is only applicable to Object Lock enabled buckets.`,
    fields: { ArgumentName: name },
  });
}

/**
 * Page "Locking objects with Object Lock": a locked version cannot be deleted, but a delete marker
 * can hide it.
 */
function refuseLocked(
  version: StoredObject | undefined,
  now: number,
  bypassGovernance: boolean,
): void {
  const lock = version?.attributes.lock;
  const retained =
    lock?.retainUntil !== undefined &&
    lock.retainUntil > now &&
    !(lock.mode === 'GOVERNANCE' && bypassGovernance);
  if (lock?.legalHold || lock?.eventHold || retained) {
    throw new S3Error('AccessDenied', {
      message: 'Access Denied because object protected by object lock.',
    });
  }
}

function deletedElement({ key, versionId }: Deletion, { marker }: Deleted): string {
  const markers = marker
    ? `<DeleteMarker>true</DeleteMarker>${element('DeleteMarkerVersionId', marker.versionId)}`
    : '';
  return `<Deleted>${element('Key', key)}${element('VersionId', versionId)}${markers}</Deleted>`;
}
