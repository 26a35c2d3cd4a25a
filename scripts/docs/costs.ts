/** The arithmetic behind the figures of the README; test/packaging/docs/readme.test.ts compares them. */
import { batchesAtOnce } from '../../src/contract/batches';
import { getCost, getTotal } from '../../src/lambda/pricing/cost';
import { DEFAULT_REGION, getPrices } from '../../src/lambda/pricing/prices';
import { toUsage } from '../../src/lambda/pricing/usage';

export interface RunShape {
  /** Objects below the listed prefix. */
  readonly listed: number;
  /** Those among them that are archived. */
  readonly archived: number;
}

/** Defaults of the props. */
const BATCH_SIZE = 1000;
const OBJECTS_PER_SECOND = 1500;
const MEMORY_MB = 1024;

/** USD of a run with default props, at list prices, everything going well. */
export function runCost({ listed, archived }: RunShape): number {
  const batches = Math.ceil(listed / BATCH_SIZE);
  // A batch that is held to its share of the rate takes as long as that lets it.
  const batchSeconds = archived / (OBJECTS_PER_SECOND / batchesAtOnce(OBJECTS_PER_SECOND));
  const usage = toUsage({ listed, requests: { CopyObject: archived }, batches, rounds: batches, batchSeconds, memoryMb: MEMORY_MB, express: false });
  return getTotal(getCost(usage, getPrices(DEFAULT_REGION)));
}

/** Minutes that the rate allows for. */
export function runMinutes({ archived }: RunShape): number {
  return archived / OBJECTS_PER_SECOND / 60;
}
