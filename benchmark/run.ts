/** The bench: who moves the same objects how fast, with how many requests, and what is wrong with the result. */
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { compare, type Entry, sweep } from './compare';
import { CONTENDERS, find } from './contenders';
import { type Measurement, writeDocs } from './docs';
import { whole } from './figures';
import { type Options, readOptions } from './options';
import { ratiosOf, tableOf, throttledTableOf } from './table';
import { throttled } from './throttled';
import { report, throttledVerdictsOf, type Verdict, verdictsOf } from './verdicts';
import { bundleWorkers } from './workers/bundle';

async function main(args: string[]): Promise<void> {
  const options = readOptions(args);
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'bench-'));
  try {
    const workers = bundleWorkers(folder);
    const wanted = CONTENDERS.filter(({ name }) => options.only?.some((word) => name.includes(word)) ?? true);
    const found = wanted.map((contender) => ({ contender, workers, program: contender.program ? find(contender.program, options.peers) : '' }));
    const entries = found.filter((entry): entry is Entry => entry.program !== undefined);
    const absent = found.filter(({ program }) => program === undefined).map(({ contender }) => contender.name);
    if (absent.length > 0) { console.error(`not installed: ${absent.join(', ')} (benchmark/install-peers.sh)`); }
    if (options.mode === 'sweep') {
      for (const latencyMs of options.latencies) { await sweep(entries, { ...options, latencyMs }); }
      return;
    }
    const verdicts = options.mode === 'throttled' ? await runThrottled(entries, options) : await runCompared(entries, absent, options);
    if (!report(verdicts)) { process.exitCode = 1; }
  } finally {
    fs.rmSync(folder, { recursive: true });
  }
}

async function runCompared(entries: readonly Entry[], absent: readonly string[], options: Options): Promise<Verdict[]> {
  const measurements: Measurement[] = [];
  for (const latencyMs of options.latencies) {
    const lines = await compare(entries, { ...options, latencyMs });
    measurements.push({ latencyMs, objects: options.objects, rounds: options.rounds, lines, absent });
    console.log(`\n${whole(options.objects)} objects, half of them moved, ${latencyMs} ms of latency, ${options.rounds} rounds\n`);
    console.log(`${tableOf(lines, absent)}\n\n${ratiosOf(lines).join('\n')}`);
  }
  if (options.json) { fs.writeFileSync(options.json, JSON.stringify(measurements, undefined, 2)); }
  if (options.write) { writeDocs({ measurements }); }
  return measurements.flatMap(({ lines, latencyMs }) => verdictsOf(lines, latencyMs));
}

async function runThrottled(entries: readonly Entry[], options: Options): Promise<Verdict[]> {
  // The floors have no answer to SlowDown.
  const lines = await throttled(entries.filter(({ contender }) => contender.kind !== 'floor'), options.objects);
  console.log(`\n${throttledTableOf(lines)}`);
  if (options.json) { fs.writeFileSync(options.json, JSON.stringify(lines, undefined, 2)); }
  if (options.write) { writeDocs({ throttled: lines }); }
  return throttledVerdictsOf(lines);
}

main(process.argv.slice(2)).catch((error: Error) => {
  console.error(error.message);
  process.exitCode = 1;
});
