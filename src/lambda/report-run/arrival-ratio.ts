import { getSelected } from './report/outcome';
import { groupBy } from '../../contract/group-by';
import { daysBetween } from '../../dates/calendar';
import { createDayFinder } from '../../dates/date-window';
import { type EarlierReport, MAX_WINDOWS } from '../plan/earlier-reports';

export interface RunArrivals {
  readonly from: string | null;
  readonly to: string;
  readonly startedAt: string;
  /** Its days had not begun when it started, or not all of them. */
  readonly isAhead: boolean;
  readonly archived: number;
  readonly selected: number;
}

/** Compares what arrived for the days of a run with the runs before it. */
export function getArrivalRatio(
  run: Pick<EarlierReport, 'dates' | 'startedAt' | 'counts'>,
  earlier: readonly EarlierReport[],
  timeZone: string,
): number | undefined {
  const getDay = createDayFinder(timeZone);
  const toArrivals = ({ dates, startedAt, counts }: typeof run): RunArrivals => ({
    ...dates,
    startedAt,
    isAhead: dates.to > getDay(new Date(startedAt)),
    archived: counts.archived,
    selected: getSelected(counts),
  });
  return arrivalRatio(toArrivals(run), earlier.map(toArrivals));
}

/** A median of fewer windows says little. */
const MIN_WINDOWS = 5;

/**
 * Divides what arrived for the days of a run by the median of what arrived for the windows of as
 * many days before it, as longer windows hold more. Returns 0 if nothing arrived, and 1 if too few
 * earlier runs are known. Undefined if an earlier run was for later days: this run catches up on
 * old days and says nothing about new arrivals. Neither does a run for days that have not begun,
 * and it makes no other run one that catches up.
 */
export function arrivalRatio(run: RunArrivals, earlier: RunArrivals[]): number | undefined {
  const later = earlier.filter(({ to }) => to > run.to);
  if (run.isAhead || later.some(({ isAhead }) => !isAhead)) {
    return undefined;
  }
  const comparable = earlier
    .filter((other) => other.to <= run.to && countDays(other) === countDays(run))
    .sort((a, b) => (a.startedAt < b.startedAt ? -1 : 1));

  const windows = groupBy([...comparable, run], ({ to }) => to);
  const arrived = countArrived(windows.get(run.to)!);
  if (arrived === 0) {
    return 0;
  }

  windows.delete(run.to);
  const usual = [...windows]
    .sort(([a], [b]) => (a < b ? 1 : -1))
    .slice(0, MAX_WINDOWS)
    .map(([, runs]) => countArrived(runs));
  const middle = median(usual);
  return usual.length < MIN_WINDOWS || middle === 0 ? 1 : arrived / middle;
}

/** A repeated run finds only what the runs before it left, so what those archived is added. */
function countArrived(runs: RunArrivals[]): number {
  const last = runs[runs.length - 1];
  return runs.slice(0, -1).reduce((sum, { archived }) => sum + archived, last.selected);
}

function countDays({ from, to }: RunArrivals): number {
  return from === null ? Infinity : daysBetween(from, to) + 1;
}

function median(numbers: number[]): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  const half = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
}
