/**
 * What travels between the states of a run. The schemas check it in the handlers; the types,
 * derived from them, are what the state machine's definition is written against.
 *
 * Only handlers import this module's values: a construct that did so would make valibot a
 * dependency of every consumer. The construct uses `import type`.
 */
import * as v from 'valibot';

const isoDate = v.pipe(v.string(), v.isoDate('is not a date like 2026-11-24'));
const count = v.pipe(v.number(), v.integer(), v.minValue(0));

/** Input to StartExecution. Every field is optional; an unknown one is refused by name. */
export const RunInput = v.strictObject({
  /** One day to archive, instead of the construct's selection. */
  date: v.optional(isoDate),
  /** First and last day to archive. */
  from: v.optional(isoDate),
  to: v.optional(isoDate),
  /** Count what the run would do and change nothing. */
  dryRun: v.optional(v.boolean()),
  maxConcurrency: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(10_000))),
  /** The instant that a schedule stands for; "yesterday" is seen from it. */
  scheduledTime: v.optional(v.string()),
});
export type RunInput = v.InferOutput<typeof RunInput>;

/** What PlanRun is invoked with. */
export const PlanRunEvent = v.object({
  /** The execution's input, still unchecked. */
  input: v.unknown(),
  /** The execution's name and its StartTime: both stay the same in a redrive. */
  runId: v.string(),
  startTime: v.string(),
});
export type PlanRunEvent = v.InferOutput<typeof PlanRunEvent>;

/** A run as PlanRun froze it. Retries, late deliveries and redrives all move these days. */
export const Run = v.object({
  id: v.string(),
  startTime: v.string(),
  /** Calendar days, both included. `from: null`: every day up to `to`. */
  from: v.nullable(isoDate),
  to: isoDate,
  dryRun: v.boolean(),
  /** Where reports of this run go: ledger, result files, report. Ends with `/`. */
  reportPrefix: v.string(),
  /** What one batch may archive a second: the run's rate divided by its concurrency. */
  objectsPerSecond: v.number(),
  /** Batches that go side by side. */
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

/** An object that was not archived, as alerts and reports name it. */
export const Problem = v.object({
  key: v.string(),
  code: v.string(),
  message: v.optional(v.string()),
});
export type Problem = v.InferOutput<typeof Problem>;

/** Dated objects older than the run's window that are still in the source. */
export const Stragglers = v.object({
  count,
  oldest: v.nullable(isoDate),
  /** A few of the oldest. */
  examples: v.optional(v.array(v.object({ key: v.string(), date: isoDate }))),
});
export type Stragglers = v.InferOutput<typeof Stragglers>;

/**
 * How far a batch has come: ArchiveBatch's answer, and its input for the next round.
 * The child workflow's output when the batch is finished.
 */
export const Progress = v.object({
  /** Index of the first item not yet dealt with. */
  cursor: count,
  finished: v.boolean(),
  /** Rounds done so far. */
  rounds: count,
  counts: Counts,
  /** Sum of the sizes of the archived objects. */
  bytes: v.number(),
  stragglers: Stragglers,
  /** The batch's first problems; the ledger has them all. */
  problems: v.array(Problem),
  /** The multipart copy that the round left open at its cursor, for the next round to go on with. */
  upload: v.nullable(v.object({ key: v.string(), uploadId: v.string(), etag: v.string() })),
});
export type Progress = v.InferOutput<typeof Progress>;

/** An item of the Distributed Map's `listObjectsV2` reader. `LastModified` in epoch seconds; the ETag with its quotes. */
export const ListedObject = v.object({
  Key: v.string(),
  Etag: v.string(),
  LastModified: v.number(),
  Size: v.number(),
  StorageClass: v.optional(v.string()),
});
export type ListedObject = v.InferOutput<typeof ListedObject>;

/** A child workflow's input, which ArchiveBatch gets as it is. */
export const BatchEvent = v.object({
  BatchInput: v.object({ run: Run, progress: Progress }),
  Items: v.array(ListedObject),
});
export type BatchEvent = v.InferOutput<typeof BatchEvent>;

/** PlanRun's answer: the input of the Distributed Map. */
export const Plan = v.object({
  run: Run,
  /** What the reader lists. */
  listing: v.object({ prefix: v.string() }),
  maxConcurrency: count,
  /** Where the ResultWriter writes; it adds `/` and the Map Run's id. */
  resultPrefix: v.string(),
  /** Each batch's first progress. */
  progress: Progress,
});
export type Plan = v.InferOutput<typeof Plan>;

/** What ReportRun is invoked with. */
export const ReportRunEvent = v.object({
  run: Run,
  /** The execution's ARN, for the commands and links of the alert. */
  executionId: v.string(),
  /** The ResultWriter's manifest. */
  results: v.object({ Bucket: v.string(), Key: v.string() }),
});
export type ReportRunEvent = v.InferOutput<typeof ReportRunEvent>;

/** What machines read of an alert: the attributes of its SNS message, none of them empty. */
export const AlertAttributes = v.object({
  archiver: v.string(),
  runId: v.string(),
  outcome: v.string(),
  layer: v.string(),
  /** JSON in ASCII: AlertDetails, and its schemaVersion. */
  details: v.string(),
});
export type AlertAttributes = v.InferOutput<typeof AlertAttributes>;

/** ReportRun's answer, and the execution's output. */
export const RunSummary = v.object({
  runId: v.string(),
  dates: v.object({ from: v.nullable(isoDate), to: isoDate }),
  dryRun: v.boolean(),
  /** CLEAN; PROBLEMS: conflicts, or failures within the tolerance; FAILED: beyond it. */
  outcome: v.picklist(['CLEAN', 'PROBLEMS', 'FAILED']),
  counts: Counts,
  bytes: v.number(),
  stragglers: Stragglers,
  report: v.object({ bucket: v.string(), key: v.string() }),
  /** The alert's subject and text; the text is the Fail state's cause, too. */
  subject: v.string(),
  message: v.string(),
  attributes: AlertAttributes,
});
export type RunSummary = v.InferOutput<typeof RunSummary>;

/** A line of the ledger: one for each object that was not skipped. */
export const LedgerLine = v.object({
  key: v.string(),
  /** Where it is now, or would have gone. */
  destination: v.string(),
  status: v.picklist(['archived', 'conflicting', 'failed']),
  /** A reason code, unless archived. */
  code: v.optional(v.string()),
  message: v.optional(v.string()),
  etag: v.string(),
  size: v.number(),
  /** When its copy, or the attempt, was over: milliseconds since the run's start. Not known of what was found out later. */
  at: v.optional(v.number()),
  /** How long that took, in milliseconds. */
  ms: v.optional(v.number()),
  /** Where it was, unless STANDARD. */
  storageClass: v.optional(v.string()),
  /** Of dry runs: when it was written, in epoch seconds, where its class has a least time. */
  modified: v.optional(v.number()),
  /** Of dry runs: what its move would ask of S3, where that is not one copy. By operation, and `@` the class that sets the price. */
  requests: v.optional(v.record(v.string(), v.number())),
});
export type LedgerLine = v.InferOutput<typeof LedgerLine>;
