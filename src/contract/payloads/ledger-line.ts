/** The lines of ledgers, and what batches say of the parts that they wrote. */
import * as v from 'valibot';
import { count, isoDate } from './common-schemas';
import { NoteCounts, Notes } from './note-payloads';

/**
 * A part of the ledger as a batch wrote it last: the name below the run's `ledgerPrefix`, the ETag,
 * and the number of lines.
 */
export const LedgerPartRef = v.object({ name: v.string(), etag: v.string(), lines: count });
export type LedgerPartRef = v.InferOutput<typeof LedgerPartRef>;

/**
 * A summary of the ledger of one batch, so that ReportRun need not read the ledger. It is valid as
 * long as the ledger of the batch has exactly these parts.
 */
export const BatchDigest = v.object({
  parts: v.array(LedgerPartRef),
  /** How many objects were found in the archive instead. Unset: none. */
  found: v.optional(count),
  /** Notes on objects that have a line and are not skipped. Unset: none. */
  notes: v.optional(NoteCounts),
  /** The packs, and the objects in them. Unset: none. */
  packs: v.optional(v.object({ packs: count, objects: count, bytes: v.number() })),
  /**
   * When the first object was begun and the last one ended, in milliseconds since the run's start.
   */
  span: v.nullable(v.tuple([v.number(), v.number()])),
  /** The number of objects in intervals of `width` milliseconds, from the interval `first` on. */
  timeline: v.object({
    width: v.number(),
    first: count,
    archived: v.array(count),
    notArchived: v.array(count),
  }),
  /** By the index of the size class: the number of archived objects, and their bytes. */
  sizes: v.array(v.tuple([count, count, v.number()])),
  /** By storage class at the source: the number of archived objects, and their bytes. */
  classes: v.record(v.string(), v.tuple([count, v.number()])),
  slowest: v.array(v.number()),
  reasons: v.array(
    v.object({ status: v.picklist(['conflicting', 'failed']), code: v.string(), count }),
  ),
});
export type BatchDigest = v.InferOutput<typeof BatchDigest>;

/**
 * The place of an object in a pack. The destination of its line is the key of the pack
 * (docs/packing.md).
 */
export const PackMember = v.object({
  /** The rest of its destination key, below the folder of the pack. */
  name: v.string(),
  /** The offset of its bytes in the pack. */
  offset: count,
  size: count,
  /** The digest of its bytes, in hexadecimal digits. */
  sha256: v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/)),
  packSize: count,
});
export type PackMember = v.InferOutput<typeof PackMember>;

/**
 * Facts that S3 returned about an archived object and its source: in the answers to the copy and to
 * the delete, or to HeadObject if the object was archived already. Later, they would cost one
 * request per object.
 */
const archivedFields = {
  /**
   * The ETag in the archive. It differs from the source's after a multipart copy, and with keys of
   * KMS.
   */
  archivedEtag: v.optional(v.string()),
  /**
   * The checksum of the archived object, in Base64, and its kind. A composite one is a checksum of
   * checksums of parts.
   */
  checksumAlgorithm: v.optional(
    v.picklist([
      'CRC64NVME',
      'CRC32',
      'CRC32C',
      'SHA1',
      'SHA256',
      'SHA512',
      'MD5',
      'XXHASH64',
      'XXHASH3',
      'XXHASH128',
    ]),
  ),
  checksum: v.optional(v.string()),
  checksumType: v.optional(v.picklist(['FULL_OBJECT', 'COMPOSITE'])),
  /**
   * The versions in buckets with versioning: of the source that was copied, of its copy, and of the
   * source's delete marker.
   */
  sourceVersionId: v.optional(v.string()),
  archivedVersionId: v.optional(v.string()),
  deleteMarkerVersionId: v.optional(v.string()),
  /**
   * If the object lies in a pack. Then the ETag, the checksum and the version in the archive are
   * those of the pack.
   */
  member: v.optional(PackMember),
};
const ArchivedFacts = v.object(archivedFields);
export type ArchivedFacts = v.InferOutput<typeof ArchivedFacts>;
export const ARCHIVED_FIELDS = Object.keys(archivedFields) as (keyof ArchivedFacts)[];

/**
 * The proof that the archived object is this version. `size`: it has the same size, and was written
 * after the run began. Another program removed the source, so a comparison is no longer possible. A
 * verification takes such a version for unproven, and a restore skips it. Unset: answers of S3
 * prove it.
 */
const proof = v.optional(v.literal('size'));

export const ArchivedVersion = v.object({
  destination: v.string(),
  etag: v.string(),
  size: v.number(),
  /** The day that names the folder. */
  day: isoDate,
  proof,
  ...archivedFields,
});
export type ArchivedVersion = v.InferOutput<typeof ArchivedVersion>;

/**
 * A line of the ledger: what the run knows of one object. Each object that was not skipped has one.
 * If two parts have one, because a round was repeated, the one with the greater `at` counts.
 * docs/ledger.schema.json describes it for readers. A field that is not known is left out.
 */
export const LedgerLine = v.object({
  /**
   * The version of the format. A change that could break a reader raises it. 3: the object lies in
   * a pack, or would, in a dry run.
   */
  v: v.picklist([2, 3]),
  /** The key at the source. */
  key: v.string(),
  /** The key at the destination, or the key that it would have had there. */
  destination: v.string(),
  /**
   * `archived`: the destination holds the object, and its source is deleted, unless it is `kept`.
   * The line is written just before the delete, and again if the delete turned out otherwise.
   * `restoring`: S3 restores the source, and a later run archives it.
   */
  status: v.picklist(['archived', 'restored', 'extracted', 'restoring', 'conflicting', 'failed']),
  /** The object was copied, and its source stays. */
  kept: v.optional(v.literal(true)),
  /** Only with `kept`: the archive held the object already, so that nothing was copied. */
  found: v.optional(v.literal(true)),
  /** Notes on the object besides its status. Unset: none. */
  notes: v.optional(Notes),
  proof,
  /**
   * Only of a restore: the key of the part of the ledger, or of the index of packs,
   * that says that the object is archived.
   */
  origin: v.optional(v.string()),
  /**
   * Only of restored objects: the ETag at the old key. `archivedEtag` is that of the copy in the
   * archive.
   */
  restoredEtag: v.optional(v.string()),
  /** A reason code, if the object was not archived. */
  code: v.optional(v.string()),
  message: v.optional(v.string()),
  /** The ETag of the source. */
  etag: v.string(),
  size: v.number(),
  /** The object's own day, which names its folder in the archive. */
  day: isoDate,
  /**
   * When this was known, in milliseconds since the run's start: when the copy or the failed attempt
   * ended, or later.
   */
  at: v.number(),
  /**
   * How long the copy or the attempt took, in milliseconds. Unset if it was found out without one.
   */
  ms: v.optional(v.number()),
  /**
   * Other versions that this run wrote as archived before. The source may have been written again
   * after that, or the attempt that wrote it may have been given up when it was about to delete the
   * source.
   */
  earlier: v.optional(v.array(ArchivedVersion)),
  ...archivedFields,
  /** When the source was written, in epoch seconds. */
  modified: v.optional(v.number()),
  /** The storage class of the source, unless it is STANDARD. */
  storageClass: v.optional(v.string()),
  /**
   * In dry runs: the requests that the move would send, if it is not one copy. In every run: those
   * that restore a source. The names are operations, followed by `@` and a storage class, and by
   * `/` and a retrieval tier, if the price depends on it.
   */
  requests: v.optional(v.record(v.string(), v.number())),
});
export type LedgerLine = v.InferOutput<typeof LedgerLine>;

/**
 * A line of the ledger of a verification: an archived version that it did not find as another
 * ledger says. `skipped`: it was changed or missing, but a restore has copied it back, and the old
 * key holds it now.
 */
export const VerifiedLine = v.object({
  v: LedgerLine.entries.v,
  key: v.string(),
  ...ArchivedVersion.entries,
  status: v.picklist(['changed', 'missing', 'unproven', 'skipped']),
  code: v.optional(v.string()),
  message: v.optional(v.string()),
  /** When this was found out, in milliseconds since the start of the verification. */
  at: v.number(),
  /** The key of the part that says that the object is archived. */
  part: v.string(),
});
export type VerifiedLine = v.InferOutput<typeof VerifiedLine>;
