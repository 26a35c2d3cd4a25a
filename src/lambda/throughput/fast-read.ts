import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { Crc32c, Crc64Nvme } from '@aws-sdk/checksums/crc';
import type { GetObjectCommandInput, GetObjectCommandOutput } from '@aws-sdk/client-s3';
import { hasMd5ETag } from './copy-response';
import type { FastRequests } from './fast-sender';
import type { HttpResponse } from './http-client';
import type { RateController } from './rate-controller';
import { type AttributeFacts, ATTRIBUTES, IGNORED } from '../../contract/object-attributes';
import { MAX_PACK_SIZE } from '../../features/packing/contract/check-packing';
import { readAllHeaders } from '../s3/all-headers';

/**
 * Fields of the SDK's answer, by S3's headers:
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html
 */
const FIELDS: ReadonlyMap<string, string> = new Map([
  ...Object.entries(IGNORED).map(([field, { header }]): [string, string] => [header, field]),
  ...Object.values<AttributeFacts>(ATTRIBUTES).flatMap(({ fields }) =>
    Object.entries(fields).map(([field, header]): [string, string] => [header, field]),
  ),
]);
const NUMBERS: ReadonlySet<string> = new Set(['ContentLength', 'MissingMeta', 'TagCount']);
const DATES: ReadonlySet<string> = new Set(['LastModified', 'ObjectLockRetainUntilDate']);
const CHECKSUM = 'x-amz-checksum-';

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

/** As `withAllHeaders` returns it. Undefined: S3 has sent a header twice. */
function toOutput({ headers, body }: HttpResponse): GetObjectCommandOutput | undefined {
  const output: Record<string, unknown> = {
    $metadata: {},
    Metadata: {},
    Body: { transformToByteArray: async () => body },
  };
  for (const name in headers) {
    const value = headers[name];
    if (typeof value !== 'string') {
      return undefined;
    }
    const field = FIELDS.get(name);
    if (field !== undefined) {
      output[field] = toValue(field, value);
    }
  }
  Object.assign(output, readAllHeaders(headers as Readonly<Record<string, string>>));
  return output as unknown as GetObjectCommandOutput;
}

function toValue(field: string, value: string): unknown {
  if (NUMBERS.has(field)) {
    return Number(value);
  }
  return DATES.has(field) ? new Date(value) : value;
}

/**
 * Whether the body has the checksum that S3 returns. A composite checksum (`...-2`) cannot be
 * compared with the whole body.
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
