import { type Contender, UNLIMITED } from './contenders';
import type { Shape } from './dataset';
import { type Line, toLine } from './figures';
import { measureContender, type Result } from './measure-contender';
import { startServer } from './server';
import { describeWrong } from './tables';

/** A contender, the path of its program, and the path of the bundled workers of this repository. */
export interface Entry {
  readonly contender: Contender;
  readonly program: string;
  readonly workers: string;
}

export interface Comparison {
  readonly objects: number;
  readonly rounds: number;
  readonly latencyMs: number;
  /** What differs from the usual objects. */
  readonly shape?: Partial<Shape>;
}

/** Measures all contenders in each round, so that other load on the machine affects all of them. */
export async function compare(
  entries: readonly Entry[],
  { objects, rounds, latencyMs, shape }: Comparison,
): Promise<Line[]> {
  const server = await startServer({ latencyMs });
  try {
    const toShape = (count: number) => ({ objects: count, traps: count > 0, ...shape });
    const run = ({ contender, ...programs }: Entry, count: number) =>
      measureContender(server, contender, toShape(count), {
        ...programs,
        latencyMs,
        concurrency: at(latencyMs, contender.concurrency) ?? 1,
        objectsPerSecond: UNLIMITED,
      });
    const starts = new Map<Entry, Result>();
    for (const entry of entries) {
      if (!entry.contender.ownServer) {
        starts.set(entry, await run(entry, 0));
      }
    }
    const results = new Map<Entry, Result[]>(entries.map((entry) => [entry, []]));
    for (let round = 1; round <= rounds; round++) {
      for (const entry of entries) {
        const result = await run(
          entry,
          Math.ceil(objects / (at(latencyMs, entry.contender.fewer) ?? 1)),
        );
        results.get(entry)!.push(result);
        console.error(
          `${latencyMs} ms, round ${round}: ${result.contender}: ${result.seconds.toFixed(2)} ` +
            `s, wrong: ${describeWrong(result)}`,
        );
      }
    }
    return entries.map((entry) => toLine(results.get(entry)!, starts.get(entry)));
  } finally {
    await server.close();
  }
}

function at(
  latencyMs: number,
  values: { readonly near: number; readonly far: number } | undefined,
): number | undefined {
  return latencyMs < 5 ? values?.near : values?.far;
}

/** Measures each contender with several concurrencies, to find the best one. */
export async function sweep(
  entries: readonly Entry[],
  { objects, latencyMs }: Comparison,
): Promise<void> {
  const server = await startServer({ latencyMs });
  try {
    for (const { contender, ...programs } of entries) {
      const rates: string[] = [];
      for (const concurrency of contender.concurrency?.swept ?? []) {
        const { objects: moved, seconds } = await measureContender(
          server,
          contender,
          { objects, traps: false },
          {
            ...programs,
            latencyMs,
            concurrency,
            objectsPerSecond: UNLIMITED,
          },
        );
        rates.push(`${concurrency}: ${Math.round(moved / seconds)}/s`);
      }
      if (rates.length > 0) {
        console.log(`${latencyMs} ms, ${contender.name}: ${rates.join(', ')}`);
      }
    }
  } finally {
    await server.close();
  }
}
