import * as v from 'valibot';
import { count } from './common-schemas';
import { SkippedObjects } from './outcomes';
import { Run } from './run';

/**
 * An item of the Distributed Map's `listObjectsV2` reader. `LastModified` is in epoch seconds, and
 * the ETag has its quotes.
 */
export const ListedObject = v.object({
  Key: v.pipe(v.string(), v.minLength(1)),
  // `*`, or a list, would make the conditions of a copy and of a delete match any version (RFC
  // 9110, section 13.1.1).
  Etag: v.pipe(
    v.string(),
    v.regex(/^"?[\x21\x23-\x29\x2b\x2d-\x7e]+"?$/, 'the ETag of an item does not name one version'),
  ),
  /** A manifest may leave it out. */
  LastModified: v.optional(v.number()),
  Size: v.number(),
  StorageClass: v.optional(v.string()),
  /**
   * Until when an object in Glacier can be read, in epoch seconds. `ongoing`: S3 restores it now.
   * Only a function that lists knows it.
   */
  RestoredUntil: v.optional(v.union([v.number(), v.literal('ongoing')])),
  /**
   * The day, and the hour if the layout has it, in place of the dates in the key. Only a manifest
   * states it.
   */
  Date: v.optional(v.pipe(v.string(), v.regex(/^\d{4}-\d\d-\d\d(T\d\d)?$/))),
  /**
   * The number of its pack among those of its batch, which come one after the other. Unset: it is
   * moved. Only a plan states it.
   */
  Pack: v.optional(count),
});
export type ListedObject = v.InferOutput<typeof ListedObject>;

export const BatchItems = v.pipe(
  v.array(ListedObject),
  v.check(
    (items) => new Set(items.map(({ Key }) => Key)).size === items.length,
    'the items of a batch have the same key twice',
  ),
);

/**
 * A file of the plan with the objects of one batch, and a line of the file that the map reads. Its
 * name is its content's SHA-256.
 */
export const PlannedPart = v.object({
  name: v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/)),
  objects: count,
});
export type PlannedPart = v.InferOutput<typeof PlannedPart>;

/**
 * How much of the source is listed. ListObjects returns it, and gets it as input of the next round.
 */
export const ListingProgress = v.object({
  finished: v.boolean(),
  rounds: count,
  /**
   * The name of the file that says where the next round begins, and what the earlier ones planned.
   */
  checkpoint: v.nullable(v.string()),
  /** The key of the file that the map reads. Each of its lines is a PlannedPart. */
  partsKey: v.nullable(v.string()),
  parts: count,
  listed: count,
  selected: count,
  skipped: SkippedObjects,
  requests: count,
  milliseconds: v.number(),
  manifest: v.optional(
    v.object({
      /**
       * The number of lines whose key an earlier line has, and of objects that are not at the
       * source. They are skipped.
       */
      repeated: count,
      gone: count,
      /** The requests besides those for the plan itself, by operation. */
      requests: v.record(v.string(), v.number()),
    }),
  ),
});
export type ListingProgress = v.InferOutput<typeof ListingProgress>;

/**
 * The prefix of the keys that a run lists. Without a progress, nothing is listed yet, or the map
 * lists.
 */
export const RunListing = v.object({ prefix: v.string(), progress: v.optional(ListingProgress) });
export type RunListing = v.InferOutput<typeof RunListing>;

export const ListObjectsEvent = v.object({ run: Run, listing: RunListing });
export type ListObjectsEvent = v.InferOutput<typeof ListObjectsEvent>;
