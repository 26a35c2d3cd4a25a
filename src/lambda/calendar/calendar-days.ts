/** The months of one archiver's calendar. A cell is the day on which runs started, in the archiver's time zone. */
import { type CalendarRun, findLast, push, severity } from './calendar-runs';
import { addDays, toFields } from '../../dates/calendar';

export type DayState = 'archived' | 'verified' | 'restored' | 'incomplete' | 'failed' | 'tried' | 'none';

export interface CalendarDay {
  readonly day: string;
  /** Unset: the day is before the first known run, or after the last one. */
  readonly state?: DayState;
  readonly runs: readonly CalendarRun[];
}

export interface CalendarMonth {
  readonly year: number;
  readonly month: number;
  /** Monday to Sunday. Unset: the day is in another month. */
  readonly weeks: ReadonlyArray<ReadonlyArray<CalendarDay | undefined>>;
}

/**
 * Returns the months with runs, the newest first, and those between them.
 *
 * @param runs of one archiver, the newest first, at least one
 * @param today the last day that can have no run
 */
export function toMonths(runs: readonly CalendarRun[], today: string): CalendarMonth[] {
  const byDay = new Map<string, CalendarRun[]>();
  for (const run of runs) { push(byDay, run.day, run); }
  const known = [...byDay.keys()].sort();
  const first = known[0];
  const last = known[known.length - 1] > today ? known[known.length - 1] : today;
  const months: CalendarMonth[] = [];
  for (let start = `${last.slice(0, 7)}-01`; start >= `${first.slice(0, 7)}-01`; start = `${addDays(start, -1).slice(0, 7)}-01`) {
    const days: CalendarDay[] = [];
    for (let day = start; day.slice(0, 7) === start.slice(0, 7); day = addDays(day, 1)) {
      const found = byDay.get(day) ?? [];
      days.push({ day, runs: found, state: found.length > 0 ? judgeDay(found, runs) : day > first && day <= last ? 'none' : undefined });
    }
    months.push({ year: toFields(start).year, month: toFields(start).month, weeks: toWeeks(days) });
  }
  return months;
}

/**
 * The worst of what the runs of a day led to. A run that was repeated for the same days, on whichever day, counts as the last
 * of them: who repeats a night that failed sees it settled. Another run, such as a backfill of earlier days, hides nothing.
 */
function judgeDay(ofDay: readonly CalendarRun[], all: readonly CalendarRun[]): DayState {
  const real = ofDay.filter(({ dryRun }) => !dryRun);
  if (real.length === 0) { return 'tried'; }
  const worst = Math.max(...real.map((run) => severity(findLast(run, all))));
  if (worst > 0) { return worst === 1 ? 'incomplete' : 'failed'; }
  const did = (action: CalendarRun['action']) => real.some((run) => run.action === action);
  return did('archive') ? 'archived' : did('restore') ? 'restored' : 'verified';
}

function toWeeks(days: readonly CalendarDay[]): (CalendarDay | undefined)[][] {
  // Sunday is 0 in JavaScript, and the last day of a week in ISO 8601.
  const before = (new Date(`${days[0].day}T00:00:00Z`).getUTCDay() + 6) % 7;
  const cells = [...Array<undefined>(before).fill(undefined), ...days];
  const weeks: (CalendarDay | undefined)[][] = [];
  for (let start = 0; start < cells.length; start += 7) {
    weeks.push(Array.from({ length: 7 }, (_, index) => cells[start + index]));
  }
  return weeks;
}
