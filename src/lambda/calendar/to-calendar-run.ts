/** What the calendar says of a run, from the summary that ReportRun makes of it. */
import type { CalendarRun } from './calendar-runs';
import type { RunSummary } from '../../contract/payloads/report-payloads';
import { createDayFinder } from '../../dates/date-window';

/** The facts about an execution that a summary does not have. */
export interface ExecutionFacts {
  readonly archiver: string;
  readonly timeZone: string;
  readonly executionArn: string;
  readonly startedAt: Date;
  readonly endedAt: Date;
}

/** Returns what is the same in the entries of all runs. */
export function toExecutionFields({ archiver, timeZone, executionArn, startedAt, endedAt }: ExecutionFacts) {
  return {
    archiver,
    executionArn,
    startedAt: startedAt.toISOString(),
    endedAt: endedAt.toISOString(),
    day: createDayFinder(timeZone)(startedAt),
    timeZone,
  };
}

export function toCalendarRun(execution: ExecutionFacts, { action = 'archive', dryRun, dates, outcome, counts, report }: RunSummary): CalendarRun {
  return { ...toExecutionFields(execution), action, dryRun, dates, outcome, counts: toCounts(counts), folder: report.key.split('/').slice(-3, -1).join('/') };
}

function toCounts(counts: RunSummary['counts']): NonNullable<CalendarRun['counts']> {
  if ('present' in counts) { return { done: counts.present, notDone: counts.changed + counts.missing + counts.unproven }; }
  return { done: 'restored' in counts ? counts.restored : counts.archived, notDone: counts.conflicting + counts.failed };
}
