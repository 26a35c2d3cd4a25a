import { findSource } from './copy';
import {
  type ChecksumAlgorithm,
  checksumElement,
  checksumHeader,
  type ChecksumType,
  DEFAULT_CHECKSUM,
} from '../checksums/checksums';
import { invalidArgument, S3Error } from '../common/errors';
import type { Answer, Context, S3Request } from '../http/context';
import { parseCopySource } from '../http/copy-source';
import { checkIntegrity, namedChecksum } from '../http/integrity';
import { header } from '../http/request';
import { element, XML_HEADER, XMLNS } from '../http/xml';
import { readAttributes } from '../objects/attributes';
import { encryptionHeaders } from '../objects/object-headers';
import type { Range } from '../objects/range';
import { Body } from '../store/body';
import type { Upload } from '../store/upload';

const MAX_PARTS = 10_000;

/**
 * What full-object checksums of uploads in parts can be (page "Checking object integrity for data
 * uploads", table of types).
 */
const FULL_OBJECT_ONLY: readonly ChecksumAlgorithm[] = ['CRC64NVME'];
const COMPOSITE_ONLY: readonly ChecksumAlgorithm[] = ['SHA1', 'SHA256'];

export function createMultipartUpload(context: Context): Answer {
  const { request, store } = context;
  const bucket = store.bucket(request.bucket);
  const checksumAlgorithm = namedChecksum(request) ?? DEFAULT_CHECKSUM.algorithm;
  const upload: Upload = {
    id: store.nextId(),
    key: request.key,
    initiated: store.time(),
    headers: request.headers,
    attributes: readAttributes(context),
    checksumAlgorithm,
    checksumType: readChecksumType(request, checksumAlgorithm),
    parts: new Map(),
  };
  bucket.uploads.set(upload.id, upload);
  const headers = encryptionHeaders(upload.attributes.encryption);
  if (namedChecksum(request)) {
    headers['x-amz-checksum-algorithm'] = checksumAlgorithm;
    headers['x-amz-checksum-type'] = upload.checksumType;
  }
  return {
    status: 200,
    headers,
    body:
      `${XML_HEADER}<InitiateMultipartUploadResult ` +
      `${XMLNS}>${element('Bucket', bucket.name)}${element('Key', upload.key)}` +
      `${element('UploadId', upload.id)}</InitiateMultipartUploadResult>`,
  };
}

export function uploadPart({ request, store }: Context): Answer {
  const upload = getUpload(request, store.bucket(request.bucket));
  const number = readPartNumber(request);
  const body = Body.of(request.body);
  checkIntegrity(request, body);
  upload.parts.set(number, { number, body, lastModified: store.time() });
  return {
    status: 200,
    headers: {
      ETag: `"${body.md5()}"`,
      [checksumHeader(upload.checksumAlgorithm)]: body.checksum(upload.checksumAlgorithm),
      ...encryptionHeaders(upload.attributes.encryption),
    },
  };
}

export function uploadPartCopy(context: Context): Answer {
  const { request, store, limits } = context;
  const upload = getUpload(request, store.bucket(request.bucket));
  const number = readPartNumber(request);
  const copySource = parseCopySource(header(request, 'x-amz-copy-source') ?? '');
  const source = findSource(context, copySource);
  const range = readCopyRange(request, source.size);
  if ((range ? range.end - range.start : source.size) > limits.copyBytes) {
    throw new S3Error('InvalidRequest', {
      message:
        'The specified copy source is larger than the maximum allowable size for a copy source: ' +
        `${limits.copyBytes}`,
    });
  }
  const body = range ? source.body.slice(range.start, range.end) : source.body;
  upload.parts.set(number, { number, body, lastModified: store.time() });
  const headers = encryptionHeaders(upload.attributes.encryption);
  if (store.bucket(copySource.bucket).versioning) {
    headers['x-amz-copy-source-version-id'] = source.versionId;
  }
  return {
    status: 200,
    headers,
    body:
      `${XML_HEADER}<CopyPartResult ` +
      `${XMLNS}><LastModified>${new Date(store.time()).toISOString()}</LastModified>` +
      `${element('ETag', `"${body.md5()}"`)}` +
      `${element(checksumElement(upload.checksumAlgorithm), body.checksum(upload.checksumAlgorithm))}</CopyPartResult>`,
  };
}

/** Idempotent: parts that are still arriving are no concern here. */
export function abortMultipartUpload({ request, store }: Context): Answer {
  const bucket = store.bucket(request.bucket);
  bucket.uploads.delete(getUpload(request, bucket).id);
  return { status: 204 };
}

export function getUpload(
  request: S3Request,
  bucket: { upload(id: string, key: string): Upload },
): Upload {
  return bucket.upload(request.query.get('uploadId') ?? '', request.key);
}

function readPartNumber(request: S3Request): number {
  const text = request.query.get('partNumber') ?? '';
  const number = Number(text);
  if (!Number.isInteger(number) || number < 1 || number > MAX_PARTS) {
    throw invalidArgument(
      `Part number must be an integer between 1 and ${MAX_PARTS}, inclusive`,
      'partNumber',
      text,
    );
  }
  return number;
}

/** Unlike in reads, both ends must be given and lie within the source (page "UploadPartCopy"). */
function readCopyRange(request: S3Request, size: number): Range | undefined {
  const text = header(request, 'x-amz-copy-source-range');
  if (text === undefined) {
    return undefined;
  }
  const match = /^bytes=(\d+)-(\d+)$/.exec(text);
  if (!match || Number(match[1]) > Number(match[2])) {
    throw invalidArgument(
      'The x-amz-copy-source-range value must be of the form bytes=first-last where first and ' +
        'last are the zero-based offsets of the first and last bytes to copy',
      'x-amz-copy-source-range',
      text,
    );
  }
  const range = { start: Number(match[1]), end: Number(match[2]) + 1 };
  if (range.end > size) {
    throw invalidArgument(
      `Range specified is not valid for source object of size: ${size}`,
      'x-amz-copy-source-range',
      text,
    );
  }
  return range;
}

function readChecksumType(request: S3Request, algorithm: ChecksumAlgorithm): ChecksumType {
  const type =
    header(request, 'x-amz-checksum-type') ??
    (FULL_OBJECT_ONLY.includes(algorithm) ? 'FULL_OBJECT' : 'COMPOSITE');
  const possible =
    type === 'FULL_OBJECT'
      ? !COMPOSITE_ONLY.includes(algorithm)
      : type === 'COMPOSITE' && !FULL_OBJECT_ONLY.includes(algorithm);
  if (!possible) {
    throw new S3Error('InvalidRequest', {
      message:
        `The ${type} checksum type cannot be used with the ${algorithm.toLowerCase()} checksum ` +
        'algorithm.',
    });
  }
  return type as ChecksumType;
}
