import * as v from 'valibot';
import { count } from './common-schemas';
import { PackMember } from './ledger-line';

/**
 * A line of the index of a pack: what S3 said of the object. A field is left out where S3 says
 * nothing. docs/packing.md describes it for readers.
 */
export const PackIndexLine = v.object({
  bucket: v.string(),
  key: v.string(),
  etag: v.string(),
  size: count,
  ...v.pick(PackMember, ['name', 'offset', 'sha256']).entries,
  lastModified: v.optional(v.string()),
  contentType: v.optional(v.string()),
  cacheControl: v.optional(v.string()),
  contentEncoding: v.optional(v.string()),
  contentDisposition: v.optional(v.string()),
  contentLanguage: v.optional(v.string()),
  /** Any text, as S3 has it. */
  expires: v.optional(v.string()),
  metadata: v.optional(v.record(v.string(), v.string())),
  tags: v.optional(v.record(v.string(), v.string())),
  storageClass: v.optional(v.string()),
  checksum: v.optional(
    v.object({ algorithm: v.string(), type: v.optional(v.string()), value: v.string() }),
  ),
});
export type PackIndexLine = v.InferOutput<typeof PackIndexLine>;

/** The same in the tree of all indexes, with the key and the size of the pack. */
export const PackedObject = v.object({
  ...PackIndexLine.entries,
  pack: v.string(),
  packSize: count,
});
export type PackedObject = v.InferOutput<typeof PackedObject>;
