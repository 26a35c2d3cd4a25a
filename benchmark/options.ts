import * as os from 'node:os';
import * as path from 'node:path';
import { parseArgs } from 'node:util';

const USAGE = `usage: npm run bench -- [--quick | --guard | --throttled | --distributions | --packing | --sweep] [--objects N] [--rounds N] [--latency MS] [--allowed N] [--pack-size N] [--only NAMES] [--peers DIR] [--json FILE] [--write]
  --quick      1,000 objects, one round; ends with \`N passed, N failed\`
  --guard      CPU for an object of the handler beside SDK v3, and the use of a rate with answers that vary; ends with \`N passed, N failed\`
  --throttled  the share of an allowed rate that each contender uses, and its refusals per granted request
  --distributions how much of its rate a run with default props uses, with answers that vary as those of services do
  --packing    objects of 10 KB, all of them of the day, into packs
  --sweep      each contender with one concurrency after the other, one round
  --objects N  in the source, half of them of the day, slow contenders have a tenth; default 120,000
  --rounds N   default 3
  --latency MS of every request; default: without, and with 20 ms (quick, guard, throttled: without)
  --allowed N  throttled: writes a second that the server allows; default 1,500; fewer on a machine without time for more
  --pack-size N packing: N objects for each day, and so for each pack; default: all of one day
  --only NAMES contenders whose names have one of these words in them, with commas between
  --peers DIR  where install-peers.sh put them; default: bench-peers in the folder of temporary files
  --json FILE  all results
  --write      docs/results/performance.md and docs/results/performance.svg`;

const MODES = ['quick', 'guard', 'throttled', 'distributions', 'packing', 'sweep'] as const;

export interface Options {
  readonly mode: (typeof MODES)[number] | 'full';
  readonly objects: number;
  readonly rounds: number;
  /** Milliseconds that each request takes longer. */
  readonly latencies: readonly number[];
  /** Writes a second that the server of `throttled` allows. */
  readonly allowed: number;
  /** Objects of a day, in `packing`. Default: all. */
  readonly packSize?: number;
  readonly only?: readonly string[];
  readonly peers: string;
  readonly json?: string;
  readonly write: boolean;
}

const DEFAULTS = {
  full: { objects: 120_000, rounds: 3, latencies: [0, 20] },
  quick: { objects: 1_000, rounds: 1, latencies: [0] },
  // So many that the first copies of a process, which go through the SDK, weigh as little as in the
  // full benchmark.
  guard: { objects: 120_000, rounds: 2, latencies: [0] },
  throttled: { objects: 40_000, rounds: 1, latencies: [0] },
  distributions: { objects: 60_000, rounds: 1, latencies: [0] },
  packing: { objects: 40_000, rounds: 3, latencies: [0, 20] },
  sweep: { objects: 10_000, rounds: 1, latencies: [0, 20] },
};

/** @throws Error with the usage */
export function readOptions(args: string[]): Options {
  const { values } = parsed(args);
  const mode = MODES.find((each) => values[each]) ?? 'full';
  const defaults = DEFAULTS[mode];
  const latency =
    values.latency === undefined ? undefined : wholeNumber('--latency', values.latency, 0);
  return {
    mode,
    objects: wholeNumber('--objects', values.objects ?? String(defaults.objects), 2),
    rounds: wholeNumber('--rounds', values.rounds ?? String(defaults.rounds), 1),
    latencies: latency === undefined ? defaults.latencies : [latency],
    allowed: wholeNumber('--allowed', values.allowed ?? '1500', 1),
    packSize:
      values['pack-size'] === undefined
        ? undefined
        : wholeNumber('--pack-size', values['pack-size'], 1),
    only: values.only?.split(',').map((word) => word.trim()),
    peers: values.peers ?? path.join(os.tmpdir(), 'bench-peers'),
    json: values.json,
    write: values.write ?? false,
  };
}

function parsed(args: string[]) {
  try {
    return parseArgs({
      args,
      options: {
        quick: { type: 'boolean' },
        guard: { type: 'boolean' },
        throttled: { type: 'boolean' },
        distributions: { type: 'boolean' },
        packing: { type: 'boolean' },
        sweep: { type: 'boolean' },
        write: { type: 'boolean' },
        objects: { type: 'string' },
        rounds: { type: 'string' },
        latency: { type: 'string' },
        allowed: { type: 'string' },
        'pack-size': { type: 'string' },
        only: { type: 'string' },
        peers: { type: 'string' },
        json: { type: 'string' },
      },
    });
  } catch (error) {
    throw new Error(`${(error as Error).message}\n${USAGE}`);
  }
}

function wholeNumber(flag: string, text: string, least: number): number {
  if (/^\d{1,9}$/.test(text) && Number(text) >= least) {
    return Number(text);
  }
  throw new Error(`${flag} is '${text}', but must be a whole number from ${least}\n${USAGE}`);
}
