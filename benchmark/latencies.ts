/**
 * How long a server takes to answer: always as long, or as services do, most of them soon and some
 * much later. S3 publishes no distribution for CopyObject, hence several.
 */

/** A shifted lognormal distribution: least, median and 99th percentile, in milliseconds. */
export interface Distribution {
  readonly least: number;
  readonly median: number;
  readonly p99: number;
}

/** A number is a constant latency in milliseconds. */
export type Latency = number | Distribution;

export const DISTRIBUTIONS: readonly Latency[] = [
  { least: 20, median: 80, p99: 300 },
  { least: 30, median: 100, p99: 400 },
  { least: 30, median: 150, p99: 600 },
  { least: 20, median: 150, p99: 800 },
  150,
];

/** The standard normal distribution's quantile of 0.99. */
const Z_99 = 2.326348;

export function describeLatency(latency: Latency): string {
  return typeof latency === 'number'
    ? `${latency} ms`
    : `${latency.least}/${latency.median}/${latency.p99} ms`;
}

/** Returns a function that draws one latency after the other. */
export function drawLatencies(latency: Latency, random: () => number): () => number {
  if (typeof latency === 'number') {
    return () => latency;
  }
  const { least, median, p99 } = latency;
  const scale = median - least;
  const sigma = Math.log((p99 - least) / scale) / Z_99;
  return () => least + scale * Math.exp(sigma * drawNormal(random));
}

/** "A Note on the Generation of Random Normal Deviates", Box and Muller, 1958. */
function drawNormal(random: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

/**
 * Returns the random number generator of Park and Miller ("Random number generators: good ones are
 * hard to find", 1988).
 */
export function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}
