/** The bench: who moves the same objects how fast, with how many requests, and rightly. `--help` for nothing in it: see options.ts. */
import * as fs from 'fs';
import * as os from 'os';
import * as path from 'path';
import { CONTENDERS, type Contender, find, UNLIMITED } from './contenders';
import { type Line, lineOf } from './figures';
import { type Options, readOptions } from './options';
import { race, type Result } from './race';
import { startServer } from './server';
import { ratiosOf, tableOf, whole, wrongOf } from './table';
import { bundleWorkers } from './workers/bundle';

/** A contender, its program, the bundled contenders of this repository. */
export interface Entry {
  readonly contender: Contender;
  readonly program: string;
  readonly workers: string;
}

async function main(options: Options): Promise<void> {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'bench-'));
  try {
    const workers = bundleWorkers(folder);
    const wanted = CONTENDERS.filter(({ name }) => options.only?.some((word) => name.includes(word)) ?? true);
    const found = wanted.map((contender) => ({ contender, workers, program: contender.program ? find(contender.program, options.peers) : '' }));
    const entries = found.filter((entry): entry is Entry => entry.program !== undefined);
    const absent = found.filter(({ program }) => program === undefined).map(({ contender }) => contender.name);
    for (const latencyMs of options.latencies) {
      const lines = await compare(entries, options, latencyMs);
      console.log(`\n${whole(options.objects)} objects, half of them moved, ${latencyMs} ms of latency, ${options.rounds} rounds\n`);
      console.log(tableOf(lines, absent));
      console.log(`\n${ratiosOf(lines).join('\n')}`);
    }
  } finally {
    fs.rmSync(folder, { recursive: true });
  }
}

/** All contenders one after the other, as many times as there are rounds: what disturbs the machine disturbs all of them. */
async function compare(entries: readonly Entry[], options: Options, latencyMs: number): Promise<Line[]> {
  const server = await startServer({ latencyMs });
  try {
    const run = ({ contender, ...programs }: Entry, objects: number) => race(server, contender, { objects, traps: objects > 0 }, {
      ...programs, concurrency: (latencyMs < 5 ? contender.concurrency?.near : contender.concurrency?.far) ?? 1, objectsPerSecond: UNLIMITED,
    });
    const starts = new Map<Entry, number>();
    for (const entry of entries) starts.set(entry, (await run(entry, 0)).seconds);
    const results = new Map<Entry, Result[]>(entries.map((entry) => [entry, []]));
    for (let round = 1; round <= options.rounds; round++) {
      for (const entry of entries) {
        const result = await run(entry, options.objects);
        results.get(entry)!.push(result);
        console.error(`${latencyMs} ms, round ${round}: ${result.contender}: ${result.seconds.toFixed(2)} s, wrong: ${wrongOf(result)}`);
      }
    }
    return entries.map((entry) => lineOf(results.get(entry)!, starts.get(entry)!));
  } finally {
    await server.close();
  }
}

main(readOptions(process.argv.slice(2))).catch((error: Error) => {
  console.error(error.message);
  process.exitCode = 1;
});
