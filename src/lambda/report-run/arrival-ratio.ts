import { getSelected } from './report/outcome';
import { groupBy } from '../../contract/group-by';
import { daysBetween } from '../../dates/calendar';
import { createDayFinder } from '../../dates/date-window';
import { type EarlierReport, MAX_WINDOWS } from '../plan/earlier-reports';

export interface RunArrivals {
  readonly from: string | null;
  readonly to: string;
  readonly startedAt: string;
  /** Some of its days had not begun when it started. */
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

/** The median of fewer windows is not meaningful. */
const MIN_WINDOWS = 5;

/**
 * Divides the number of objects that arrived for a run by the median of earlier runs. It compares
 * only windows with the same number of days, because longer windows hold more objects. Returns 0 if
 * nothing arrived, and 1 if too few earlier runs are known. Undefined if an earlier run was for
 * later days: this run catches up on old days, and says nothing about new arrivals. Also undefined
 * for a run whose days have not begun. Later days of such a run do not count as a sign of catching
 * up.
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

/**
 * A repeated run finds only objects that earlier runs for the same days left, so the objects that
 * those archived are added.
 */
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
