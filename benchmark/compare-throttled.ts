/** Measures how much of an allowed rate each contender uses, with a steady rate and with one that is halved for a while. */
import type { Entry } from './compare';
import { measureContender } from './measure-contender';
import { type AllowedRate, allowedWrites } from './metered-throttle';
import { startServer } from './server';
import { describeWrong } from './tables';

const WRITES_PER_SECOND = 1_500;
const RATES: readonly { readonly name: string; readonly allowed: AllowedRate }[] = [
  { name: 'steady', allowed: { writesPerSecond: WRITES_PER_SECOND, burst: WRITES_PER_SECOND } },
  { name: 'halved for 3 of every 7 seconds', allowed: { writesPerSecond: WRITES_PER_SECOND, burst: WRITES_PER_SECOND, halving: { everySeconds: 7, forSeconds: 3 } } },
];

export interface ThrottledLine {
  readonly contender: string;
  readonly kind: Entry['contender']['kind'];
  readonly rate: string;
  /** Share of the rate from the first copy to the last. It is above 1 if the burst was used too. */
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
      // Each contender gets its own server, because the throttle remembers prefixes.
      const server = await startServer({ latencyMs: 0, allowed });
      try {
        const concurrency = contender.concurrency?.near ?? 1;
        const settings = { ...programs, latencyMs: 0, allowed, concurrency, objectsPerSecond: WRITES_PER_SECOND };
        const result = await measureContender(server, contender, { objects, traps: false }, settings);
        const { objects: moved, copyingSeconds: seconds, refused, wrong, exit, said } = result;
        const left = (wrong['left behind'] ?? 0) + (wrong.lost ?? 0);
        const used = (moved - left) / allowedWrites(allowed, seconds);
        lines.push({ contender: contender.name, kind: contender.kind, rate: name, used, seconds, refused, wrong, exit, said });
        console.error(`${name}: ${contender.name}: ${Math.round(used * 100)} %, wrong: ${describeWrong({ wrong, exit, said })}`);
      } finally {
        await server.close();
      }
    }
  }
  return lines;
}
