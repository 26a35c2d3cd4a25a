/**
 * Reads of a pack as little as a few of its members need: neither the pack nor its index says
 * anything that the other one does not confirm.
 */
import { GetObjectCommand } from '@aws-sdk/client-s3';
import * as v from 'valibot';
import type { IndexFile } from './pack-index';
import { toIndexName } from '../../../../contract/packs';
import { PackIndexLine } from '../../../../contract/payloads/pack-index';
import type { BucketClient } from '../../../../lambda/s3/bucket-client';
import { sha256 } from '../../../../lambda/text/hash';
import { parseJsonLines } from '../../../../lambda/text/json';
import { getDataOffset, type LastEntry, readLastEntry, TAIL_BYTES } from '../pack/zip-writer';

export interface OpenPack {
  readonly etag: string;
  /** By their names. */
  readonly members: ReadonlyMap<string, PackIndexLine>;
  /** The index in the tree is not that of the pack, so that its own was read. */
  readonly isOwnIndex: boolean;
}

const INDEX_NAME_BYTES = toIndexName('0'.repeat(16)).length;

/**
 * @param etag undefined if no ledger knows it: then the name of the pack must be that of its
 * content, as S3 says
 * @param readIndex reads the index from the tree of all indexes, of which nothing is believed that
 * the pack does not confirm
 * @throws an error of kind `missing` if there is no such pack, and of kind `ambiguous` if it is
 * another one
 */
export async function openPack(
  archive: BucketClient,
  pack: { readonly key: string; readonly etag?: string },
  readIndex: () => Promise<IndexFile | undefined>,
): Promise<OpenPack> {
  const { key, etag = await identify(archive, pack.key) } = pack;
  const last = readLastEntry(
    await readRange(archive, key, etag, `-${TAIL_BYTES}`),
    INDEX_NAME_BYTES,
  );
  if (!last) {
    throw otherPack(`${key} is no pack`);
  }
  const file = await readIndex().catch((error: unknown) => {
    if (archive.isAborted) {
      throw error;
    }
    // If this index is unusable, the caller reads the one inside the pack.
    return undefined;
  });
  const isOwnIndex = file?.name !== last.name;
  const lines =
    file?.name === last.name ? file.lines : await readOwnIndex(archive, { key, etag }, last);
  return { etag, members: new Map(lines.map((line) => [line.name, line])), isOwnIndex };
}

async function readOwnIndex(
  archive: BucketClient,
  { key, etag }: { readonly key: string; readonly etag: string },
  { name, headerOffset, size }: LastEntry,
): Promise<PackIndexLine[]> {
  const text = await readPart(archive, key, etag, {
    offset: getDataOffset(headerOffset, INDEX_NAME_BYTES),
    size,
  });
  if (toIndexName(sha256(text)) !== name) {
    throw otherPack(`the index in ${key} is not what its name says`);
  }
  return v.parse(v.array(PackIndexLine), parseJsonLines(text.toString()));
}

/**
 * Returns the ETag of the pack. The key of a pack contains the SHA-256 of its content, so no other
 * content can pass for it.
 */
async function identify(archive: BucketClient, key: string): Promise<string> {
  const head = await archive.head(key);
  if (!head) {
    throw Object.assign(new Error(`there is no ${key}`), { name: 'NoSuchKey' });
  }
  const digest = Buffer.from(head.ChecksumSHA256 ?? '', 'base64').toString('hex');
  if (head.ChecksumType === 'COMPOSITE' || !key.endsWith(`/pack-${digest.slice(0, 16)}.zip`)) {
    throw otherPack(`${key} has another SHA-256 than its name says`);
  }
  return head.ETag;
}

/** Reads bytes of the version with this ETag. The caller checks their digest. */
export async function readPart(
  archive: BucketClient,
  key: string,
  etag: string,
  { offset, size }: { readonly offset: number; readonly size: number },
): Promise<Buffer> {
  return size === 0
    ? Buffer.alloc(0)
    : readRange(archive, key, etag, `${offset}-${offset + size - 1}`);
}

async function readRange(
  archive: BucketClient,
  key: string,
  etag: string,
  range: string,
): Promise<Buffer> {
  return archive.requestAbout(key, async (s3) => {
    const answer = await s3.send(
      new GetObjectCommand({
        Bucket: archive.name,
        Key: key,
        IfMatch: etag,
        Range: `bytes=${range}`,
      }),
    );
    // A 200 response would carry the whole pack.
    if (answer.$metadata.httpStatusCode !== 206) {
      (answer.Body as { destroy?: () => void } | undefined)?.destroy?.();
      throw new Error(
        `a part of ${key} was asked for, and the answer was ${answer.$metadata.httpStatusCode} ` +
          'instead of 206',
      );
    }
    const { buffer, byteOffset, length } = await archive.readBody(() =>
      answer.Body!.transformToByteArray(),
    );
    return Buffer.from(buffer, byteOffset, length);
  });
}

function otherPack(message: string): Error {
  return Object.assign(new Error(message), { name: 'PreconditionFailed' });
}
