/** Combines the results of all rounds into one line for each contender. */
import type { Result } from './measure-contender';

export interface Line {
  readonly contender: string;
  readonly kind: Result['kind'];
  readonly objects: number;
  /** Median of the rounds, without the time to start the process. */
  readonly objectsPerSecond: number;
  readonly least: number;
  readonly most: number;
  /** Seconds that the process takes if there is nothing to move. */
  readonly start: number;
  readonly requestsPerObject: number;
  readonly requests: Record<string, number>;
  /** CPU seconds for a thousand objects: median of the rounds. */
  readonly cpuSeconds: number;
  /**
   * CPU seconds for a thousand objects, from the round that took the fewest: other work on the
   * machine only adds to them.
   */
  readonly leastCpuSeconds: number;
  readonly serverCpuSeconds?: number;
  /** Share of the time in which the server was busy. Near 1, the server limits the result. */
  readonly serverBusy?: number;
  readonly peakMiB?: number;
  /** Number of wrong objects by kind of error, from the worst round of each kind. */
  readonly wrong: Record<string, number>;
  readonly exit: number;
  readonly said: string;
}

/** @param nothing a run of the same contender in which there was nothing to move */
export function toLine(
  results: readonly Result[],
  nothing: Pick<Result, 'seconds' | 'cpuSeconds'> = { seconds: 0, cpuSeconds: 0 },
): Line {
  const [{ contender, kind, objects }] = results;
  const start = nothing.seconds;
  const getMedianOf = (figure: (result: Result) => number | undefined) =>
    getMedian(results.map(figure));
  const cpuSeconds = results.map(
    (result) => ((result.cpuSeconds - nothing.cpuSeconds) / objects) * 1000,
  );
  const rates = results.map(({ seconds }) => objects / Math.max(seconds - start, 0.001));
  const { requests } = results[results.length - 1];
  const failed = results.find(({ exit }) => exit !== 0);
  const peaks = results.flatMap(({ peakMiB }) => peakMiB ?? []);
  return {
    contender,
    kind,
    objects,
    objectsPerSecond: getMedian(rates)!,
    least: Math.min(...rates),
    most: Math.max(...rates),
    start,
    requestsPerObject: Object.values(requests).reduce((sum, count) => sum + count, 0) / objects,
    requests,
    cpuSeconds: getMedian(cpuSeconds)!,
    leastCpuSeconds: Math.min(...cpuSeconds),
    serverCpuSeconds: getMedianOf(
      ({ serverCpuSeconds }) => serverCpuSeconds && (serverCpuSeconds / objects) * 1000,
    ),
    serverBusy: getMedianOf(
      ({ serverCpuSeconds, seconds }) =>
        serverCpuSeconds && serverCpuSeconds / Math.max(seconds - start, 0.001),
    ),
    peakMiB: peaks.length > 0 ? Math.max(...peaks) : undefined,
    wrong: getLargest(results.map(({ wrong }) => wrong)),
    exit: failed?.exit ?? 0,
    said: failed?.said ?? '',
  };
}

/** Returns how many times as fast as the other the first one is. */
export function ratio(line: Line, other: Line | undefined): number | undefined {
  return other && line.objectsPerSecond / other.objectsPerSecond;
}

export function fastest(lines: readonly Line[], kind: Line['kind']): Line | undefined {
  return lines
    .filter((line) => line.kind === kind)
    .sort((a, b) => b.objectsPerSecond - a.objectsPerSecond)[0];
}

/** Undefined if one of the values is unknown. */
function getMedian(values: readonly (number | undefined)[]): number | undefined {
  const sorted = values.filter((value) => value !== undefined).sort((a, b) => a - b);
  if (sorted.length < values.length) {
    return undefined;
  }
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

function getLargest(all: readonly Record<string, number>[]): Record<string, number> {
  const most: Record<string, number> = {};
  for (const [what, count] of all.flatMap((wrong) => Object.entries(wrong))) {
    most[what] = Math.max(most[what] ?? 0, count);
  }
  return most;
}

export function whole(number: number): string {
  return Math.round(number).toLocaleString('en-US');
}
