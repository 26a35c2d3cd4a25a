import * as v from 'valibot';
import { count, isoDate } from './common-schemas';
import { BatchDigest } from './ledger-line';
import { BatchItems, PlannedPart, RunListing } from './listing';
import {
  BatchAlert,
  Counts,
  Problem,
  RestoreCounts,
  SkippedObjects,
  VerifyCounts,
} from './outcomes';
import { type Action, Run } from './run';

/** Requests to S3, by names such as `CopyObject` or `CopyObject@GLACIER_IR`, as they are priced. */
const Requests = v.record(v.string(), v.number());

/**
 * How much of a batch is done. ArchiveBatch returns it, and gets it as input of the next round. At
 * the end, it is the child's output.
 */
export const Progress = v.object({
  cursor: count,
  finished: v.boolean(),
  rounds: count,
  counts: Counts,
  bytes: v.number(),
  skipped: SkippedObjects,
  /** The first problems of the batch. The ledger has all of them. */
  problems: v.array(Problem),
  /** The multipart copy that the round left open at its cursor. The next round continues it. */
  upload: v.nullable(v.object({ key: v.string(), uploadId: v.string(), etag: v.string() })),
  /**
   * Unset, or `null`: only the parts of the ledger know. So it is in a dry run, and after another
   * attempt at the batch.
   */
  digest: v.optional(v.nullable(BatchDigest)),
  /** The message about the finished batch with `AlertMode.PER_BATCH`; `null` if there is none. */
  alert: v.optional(v.nullable(BatchAlert)),
  /**
   * The part of a child that ends although objects remain. FinishBatches processes the rest.
   * `null`: none remain. Unset: the child ends only when none remain.
   */
  remaining: v.optional(v.nullable(PlannedPart)),
  /**
   * What the invocations of the child sent that S3 answered. The child that goes on with the batch
   * begins anew. Unset: it is not known.
   */
  requests: v.optional(Requests),
});
export type Progress = v.InferOutput<typeof Progress>;

/**
 * How much of a PartsItem is verified. VerifyBatch returns it, and gets it as input of the next
 * round.
 */
export const VerifyProgress = v.object({
  cursor: count,
  finished: v.boolean(),
  rounds: count,
  /** Nothing is skipped yet: only ReportRun knows all ledgers. */
  counts: VerifyCounts,
  bytes: v.number(),
  /**
   * The requests to S3, as they are priced. In a dry run: those that the verification would send.
   */
  requests: Requests,
  /** By storage class: the bytes that were read from the archive. In a dry run: would be read. */
  retrieved: v.record(v.string(), v.number()),
  /** How long all rounds took. In a dry run: would take. */
  milliseconds: v.number(),
  /** The present versions that may be in the ledger of another run, too (seen-versions.ts). */
  seen: v.string(),
});
export type VerifyProgress = v.InferOutput<typeof VerifyProgress>;

/** What the children of a map return, and what the report of a run counts. */
export const PAYLOADS = {
  archive: { progress: Progress, counts: Counts },
  verify: { progress: VerifyProgress, counts: VerifyCounts },
  restore: { progress: Progress, counts: RestoreCounts },
} as const satisfies {
  readonly [action in Action]: {
    readonly progress: v.GenericSchema;
    readonly counts: v.GenericSchema;
  };
};

/**
 * The output of a Distributed Map as a whole: a path to the manifest would fail the run if there is
 * none, which may be so for an empty listing.
 */
export const MapOutput = v.object({
  ResultWriterDetails: v.optional(v.object({ Bucket: v.string(), Key: v.string() })),
});
export type MapOutput = v.InferOutput<typeof MapOutput>;

/** The output of PlanRun, which is the input of the Distributed Map. */
export const Plan = v.object({
  run: Run,
  listing: RunListing,
  /**
   * The key of the file whose lines the map reads: each is a PartsItem for VerifyObjects and
   * RestoreObjects, and a PlannedPart for FinishBatches.
   */
  partsKey: v.optional(v.string()),
  maxConcurrency: count,
  /** Where the ResultWriter writes. It appends `/` and the Map Run's id. */
  resultPrefix: v.string(),
  /** The output of FinishBatches. PlanRun leaves it empty. */
  finish: MapOutput,
  progress: v.union(Object.values(PAYLOADS).map(({ progress }) => progress)),
});
export type Plan = v.InferOutput<typeof Plan>;

export const PartVersion = v.object({
  key: v.string(),
  etag: v.string(),
  size: count,
  /**
   * Another run that is read may have archived the same versions, because the days of both overlap.
   */
  shared: v.optional(v.literal(true)),
  /**
   * Only where the lines are those of packs: the pack that this is the index of, and its day. If
   * there is no index, `key` is that of the pack.
   */
  pack: v.optional(v.object({ key: v.string(), day: isoDate })),
  /**
   * Only of the first part of a child: which of its versions have other content than the latest
   * version of the same key, as bits in Base64.
   */
  replaced: v.optional(v.string()),
  /** The same for versions that have the content of the latest one. */
  repeated: v.optional(v.string()),
});
export type PartVersion = v.InferOutput<typeof PartVersion>;

/**
 * A line of the file that lists ledgers, and the item of a map: all parts of a batch, because each
 * may have the younger line about an object.
 */
export const PartsItem = v.object({ parts: v.array(PartVersion) });
export type PartsItem = v.InferOutput<typeof PartsItem>;

export const VerifyEvent = v.object({
  ...PartsItem.entries,
  BatchInput: v.object({ run: Run, progress: VerifyProgress }),
});
export type VerifyEvent = v.InferOutput<typeof VerifyEvent>;

const BatchInput = v.object({ run: Run, progress: Progress });

export const RestoreEvent = v.object({ ...PartsItem.entries, BatchInput });
export type RestoreEvent = v.InferOutput<typeof RestoreEvent>;

export const BatchEvent = v.object({
  BatchInput,
  Items: BatchItems,
  batchArn: v.optional(v.string()),
  /**
   * If a round leaves objects, one file has its progress, another one the objects, and the child
   * ends. Unset: the state has them.
   */
  progressFile: v.optional(v.literal('write')),
});
export type BatchEvent = v.InferOutput<typeof BatchEvent>;

export const PlannedBatchEvent = v.object({
  BatchInput,
  part: PlannedPart,
  batchArn: BatchEvent.entries.batchArn,
  /**
   * Where the progress of a round that leaves objects is kept. `write`: in a file, and the child
   * ends. `read`: the child begins with that file. Unset, or in later rounds: in the state.
   */
  progressFile: v.optional(v.picklist(['write', 'read'])),
});
export type PlannedBatchEvent = v.InferOutput<typeof PlannedBatchEvent>;
