import { hash } from 'node:crypto';
import { GetObjectCommand, type GetObjectCommandOutput } from '@aws-sdk/client-s3';
import type { MemberTags } from './member-tags';
import type { NoteReason } from '../../../../contract/notes';
import type { ListedObject } from '../../../../contract/payloads/listing';
import { type KnownValues, readAnswer } from '../../../../lambda/attributes/answer';
import { listAttributes } from '../../../../lambda/attributes/rows';
import { findUnwritable, fitsIntoHeaders } from '../../../../lambda/attributes/write-input';
import { isMd5, unquote } from '../../../../lambda/move/decide';
import { type AllHeaders, withAllHeaders } from '../../../../lambda/s3/all-headers';
import type { BucketClient, ObjectHead } from '../../../../lambda/s3/bucket-client';
import { toS3Error } from '../../../../lambda/s3/s3-error';
import { sha256 } from '../../../../lambda/text/hash';

/** A version of an object that is in memory, with everything that belongs to it. */
export interface ObjectContent {
  readonly item: ListedObject;
  readonly bytes: Uint8Array;
  /** The digest of the bytes, in hexadecimal digits. */
  readonly sha256: string;
  readonly lastModified?: Date;
  readonly versionId?: string;
  readonly values: KnownValues;
}

export type NotPackedReason = NoteReason<'notPacked'>;

/** The content, or why a pack cannot hold the object. Without a reason: it is gone or changed. */
export type ReadResult =
  | { readonly content: ObjectContent }
  | { readonly content?: undefined; readonly reason?: NotPackedReason };

const REFUSED = listAttributes(({ inPack }) => inPack === 'refused');

/**
 * Reads the listed version of an object, with all headers that S3 returns. It skips an object that
 * is gone, has changed, or could lose an attribute in a pack: the mover handles it.
 */
export async function readObject(
  source: BucketClient,
  item: ListedObject,
  tags: MemberTags,
): Promise<ReadResult> {
  try {
    const { answer, bytes } = await source.request((s3) => readVersion(s3, source, item));
    const { unlisted, SSECustomerAlgorithm, TagCount } = answer;
    const values = readAnswer(answer);
    const isRefused = REFUSED.some((name) => hasFields(values[name]));
    if (unlisted || SSECustomerAlgorithm || isRefused || findUnwritable(values) !== undefined) {
      return { reason: 'NOT_KEPT' };
    }
    const read = await tags.read(item.Key, TagCount);
    if (read.is === 'unreadable') {
      return { reason: 'TAGS_UNREADABLE' };
    }
    const all: KnownValues = { ...values, ...(read.value && { tags: read.value }) };
    if (!fitsIntoHeaders(all)) {
      return { reason: 'NOT_KEPT' };
    }
    const { LastModified: lastModified, VersionId: versionId } = answer;
    return {
      content: { item, bytes, sha256: sha256(bytes), lastModified, versionId, values: all },
    };
  } catch (error) {
    if (source.isAborted) {
      throw error;
    }
    const { kind } = toS3Error(error);
    return kind === 'ambiguous' || kind === 'missing' ? {} : { reason: 'NOT_READ' };
  }
}

function hasFields(value: unknown): boolean {
  return Object.values(value ?? {}).some((field) => field !== undefined);
}

type FullAnswer = GetObjectCommandOutput & AllHeaders;

async function readVersion(
  s3: BucketClient['s3'],
  source: BucketClient,
  { Key, Etag, Size }: ListedObject,
): Promise<{ readonly answer: FullAnswer; readonly bytes: Uint8Array }> {
  const input = { Bucket: source.name, Key, IfMatch: Etag, ChecksumMode: 'ENABLED' as const };
  const answer: FullAnswer = await s3.send(withAllHeaders(new GetObjectCommand(input)));
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
  if (isMd5(answer as ObjectHead) && hash('md5', bytes) !== unquote(etag)) {
    throw new Error('the body does not have the digest that its ETag is');
  }
}
