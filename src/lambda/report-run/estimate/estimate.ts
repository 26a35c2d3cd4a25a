/**
 * What a dry run says of the real run: requests, dollars, minutes, and what the storage classes ask for.
 *
 * Requests are foreseen one by one. Lambda is billed by time, which a dry run does not spend as the real run will, so its
 * seconds come from a model: the rate that the run is allowed, and the latency of S3 as ReportRun has just seen it.
 */
import { storageClassCosts, type StorageClassCosts } from './storage-class-costs';
import type { LargeKey, Tally } from '../../ledger/tally';
import { getCost, getTotal, type CostItem } from '../../pricing/cost';
import { type Prices, PRICES_AS_OF } from '../../pricing/prices';
import { addRequests, groupByOperation, toRequestName, type Requests, sumRequests } from '../../pricing/requests';
import { roundUsd } from '../../pricing/round-usd';
import { INIT_SECONDS, countInstances, type RunShape, toUsage } from '../../pricing/usage';
import { INITIAL_CONCURRENCY } from '../../throughput/concurrency-controller';

export interface Estimate {
  /** That would be archived. */
  readonly objects: number;
  readonly bytes: number;
  readonly minutes: number;
  /** To S3, with those of the map and of the report. */
  readonly requests: { readonly total: number; readonly byOperation: Requests };
  readonly usd: { readonly total: number; readonly items: readonly CostItem[] };
  readonly prices: { readonly region: string; readonly asOf: string };
  readonly largest: readonly LargeKey[];
  readonly storageClasses: StorageClassCosts;
}

/** What ReportRun has seen of S3 while it added the dry run up. */
export interface ObservedS3 {
  /** Requests for earlier reports, which the real run will make again. */
  readonly lookBack: Requests;
  /** Of its fastest request. */
  readonly latencySeconds: number;
  /** Since it began. */
  readonly seconds: number;
  /** How long its instance took to start: the pace of a vCPU. */
  readonly initSeconds: number;
}

export interface DryRun extends Pick<RunShape, 'listed' | 'batches' | 'memoryMb' | 'express' | 'outcome' | 'notifiesOnSuccess' | 'maxConcurrency'> {
  readonly tally: Tally;
  readonly objectsPerSecond: number;
  /** Batches send messages of their own. */
  readonly notifiesPerBatch: boolean;
  /** Of the archive. */
  readonly storageClass: string;
  readonly prices: Prices;
  readonly observed: ObservedS3;
}

/** Of a whole vCPU, for each object: docs/results/performance.md. */
const CPU_SECONDS = 0.0003;
const ONE_VCPU_MB = 1_769;
/** A copy takes as long as some small requests do: "consistent small object latencies of roughly 100-200 milliseconds". */
const LATENCIES_A_COPY = 5;
/** Of one server-side copy or part, in bytes a second: an assumption, as S3 promises none. */
const STREAM = 100 * 1024 ** 2;
/** A copy in parts looks, reads tags, opens, lists and completes, besides the parts. */
const LATENCIES_A_LARGE_COPY = 6;
/** Bulk delete, ledger, parsing; without objects, the last only. */
const SECONDS_A_FULL_BATCH = 0.1;
const SECONDS_A_BATCH = 0.02;
/** Between the states, and until the first child starts. */
const SECONDS_BETWEEN = 3;

export function estimate(run: DryRun): Estimate {
  const { tally, prices, batches, storageClass, observed: seen } = run;
  const selected = tally.archived + tally.conflicting + tally.failed;
  const requests: Requests = { [toRequestName('CopyObject', storageClass)]: selected - tally.objectsWithRequests, DeleteObjects: tally.archivingBatches };
  addRequests(requests, tally.requests);
  const lookBack = { ...seen.lookBack };
  // The real run finds this dry run's report among the earlier ones.
  addRequests(lookBack, { GetObject: 1 });

  const seconds = secondsOf(run, selected);
  const usage = toUsage({
    ...run,
    rounds: batches,
    parts: tally.parts,
    requests,
    lookBack,
    batchSeconds: seconds.batches,
    reportSeconds: seconds.report,
    initSeconds: seen.initSeconds,
    batchMessages: run.notifiesPerBatch ? tally.batchesWithProblems : 0,
    problems: tally.conflicting + tally.failed,
    retrieved: tally.sources.retrieved(),
    earlyByteDays: tally.sources.earlyByteDays(),
  });
  const items = getCost(usage, prices);
  const counted = Object.fromEntries(Object.entries(groupByOperation(usage.requests)).filter(([, count]) => count > 0));
  return {
    objects: tally.archived,
    bytes: tally.bytes,
    minutes: Number((seconds.run / 60).toFixed(2)),
    requests: { total: sumRequests(counted), byOperation: counted },
    usd: { total: roundUsd(getTotal(items)), items: items.map((item) => ({ ...item, usd: roundUsd(item.usd) })) },
    prices: { region: prices.region, asOf: PRICES_AS_OF },
    largest: tally.largest.items(),
    storageClasses: storageClassCosts(tally, storageClass, prices),
  };
}

/** Of all batches together, of the report, and of the run from its start to its end. */
function secondsOf({ tally, batches, memoryMb, objectsPerSecond, maxConcurrency, observed: seen }: DryRun, selected: number) {
  const latency = seen.latencySeconds;
  const pace = seen.initSeconds / INIT_SECONDS;
  const cpuSeconds = CPU_SECONDS * pace * Math.max(1, ONE_VCPU_MB / memoryMb);
  const plain = selected - tally.largeCopies;
  const bytesEach = Math.max(0, tally.bytes - tally.largeBytes) / Math.max(1, plain);
  const secondsEach = Math.max(1 / objectsPerSecond, (LATENCIES_A_COPY * latency + bytesEach / STREAM) / INITIAL_CONCURRENCY, cpuSeconds);
  // Where a destination is taken, both ends are looked at.
  const looks = Math.max(0, sumRequests(tally.requests) - tally.objectsWithRequests) * Math.max(latency / INITIAL_CONCURRENCY, cpuSeconds);
  const large = tally.largeCopies * LATENCIES_A_LARGE_COPY * latency + tally.largeStreamBytes / STREAM;
  const ofBatch = (objects: number) => SECONDS_A_BATCH * pace + 2 * latency
    + (objects > 0 ? SECONDS_A_FULL_BATCH * pace + LATENCIES_A_COPY * latency + objects * secondsEach : 0);
  const all = tally.parts * ofBatch(1) + (batches - tally.parts) * ofBatch(0) + (plain - tally.parts) * secondsEach + looks + large;
  const report = seen.seconds + 3 * latency;
  const side = Math.max(1, countInstances({ batches, maxConcurrency }));
  return { batches: Math.max(0, all), report, run: SECONDS_BETWEEN + Math.max(all / side, ofBatch(tally.maxPerBatch)) + report };
}
