import * as v from 'valibot';
import { MapOutput, PAYLOADS } from './batch-payloads';
import { count, isoDate } from './common-schemas';
import { RunListing } from './listing';
import { NoteCounts } from './note-payloads';
import { AlertAttributes, Stragglers } from './outcomes';
import { Action, Run } from './run';

export const ReportRunEvent = v.object({
  run: Run,
  executionId: v.string(),
  map: MapOutput,
  listing: v.optional(RunListing),
  /**
   * The whole input of the state, which FinishBatches needs, too. Unset: a batch ends when nothing
   * is left.
   */
  plan: v.optional(v.looseObject({ finish: MapOutput, outcome: v.optional(v.string()) })),
});
export type ReportRunEvent = v.InferOutput<typeof ReportRunEvent>;

/** In place of a summary: the input of FinishBatches, after which ReportRun is invoked again. */
export interface UnfinishedRun {
  readonly outcome: 'UNFINISHED';
  /** The key of the file whose lines are the parts with remaining objects. */
  readonly partsKey: string;
  readonly [field: string]: unknown;
}

/** The output of ReportRun, which is the output of the execution. */
export const RunSummary = v.object({
  runId: v.string(),
  action: Action,
  target: Run.entries.target,
  dates: v.object({ from: v.nullable(isoDate), to: isoDate }),
  dryRun: v.boolean(),
  /**
   * PROBLEMS: conflicts, tolerated failures, unproven objects, or a note that needs attention.
   * FAILED: more failures, or a verification found changed or missing objects.
   */
  outcome: v.picklist(['CLEAN', 'PROBLEMS', 'FAILED']),
  counts: v.union(Object.values(PAYLOADS).map(({ counts }) => counts)),
  bytes: v.number(),
  stragglers: Stragglers,
  undated: v.optional(count),
  /** Some of them, for what people read. */
  undatedKeys: v.optional(v.pipe(v.array(v.string()), v.readonly())),
  /** Unset: there is nothing to tell besides the counts. */
  notes: v.optional(NoteCounts),
  report: v.object({ bucket: v.string(), key: v.string() }),
  /** The subject and the text of the alert. The text is also the cause of the Fail state. */
  subject: v.string(),
  message: v.string(),
  /** The text that a later message quotes if this message cannot be sent. Unset: all is well. */
  quote: v.optional(v.string()),
  attributes: AlertAttributes,
  chat: v.optional(v.string()),
});
export type RunSummary = v.InferOutput<typeof RunSummary>;
