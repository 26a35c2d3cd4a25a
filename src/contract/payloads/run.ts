import * as v from 'valibot';
import { count, isoDate } from './common-schemas';
import { ACTION_NAMES, type ActionField } from '../actions';

export const Action = v.picklist(ACTION_NAMES);
export type Action = v.InferOutput<typeof Action>;

const MANIFEST_URI = /^s3:\/\/[A-Za-z0-9][A-Za-z0-9._-]{2,254}\/.{1,1024}$/s;

export const Manifest = v.strictObject({
  uri: v.pipe(v.string(), v.regex(MANIFEST_URI)),
  /** Unset: the format of the manifest says it, or the keys are the same either way. */
  keyEncoding: v.optional(v.picklist(['url', 'none'])),
});
export type Manifest = v.InferOutput<typeof Manifest>;

/** Fields that not all actions have. The compiler asks for those of a new action. */
const OWN_FIELDS = {
  /** Only to verify or to restore: the name of the execution whose ledger is read, not days. */
  run: v.optional(v.pipe(v.string(), v.minLength(1), v.maxLength(80))),
  /** Only to verify: if true, checksums are compared, too. */
  deep: v.optional(v.boolean()),
  /** Only to restore: globs that the keys at the source match. */
  keys: v.optional(
    v.pipe(
      v.array(v.pipe(v.string(), v.minLength(1), v.maxLength(1_024))),
      v.minLength(1),
      v.maxLength(100),
    ),
  ),
  /**
   * Only to restore: where objects go. The default is their old keys at the source. In the report
   * bucket, the run has a folder for what it copies out of packs.
   */
  target: v.optional(v.picklist(['source', 'reports'])),
  /**
   * Only to restore to the reports: what says which objects are archived. The default is ledgers,
   * which expire. The indexes of packs stay as long as the packs.
   */
  lines: v.optional(v.picklist(['ledgers', 'packs'])),
  /** Only to verify: the days, counted from the scheduled instant. A schedule sends it. */
  selection: v.optional(
    v.strictObject({
      kind: v.picklist(['daysAgo', 'lastDays', 'olderThan']),
      days: v.pipe(v.number(), v.integer()),
    }),
  ),
  /** Only to archive: the list of the objects, in place of a listing. */
  manifest: v.optional(v.union([Manifest.entries.uri, Manifest])),
  /** The instant for which the run was scheduled. "Yesterday" is the day before it. */
  scheduledTime: v.optional(v.string()),
} satisfies { readonly [field in ActionField]: v.GenericSchema };

/**
 * The input of StartExecution. Every field is optional, and an unknown field is rejected by its
 * name.
 */
export const RunInput = v.strictObject({
  action: v.optional(Action),
  /**
   * The one day to archive, or the day of the ledgers to read, instead of the construct's
   * selection.
   */
  date: v.optional(isoDate),
  from: v.optional(isoDate),
  to: v.optional(isoDate),
  ...OWN_FIELDS,
  /** If true, the run counts what it would do, and changes nothing. */
  dryRun: v.optional(v.boolean()),
  maxConcurrency: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(10_000))),
});
export type RunInput = v.InferOutput<typeof RunInput>;

export const PlanRunEvent = v.object({
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
  /**
   * The start of the run before that has a report. Unset: there is none, or nothing is compared
   * with it, as in a dry run.
   */
  previousStart: v.optional(v.string()),
  /** The first and the last calendar day. `from: null` means every day up to `to`. */
  from: v.nullable(isoDate),
  to: isoDate,
  dryRun: v.boolean(),
  /** The prefix of the run's plan, result files and report. It ends with `/`. */
  reportPrefix: v.string(),
  /**
   * The prefix of the parts of the run's ledger. It ends with `/`. No other run writes there, and
   * nothing else is there.
   */
  ledgerPrefix: v.string(),
  action: Action,
  manifest: v.optional(Manifest),
  /** The input named the days, so a user wants these objects. Unset: the selection named them. */
  namesDays: v.optional(v.literal(true)),
  ledgerOf: v.optional(v.string()),
  deep: v.optional(v.boolean()),
  keys: v.optional(v.array(v.string())),
  /** Unset: the target of the action. */
  target: v.optional(v.literal('reports')),
  /** Unset: ledgers. */
  lines: v.optional(v.literal('packs')),
  /**
   * How many objects one batch may archive in a second: the run's rate divided by its concurrency.
   */
  objectsPerSecond: v.number(),
  maxConcurrency: v.optional(count),
});
export type Run = v.InferOutput<typeof Run>;
