/**
 * Measures how much of an allowed rate each contender uses, and how many of its requests are
 * refused: with a steady rate, with one that is halved for a while, and with one that is halved for
 * good.
 */
import type { Entry } from './compare';
import { selectedNames } from './dataset';
import { measureContender } from './measure-contender';
import { type AllowedRate, allowedWrites, halvedAfter, type Writes } from './metered-throttle';
import { startServer } from './server';
import { describeWrong } from './tables';

/**
 * The limit for contenders that can be held to a rate, by the rate that the server allows: with
 * 1,500 it is 3,500, which S3 documents for a prefix. So a contender has to find out what is
 * allowed, as with S3 while it spreads a prefix over more servers.
 */
const LIMIT_FACTOR = 3_500 / 1_500;
/** Names are in the tables, and in the bars of `checks.ts`. */
export const HALVED_FOR_GOOD = 'halved from midway on, for good';

interface Rate {
  readonly name: string;
  readonly halving?: AllowedRate['halving'];
}

function toRates(moved: number, writesPerSecond: number): readonly Rate[] {
  return [
    { name: 'steady' },
    { name: 'halved for 3 of every 7 seconds', halving: { everySeconds: 7, forSeconds: 3 } },
    { name: HALVED_FOR_GOOD, halving: halvedAfter(moved / 2 / writesPerSecond) },
  ];
}

export interface ThrottledLine {
  readonly contender: string;
  readonly kind: Entry['contender']['kind'];
  readonly rate: string;
  /** Share of the rate from the first copy to the last. It is above 1 if the burst was used too. */
  readonly used: number;
  readonly seconds: number;
  readonly copies: Writes;
  /** Each key counts. */
  readonly deletes: Writes;
  readonly wrong: Record<string, number>;
  readonly exit: number;
  readonly said: string;
}

/** Of a contender that failed before it could report. */
const NONE = { copies: { granted: 0, refused: 0 }, deletes: { granted: 0, refused: 0 } };

export function refusalsPerGranted(...writes: readonly Writes[]): number {
  const sum = (field: keyof Writes) => writes.reduce((total, each) => total + each[field], 0);
  return sum('refused') / Math.max(1, sum('granted'));
}

export async function throttled(
  entries: readonly Entry[],
  { objects, allowed: writesPerSecond }: { readonly objects: number; readonly allowed: number },
): Promise<ThrottledLine[]> {
  const lines: ThrottledLine[] = [];
  const shape = { objects, traps: false };
  const rates = toRates(selectedNames(shape).length, writesPerSecond);
  for (const { name, halving } of rates) {
    const allowed = { writesPerSecond, burst: writesPerSecond, halving };
    for (const { contender, ...programs } of entries) {
      // Each contender gets its own server, because the throttle remembers prefixes.
      const server = await startServer({ latencyMs: 0, allowed });
      try {
        const concurrency = contender.concurrency?.near ?? 1;
        const settings = {
          ...programs,
          latencyMs: 0,
          allowed,
          concurrency,
          objectsPerSecond: Math.round(writesPerSecond * LIMIT_FACTOR),
        };
        const result = await measureContender(server, contender, shape, settings);
        const { objects: moved, copyingSeconds: seconds, writes, wrong, exit, said } = result;
        const left = (wrong['left behind'] ?? 0) + (wrong.lost ?? 0);
        const used = (moved - left) / allowedWrites(allowed, seconds);
        const line = {
          contender: contender.name,
          kind: contender.kind,
          rate: name,
          used,
          seconds,
          ...(writes ?? NONE),
          wrong,
          exit,
          said,
        };
        lines.push(line);
        console.error(
          `${name}: ${contender.name}: ${Math.round(used * 100)} %, ` +
            `${refusalsPerGranted(line.copies, line.deletes).toFixed(3)} refused per granted, ` +
            `wrong: ${describeWrong(line)}`,
        );
      } finally {
        await server.close();
      }
    }
  }
  return lines;
}
