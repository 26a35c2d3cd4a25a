/**
 * Measures both ways to list where they differ: few objects out of many, an archive inside the
 * listing, long keys, and, for comparison, a run that archives all that it lists. Prints what a run
 * costs in multiples of S3's own price, which is that of the LIST and COPY requests alone.
 *
 * Seconds depend on the machine and its load, so only their ratio within one run says something.
 * Without latency, a request of the sandbox costs only CPU, and the seconds are mostly those of the
 * rate, which both ways have.
 *
 * usage: few-out-of-many.ts [--scale N] [--only TEXT] [--selective]
 *   --scale N: a Nth of the objects
 *   --selective: only `Listing.selective()`
 */
import { parseArgs } from 'node:util';
import type { S3DatedArchiverProps } from '../../src';
import { Listing } from '../../src';
import { DEFAULT_REGION, getPrices } from '../../src/lambda/pricing/prices';
import { rehearse } from '../../test/helpers/run-in-sandbox';

const DAY = '2026-11-24';
const OTHER_DAY = '2026-11-23';

interface Case {
  readonly what: string;
  readonly props: Partial<S3DatedArchiverProps>;
  /** All keys, and whether each is due. */
  readonly keys: (scale: number) => Iterable<readonly [key: string, isDue: boolean]>;
  /** The most that the run may cost, in multiples of S3's own price. */
  readonly maxRatio?: number;
  /** The most LIST requests. */
  readonly maxLists?: number;
  /** Every request to S3 takes so much longer. */
  readonly latencyMs?: number;
  /** The least that it is faster than the map. */
  readonly minFaster?: number;
}

const padded = (i: number) => String(i).padStart(7, '0');

function* mixed(
  objects: number,
  every: number,
  prefix: string,
  keyBytes = 0,
): Generator<readonly [string, boolean]> {
  for (let i = 0; i < objects; i++) {
    const isDue = i % every === 0;
    yield [`${prefix}${isDue ? DAY : OTHER_DAY}-${padded(i)}`.padEnd(keyBytes, 'x'), isDue];
  }
}

const PREFIX = 'incoming/';
/**
 * An archived key has the folders of a day in addition, and must not be longer than 1,024 bytes.
 */
const LONGEST = 1_024;

/**
 * The lower end of "consistent small object latencies (and first-byte-out latencies for larger
 * objects) of roughly 100-200 milliseconds". Without it, a million requests of the map's reader and
 * children cost nothing but CPU.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/optimizing-performance.html
 */
const S3_LATENCY_MS = 100;

const CASES: readonly Case[] = [
  {
    what: '33,333 of 1,000,000',
    props: {},
    keys: (scale) => mixed(1_000_000 / scale, 30, PREFIX),
    maxRatio: 1.06,
  },
  {
    what: `33,333 of 1,000,000, ${S3_LATENCY_MS} ms for each request`,
    props: {},
    latencyMs: S3_LATENCY_MS,
    keys: (scale) => mixed(1_000_000 / scale, 30, PREFIX),
    maxRatio: 1.06,
    minFaster: 5,
  },
  {
    what: '10,000 of 10,000',
    props: {},
    keys: (scale) => mixed(10_000 / scale, 1, PREFIX),
    maxRatio: 1.03,
  },
  {
    what: '100,000 of 100,000, keys of 1,024 bytes',
    props: { prefix: `${PREFIX}${'f'.repeat(100)}/` },
    keys: (scale) => mixed(100_000 / scale, 1, `${PREFIX}${'f'.repeat(100)}/`, LONGEST),
    maxRatio: 1.03,
  },
  {
    what: '10,000 due, 1,000,000 in the archive below the same prefix',
    props: { prefix: '' },
    *keys(scale) {
      yield* mixed(10_000 / scale, 1, '');
      for (let i = 0; i < 1_000_000 / scale; i++) {
        yield [`archive/2026/11/23/${OTHER_DAY}-${padded(i)}`, false];
      }
    },
    maxLists: 15,
  },
];

interface Measured {
  readonly listing: string;
  readonly lists: number;
  readonly children: number;
  readonly seconds: number;
  readonly usd: number;
  readonly ratio: number;
}

async function measure(
  { props, keys, latencyMs = 0 }: Case,
  listing: Listing,
  scale: number,
): Promise<Measured> {
  const it = await rehearse({ ...props, listing }, { s3: { latencyMs } });
  try {
    const { store } = it.sandbox.s3!;
    let due = 0;
    for (const [key, isDue] of keys(scale)) {
      store.put('source', key, '');
      due += Number(isDue);
    }
    const began = performance.now();
    const { status, counts, requests, children, estimate } = await it.sandbox.run({
      input: { date: DAY },
    });
    const seconds = (performance.now() - began) / 1000;
    if (
      status !== 'SUCCEEDED' ||
      counts === null ||
      !('archived' in counts) ||
      counts.archived !== due
    ) {
      throw new Error(
        `the run ended as ${status} with ${JSON.stringify(counts)}, and ${due} objects were due`,
      );
    }
    const { write } = getPrices(DEFAULT_REGION).classes.STANDARD;
    const own = (due + Math.ceil(counts.listed / 1_000)) * write;
    return {
      listing:
        listing._settings().listingConcurrency === undefined ? 'distributedMap' : 'selective',
      lists: requests.ListObjectsV2,
      children,
      seconds,
      usd: estimate.usd,
      ratio: estimate.usd / own,
    };
  } finally {
    await it.close();
  }
}

async function main(): Promise<void> {
  const {
    values: { scale = '1', only = '', selective: onlySelective = false },
  } = parseArgs({
    options: {
      scale: { type: 'string' },
      only: { type: 'string' },
      selective: { type: 'boolean' },
    },
  });
  const checks: [boolean, string][] = [];
  for (const each of CASES.filter(({ what }) => what.includes(only))) {
    const map = onlySelective
      ? undefined
      : await measure(each, Listing.distributedMap(), Number(scale));
    const selective = await measure(each, Listing.selective(), Number(scale));
    console.log(each.what);
    for (const { listing, lists, children, seconds, usd, ratio } of map
      ? [map, selective]
      : [selective]) {
      console.log(
        `  ${listing.padEnd(14)} | ${lists} LIST | ${children} children | ${seconds.toFixed(1)} ` +
          `s | $${usd.toFixed(5)} | ${ratio.toFixed(4)} of S3's own price`,
      );
    }
    const faster = map && map.seconds / selective.seconds;
    if (faster !== undefined) {
      console.log(`  selective is ${faster.toFixed(1)} times as fast`);
    }
    const { maxRatio, maxLists, minFaster } = each;
    if (maxRatio !== undefined) {
      checks.push([
        selective.ratio <= maxRatio,
        `${each.what}: at most ${maxRatio} times S3's own price`,
      ]);
    }
    if (maxLists !== undefined) {
      checks.push([selective.lists <= maxLists, `${each.what}: at most ${maxLists} LIST requests`]);
    }
    if (minFaster !== undefined && faster !== undefined) {
      checks.push([
        faster >= minFaster,
        `${each.what}: at least ${minFaster} times as fast as the map`,
      ]);
    }
  }
  checks.forEach(([met, what]) => console.log(`${met ? 'ok     ' : 'FAILED '} ${what}`));
  process.exitCode = checks.every(([met]) => met) ? 0 : 1;
}

void main();
