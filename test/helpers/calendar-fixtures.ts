import type { CalendarRun } from '../../src/lambda/calendar/calendar-runs';

type Given = Partial<Omit<CalendarRun, 'startedAt' | 'endedAt'>> & {
  readonly hour?: number;
  readonly from?: string;
  readonly to?: string;
};

/** A run that started on a day, at an hour of UTC. Its name says when. */
export function calendarRun({
  day = '2026-11-25',
  hour = 1,
  from = '2026-11-24',
  to = from,
  ...more
}: Given = {}): CalendarRun {
  const startedAt = `${day}T${String(hour).padStart(2, '0')}:00:00.000Z`;
  const name = `run-${day}-${hour}`;
  const archiver = more.archiver ?? 'Demo/Archiver';
  return {
    archiver,
    executionArn: `arn:aws:states:eu-west-1:123456789012:execution:${archiver.replace(/\W/g, '-')}:${name}`,
    action: 'archive',
    dryRun: false,
    dates: { from, to },
    startedAt,
    endedAt: startedAt.replace(':00:00.', ':02:30.'),
    day,
    timeZone: 'UTC',
    outcome: 'CLEAN',
    counts: { done: 20, notDone: 0 },
    folder: `${day}/${name}`,
    ...more,
  };
}
