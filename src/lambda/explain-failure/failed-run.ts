import { getTask, readInput } from './diagnosis';
import type { FailureFacts } from './failure-facts';
import { toOutcome } from './failure-message';
import { type CalendarRun, type ExecutionFacts, toCalendarRun } from '../calendar/calendar-runs';

/** @param now in epoch milliseconds, for the times that the event does not have */
export function toFailedRun(
  { archiver, timeZone }: Pick<ExecutionFacts, 'archiver' | 'timeZone'>,
  facts: FailureFacts,
  now: number,
): CalendarRun {
  const { change, history } = facts;
  const execution = {
    archiver,
    timeZone,
    executionArn: change.executionArn,
    startedAt: new Date(change.startDate ?? now),
    endedAt: new Date(change.stopDate ?? now),
  };
  // ReportRun has written the report, and may have failed to add the run to the calendar.
  return toCalendarRun(
    execution,
    history?.summary ?? {
      ...getTask(facts),
      dryRun: history?.run?.dryRun ?? readInput(facts).dryRun === true,
      dates: history?.run ? { from: history.run.from, to: history.run.to } : null,
      outcome: toOutcome(change.status),
      counts: null,
      report: null,
    },
  );
}
