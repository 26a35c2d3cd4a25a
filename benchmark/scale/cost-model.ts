/**
 * Computes what a run costs on AWS: prices, and batches whose seconds follow from rate, latency and
 * memory.
 */
import { batchesAtOnce, INITIAL_CONCURRENCY } from '../../src/contract/batches';
import { getCost, getTotal } from '../../src/lambda/pricing/cost';
import { DEFAULT_REGION, getPrices } from '../../src/lambda/pricing/prices';
import { type ListingShape, toUsage } from '../../src/lambda/pricing/usage';

const PRICES = getPrices(DEFAULT_REGION);

/** Concurrent copies of a batch. */
const COPIES_AT_ONCE = INITIAL_CONCURRENCY;
/**
 * "consistent small object latencies of roughly 100-200 milliseconds": page "Best practices design
 * patterns: optimizing Amazon S3 performance".
 */
const COPY_SECONDS = 0.1;
/** Seconds of a whole vCPU per object. 0.3 ms were measured without TLS. */
const CPU_SECONDS_PER_OBJECT = 0.0005;
/**
 * Memory with one vCPU ("Configure Lambda function memory"). A Node.js process hardly uses more.
 */
const ONE_VCPU_MB = 1_769;
/**
 * Seconds for a bulk delete, the ledger part and parsing. `RateController` catches up with them if
 * it can.
 */
const SECONDS_PER_BATCH = 0.4;
/** Seconds of a batch in which nothing is selected. */
const SECONDS_TO_SKIP = 0.1;
/** Children that a Map Run starts per second ("Step Functions service quotas"). */
const CHILDREN_PER_SECOND = 100;
/**
 * Seconds of ReportRun for each batch. For a million, `report-run.ts` measures 83 s of CPU, and
 * 1,000 pages of a listing and 0.7 GB of results, which are read twice, take another 120 s on AWS.
 */
const REPORT_SECONDS_PER_BATCH = (83 + 120) / 1e6;
/** Pages of a listing that a vCPU reads in a second, the lower end of what was measured. */
const PAGES_PER_SECOND = 50;
/** A round of a function that lists. */
const SECONDS_PER_LISTING_ROUND = 15 * 60;

/** Lines of a part of the ledger, and objects of a bulk delete. */
const OBJECTS_PER_PART = 1_000;

export interface Setting {
  readonly batchSize: number;
  /** Objects of a batch that a function plans. */
  readonly plannedBatchSize: number;
  readonly memoryMb: number;
  readonly maxConcurrency: number;
  readonly maxObjectsPerSecond: number;
}

export const DEFAULTS: Setting = {
  batchSize: 1_000,
  plannedBatchSize: 10_000,
  memoryMb: 1_024,
  maxConcurrency: batchesAtOnce(1_500),
  maxObjectsPerSecond: 1_500,
};

/** What a run lists and archives, and whether a function lists in place of the map. */
export interface RunSize {
  readonly listed: number;
  readonly archived: number;
  readonly selective?: boolean;
}

export interface RunEstimate {
  readonly usd: number;
  readonly secondsPerBatch: number;
  readonly objectsPerSecond: number;
  readonly batches: number;
  /** Of the move, without the listing by a function and the report. */
  readonly hours: number;
  /** Before the move. The map lists while it moves. */
  readonly listingSeconds: number;
  readonly reportSeconds: number;
}

/** Estimates a run without errors. */
export function estimateRun(
  { listed, archived, selective = false }: RunSize,
  setting: Setting,
): RunEstimate {
  const { memoryMb, maxConcurrency, maxObjectsPerSecond } = setting;
  const batchSize = selective ? setting.plannedBatchSize : setting.batchSize;
  const batches = Math.ceil((selective ? archived : listed) / batchSize);
  const full = Math.ceil(archived / batchSize);
  const share = maxObjectsPerSecond / maxConcurrency;
  const secondsPerObject = Math.max(
    COPY_SECONDS / COPIES_AT_ONCE,
    CPU_SECONDS_PER_OBJECT * Math.max(1, ONE_VCPU_MB / memoryMb),
  );
  const secondsPerBatch = Math.max(
    batchSize / share,
    SECONDS_PER_BATCH + batchSize * secondsPerObject,
  );
  const batchSeconds = full * secondsPerBatch + (batches - full) * SECONDS_TO_SKIP;
  const objectsPerSecond = Math.min(
    (maxConcurrency * batchSize) / secondsPerBatch,
    CHILDREN_PER_SECOND * batchSize,
  );
  const shape = {
    listed,
    requests: { CopyObject: archived },
    batches,
    rounds: batches,
    parts: Math.max(full, Math.ceil(archived / OBJECTS_PER_PART)),
    batchSeconds,
    memoryMb,
    maxConcurrency,
  };
  const listing = selective ? toListing(listed) : undefined;
  const usage = toUsage({ ...shape, listing });
  return {
    usd: getTotal(getCost(usage, PRICES)),
    secondsPerBatch,
    objectsPerSecond,
    batches,
    hours: Math.max(archived / objectsPerSecond, batchSeconds / maxConcurrency) / 3600,
    listingSeconds: listing?.seconds ?? 0,
    reportSeconds: batches * REPORT_SECONDS_PER_BATCH,
  };
}

function toListing(listed: number): ListingShape {
  const requests = Math.ceil(listed / 1_000);
  const seconds = requests / PAGES_PER_SECOND;
  return {
    requests,
    seconds,
    rounds: Math.ceil(seconds / SECONDS_PER_LISTING_ROUND),
  };
}

/** S3's own price: a copy of each archived object, and a list for each thousand listed objects. */
export function getFloorUsd({ listed, archived }: { listed: number; archived: number }): number {
  return (archived + Math.ceil(listed / 1_000)) * PRICES.classes.STANDARD.write;
}
