/**
 * Measures the peak memory of the archive-batch bundle in its own process while it packs objects
 * with long headers, whose index takes as much memory as their bytes. The process has the default
 * memory, and is killed above it, as on Lambda. The checks are that everything is archived, and
 * that headers of a usual length leave a reserve.
 *
 * usage: pack-memory.ts
 */
import { randomBytes } from 'node:crypto';
import { DAY, type Measured, measureFunction, report, RUN } from './measured-function';
import { startS3, type S3Double } from '../../packages/s3-double/src';
import { Body } from '../../packages/s3-double/src/store/body';
import {
  type Attributes,
  DEFAULT_ATTRIBUTES,
} from '../../packages/s3-double/src/store/stored-object';
import { ARCHIVE_BATCH_MEMORY } from '../../src/contract/memory';
import type { BatchEvent } from '../../src/contract/payloads/batch-payloads';
import type { ListedObject } from '../../src/contract/payloads/listing';
import { initialProgress } from '../../src/lambda/plan-run/plan-run';

const KIB = 1024;
const MIB = 1024 ** 2;
const PACKING = { maxObjectSize: MIB, maxPackSize: 256 * MIB };
/** A quarter stays free. */
const MAX_MB = ARCHIVE_BATCH_MEMORY * 0.75;

interface Kind {
  readonly objects: number;
  readonly size: number;
  readonly attributes: () => Attributes;
}

interface Work {
  readonly what: string;
  readonly kinds: readonly Kind[];
  /** Lines beyond the share of the index: their objects are moved. */
  readonly isIndexFull: boolean;
}

/** S3 takes 2 KB of metadata in an upload. */
const withMetadata = (): Attributes => ({
  ...DEFAULT_ATTRIBUTES,
  metadata: { origin: createText(2 * KIB - 'origin'.length) },
});
/** Together 7 KB. */
const withLongHeaders = (): Attributes => ({
  ...withMetadata(),
  headers: {
    ...DEFAULT_ATTRIBUTES.headers,
    'content-disposition': createText(2 * KIB),
    'cache-control': createText(2 * KIB),
    'content-language': createText(KIB),
  },
});
/** The same, and JSON takes two bytes for each character. */
const withLongestLines = (): Attributes => {
  const { headers, metadata = {} } = withLongHeaders();
  const escape = (texts: Readonly<Record<string, string>>) =>
    Object.fromEntries(Object.entries(texts).map(([name, text]) => [name, toQuotes(text)]));
  return { ...DEFAULT_ATTRIBUTES, headers: escape(headers), metadata: escape(metadata) };
};

/** Compressed, an index of random texts is nearly as long as before. */
function createText(length: number): string {
  return randomBytes(length).toString('base64').slice(0, length);
}

function toQuotes(text: string): string {
  return text.replace(/[a-m]/g, '\\').replace(/[^\\]/g, '"');
}

const WORKS: readonly Work[] = [
  {
    what: '5,000 objects with 7 KB of headers and 500 others',
    kinds: [
      { objects: 5_000, size: KIB, attributes: withLongHeaders },
      { objects: 500, size: KIB, attributes: () => DEFAULT_ATTRIBUTES },
    ],
    isIndexFull: true,
  },
  {
    what: '9,900 objects with 2 KB of metadata',
    kinds: [{ objects: 9_900, size: KIB, attributes: withMetadata }],
    isIndexFull: false,
  },
  {
    what: 'the same, 250 MiB',
    kinds: [{ objects: 9_900, size: Math.floor((250 * MIB) / 9_900), attributes: withMetadata }],
    isIndexFull: false,
  },
  {
    what: '9,900 objects with the longest lines, 250 MiB',
    kinds: [
      { objects: 9_900, size: Math.floor((250 * MIB) / 9_900), attributes: withLongestLines },
    ],
    isIndexFull: true,
  },
];

async function main(): Promise<void> {
  const checks: [boolean, string][] = [];
  for (const { what, kinds, isIndexFull } of WORKS) {
    const objects = kinds.reduce((sum, kind) => sum + kind.objects, 0);
    const { baseMb, peakMb, progress } = await measure(kinds);
    const archived = progress?.counts.archived ?? 0;
    const moved = progress?.digest?.notes?.notPacked?.reasons ?? {};
    console.log(
      `${what}: ${baseMb.toFixed(0)} MiB idle, ${peakMb.toFixed(0)} MiB at most, ${archived} ` +
        `archived, of them moved: ${JSON.stringify(moved)}`,
    );
    checks.push(
      [
        progress?.finished === true && archived === objects,
        `${what}: all are archived within ${ARCHIVE_BATCH_MEMORY} MiB`,
      ],
      [
        progress !== undefined && Object.keys(moved).join() === (isIndexFull ? 'INDEX_FULL' : ''),
        `${what}: ${isIndexFull ? 'some do not fit into the index' : 'all fit into the index'}`,
      ],
      [peakMb <= MAX_MB, `${what}: at most ${MAX_MB} MiB (${peakMb.toFixed(0)})`],
    );
  }
  report(checks);
}

async function measure(kinds: readonly Kind[]): Promise<Measured> {
  const s3 = await startS3();
  try {
    return await measureFunction(
      {
        s3: s3.endpoint,
        environment: { PACKING: JSON.stringify(PACKING) },
        memoryMb: ARCHIVE_BATCH_MEMORY,
      },
      seed(s3, kinds),
    );
  } finally {
    await s3.close();
  }
}

/** One part of a plan, with one pack. */
function seed({ store }: S3Double, kinds: readonly Kind[]): BatchEvent {
  for (const bucket of ['source', 'archive', 'reports']) {
    store.createBucket(bucket);
  }
  const items = kinds.flatMap(({ objects, size, attributes }, kind) => {
    // The double holds the bytes by reference.
    const body = Body.ofChunks([Buffer.alloc(size, 'x')]);
    return Array.from({ length: objects }, (_, i): ListedObject => {
      const key = `incoming/${DAY}-${kind}-${i}.log`;
      const { etag, lastModified } = store
        .bucket('source')
        .put({ key, body, attributes: attributes(), lastModified: store.time() });
      return {
        Etag: `"${etag}"`,
        Key: key,
        LastModified: lastModified / 1000,
        Size: size,
        StorageClass: 'STANDARD',
        Pack: 0,
      };
    });
  });
  return { Items: items, BatchInput: { run: RUN, progress: initialProgress() } };
}

main().catch((error) => {
  console.error(error);
  console.log('0 passed, 1 failed');
  process.exitCode = 1;
});
