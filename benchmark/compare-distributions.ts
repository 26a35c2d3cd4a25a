/**
 * Measures how much of the rate that it may use a run with default props uses, where the answers of
 * S3 take as long as those of a service do.
 */
import type { Entry } from './compare';
import { UNLIMITED } from './contenders';
import { ARCHIVE_BUCKET } from './dataset';
import { describeLatency, DISTRIBUTIONS, type Latency } from './latencies';
import { measureContender } from './measure-contender';
import { startServer } from './server';
import { describeWrong } from './tables';
import { batchesAtOnce } from '../src/contract/batches';

export interface DistributionLine {
  readonly contender: string;
  readonly kind: Entry['contender']['kind'];
  /** Least, median and 99th percentile, or a constant. */
  readonly latency: string;
  /** Who lists: the map's own reader, or a function. */
  readonly listing: string;
  readonly isOtherBucket: boolean;
  /** What the run may use. Undefined: no limit. */
  readonly allowed?: number;
  readonly isOnlyShown: boolean;
  /** From the first copy to the answer to the last delete. */
  readonly objectsPerSecond: number;
  readonly seconds: number;
  readonly cpuSeconds: number;
  readonly peakMiB?: number;
  readonly wrong: Record<string, number>;
  readonly exit: number;
  readonly said: string;
}

export interface Case {
  readonly latency: Latency;
  readonly allowed?: number;
  readonly isOtherBucket?: boolean;
  readonly isSelective?: boolean;
  /** It is shown, and fails only if a result is wrong. */
  readonly isOnlyShown?: boolean;
}

/** The default of `maxObjectsPerSecond`, and the one with an archive in another bucket. */
const ALLOWED = 1_500;
const ALLOWED_OTHER = 3_000;

/**
 * Two batches of 1,000 objects at once make 1,425 a second if each takes 1.4 seconds. With these,
 * the slowest of 1,000 copies alone takes 0.8, 1.1 and 1.6 seconds, and the ledger and the delete
 * wait for it.
 */
const BOUND_BY_THE_SLOWEST_COPY = DISTRIBUTIONS.slice(1, 4);

const CASES: readonly Case[] = [
  ...DISTRIBUTIONS.map((latency) => ({
    latency,
    allowed: ALLOWED,
    isOnlyShown: BOUND_BY_THE_SLOWEST_COPY.includes(latency),
  })),
  ...DISTRIBUTIONS.map((latency) => ({
    latency,
    allowed: ALLOWED,
    isSelective: true,
  })),
  // What this machine has time for.
  { latency: 0, isOtherBucket: true, isSelective: true },
  ...DISTRIBUTIONS.map((latency) => ({
    latency,
    allowed: ALLOWED_OTHER,
    isOtherBucket: true,
    isSelective: true,
  })),
];

/** Where the limit of copies once fell the most. */
export const GUARDED: Case = {
  latency: DISTRIBUTIONS[2],
  allowed: ALLOWED,
  isSelective: true,
};

export async function compareDistributions(
  { contender, ...programs }: Entry,
  objects: number,
  cases = CASES,
): Promise<DistributionLine[]> {
  const lines: DistributionLine[] = [];
  for (const each of cases) {
    const {
      latency,
      allowed,
      isOtherBucket = false,
      isSelective = false,
      isOnlyShown = false,
    } = each;
    const server = await startServer({ latencyMs: 0, latency });
    try {
      // A run that may use twice as much gets twice as many, and takes as long.
      const count = Math.round(objects * ((allowed ?? ALLOWED) / ALLOWED));
      const result = await measureContender(
        server,
        contender,
        {
          objects: count,
          every: 1,
          traps: false,
          destinationBucket: isOtherBucket ? ARCHIVE_BUCKET : undefined,
        },
        {
          ...programs,
          latencyMs: 0,
          concurrency: 1,
          objectsPerSecond: allowed ?? UNLIMITED,
          isSelective,
          instances: batchesAtOnce(allowed ?? ALLOWED_OTHER),
        },
      );
      const { movingSeconds: seconds = 0, cpuSeconds, peakMiB, wrong, exit, said } = result;
      const line = {
        contender: contender.name,
        kind: contender.kind,
        latency: describeLatency(latency),
        listing: isSelective ? 'a function' : 'the map',
        isOtherBucket,
        allowed,
        isOnlyShown,
        objectsPerSecond: count / Math.max(seconds, 0.001),
        seconds,
        cpuSeconds,
        peakMiB,
        wrong,
        exit,
        said,
      };
      lines.push(line);
      console.error(
        `${line.latency}, ${line.listing} lists, ${allowed ?? 'no'} limit: ` +
          `${Math.round(line.objectsPerSecond)}/s, wrong: ${describeWrong(line)}`,
      );
    } finally {
      await server.close();
    }
  }
  return lines;
}
