/** From the results of all rounds to one line a contender. */
import type { Result } from './race';

export interface Line {
  readonly contender: string;
  readonly kind: Result['kind'];
  readonly objects: number;
  /** Median of the rounds, without what the process takes to start. */
  readonly objectsPerSecond: number;
  readonly least: number;
  readonly most: number;
  /** Seconds of a move of nothing. */
  readonly start: number;
  readonly requestsPerObject: number;
  readonly requests: Record<string, number>;
  /** A thousand objects. */
  readonly cpuSeconds: number;
  readonly serverCpuSeconds?: number;
  /** How much of the time the server was busy: near 1 it is the server that is measured. */
  readonly serverBusy?: number;
  readonly peakMiB?: number;
  /** Of all rounds: most objects by kind. */
  readonly wrong: Record<string, number>;
  readonly exit: number;
  readonly said: string;
}

/** One contender's; `nothing`: of a run in which there was nothing to move. */
export function lineOf(results: readonly Result[], nothing: Pick<Result, 'seconds' | 'cpuSeconds'> = { seconds: 0, cpuSeconds: 0 }): Line {
  const [{ contender, kind, objects }] = results;
  const start = nothing.seconds;
  const of = (figure: (result: Result) => number | undefined) => medianOf(results.map(figure));
  const rates = results.map(({ seconds }) => objects / Math.max(seconds - start, 0.001));
  const { requests } = results[results.length - 1];
  const failed = results.find(({ exit }) => exit !== 0);
  const peaks = results.flatMap(({ peakMiB }) => peakMiB ?? []);
  return {
    contender,
    kind,
    objects,
    objectsPerSecond: medianOf(rates)!,
    least: Math.min(...rates),
    most: Math.max(...rates),
    start,
    requestsPerObject: Object.values(requests).reduce((sum, count) => sum + count, 0) / objects,
    requests,
    cpuSeconds: of(({ cpuSeconds }) => (cpuSeconds - nothing.cpuSeconds) / objects * 1000)!,
    serverCpuSeconds: of(({ serverCpuSeconds }) => serverCpuSeconds && serverCpuSeconds / objects * 1000),
    serverBusy: of(({ serverCpuSeconds, seconds }) => serverCpuSeconds && serverCpuSeconds / Math.max(seconds - start, 0.001)),
    peakMiB: peaks.length > 0 ? Math.max(...peaks) : undefined,
    wrong: mostOf(results.map(({ wrong }) => wrong)),
    exit: failed?.exit ?? 0,
    said: failed?.said ?? '',
  };
}

/** How many times as fast as the other. */
export function ratio(line: Line, other: Line | undefined): number | undefined {
  return other && line.objectsPerSecond / other.objectsPerSecond;
}

export function fastest(lines: readonly Line[], kind: Line['kind']): Line | undefined {
  return lines.filter((line) => line.kind === kind).sort((a, b) => b.objectsPerSecond - a.objectsPerSecond)[0];
}

/** None where one is not known. */
function medianOf(values: readonly (number | undefined)[]): number | undefined {
  const sorted = values.filter((value) => value !== undefined).sort((a, b) => a - b);
  if (sorted.length < values.length) { return undefined; }
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

function mostOf(all: readonly Record<string, number>[]): Record<string, number> {
  const most: Record<string, number> = {};
  for (const [what, count] of all.flatMap((wrong) => Object.entries(wrong))) {
    most[what] = Math.max(most[what] ?? 0, count);
  }
  return most;
}

export function whole(number: number): string {
  return Math.round(number).toLocaleString('en-US');
}
