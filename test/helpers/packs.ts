/**
 * Packs built by hand, with the code that writes zip files and indexes, so that readers are tested
 * without the run that packs.
 */
import { createHash } from 'node:crypto';
import type { Harness } from './harness';
import { toPackIndexKey, toPackKey } from '../../src/contract/packs';
import type { LedgerLine } from '../../src/contract/payloads/ledger-line';
import type { PackIndexLine } from '../../src/contract/payloads/pack-index';
import { ZipWriter } from '../../src/features/packing/lambda/pack/zip-writer';
import {
  nameIndex,
  toIndexFile as toFile,
  toIndexText,
} from '../../src/features/packing/lambda/unpack/pack-index';
import { sha256 } from '../../src/lambda/text/hash';

export const DAY = '2026-11-24';
export const FOLDER = 'archive/2026/11/24/';

export interface Packed extends Partial<PackIndexLine> {
  readonly key: string;
  readonly bytes: string | Buffer;
}

export interface BuiltPack {
  readonly key: string;
  readonly bytes: Buffer;
  readonly lines: PackIndexLine[];
  readonly indexKey: string;
  readonly indexFile: Buffer;
}

export const md5 = (bytes: string | Buffer) => `"${createHash('md5').update(bytes).digest('hex')}"`;

export function buildPack(
  objects: readonly Packed[],
  { prefix = 'in/', folder = FOLDER, day = DAY, destinationPrefix = 'archive/' } = {},
): BuiltPack {
  const writer = new ZipWriter(1024);
  const modified = Date.parse('2026-11-24T01:02:03Z') / 1000;
  const lines = objects.map(({ key, bytes, ...facts }): PackIndexLine => {
    const name = key.slice(prefix.length);
    const content = Buffer.from(bytes);
    const offset = writer.getOffset(name);
    writer.add(name, content, modified);
    return {
      bucket: 'source',
      key,
      etag: md5(content),
      size: content.length,
      name,
      offset,
      sha256: sha256(content),
      lastModified: '2026-11-24T01:02:03Z',
      ...facts,
    };
  });
  const index = toIndexText(lines);
  writer.add(nameIndex(index), index, modified);
  const bytes = writer.finish();
  const key = toPackKey(folder, sha256(bytes));
  return {
    key,
    bytes,
    lines,
    indexKey: toPackIndexKey(destinationPrefix, day, key),
    indexFile: toFile(index, key, bytes.length),
  };
}

/** The index of the tree that has these lines. */
export function toIndexFile(
  lines: readonly PackIndexLine[],
  pack: string,
  packSize: number,
): Buffer {
  return toFile(toIndexText(lines), pack, packSize);
}

export function flip(bytes: Buffer, at: number): void {
  bytes[at] = 255 - bytes[at];
}

type Store = Harness['store'];

/** Puts a pack as the archiver does, and returns the lines of the ledger. */
export function putPack(
  store: Store,
  bucket: string,
  pack: BuiltPack,
  { storageClass = 'STANDARD', bytes = pack.bytes, day = DAY } = {},
): LedgerLine[] {
  store.put(bucket, pack.indexKey, pack.indexFile);
  const { etag } = store.put(bucket, pack.key, bytes, {
    storageClass,
    checksum: { algorithm: 'SHA256', type: 'FULL_OBJECT' },
  });
  const checksum = createHash('sha256').update(bytes).digest('base64');
  return pack.lines.map(
    ({
      key,
      etag: source,
      size,
      name,
      offset,
      sha256: digest,
      storageClass: ofSource,
    }): LedgerLine => ({
      v: 3,
      key,
      destination: pack.key,
      status: 'archived',
      etag: source,
      size,
      day,
      at: 5,
      archivedEtag: `"${etag}"`,
      checksumAlgorithm: 'SHA256',
      checksumType: 'FULL_OBJECT',
      checksum,
      member: { name, offset, size, sha256: digest, packSize: pack.bytes.length },
      ...(ofSource && { storageClass: ofSource }),
    }),
  );
}

/** So many objects as producers write them: nothing of one repeats in another. */
export function manyObjects(count: number): Packed[] {
  return Array.from({ length: count }, (_, i) => {
    const id = createHash('sha256').update(String(i)).digest('hex');
    return {
      key: `in/${id.slice(0, 12)}/part-${i}-2026-11-24.json`,
      bytes: `{"id":"${id}"}`.repeat(1 + (i % 7)),
      contentType: 'application/json',
    };
  });
}

/** Counts the bytes of the bodies of a bucket that a client reads. */
export function countReads(
  s3: Harness['s3'],
  bucket: string,
): { bytes: number; requests: string[] } {
  const reads = { bytes: 0, requests: [] as string[] };
  s3.middlewareStack.add(
    (next, { commandName = '' }) =>
      async (args) => {
        const result = await next(args);
        const { Bucket, Key, Range } = args.input as {
          Bucket?: string;
          Key?: string;
          Range?: string;
        };
        if (commandName === 'GetObjectCommand' && Bucket === bucket) {
          reads.bytes += (result.output as { ContentLength?: number }).ContentLength ?? 0;
          reads.requests.push(`${Key} ${Range ?? 'all'}`);
        }
        return result;
      },
    { step: 'initialize', name: `countReads${bucket}${Math.random()}` },
  );
  return reads;
}
