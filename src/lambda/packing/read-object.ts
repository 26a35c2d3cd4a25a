import { createHash } from 'node:crypto';
import { GetObjectCommand, type GetObjectCommandOutput } from '@aws-sdk/client-s3';
import type { ListedObject } from '../../contract/payloads/listing';
import { isMd5, unquote } from '../move/decide';
import type { BucketClient, ObjectHead } from '../s3/bucket-client';
import { sha256 } from '../text/hash';

/**
 * Of the tags in the headers of the request that restores the object. Together with 2 KB of
 * metadata, S3 takes 8 KB of headers.
 */
const MAX_TAGS_LENGTH = 4_096;

export type ObjectContent = NonNullable<Awaited<ReturnType<typeof readObject>>>;

/**
 * Reads the version of an object that was listed, with everything that S3 says of it. Undefined: it
 * is gone or has changed, its body is not what its ETag says, or a pack would lose something of it.
 * Then it is moved, which finds out.
 */
export async function readObject(source: BucketClient, item: ListedObject) {
  try {
    const { answer, bytes } = await source.request((s3) => readVersion(s3, source, item));
    if (answer.MissingMeta || answer.SSECustomerAlgorithm) {
      return undefined;
    }
    // In the format of a query string. Undefined: S3 does not say that it has any, which it does
    // not where tags may not be read.
    const tags = answer.TagCount ? await source.getTags(item.Key) : undefined;
    return tags !== undefined && tags.length > MAX_TAGS_LENGTH
      ? undefined
      : { item, bytes, sha256: sha256(bytes), answer, tags };
  } catch (error) {
    if (source.isAborted) {
      throw error;
    }
    return undefined;
  }
}

async function readVersion(
  s3: BucketClient['s3'],
  source: BucketClient,
  { Key, Etag, Size }: ListedObject,
) {
  const answer = await s3.send(
    new GetObjectCommand({ Bucket: source.name, Key, IfMatch: Etag, ChecksumMode: 'ENABLED' }),
  );
  return source.readBody(async () => {
    const bytes = await answer.Body!.transformToByteArray();
    assertIsVersion(answer, bytes, Etag, Size);
    return { answer, bytes };
  });
}

/** The SDK compares the checksum, where S3 gives one for the whole object. */
function assertIsVersion(
  answer: GetObjectCommandOutput,
  bytes: Uint8Array,
  etag: string,
  size: number,
): void {
  if (
    unquote(answer.ETag!) !== unquote(etag) ||
    bytes.length !== size ||
    answer.ContentLength !== size
  ) {
    throw new Error('the body is not that of the listed version');
  }
  if (
    isMd5(answer as ObjectHead) &&
    createHash('md5').update(bytes).digest('hex') !== unquote(etag)
  ) {
    throw new Error('the body does not have the digest that its ETag is');
  }
}
