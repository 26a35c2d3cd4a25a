import * as v from 'valibot';
import { count, isoDate } from './common-schemas';
import { NoteCounts } from './note-payloads';
import { FILTERS } from '../checks/check-filter';

/** listed = archived + skipped + conflicting + failed. */
export const Counts = v.object({
  listed: count,
  archived: count,
  skipped: count,
  conflicting: count,
  failed: count,
});
export type Counts = v.InferOutput<typeof Counts>;

/**
 * Listed is what the ledgers say is archived: listed = restored + skipped + conflicting + failed.
 * Skipped is what the input's keys do not name, and, to the report bucket, what is not packed.
 */
export const RestoreCounts = v.object({
  listed: count,
  restored: count,
  skipped: count,
  conflicting: count,
  failed: count,
});
export type RestoreCounts = v.InferOutput<typeof RestoreCounts>;

/** How many objects a run archived or restored. */
export function countMoved(counts: Counts | RestoreCounts): number {
  return 'restored' in counts ? counts.restored : counts.archived;
}

/** Counts of a verification: listed = present + changed + missing + unproven + skipped. */
export const VerifyCounts = v.object({
  listed: count,
  present: count,
  changed: count,
  missing: count,
  /** Nothing proves that the archive holds them: their lines are missing, or do not say enough. */
  unproven: count,
  /** Changed or missing since a restore copied them back, and their old key holds them now. */
  skipped: count,
});
export type VerifyCounts = v.InferOutput<typeof VerifyCounts>;

/**
 * An object that was not archived, as alerts show it: unprintable characters are escaped, and long
 * texts are shortened.
 */
export const Problem = v.object({
  key: v.string(),
  code: v.string(),
  message: v.optional(v.string()),
});
export type Problem = v.InferOutput<typeof Problem>;

/**
 * Why the run does not select an object. `outside-prefix`: redeployed with another prefix during
 * the run. `filtered`: of the run's days, and left out by a filter.
 */
const SKIP_REASONS = [
  'outside-prefix',
  'folder-marker',
  'in-archive',
  'no-date',
  'outside-window',
  'filtered',
  'not-wanted',
] as const;
export type SkipReason = (typeof SKIP_REASONS)[number];

export const FilteredCounts = v.object(v.entriesFromList(FILTERS, v.optional(count)));
export type FilteredCounts = v.InferOutput<typeof FilteredCounts>;

/** Objects whose dates are all before the run's days, and which are still at the source. */
export const Stragglers = v.object({
  count,
  oldest: v.nullable(isoDate),
  examples: v.optional(v.array(v.object({ key: v.string(), date: isoDate }))),
});
export type Stragglers = v.InferOutput<typeof Stragglers>;

export const SkippedObjects = v.object({
  reasons: v.object(v.entriesFromList(SKIP_REASONS, v.optional(count))),
  filters: FilteredCounts,
  stragglers: Stragglers,
  /** Keys of some objects without a date: of new ones, if there are any. */
  undated: v.array(v.string()),
  /** How many objects without a date have come since the run before. */
  newUndated: v.optional(count, 0),
  /** Notes on objects that the run selected and did not archive, without a failure. */
  notes: v.optional(NoteCounts, () => ({})),
});
export type SkippedObjects = v.InferOutput<typeof SkippedObjects>;

/**
 * The part of an alert that programs read: the attributes of the SNS message. None of them may be
 * empty.
 */
export const AlertAttributes = v.object({
  archiver: v.string(),
  runId: v.string(),
  outcome: v.string(),
  layer: v.string(),
  /** AlertDetails as JSON in ASCII. */
  details: v.string(),
});
export type AlertAttributes = v.InferOutput<typeof AlertAttributes>;

export const BatchAlert = v.object({
  message: v.string(),
  attributes: AlertAttributes,
  chat: v.optional(v.string()),
});
export type BatchAlert = v.InferOutput<typeof BatchAlert>;
