/** The checks that must pass on any machine. They concern results, not times. */
import type { DistributionLine } from './compare-distributions';
import { HALVED_FOR_GOOD, refusalsPerGranted, type ThrottledLine } from './compare-throttled';
import type { Line } from './figures';
import { describeWrong } from './tables';

export interface Verdict {
  readonly met: boolean;
  readonly what: string;
}

/**
 * With a thousand listed objects, it leaves room for lists, the ledger, the report and the few
 * objects that are inspected twice.
 */
const MAX_REQUESTS_PER_OBJECT = 1.12;
/** A pack and its index are written, and the pack is inspected before its sources are deleted. */
const REQUESTS_OF_A_PACK = 3.2;
/**
 * Share of the rate that S3 allows, and requests that S3 refuses for each request that it lets
 * through.
 */
const MIN_USED = 0.95;
/** A contender finds out that the rate is halved for good by refusals, which take their time. */
const MIN_USED_IF_HALVED_FOR_GOOD = 0.92;
const MAX_REFUSED_PER_GRANTED = 0.1;
/**
 * CPU time of the handler for an object, divided by that of a copy with SDK v3 and nothing else.
 * Both run on the same machine in turn, so that the ratio says something about the code. The ratio
 * to signed HTTP would say as much about the machine: commit 62c713c4 had 1.46 on one machine and
 * 2.0 on another, whose requests all took 0.06 ms less. Its ratio to the SDK was 0.34 and 0.31.
 * Commit c12df7ba, which was far slower than the commits before it, had 0.51, and no maintainer
 * noticed.
 */
const MAX_CPU_TO_SDK = 0.42;

/** @param packSize objects of a pack. Undefined: as many as it holds, or no packs */
export function toVerdicts(
  lines: readonly Line[],
  latencyMs: number,
  packSize?: number,
): Verdict[] {
  const most = packSize ? 1 + REQUESTS_OF_A_PACK / packSize : MAX_REQUESTS_PER_OBJECT;
  return lines
    .filter(({ kind }) => kind !== 'peer')
    .flatMap((line) => [
      rightly(line, `${latencyMs} ms: ${line.contender}`),
      {
        met: line.requestsPerObject <= most,
        what:
          `${latencyMs} ms: ${line.contender}: ${line.requestsPerObject.toFixed(3)} requests per ` +
          `object, at most ${most}`,
      },
    ]);
}

/** Whether the handler still spends much less than the SDK. */
export function toGuardVerdict(handler: Line, sdk: Line): Verdict {
  const ratio = handler.leastCpuSeconds / sdk.leastCpuSeconds;
  return {
    met: ratio <= MAX_CPU_TO_SDK,
    what:
      `CPU for an object: ${handler.leastCpuSeconds.toFixed(3)} ms, ${ratio.toFixed(2)} ` +
      'times the ' +
      `${sdk.leastCpuSeconds.toFixed(3)} ms of ${sdk.contender}, at most ${MAX_CPU_TO_SDK} times`,
  };
}

export function toThrottledVerdicts(lines: readonly ThrottledLine[]): Verdict[] {
  return lines
    .filter(({ kind }) => kind === 'ours')
    .flatMap((line) => {
      const what = `${line.rate}: ${line.contender}`;
      const refused = refusalsPerGranted(line.copies, line.deletes);
      const least = line.rate === HALVED_FOR_GOOD ? MIN_USED_IF_HALVED_FOR_GOOD : MIN_USED;
      return [
        rightly(line, what),
        {
          met: line.used >= least,
          what:
            `${what}: ${(line.used * 100).toFixed(1)} % of the allowed rate used, at least ` +
            `${least * 100} %`,
        },
        {
          met: refused <= MAX_REFUSED_PER_GRANTED,
          what:
            `${what}: ${refused.toFixed(3)} refused per granted request, at most ` +
            `${MAX_REFUSED_PER_GRANTED}`,
        },
      ];
    });
}

/**
 * Share of the rate that the guard demands, on machines that do other things, too, and in a short
 * run, at whose end the slowest copies weigh more. Before the limit of copies followed the rate, it
 * was 0.46.
 */
export const MIN_USED_IN_GUARD = 0.6;

/**
 * How many times a limit a machine must make without any, or it says nothing about the use of the
 * limit: an instance catches up with pauses at twice its rate.
 */
const MIN_HEADROOM = 2;

export function toDistributionVerdicts(
  lines: readonly DistributionLine[],
  minUsed = MIN_USED,
): Verdict[] {
  const unlimited = lines.find(({ allowed }) => allowed === undefined);
  const hasHeadroom = ({ isOtherBucket, allowed = 0 }: DistributionLine) =>
    !isOtherBucket || !unlimited || unlimited.objectsPerSecond >= MIN_HEADROOM * allowed;
  return lines.flatMap((line) => {
    const { allowed, latency, listing, objectsPerSecond, isOnlyShown } = line;
    const what = `${latency}, ${listing} lists`;
    if (allowed === undefined || isOnlyShown || !hasHeadroom(line)) {
      return [rightly(line, what)];
    }
    return [
      rightly(line, what),
      {
        met: objectsPerSecond >= allowed * minUsed,
        what:
          `${what}: ${Math.round(objectsPerSecond)} objects a second of ${allowed}, at least ` +
          `${Math.round(allowed * minUsed)}`,
      },
    ];
  });
}

function rightly(line: Line | ThrottledLine | DistributionLine, what: string): Verdict {
  return {
    met: Object.keys(line.wrong).length === 0 && line.exit === 0,
    what: `${what}: wrong in the result: ${describeWrong(line)}`,
  };
}

/** @returns whether all checks passed */
export function report(verdicts: readonly Verdict[]): boolean {
  console.log('');
  for (const { met, what } of verdicts) {
    console.log(`${met ? 'ok     ' : 'FAILED '} ${what}`);
  }
  const failed = verdicts.filter(({ met }) => !met).length;
  console.log(`${verdicts.length - failed} passed, ${failed} failed`);
  return failed === 0;
}
