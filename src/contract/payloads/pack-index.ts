import * as v from 'valibot';
import { count } from './common-schemas';
import { PackMember } from './ledger-line';

/** Names and values. A record of valibot's would leave out names such as `constructor`. */
const texts = v.custom<Readonly<Record<string, string>>>(
  (value) =>
    typeof value === 'object' &&
    value !== null &&
    Object.values(value).every((each) => typeof each === 'string'),
);
const text = v.optional(v.string());

/**
 * A line of the index of a pack: what S3 said of the object. Its attributes have the names of
 * src/contract/object-attributes.ts. A field is left out where S3 says nothing. docs/packing.md
 * describes it for readers.
 */
export const PackIndexLine = v.object({
  bucket: v.string(),
  key: v.string(),
  etag: v.string(),
  size: count,
  ...v.pick(PackMember, ['name', 'offset', 'sha256']).entries,
  lastModified: text,
  contentType: text,
  cacheControl: text,
  contentEncoding: text,
  contentDisposition: text,
  contentLanguage: text,
  /** Any text, as S3 has it. */
  expires: text,
  metadata: v.optional(texts),
  tags: v.optional(texts),
  storageClass: text,
  checksum: v.optional(v.object({ algorithm: v.string(), type: text, value: v.string() })),
});
export type PackIndexLine = v.InferOutput<typeof PackIndexLine>;

/** The same in the tree of all indexes, with the key and the size of the pack. */
export const PackedObject = v.object({
  ...PackIndexLine.entries,
  pack: v.string(),
  packSize: count,
});
export type PackedObject = v.InferOutput<typeof PackedObject>;
