import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { Crc32c, Crc64Nvme } from '@aws-sdk/checksums/crc';
import type { GetObjectCommandInput, GetObjectCommandOutput } from '@aws-sdk/client-s3';
import { hasMd5ETag } from './copy-response';
import type { FastRequests } from './fast-sender';
import type { HttpResponse } from './http-client';
import type { RateController } from './rate-controller';
import { MAX_PACK_SIZE } from '../../contract/checks/check-packing';

/**
 * Fields of the SDK's answer, by S3's headers:
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html
 */
const FIELDS = new Map([
  ['etag', 'ETag'],
  ['cache-control', 'CacheControl'],
  ['content-disposition', 'ContentDisposition'],
  ['content-encoding', 'ContentEncoding'],
  ['content-language', 'ContentLanguage'],
  ['content-length', 'ContentLength'],
  ['content-type', 'ContentType'],
  ['expires', 'ExpiresString'],
  ['last-modified', 'LastModified'],
  ['x-amz-checksum-type', 'ChecksumType'],
  ['x-amz-missing-meta', 'MissingMeta'],
  ['x-amz-server-side-encryption', 'ServerSideEncryption'],
  ['x-amz-server-side-encryption-customer-algorithm', 'SSECustomerAlgorithm'],
  ['x-amz-storage-class', 'StorageClass'],
  ['x-amz-tagging-count', 'TagCount'],
  ['x-amz-version-id', 'VersionId'],
]);
const NUMBERS: ReadonlySet<string> = new Set(['ContentLength', 'MissingMeta', 'TagCount']);
const CHECKSUM = 'x-amz-checksum-';
const METADATA = 'x-amz-meta-';

/** The algorithms that the SDK compares, too. */
const DIGESTS: Readonly<Record<string, (bytes: Buffer) => Promise<Uint8Array> | Uint8Array>> = {
  CRC32: (bytes) => Buffer.from(crc32(bytes).toString(16).padStart(8, '0'), 'hex'),
  CRC32C: (bytes) => digest(new Crc32c(), bytes),
  CRC64NVME: (bytes) => digest(new Crc64Nvme(), bytes),
  SHA1: (bytes) => createHash('sha1').update(bytes).digest(),
  SHA256: (bytes) => createHash('sha256').update(bytes).digest(),
};

/**
 * GetObject of a whole version on the fast path, for objects that fit into memory. A digest that is
 * the ETag is for the caller to compare.
 */
export class FastReads implements FastRequests<GetObjectCommandInput, GetObjectCommandOutput> {
  readonly commandName = 'GetObjectCommand';
  readonly perObject = { IfMatch: 'if-match' };
  /** Larger objects are not packed. */
  readonly maxResponseSize = MAX_PACK_SIZE;

  constructor(readonly rate: RateController) {}

  async read(
    { IfMatch: etag }: GetObjectCommandInput,
    response: HttpResponse,
  ): Promise<GetObjectCommandOutput | undefined> {
    const { headers, body } = response;
    const output = toOutput(response);
    if (output?.ETag !== etag) {
      return undefined;
    }
    return hasMd5ETag(output!.ETag!, headers) || (await hasChecksum(headers, body))
      ? output
      : undefined;
  }
}

/** As the SDK returns it. Undefined: S3 has sent a header twice. */
function toOutput({ headers, body }: HttpResponse): GetObjectCommandOutput | undefined {
  const metadata: Record<string, string> = {};
  const output: Record<string, unknown> = {
    $metadata: {},
    Metadata: metadata,
    Body: { transformToByteArray: async () => body },
  };
  for (const name in headers) {
    const value = headers[name];
    const field = FIELDS.get(name);
    if (typeof value !== 'string') {
      return undefined;
    }
    if (field !== undefined) {
      output[field] = NUMBERS.has(field)
        ? Number(value)
        : field === 'LastModified'
          ? new Date(value)
          : value;
    } else if (name.startsWith(METADATA)) {
      metadata[name.slice(METADATA.length)] = value;
    } else if (name.startsWith(CHECKSUM)) {
      output[`Checksum${name.slice(CHECKSUM.length).toUpperCase()}`] = value;
    }
  }
  return output as unknown as GetObjectCommandOutput;
}

/**
 * Whether the body has the checksum that S3 gives. One of several parts (`...-2`) says nothing
 * about the whole.
 */
async function hasChecksum(headers: HttpResponse['headers'], body: Buffer): Promise<boolean> {
  for (const [algorithm, compute] of Object.entries(DIGESTS)) {
    const expected = headers[`${CHECKSUM}${algorithm.toLowerCase()}`] as string | undefined;
    if (expected === undefined || /-\d+$/.test(expected)) {
      continue;
    }
    if (Buffer.from(await compute(body)).toString('base64') !== expected) {
      return false;
    }
  }
  return true;
}

function digest(checksum: Crc32c | Crc64Nvme, bytes: Buffer): Promise<Uint8Array> {
  checksum.update(bytes);
  return checksum.digest();
}
