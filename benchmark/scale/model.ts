/** What a run takes on AWS, on paper: the meter's prices, and batches whose seconds follow from rate, latency and memory. */
import { batchesAtOnce } from '../../src/contract/batches';
import { getCost, getTotal } from '../../src/lambda/pricing/cost';
import { DEFAULT_REGION, getPrices } from '../../src/lambda/pricing/prices';
import { toUsage } from '../../src/lambda/pricing/usage';

const PRICES = getPrices(DEFAULT_REGION);

/** Copies of a batch that are under way at once: so many to begin with, and up to 256 where answers stay quick. */
const COPIES_AT_ONCE = 128;
/** "consistent small object latencies of roughly 100-200 milliseconds": page "Best practices design patterns: optimizing Amazon S3 performance". */
const COPY_SECONDS = 0.1;
/** Of a whole vCPU: measured, some 0.3 ms without TLS. */
const CPU_SECONDS_PER_OBJECT = 0.0005;
/** "Configure Lambda function memory": one vCPU; a Node process hardly uses more. */
const ONE_VCPU_MB = 1_769;
/** A bulk delete, the ledger's part, parsing. A batch makes up for them, if it can: `RateController`. */
const SECONDS_PER_BATCH = 0.4;
/** Of a batch in which nothing is selected. */
const SECONDS_TO_SKIP = 0.1;
/** Children that a Map Run starts a second: page "Step Functions service quotas". */
const DISPATCH = { STANDARD: 100, EXPRESS: 1_000 };
/** Measured: reading, checking and adding up a million lines of the ledger, with a GET for each thousand of them. */
const REPORT_SECONDS_PER_MILLION = 15;

export interface Setting {
  readonly express: boolean;
  readonly batchSize: number;
  readonly memoryMb: number;
  readonly maxConcurrency: number;
  readonly maxObjectsPerSecond: number;
}

export const DEFAULTS: Setting = {
  express: false, batchSize: 1_000, memoryMb: 1_024, maxConcurrency: batchesAtOnce(1_500), maxObjectsPerSecond: 1_500,
};

export interface Paper {
  readonly usd: number;
  readonly secondsPerBatch: number;
  readonly objectsPerSecond: number;
  readonly batches: number;
  readonly hours: number;
  readonly reportSeconds: number;
}

/** A run that lists as many objects and archives some of them, everything going well. */
export function onPaper({ listed, archived }: { listed: number; archived: number }, setting: Setting): Paper {
  const { express, batchSize, memoryMb, maxConcurrency, maxObjectsPerSecond } = setting;
  const batches = Math.ceil(listed / batchSize);
  const full = Math.ceil(archived / batchSize);
  const share = maxObjectsPerSecond / maxConcurrency;
  const secondsPerObject = Math.max(COPY_SECONDS / COPIES_AT_ONCE, CPU_SECONDS_PER_OBJECT * Math.max(1, ONE_VCPU_MB / memoryMb));
  const secondsPerBatch = Math.max(batchSize / share, SECONDS_PER_BATCH + batchSize * secondsPerObject);
  const batchSeconds = full * secondsPerBatch + (batches - full) * SECONDS_TO_SKIP;
  const objectsPerSecond = Math.min(maxConcurrency * batchSize / secondsPerBatch, DISPATCH[express ? 'EXPRESS' : 'STANDARD'] * batchSize);
  const usage = toUsage({ listed, requests: { CopyObject: archived }, batches, rounds: batches, batchSeconds, memoryMb, express, maxConcurrency });
  return {
    usd: getTotal(getCost(usage, PRICES)),
    secondsPerBatch,
    objectsPerSecond,
    batches,
    hours: Math.max(archived / objectsPerSecond, batchSeconds / maxConcurrency) / 3600,
    reportSeconds: archived / 1e6 * REPORT_SECONDS_PER_MILLION,
  };
}

/** What S3 alone asks for: a copy of each object that is archived, and a list for each thousand that are listed. */
export function floorUsd({ listed, archived }: { listed: number; archived: number }): number {
  return (archived + Math.ceil(listed / 1_000)) * PRICES.classes.STANDARD.write;
}
