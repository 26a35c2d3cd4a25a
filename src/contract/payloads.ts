/**
 * The data that the states of a run pass to each other. The handlers check it with the schemas. The definition of the
 * state machine is written with the types that are derived from the schemas.
 *
 * Only handlers may import values from this module. The construct must use `import type`, because otherwise valibot
 * would become a dependency of every consumer.
 */
import * as v from 'valibot';

const isoDate = v.pipe(v.string(), v.isoDate('is not a date like 2026-11-24'));
const count = v.pipe(v.number(), v.integer(), v.minValue(0));

/** What a run does: it archives objects, or it verifies or restores what the ledgers of earlier runs say is archived. */
export const Action = v.picklist(['archive', 'verify', 'restore']);
export type Action = v.InferOutput<typeof Action>;

/** The longest key that S3 allows is 1,024 bytes. */
const MANIFEST_URI = /^s3:\/\/[A-Za-z0-9][A-Za-z0-9._-]{2,254}\/.{1,1024}$/s;

/** A list of keys that a run reads in place of a listing. */
export const Manifest = v.strictObject({
  uri: v.pipe(v.string(), v.regex(MANIFEST_URI)),
  /** Unset: the format of the manifest says it, or the keys are the same either way. */
  keyEncoding: v.optional(v.picklist(['url', 'none'])),
});
export type Manifest = v.InferOutput<typeof Manifest>;

/** The input of StartExecution. Every field is optional, and an unknown field is rejected by its name. */
export const RunInput = v.strictObject({
  /** Default: archive. */
  action: v.optional(Action),
  /** The one day to archive, or the day of the ledgers to read, instead of the construct's selection. */
  date: v.optional(isoDate),
  /** The first and the last day. */
  from: v.optional(isoDate),
  to: v.optional(isoDate),
  /** Only to verify or to restore: the name of the execution whose ledger is read, instead of days. */
  run: v.optional(v.pipe(v.string(), v.minLength(1), v.maxLength(80))),
  /** Only to verify: if true, checksums are compared, too. */
  deep: v.optional(v.boolean()),
  /** Only to restore: globs that the keys at the source match. */
  keys: v.optional(v.pipe(v.array(v.pipe(v.string(), v.minLength(1), v.maxLength(1_024))), v.minLength(1), v.maxLength(100))),
  /** Only to verify: the days, counted from the scheduled instant. A schedule sends it. */
  selection: v.optional(v.strictObject({ kind: v.picklist(['daysAgo', 'lastDays', 'olderThan']), days: v.pipe(v.number(), v.integer()) })),
  /** Only to archive: the list of the objects, in place of a listing. */
  manifest: v.optional(v.union([Manifest.entries.uri, Manifest])),
  /** If true, the run counts what it would do, and changes nothing. */
  dryRun: v.optional(v.boolean()),
  maxConcurrency: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(10_000))),
  /** The instant for which the run was scheduled. "Yesterday" is the day before it. */
  scheduledTime: v.optional(v.string()),
});
export type RunInput = v.InferOutput<typeof RunInput>;

/** The input of PlanRun. */
export const PlanRunEvent = v.object({
  /** The execution's input, not checked yet. */
  input: v.unknown(),
  /** The execution's name and StartTime. Both stay the same in a redrive. */
  runId: v.string(),
  startTime: v.string(),
  /** The execution's ARN, which no other execution has at the same time. */
  executionId: v.string(),
});
export type PlanRunEvent = v.InferOutput<typeof PlanRunEvent>;

/** A run as PlanRun fixed it. Retries, late deliveries and redrives all archive the same days. */
export const Run = v.object({
  /** The execution's name, with escapes for characters that do not print. */
  id: v.string(),
  startTime: v.string(),
  /** The scheduled instant, which days and ages are counted from. Unset: `startTime`. */
  instant: v.optional(v.string()),
  /** The first and the last calendar day. `from: null` means every day up to `to`. */
  from: v.nullable(isoDate),
  to: isoDate,
  dryRun: v.boolean(),
  /** The prefix of the run's plan, result files and report. It ends with `/`. */
  reportPrefix: v.string(),
  /** The prefix of the parts of the run's ledger. It ends with `/`. No other run writes there, and nothing else is there. */
  ledgerPrefix: v.string(),
  /** Unset in runs that began with an older definition: archive. */
  action: v.optional(Action),
  /** The list that is read in place of a listing. */
  manifest: v.optional(Manifest),
  /** The run that the input names. Its ledger is read. */
  ledgerOf: v.optional(v.string()),
  /** The fields of the input with these names. */
  deep: v.optional(v.boolean()),
  keys: v.optional(v.array(v.string())),
  /** Only of a restore: the execution that holds the lock. */
  executionArn: v.optional(v.string()),
  /** How many objects one batch may archive in a second: the run's rate divided by its concurrency. */
  objectsPerSecond: v.number(),
  /** How many batches run at the same time. */
  maxConcurrency: v.optional(count),
});
export type Run = v.InferOutput<typeof Run>;

/** listed = archived + skipped + conflicting + failed. */
export const Counts = v.object({
  listed: count,
  archived: count,
  skipped: count,
  conflicting: count,
  failed: count,
});
export type Counts = v.InferOutput<typeof Counts>;

/** Counts of a restore: listed = restored + skipped + conflicting + failed. */
export const RestoreCounts = v.object({
  /** The objects that the ledgers say are archived. */
  listed: count,
  restored: count,
  /** The input's keys do not name them. */
  skipped: count,
  conflicting: count,
  failed: count,
});
export type RestoreCounts = v.InferOutput<typeof RestoreCounts>;

/** Counts of a verification: listed = present + changed + missing + skipped. */
export const VerifyCounts = v.object({
  /** The objects that the ledgers say are archived. */
  listed: count,
  present: count,
  changed: count,
  missing: count,
  /** Changed or missing since a restore took them back, or since a later run archived them again. */
  skipped: count,
});
export type VerifyCounts = v.InferOutput<typeof VerifyCounts>;

/** An object that was not archived, as alerts show it: unprintable characters are escaped, and long texts are shortened. */
export const Problem = v.object({
  key: v.string(),
  code: v.string(),
  message: v.optional(v.string()),
});
export type Problem = v.InferOutput<typeof Problem>;

/** The number of objects of the run's days that each filter left out. They are skipped. */
export const FilteredCounts = v.object({
  include: v.optional(count),
  exclude: v.optional(count),
  minSize: v.optional(count),
  maxSize: v.optional(count),
  minAge: v.optional(count),
});
export type FilteredCounts = v.InferOutput<typeof FilteredCounts>;

/** Objects whose dates are all before the run's days, and which are still at the source. */
export const Stragglers = v.object({
  count,
  oldest: v.nullable(isoDate),
  /** Some of the oldest. Keys are as alerts show them. */
  examples: v.optional(v.array(v.object({ key: v.string(), date: isoDate }))),
});
export type Stragglers = v.InferOutput<typeof Stragglers>;

/** The part of an alert that programs read: the attributes of the SNS message. None of them may be empty. */
export const AlertAttributes = v.object({
  archiver: v.string(),
  runId: v.string(),
  outcome: v.string(),
  layer: v.string(),
  /** AlertDetails as JSON in ASCII. */
  details: v.string(),
});
export type AlertAttributes = v.InferOutput<typeof AlertAttributes>;

/** The alert about one batch. */
export const BatchAlert = v.object({
  message: v.string(),
  attributes: AlertAttributes,
  /** The same for the chat topic. Unset: there is none. */
  chat: v.optional(v.string()),
});
export type BatchAlert = v.InferOutput<typeof BatchAlert>;

/** A part of the ledger as a batch wrote it last: the name below the run's `ledgerPrefix`, the ETag, and the number of lines. */
export const LedgerPartRef = v.object({ name: v.string(), etag: v.string(), lines: count });
export type LedgerPartRef = v.InferOutput<typeof LedgerPartRef>;

/**
 * What the report of a run needs to know of the ledger of one batch, so that ReportRun need not read it. It is true as
 * long as the ledger of the batch has exactly these parts.
 */
export const BatchDigest = v.object({
  parts: v.array(LedgerPartRef),
  /** The number of requests that the copies needed. */
  copies: count,
  /** How many objects were found in the archive instead. Unset: none. */
  found: v.optional(count),
  /** When the first object was begun and the last one ended, in milliseconds since the run's start. */
  span: v.nullable(v.tuple([v.number(), v.number()])),
  /** The number of objects in intervals of `width` milliseconds, from the interval `first` on. */
  timeline: v.object({ width: v.number(), first: count, archived: v.array(count), notArchived: v.array(count) }),
  /** By the index of the size class: the number of archived objects, and their bytes. */
  sizes: v.array(v.tuple([count, count, v.number()])),
  /** By storage class at the source: the number of archived objects, and their bytes. */
  classes: v.record(v.string(), v.tuple([count, v.number()])),
  /** The longest times of single objects, in milliseconds. */
  slowest: v.array(v.number()),
  reasons: v.array(v.object({ status: v.picklist(['conflicting', 'failed']), code: v.string(), count })),
});
export type BatchDigest = v.InferOutput<typeof BatchDigest>;

/**
 * How much of a batch is done. ArchiveBatch returns it, and gets it as input of the next round.
 * When the batch is finished, it is the output of the child workflow.
 */
export const Progress = v.object({
  /** The index of the first item that is not processed yet. */
  cursor: count,
  finished: v.boolean(),
  /** The number of rounds so far. */
  rounds: count,
  counts: Counts,
  /** The sum of the sizes of the archived objects. */
  bytes: v.number(),
  stragglers: Stragglers,
  /** Unset, or `null`: no filter left an object out. */
  filtered: v.optional(v.nullable(FilteredCounts)),
  /** The first problems of the batch. The ledger has all of them. */
  problems: v.array(Problem),
  /** The multipart copy that the round left open at its cursor. The next round continues it. */
  upload: v.nullable(v.object({ key: v.string(), uploadId: v.string(), etag: v.string() })),
  /** Unset, or `null`: only the parts of the ledger know. So it is in a dry run, and after another attempt at the batch. */
  digest: v.optional(v.nullable(BatchDigest)),
  /** What `AlertMode.PER_BATCH` publishes about the finished batch; `null` if there is nothing to publish. */
  alert: v.optional(v.nullable(BatchAlert)),
});
export type Progress = v.InferOutput<typeof Progress>;

/** How much of a PartsItem is verified. VerifyBatch returns it, and gets it as input of the next round. */
export const VerifyProgress = v.object({
  /** The index of the first object that is not verified yet, in the order of the keys. */
  cursor: count,
  finished: v.boolean(),
  rounds: count,
  /** Nothing is skipped yet: only ReportRun knows all ledgers. */
  counts: VerifyCounts,
  /** The sum of the sizes of the objects that are present. */
  bytes: v.number(),
  /** The requests to S3, by operation. In a dry run: those that the verification would send. */
  requests: v.record(v.string(), v.number()),
  /** How long all rounds took. In a dry run: would take. */
  milliseconds: v.number(),
});
export type VerifyProgress = v.InferOutput<typeof VerifyProgress>;

/**
 * An item of the Distributed Map's `listObjectsV2` reader. `LastModified` is in epoch seconds, and the ETag has its
 * quotes.
 */
export const ListedObject = v.object({
  Key: v.pipe(v.string(), v.minLength(1)),
  // `*`, or a list, would make the conditions of a copy and of a delete match any version (RFC 9110, section 13.1.1).
  Etag: v.pipe(v.string(), v.regex(/^"?[\x21\x23-\x29\x2b\x2d-\x7e]+"?$/, 'the ETag of an item does not name one version')),
  /** A manifest may leave it out. */
  LastModified: v.optional(v.number()),
  Size: v.number(),
  StorageClass: v.optional(v.string()),
  /** The day, and the hour if the layout has it, in place of the dates in the key. Only a manifest states it. */
  Date: v.optional(v.pipe(v.string(), v.regex(/^\d{4}-\d\d-\d\d(T\d\d)?$/))),
});
export type ListedObject = v.InferOutput<typeof ListedObject>;

/** A version of a part of a ledger. */
export const PartVersion = v.object({ key: v.string(), etag: v.string(), size: count });
export type PartVersion = v.InferOutput<typeof PartVersion>;

/**
 * An item of a map that reads ledgers, and a line of the file that lists them: all parts of one batch, or of several. Only
 * all parts of a batch together say what counts, because a part may have a younger line about an object of another one.
 */
export const PartsItem = v.object({ parts: v.array(PartVersion) });
export type PartsItem = v.InferOutput<typeof PartsItem>;

/** The input of a child workflow of VerifyObjects. */
export const VerifyEvent = v.object({
  ...PartsItem.entries,
  BatchInput: v.object({ run: Run, progress: VerifyProgress }),
});
export type VerifyEvent = v.InferOutput<typeof VerifyEvent>;

/** The objects of a batch. */
export const BatchItems = v.pipe(
  v.array(ListedObject),
  v.check((items) => new Set(items.map(({ Key }) => Key)).size === items.length, 'the items of a batch have the same key twice'),
);

/** The input of a child workflow, as ArchiveBatch gets it. */
export const BatchEvent = v.object({
  BatchInput: v.object({ run: Run, progress: Progress }),
  Items: BatchItems,
  /** The child workflow's ARN. Unset in runs that began with an older definition. */
  batchArn: v.optional(v.string()),
});
export type BatchEvent = v.InferOutput<typeof BatchEvent>;

/**
 * A file of the plan with the objects of one batch, and a line of the file that the map reads. Its name is the SHA-256 of its
 * content.
 */
export const PlannedPart = v.object({ name: v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/)), objects: count });
export type PlannedPart = v.InferOutput<typeof PlannedPart>;

/** The input of a child workflow whose objects ListObjects has selected. */
export const PlannedBatchEvent = v.object({
  BatchInput: BatchEvent.entries.BatchInput,
  part: PlannedPart,
  batchArn: BatchEvent.entries.batchArn,
  /**
   * How often the state was retried, if a round that leaves objects is to throw BATCH_UNFINISHED. Unset: the progress is returned,
   * and a Choice decides.
   */
  retries: v.optional(count),
});
export type PlannedBatchEvent = v.InferOutput<typeof PlannedBatchEvent>;

/** How much of the source is listed. ListObjects returns it, and gets it as input of the next round. */
export const ListingProgress = v.object({
  finished: v.boolean(),
  rounds: count,
  /** The name of the file that says where the next round begins, and what the earlier ones planned. */
  checkpoint: v.nullable(v.string()),
  /** The key of the file that the map reads. Each of its lines is a PlannedPart. */
  partsKey: v.nullable(v.string()),
  parts: count,
  listed: count,
  selected: count,
  stragglers: Stragglers,
  /** The objects of the run's days that its filter leaves out. */
  filtered: v.optional(v.nullable(FilteredCounts)),
  /** The number of requests that list. */
  requests: count,
  /** How long all rounds took. */
  milliseconds: v.number(),
  /** Only of a manifest. */
  manifest: v.optional(v.object({
    /** The number of lines whose key an earlier line has, and of objects that are not at the source. They are skipped. */
    repeated: count,
    gone: count,
    /** The requests besides those for the plan itself, by operation. */
    requests: v.record(v.string(), v.number()),
  })),
});
export type ListingProgress = v.InferOutput<typeof ListingProgress>;

/** The prefix of the keys that a run lists. Without a progress, nothing is listed yet, or the map lists. */
export const RunListing = v.object({ prefix: v.string(), progress: v.optional(ListingProgress) });
export type RunListing = v.InferOutput<typeof RunListing>;

/** The input of ListObjects. Its output is the listing. */
export const ListObjectsEvent = v.object({ run: Run, listing: RunListing });
export type ListObjectsEvent = v.InferOutput<typeof ListObjectsEvent>;

/** The input of a child workflow of RestoreObjects. */
export const RestoreEvent = v.object({
  ...PartsItem.entries,
  BatchInput: v.object({ run: Run, progress: Progress }),
});
export type RestoreEvent = v.InferOutput<typeof RestoreEvent>;

/** The output of PlanRun, which is the input of the Distributed Map. */
export const Plan = v.object({
  run: Run,
  listing: RunListing,
  /** The key of the file whose lines VerifyObjects or RestoreObjects reads. Each is a PartsItem. */
  partsKey: v.optional(v.string()),
  maxConcurrency: count,
  /** Where the ResultWriter writes. It appends `/` and the Map Run's id. */
  resultPrefix: v.string(),
  /** The progress of each batch before its first round. */
  progress: v.union([Progress, VerifyProgress]),
});
export type Plan = v.InferOutput<typeof Plan>;

/** The input of ReportRun. */
export const ReportRunEvent = v.object({
  run: Run,
  /** The execution's ARN, for the commands and the links in the alert. */
  executionId: v.string(),
  /**
   * The output of the Distributed Map, as a whole: a path to the manifest would fail the run if the map wrote none.
   * AWS does not document whether it writes one for an empty listing.
   */
  map: v.object({ ResultWriterDetails: v.optional(v.object({ Bucket: v.string(), Key: v.string() })) }),
  /** Unset if no function lists. */
  listing: v.optional(RunListing),
});
export type ReportRunEvent = v.InferOutput<typeof ReportRunEvent>;

/** The output of ReportRun, which is the output of the execution. */
export const RunSummary = v.object({
  runId: v.string(),
  /** Unset in runs that began with an older version: archive. */
  action: v.optional(Action),
  dates: v.object({ from: v.nullable(isoDate), to: isoDate }),
  dryRun: v.boolean(),
  /**
   * PROBLEMS: there were conflicts, or failures within the tolerance. FAILED: there were more failures than that, or a
   * verification found archived objects that are changed or missing.
   */
  outcome: v.picklist(['CLEAN', 'PROBLEMS', 'FAILED']),
  counts: v.union([Counts, VerifyCounts, RestoreCounts]),
  bytes: v.number(),
  stragglers: Stragglers,
  report: v.object({ bucket: v.string(), key: v.string() }),
  /** The subject and the text of the alert. The text is also the cause of the Fail state. */
  subject: v.string(),
  message: v.string(),
  attributes: AlertAttributes,
  /** The same alert for the chat topic. Unset: there is none. */
  chat: v.optional(v.string()),
});
export type RunSummary = v.InferOutput<typeof RunSummary>;

/**
 * What S3 says of an archived object and of its source, where it says so: the answers to the copy and to the delete, or
 * HeadObject of an object that was archived already. Nothing of this can be had later but by a request per object.
 */
const archivedFields = {
  /** The ETag in the archive. It differs from the source's after a multipart copy, and with keys of KMS. */
  archivedEtag: v.optional(v.string()),
  /** The checksum of the archived object, in Base64, and its kind. A composite one is a checksum of checksums of parts. */
  checksumAlgorithm: v.optional(v.picklist(['CRC64NVME', 'CRC32', 'CRC32C', 'SHA1', 'SHA256', 'SHA512', 'MD5', 'XXHASH64', 'XXHASH3', 'XXHASH128'])),
  checksum: v.optional(v.string()),
  checksumType: v.optional(v.picklist(['FULL_OBJECT', 'COMPOSITE'])),
  /** The versions in buckets with versioning: of the source that was copied, of its copy, and of the source's delete marker. */
  sourceVersionId: v.optional(v.string()),
  archivedVersionId: v.optional(v.string()),
  deleteMarkerVersionId: v.optional(v.string()),
};
const ArchivedFacts = v.object(archivedFields);
export type ArchivedFacts = v.InferOutput<typeof ArchivedFacts>;
export const ARCHIVED_FIELDS = Object.keys(archivedFields) as (keyof ArchivedFacts)[];

/** A version of an object in the archive. */
export const ArchivedVersion = v.object({
  destination: v.string(),
  etag: v.string(),
  size: v.number(),
  /** The day that names the folder. */
  day: isoDate,
  ...archivedFields,
});
export type ArchivedVersion = v.InferOutput<typeof ArchivedVersion>;

/**
 * A line of the ledger: what the run knows of one object. Each object that was not skipped has one. If two parts
 * have one, because a round was repeated, the one with the greater `at` counts. docs/ledger.schema.json describes it for
 * readers. A field that is not known is left out.
 */
export const LedgerLine = v.object({
  /** The version of the format. A change that could break a reader raises it. */
  v: v.literal(2),
  /** The key at the source. */
  key: v.string(),
  /** The key at the destination, or the key that it would have had there. */
  destination: v.string(),
  /**
   * `archived`: the destination holds the object, and its source is deleted, unless it is `kept`. The line is written just
   * before the delete, and again if the delete turned out otherwise.
   */
  status: v.picklist(['archived', 'restored', 'conflicting', 'failed']),
  /** The object was copied, and nothing was deleted where it came from: at its source or, in a restore, in the archive. */
  kept: v.optional(v.literal(true)),
  /** Only with `kept`: the archive held the object already, so that nothing was copied. */
  found: v.optional(v.literal(true)),
  /** A reason code, if the object was not archived. */
  code: v.optional(v.string()),
  message: v.optional(v.string()),
  /** Of the source. */
  etag: v.string(),
  size: v.number(),
  /** The object's own day, which names its folder in the archive. */
  day: isoDate,
  /** When this was known, in milliseconds since the run's start: when the copy or the failed attempt ended, or later. */
  at: v.number(),
  /** How long the copy or the attempt took, in milliseconds. Unset if it was found out without one. */
  ms: v.optional(v.number()),
  /**
   * Other versions that this run wrote as archived before. The source may have been written again after that, or the
   * attempt that wrote it may have been given up when it was about to delete the source.
   */
  earlier: v.optional(v.array(ArchivedVersion)),
  ...archivedFields,
  /** When the source was written, in epoch seconds. */
  modified: v.optional(v.number()),
  /** The storage class of the source, unless it is STANDARD. */
  storageClass: v.optional(v.string()),
  /**
   * Only in dry runs: the requests that the move would send, if it is not one copy. The names are operations, followed
   * by `@` and a storage class if the price depends on it.
   */
  requests: v.optional(v.record(v.string(), v.number())),
});
export type LedgerLine = v.InferOutput<typeof LedgerLine>;

/**
 * A line of the ledger of a verification: an archived object that it did not find as another ledger says. `skipped`: it was
 * not, but a restore has taken it back, or a later run has archived it again.
 */
export const VerifiedLine = v.object({
  ...v.omit(LedgerLine, ['earlier', 'ms', 'requests']).entries,
  status: v.picklist(['changed', 'missing', 'skipped']),
  /** The key of the part that says that the object is archived, and when that part was written, in epoch seconds. */
  part: v.string(),
  written: v.number(),
});
export type VerifiedLine = v.InferOutput<typeof VerifiedLine>;
