import { demandReadable, invalidObjectState } from './objects';
import { authorize } from '../access/authorize';
import { invalidArgument, noSuchKey, S3Error } from '../common/errors';
import type { Answer, Context, S3Request } from '../http/context';
import { type CopySource, parseCopySource } from '../http/copy-source';
import { namedChecksum } from '../http/integrity';
import { header } from '../http/request';
import { element, XML_HEADER, XMLNS } from '../http/xml';
import {
  readContentHeaders,
  readEncryption,
  readMetadata,
  readStorageClass,
  readTags,
} from '../objects/attributes';
import { checkCopySource, checkWrite } from '../objects/conditions';
import { readLock } from '../objects/lock';
import { checksumElements, writtenHeaders } from '../objects/object-headers';
import type { Attributes, StoredObject } from '../store/stored-object';

/**
 * Metadata and storage class stay in the attributes of the copy unless one of these says otherwise.
 */
const CHANGING_HEADERS = [
  'x-amz-storage-class',
  'x-amz-server-side-encryption',
  'x-amz-website-redirect-location',
  'x-amz-checksum-algorithm',
];

export function copyObject(context: Context): Answer {
  const { request, store, limits } = context;
  const bucket = store.bucket(request.bucket);
  const copySource = parseCopySource(header(request, 'x-amz-copy-source') ?? '');
  const source = findSource(context, copySource);
  refuseIdleCopy(request, copySource);
  demandCopied(context, copySource, source.attributes);
  if (source.size > limits.copyBytes) {
    throw new S3Error('InvalidRequest', {
      message:
        'The specified copy source is larger than the maximum allowable size for a copy source: ' +
        `${limits.copyBytes}`,
    });
  }
  const attributes = copiedAttributes(context, source);
  checkWrite(bucket.current(request.key), request.key, request.headers);
  const object = bucket.put({
    key: request.key,
    body: source.body,
    attributes,
    lastModified: store.time(),
    opaqueEtag: store.opaqueEtag(attributes.encryption),
  });
  const headers = writtenHeaders(object, bucket);
  if (store.bucket(copySource.bucket).versioning) {
    headers['x-amz-copy-source-version-id'] = source.versionId;
  }
  return {
    status: 200,
    headers,
    body:
      `${XML_HEADER}<CopyObjectResult ` +
      `${XMLNS}><LastModified>${new Date(object.lastModified).toISOString()}</LastModified>` +
      `${element('ETag', `"${object.etag}"`)}${checksumElements(object)}</CopyObjectResult>`,
  };
}

/** The object to copy, if it may be copied and its conditions hold. */
export function findSource(
  context: Context,
  { bucket: name, key, versionId }: CopySource,
): StoredObject {
  const { request, store } = context;
  const source = store.bucket(name).find(key, versionId);
  if (!source) {
    throw versionId === undefined
      ? noSuchKey(key)
      : new S3Error('NoSuchVersion', { fields: { Key: key, VersionId: versionId } });
  }
  if (source.deleteMarker) {
    throw new S3Error('InvalidRequest', {
      message:
        'The source of a copy request may not specifically refer to a delete marker by version id.',
    });
  }
  authorize(context, { operation: 'GetObject', bucket: name, key, versionId });
  demandReadable(source);
  store.denials.checkKmsKey(
    source.attributes.encryption.kmsKeyId,
    'kms:Decrypt',
    'GetObject',
    name,
    key,
  );
  checkCopySource(source, request.headers, store.now());
  if (source.isArchived(store.now())) {
    throw invalidObjectState(
      source,
      "Operation is not valid for the source object's storage class",
    );
  }
  return source;
}

/**
 * "If the source object has tags", a copy reads and writes them, and the same with annotations
 * (page "CopyObject", "Permissions").
 */
function demandCopied(
  context: Context,
  source: CopySource,
  { tags, annotations }: Attributes,
): void {
  const { request } = context;
  const kinds = [
    ...(directive(request, 'x-amz-tagging-directive') === 'COPY' && tags?.length
      ? ['Tagging']
      : []),
    ...(copiesAnnotations(request) && annotations?.size ? ['Annotation'] : []),
  ];
  for (const kind of kinds) {
    authorize(context, { operation: `GetObject${kind}`, ...source });
    const { bucket, key } = request;
    authorize(context, { operation: `PutObject${kind}`, bucket, key });
  }
}

/** A copy onto itself must change something (page "CopyObject"); a copy of an old version does. */
function refuseIdleCopy(request: S3Request, source: CopySource): void {
  const ontoItself =
    source.bucket === request.bucket &&
    source.key === request.key &&
    source.versionId === undefined;
  const changes =
    directive(request, 'x-amz-metadata-directive') === 'REPLACE' ||
    CHANGING_HEADERS.some((name) => request.headers[name] !== undefined);
  if (ontoItself && !changes) {
    throw new S3Error('InvalidRequest', {
      message:
        'This copy request is illegal because it is trying to copy an object to itself without ' +
        "changing the object's metadata, " +
        'storage class, website redirect location or encryption attributes.',
    });
  }
}

/**
 * Metadata and tags follow the directives; the rest is the request's, as for an object of its own
 * (page "CopyObject").
 */
function copiedAttributes(context: Context, source: StoredObject): Attributes {
  const { request } = context;
  const replaceMetadata = directive(request, 'x-amz-metadata-directive') === 'REPLACE';
  const replaceTags = directive(request, 'x-amz-tagging-directive') === 'REPLACE';
  const algorithm = namedChecksum(request) ?? source.attributes.checksum.algorithm;
  const redirect = header(request, 'x-amz-website-redirect-location');
  const { 'x-amz-website-redirect-location': dropped, ...sourceHeaders } =
    source.attributes.headers;
  return {
    headers: replaceMetadata
      ? readContentHeaders(request)
      : redirect === undefined
        ? sourceHeaders
        : { ...sourceHeaders, 'x-amz-website-redirect-location': redirect },
    metadata: replaceMetadata ? readMetadata(request) : source.attributes.metadata,
    tags: replaceTags ? readTags(request) : source.attributes.tags,
    annotations: copiesAnnotations(request) ? source.attributes.annotations : undefined,
    storageClass: readStorageClass(request),
    encryption: readEncryption(context),
    checksum: { algorithm, type: 'FULL_OBJECT' },
    lock: readLock(context),
  };
}

/** CopyObject: "x-amz-object-annotation-directive". A copy in parts has none. */
function copiesAnnotations(request: S3Request): boolean {
  const value = header(request, 'x-amz-object-annotation-directive') ?? 'COPY';
  if (value !== 'COPY' && value !== 'EXCLUDE') {
    throw invalidArgument(
      'Unknown annotation directive.',
      'x-amz-object-annotation-directive',
      value,
    );
  }
  return value === 'COPY';
}

function directive(request: S3Request, name: string): 'COPY' | 'REPLACE' {
  const value = header(request, name) ?? 'COPY';
  if (value !== 'COPY' && value !== 'REPLACE') {
    throw invalidArgument(
      `Unknown ${name === 'x-amz-tagging-directive' ? 'tagging' : 'metadata'} directive.`,
      name,
      value,
    );
  }
  return value;
}
