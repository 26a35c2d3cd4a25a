/** Whether as much arrived for a run's days as usually does. */

/** A run, as far as it tells what arrived. */
export interface RunArrivals {
  /** Calendar days, both included. `from: null`: every day up to `to`. */
  readonly from: string | null;
  readonly to: string;
  /** When the run started, as an ISO instant. */
  readonly startedAt: string;
  readonly archived: number;
  /** Archived, conflicting and failed. */
  readonly selected: number;
}

/** Fewer windows of days have no middle worth a comparison. */
const MIN_WINDOWS = 5;
/** The windows of days that are compared: for a daily run, two weeks. */
export const MAX_WINDOWS = 14;

/**
 * What arrived for the days of a run, divided by the median of what arrived for the days of the runs before it.
 * 0 where nothing arrived; 1 where something did and too little is known to compare it with.
 *
 * `undefined` for a run that catches up: of days before those of a run that came earlier, it tells nothing new.
 * Only windows of as many days are compared, for others hold more or less.
 */
export function arrivalRatio(run: RunArrivals, earlier: RunArrivals[]): number | undefined {
  if (earlier.some(({ to }) => to > run.to)) { return undefined; }
  const alike = earlier.filter((other) => daysIn(other) === daysIn(run)).sort((a, b) => (a.startedAt < b.startedAt ? -1 : 1));

  const windows = new Map<string, RunArrivals[]>();
  for (const each of [...alike, run]) { windows.set(each.to, [...windows.get(each.to) ?? [], each]); }
  const arrived = arrivedIn(windows.get(run.to)!);
  if (arrived === 0) { return 0; }

  windows.delete(run.to);
  const usual = [...windows].sort(([a], [b]) => (a < b ? 1 : -1)).slice(0, MAX_WINDOWS).map(([, runs]) => arrivedIn(runs));
  const middle = median(usual);
  return usual.length < MIN_WINDOWS || middle === 0 ? 1 : arrived / middle;
}

/** A run that is repeated finds only what the ones before it have left. */
function arrivedIn(runs: RunArrivals[]): number {
  const last = runs[runs.length - 1];
  return runs.slice(0, -1).reduce((sum, { archived }) => sum + archived, last.selected);
}

function daysIn({ from, to }: RunArrivals): number {
  return from === null ? Infinity : (Date.parse(to) - Date.parse(from)) / 86_400_000 + 1;
}

function median(numbers: number[]): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  const half = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
}
