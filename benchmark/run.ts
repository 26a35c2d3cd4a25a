/**
 * The benchmark: how fast each contender moves the same objects, with how many requests, and what
 * is wrong afterwards.
 */
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import {
  MIN_USED_IN_GUARD,
  report,
  toDistributionVerdicts,
  toGuardVerdict,
  toThrottledVerdicts,
  type Verdict,
  toVerdicts,
} from './checks';
import { compare, type Entry, sweep } from './compare';
import { compareDistributions, GUARDED } from './compare-distributions';
import { throttled } from './compare-throttled';
import { CONTENDERS, findProgram, FLOOR, HANDLER, SDK_FLOOR, TWO_HANDLERS } from './contenders';
import { whole } from './figures';
import { type Options, readOptions } from './options';
import { toDistributionTable, toRatios, toTable, toThrottledTable } from './tables';
import { bundleWorkers } from './workers/bundle-workers';
import { type Measurement, writeDocs } from './write-docs';

/** Small objects, all of them of the day. */
const PACKED = { every: 1, objectBytes: 10_240, traps: false };

/** Less than half a minute, because the rate is what limits it. */
const OBJECTS_OF_GUARDED_RATE = 30_000;

/** Other modes have all contenders, or those that are named. */
const CONTENDERS_OF: Partial<Record<Options['mode'], readonly string[]>> = {
  guard: [HANDLER, FLOOR, SDK_FLOOR, TWO_HANDLERS],
  distributions: [TWO_HANDLERS],
};

async function main(args: string[]): Promise<void> {
  const options = readOptions(args);
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'bench-'));
  try {
    const workers = bundleWorkers(folder);
    const isPacking = options.mode === 'packing';
    const wanted = CONTENDERS.filter(({ packs = false }) => packs === isPacking).filter(
      ({ name }) =>
        CONTENDERS_OF[options.mode]?.includes(name) ??
        options.only?.some((word) => name.includes(word)) ??
        true,
    );
    const found = wanted.map((contender) => ({
      contender,
      workers,
      program: contender.program ? findProgram(contender.program, options.peers) : '',
    }));
    const entries = found.filter((entry): entry is Entry => entry.program !== undefined);
    const absent = found
      .filter(({ program }) => program === undefined)
      .map(({ contender }) => contender.name);
    if (absent.length > 0) {
      console.error(`not installed: ${absent.join(', ')} (benchmark/install-peers.sh)`);
    }
    if (options.mode === 'sweep') {
      for (const latencyMs of options.latencies) {
        await sweep(entries, { ...options, latencyMs });
      }
      return;
    }
    const verdicts = await runMode(entries, absent, options);
    if (!report(verdicts)) {
      process.exitCode = 1;
    }
  } finally {
    fs.rmSync(folder, { recursive: true });
  }
}

function runMode(
  entries: readonly Entry[],
  absent: readonly string[],
  options: Options,
): Promise<Verdict[]> {
  if (options.mode === 'throttled') {
    return runThrottled(entries, options);
  }
  if (options.mode === 'distributions') {
    return runDistributions(entries[0], options);
  }
  return options.mode === 'guard'
    ? runGuard(entries, absent, options)
    : runCompared(entries, absent, options);
}

async function runGuard(
  entries: readonly Entry[],
  absent: readonly string[],
  options: Options,
): Promise<Verdict[]> {
  const isOfRate = ({ contender }: Entry) => contender.name === TWO_HANDLERS;
  const verdicts = await runCompared(
    entries.filter((entry) => !isOfRate(entry)),
    absent,
    options,
  );
  const lines = await compareDistributions(
    entries.find(isOfRate)!,
    Math.min(options.objects, OBJECTS_OF_GUARDED_RATE),
    [GUARDED],
  );
  return [...verdicts, ...toDistributionVerdicts(lines, MIN_USED_IN_GUARD)];
}

async function runDistributions(entry: Entry, options: Options): Promise<Verdict[]> {
  const lines = await compareDistributions(entry, options.objects);
  console.log(`\n${toDistributionTable(lines)}`);
  if (options.json) {
    fs.writeFileSync(options.json, JSON.stringify(lines, undefined, 2));
  }
  if (options.write) {
    writeDocs({ distributions: lines });
  }
  return toDistributionVerdicts(lines);
}

async function runCompared(
  entries: readonly Entry[],
  absent: readonly string[],
  options: Options,
): Promise<Verdict[]> {
  const measurements: Measurement[] = [];
  for (const latencyMs of options.latencies) {
    const lines = await compare(entries, {
      ...options,
      latencyMs,
      ...(options.mode === 'packing' && { shape: { ...PACKED, perDay: options.packSize } }),
    });
    measurements.push({
      latencyMs,
      objects: options.objects,
      rounds: options.rounds,
      lines,
      absent,
      versions: readVersions(options.peers),
    });
    console.log(
      `\n${whole(options.objects)} objects, ${latencyMs} ms of latency, ${options.rounds} rounds\n`,
    );
    console.log(`${toTable(lines, absent)}\n\n${toRatios(lines).join('\n')}`);
  }
  if (options.json) {
    fs.writeFileSync(options.json, JSON.stringify(measurements, undefined, 2));
  }
  if (options.write) {
    writeDocs(
      options.mode === 'packing'
        ? { packing: measurements, packSize: options.packSize }
        : { measurements },
    );
  }
  const verdicts = measurements.flatMap(({ lines, latencyMs }) =>
    toVerdicts(lines, latencyMs, options.packSize),
  );
  if (options.mode !== 'guard') {
    return verdicts;
  }
  const find = (name: string) => measurements[0].lines.find(({ contender }) => contender === name)!;
  return [...verdicts, toGuardVerdict(find(HANDLER), find(SDK_FLOOR))];
}

/** The versions of the other tools, which `install-peers.sh` has listed. */
function readVersions(peers: string): string[] {
  const file = path.join(peers, 'versions');
  return fs.existsSync(file) ? fs.readFileSync(file, 'utf8').trim().split('\n') : [];
}

async function runThrottled(entries: readonly Entry[], options: Options): Promise<Verdict[]> {
  // The floors do not handle SlowDown.
  const lines = await throttled(
    entries.filter(({ contender }) => contender.kind !== 'floor'),
    options,
  );
  console.log(`\n${toThrottledTable(lines)}`);
  if (options.json) {
    fs.writeFileSync(options.json, JSON.stringify(lines, undefined, 2));
  }
  if (options.write) {
    writeDocs({ throttled: lines });
  }
  return toThrottledVerdicts(lines);
}

main(process.argv.slice(2)).catch((error: Error) => {
  console.error(error.message);
  process.exitCode = 1;
});
