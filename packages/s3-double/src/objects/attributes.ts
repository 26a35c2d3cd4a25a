import { readLock } from './lock';
import { DEFAULT_CHECKSUM } from '../checksums/checksums';
import { invalidArgument, S3Error } from '../common/errors';
import type { Context, S3Request } from '../http/context';
import { namedChecksum, sentChecksum } from '../http/integrity';
import { parseQuery } from '../http/operation';
import { header } from '../http/request';
import {
  type Attributes,
  DEFAULT_ENCRYPTION,
  DEFAULT_HEADERS,
  type Encryption,
  type Tags,
} from '../store/stored-object';

/** System-defined metadata that the client controls (page "Working with object metadata"). */
const CONTENT_HEADERS = [
  'content-type',
  'cache-control',
  'content-disposition',
  'content-encoding',
  'content-language',
  'expires',
  'x-amz-website-redirect-location',
];

const STORAGE_CLASSES = new Set([
  'STANDARD',
  'REDUCED_REDUNDANCY',
  'STANDARD_IA',
  'ONEZONE_IA',
  'INTELLIGENT_TIERING',
  'GLACIER',
  'DEEP_ARCHIVE',
  'GLACIER_IR',
]);

const METADATA_PREFIX = 'x-amz-meta-';
const MAX_METADATA_BYTES = 2048;
const MAX_TAGS = 10;

/** Page "S3Tag" of the API reference. */
const TAG_TEXT = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u;

/** What a PutObject, CopyObject (with REPLACE) or CreateMultipartUpload says about the object. */
export function readAttributes(context: Context): Attributes {
  const { request } = context;
  const algorithm = sentChecksum(request) ?? namedChecksum(request);
  return {
    headers: readContentHeaders(request),
    metadata: readMetadata(request),
    tags: readTags(request),
    storageClass: readStorageClass(request),
    encryption: readEncryption(context),
    checksum: algorithm ? { algorithm, type: 'FULL_OBJECT' } : DEFAULT_CHECKSUM,
    lock: readLock(context),
  };
}

export function readContentHeaders(request: S3Request): Attributes['headers'] {
  const headers: Record<string, string> = { ...DEFAULT_HEADERS };
  for (const name of CONTENT_HEADERS) {
    const value = header(request, name);
    if (value) {
      headers[name] = value;
    }
  }
  // The framing of the request is not the encoding of the object, which stays as it was written.
  const codings = headers['content-encoding']?.split(',') ?? [];
  const encoding = codings
    .filter((coding) => coding.trim() !== 'aws-chunked')
    .join(',')
    .trim();
  if (encoding) {
    headers['content-encoding'] = encoding;
  } else {
    delete headers['content-encoding'];
  }
  return headers;
}

export function readMetadata(request: S3Request): Attributes['metadata'] {
  let metadata: Record<string, string> | undefined;
  let size = 0;
  for (const name in request.headers) {
    if (name.startsWith(METADATA_PREFIX)) {
      const value = header(request, name) ?? '';
      // `__proto__` is a name like any other.
      metadata ??= Object.create(null) as Record<string, string>;
      metadata[name.slice(METADATA_PREFIX.length)] = value;
      size += name.length - METADATA_PREFIX.length + value.length;
    }
  }
  if (size > MAX_METADATA_BYTES) {
    throw new S3Error('MetadataTooLarge', {
      fields: { Size: String(size), MaxSizeAllowed: String(MAX_METADATA_BYTES) },
    });
  }
  return metadata;
}

export function readTags(request: S3Request): Tags | undefined {
  const tagging = header(request, 'x-amz-tagging');
  if (!tagging) {
    return undefined;
  }
  const tags = tagging.split('&').map((pair) => [...parseQuery(pair)][0]);
  if (tags.some((tag) => tag === undefined)) {
    throw invalidArgument(
      "The header 'x-amz-tagging' shall be encoded as UTF-8 then URLEncoded URL query " +
        'parameters without tag name duplicates.',
      'x-amz-tagging',
      tagging,
    );
  }
  return checkTags(tags);
}

/** Limits of the page "Categorizing your objects using tags". */
export function checkTags(tags: Tags): Tags {
  if (tags.length > MAX_TAGS) {
    throw new S3Error('BadRequest', {
      status: 400,
      message: `Object tags cannot be greater than ${MAX_TAGS}`,
    });
  }
  if (tags.some(([key, value]) => key.length === 0 || key.length > 128 || value.length > 256)) {
    throw new S3Error('InvalidTag');
  }
  if (tags.some(([key]) => !TAG_TEXT.test(key))) {
    throw new S3Error('InvalidTag', { message: 'The TagKey you have provided is invalid' });
  }
  if (tags.some(([, value]) => !TAG_TEXT.test(value))) {
    throw new S3Error('InvalidTag', { message: 'The TagValue you have provided is invalid' });
  }
  if (new Set(tags.map(([key]) => key)).size < tags.length) {
    throw new S3Error('InvalidTag', { message: 'Cannot provide multiple Tags with the same key' });
  }
  return tags;
}

export function readStorageClass(request: S3Request): string {
  const storageClass = header(request, 'x-amz-storage-class') ?? 'STANDARD';
  if (!STORAGE_CLASSES.has(storageClass)) {
    throw new S3Error('InvalidStorageClass', { fields: { StorageClassRequested: storageClass } });
  }
  return storageClass;
}

/** What the request says, else the bucket's default. Refused if a rule denies the key. */
export function readEncryption({ request, store }: Pick<Context, 'request' | 'store'>): Encryption {
  const encryption =
    requestedEncryption(request) ?? store.bucket(request.bucket).encryption ?? DEFAULT_ENCRYPTION;
  store.denials.checkKmsKey(
    encryption.kmsKeyId,
    'kms:GenerateDataKey',
    request.operation,
    request.bucket,
    request.key,
  );
  return encryption;
}

function requestedEncryption(request: S3Request): Encryption | undefined {
  const algorithm = header(request, 'x-amz-server-side-encryption');
  const kmsKeyId = header(request, 'x-amz-server-side-encryption-aws-kms-key-id');
  if (algorithm === undefined) {
    return undefined;
  }
  if (algorithm !== 'AES256' && algorithm !== 'aws:kms') {
    throw invalidArgument(
      'The encryption method specified is not supported',
      'x-amz-server-side-encryption',
      algorithm,
    );
  }
  if (algorithm === 'AES256' && kmsKeyId) {
    throw invalidArgument(
      'Server Side Encryption with AWS KMS managed key requires HTTP header ' +
        'x-amz-server-side-encryption : aws:kms',
      'x-amz-server-side-encryption',
      algorithm,
    );
  }
  const bucketKey = header(request, 'x-amz-server-side-encryption-bucket-key-enabled') === 'true';
  return { algorithm, kmsKeyId, bucketKey: bucketKey || undefined };
}
