/** How much of an allowed rate each contender uses, steady and where it is halved for a while. */
import type { Entry } from './compare';
import { type AllowedRate, allowedWrites } from './metered-throttle';
import { race } from './race';
import { startServer } from './server';
import { wrongOf } from './table';

const WRITES_PER_SECOND = 1_500;
const RATES: readonly { readonly name: string; readonly allowed: AllowedRate }[] = [
  { name: 'steady', allowed: { writesPerSecond: WRITES_PER_SECOND, burst: WRITES_PER_SECOND } },
  { name: 'halved for 3 of every 7 seconds', allowed: { writesPerSecond: WRITES_PER_SECOND, burst: WRITES_PER_SECOND, halving: { everySeconds: 7, forSeconds: 3 } } },
];

export interface ThrottledLine {
  readonly contender: string;
  readonly kind: Entry['contender']['kind'];
  readonly rate: string;
  /** Of the rate between the first copy and the last; above 1 where the burst was used, too. */
  readonly used: number;
  readonly seconds: number;
  readonly refused: number;
  readonly wrong: Record<string, number>;
  readonly exit: number;
  readonly said: string;
}

export async function throttled(entries: readonly Entry[], objects: number): Promise<ThrottledLine[]> {
  const lines: ThrottledLine[] = [];
  for (const { name, allowed } of RATES) {
    for (const { contender, ...programs } of entries) {
      // A server for each: the throttle remembers prefixes.
      const server = await startServer({ latencyMs: 0, allowed });
      try {
        const concurrency = contender.concurrency?.near ?? 1;
        const settings = { ...programs, latencyMs: 0, allowed, concurrency, objectsPerSecond: WRITES_PER_SECOND };
        const result = await race(server, contender, { objects, traps: false }, settings);
        const { objects: moved, copyingSeconds: seconds, refused, wrong, exit, said } = result;
        const left = (wrong['left behind'] ?? 0) + (wrong.lost ?? 0);
        const used = (moved - left) / allowedWrites(allowed, seconds);
        lines.push({ contender: contender.name, kind: contender.kind, rate: name, used, seconds, refused, wrong, exit, said });
        console.error(`${name}: ${contender.name}: ${Math.round(used * 100)} %, wrong: ${wrongOf({ wrong, exit, said })}`);
      } finally {
        await server.close();
      }
    }
  }
  return lines;
}
