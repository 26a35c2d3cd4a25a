/** Compares how much arrived for the days of a run with how much usually arrives. */
import { daysBetween } from '../../dates/calendar';

/** What one run found. */
export interface RunArrivals {
  /** Calendar days, both included. `from: null`: every day up to `to`. */
  readonly from: string | null;
  readonly to: string;
  /** When the run started, as an ISO instant. */
  readonly startedAt: string;
  /** Its days had not begun when it started, or not all of them. */
  readonly isAhead: boolean;
  readonly archived: number;
  /** Archived, conflicting and failed. */
  readonly selected: number;
}

/** A median of fewer windows says little. */
const MIN_WINDOWS = 5;
/** The number of windows to compare with. For a daily run these are two weeks. */
export const MAX_WINDOWS = 14;

/**
 * Divides what arrived for the days of a run by the median of what arrived for the windows of days before it.
 * Returns 0 if nothing arrived, and 1 if something arrived but too few earlier runs are known.
 *
 * Returns `undefined` if an earlier run was for later days: such a run catches up on old days and says nothing about
 * new arrivals. Neither does a run for days that have not begun, perhaps by mistake, and it makes no other run one that catches up. Only windows with the same number of days are compared, because longer windows hold more objects.
 */
export function arrivalRatio(run: RunArrivals, earlier: RunArrivals[]): number | undefined {
  const later = earlier.filter(({ to }) => to > run.to);
  if (run.isAhead || later.some(({ isAhead }) => !isAhead)) { return undefined; }
  const comparable = earlier.filter((other) => other.to <= run.to && countDays(other) === countDays(run))
    .sort((a, b) => (a.startedAt < b.startedAt ? -1 : 1));

  const windows = new Map<string, RunArrivals[]>();
  for (const each of [...comparable, run]) { windows.set(each.to, [...windows.get(each.to) ?? [], each]); }
  const arrived = countArrived(windows.get(run.to)!);
  if (arrived === 0) { return 0; }

  windows.delete(run.to);
  const usual = [...windows].sort(([a], [b]) => (a < b ? 1 : -1)).slice(0, MAX_WINDOWS).map(([, runs]) => countArrived(runs));
  const middle = median(usual);
  return usual.length < MIN_WINDOWS || middle === 0 ? 1 : arrived / middle;
}

/**
 * Counts what arrived for one window. A repeated run finds only what the runs before it left, so add what those
 * archived.
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
