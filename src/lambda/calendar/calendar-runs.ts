/**
 * The runs that the calendar knows. They may be added in any order, and a retry may add one again.
 */
import * as v from 'valibot';
import { ACTIONS } from '../../contract/actions';
import { groupBy } from '../../contract/group-by';
import { count, isoDate } from '../../contract/payloads/common-schemas';
import type { RunSummary } from '../../contract/payloads/report-payloads';
import { Action, Run } from '../../contract/payloads/run';
import { addDays } from '../../dates/calendar';
import { createDayFinder } from '../../dates/date-window';

const instant = v.pipe(v.string(), v.regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/));

export const CalendarRun = v.object({
  archiver: v.string(),
  executionArn: v.string(),
  action: Action,
  target: Run.entries.target,
  dryRun: v.boolean(),
  /** The days of the run. `null`: it failed before it knew them. */
  dates: v.nullable(v.object({ from: v.nullable(isoDate), to: isoDate })),
  startedAt: instant,
  endedAt: instant,
  day: isoDate,
  timeZone: v.string(),
  /** The last three end before a run has a report. */
  outcome: v.picklist(['CLEAN', 'PROBLEMS', 'FAILED', 'TIMED_OUT', 'ABORTED']),
  /**
   * Archived, restored or present objects, and those that are not. `null`: the run has no report.
   */
  counts: v.nullable(v.object({ done: count, notDone: count })),
  /** The name of the run's folder, `<day>/<run>`. `null`: the run has no report. */
  folder: v.nullable(v.string()),
});
export type CalendarRun = v.InferOutput<typeof CalendarRun>;

const DEFAULT_RETENTION_DAYS = 400;
/** A day of an archiver that runs every hour. The reports have all runs. */
export const MAX_RUNS_PER_DAY = 3;
/** The page is at most about a megabyte, no matter how many archivers share it. */
export const MAX_RUNS = 2_000;

/** Returns the runs with this one, the newest first, and without those that are too old. */
export function addRun(
  runs: readonly CalendarRun[],
  run: CalendarRun,
  retentionDays = DEFAULT_RETENTION_DAYS,
): CalendarRun[] {
  // The name of an execution may be used again after 90 days.
  const known = runs.find(
    (other) => other.executionArn === run.executionArn && other.day === run.day,
  );
  // ReportRun knows more than ExplainFailure, whichever comes first.
  const kept = known && known.folder !== null && run.folder === null ? known : run;
  return limit(
    [...runs.filter((other) => other !== known), kept].sort((a, b) =>
      toOrder(a) < toOrder(b) ? 1 : -1,
    ),
    retentionDays,
  );
}

/**
 * The newest run has the highest. The order of runs that started at the same time is fixed, too.
 */
const toOrder = ({ startedAt, executionArn }: CalendarRun) => `${startedAt} ${executionArn}`;

function limit(runs: readonly CalendarRun[], retentionDays: number): CalendarRun[] {
  const oldest = addDays(runs[0].day, -retentionDays);
  const days = groupBy(
    runs.filter(({ day }) => day > oldest),
    ({ day, archiver }) => `${day} ${archiver}`,
  );
  const kept = new Set(
    [...days.values()].flatMap((day) =>
      [...day].sort((a, b) => rank(b, day) - rank(a, day)).slice(0, MAX_RUNS_PER_DAY),
    ),
  );
  return runs.filter((run) => kept.has(run)).slice(0, MAX_RUNS);
}

/**
 * Ranks what a reader needs most of a day: the last run for the same days rather than an earlier
 * one, and problems rather than none.
 */
function rank(run: CalendarRun, sameDay: readonly CalendarRun[]): number {
  if (run.dryRun) {
    return -1;
  }
  const isLast = findLast(run, sameDay) === run;
  return (isLast ? 4 : 0) + severity(run);
}

/**
 * Returns the last run that did the same for the same days, because repeating a run settles it. The
 * newest run is the first.
 */
export function findLast(run: CalendarRun, runs: readonly CalendarRun[]): CalendarRun {
  return (run.dates && runs.find((other) => doesSame(other, run))) ?? run;
}

function doesSame(a: CalendarRun, b: CalendarRun): boolean {
  return (
    a.archiver === b.archiver &&
    a.action === b.action &&
    a.dryRun === b.dryRun &&
    a.dates !== null &&
    b.dates !== null &&
    a.dates.from === b.dates.from &&
    a.dates.to === b.dates.to
  );
}

/** 0: all is well. 1: incomplete. 2: failed. */
export function severity({ outcome }: CalendarRun): 0 | 1 | 2 {
  if (outcome === 'CLEAN') {
    return 0;
  }
  return outcome === 'PROBLEMS' ? 1 : 2;
}

export interface ExecutionFacts extends Pick<
  CalendarRun,
  'archiver' | 'timeZone' | 'executionArn'
> {
  readonly startedAt: Date;
  readonly endedAt: Date;
}

type CalendarFacts = Pick<CalendarRun, 'action' | 'target' | 'dryRun' | 'dates' | 'outcome'> & {
  readonly [name in 'counts' | 'report']: RunSummary[name] | null;
};

export function toCalendarRun(
  { startedAt, endedAt, ...execution }: ExecutionFacts,
  facts: CalendarFacts,
): CalendarRun {
  const { action, target, dryRun, dates, outcome, counts, report } = facts;
  const day = createDayFinder(execution.timeZone)(startedAt);
  const times = { startedAt: startedAt.toISOString(), endedAt: endedAt.toISOString(), day };
  const folder = report && report.key.split('/').slice(-3, -1).join('/');
  return {
    ...execution,
    ...times,
    action,
    ...(target && { target }),
    dryRun,
    dates,
    outcome,
    counts: counts && toCounts(action, counts),
    folder,
  };
}

function toCounts(
  action: CalendarRun['action'],
  counts: RunSummary['counts'],
): NonNullable<CalendarRun['counts']> {
  const { listed, skipped } = counts;
  const done = (counts as Readonly<Record<string, number>>)[ACTIONS[action].status];
  return { done, notDone: listed - done - skipped };
}
