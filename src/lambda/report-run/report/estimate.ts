/**
 * Lambda is billed by time, so the seconds of the real run come from a model of the allowed rate
 * and the latency of S3 that was just measured.
 */
import { getSelected } from './outcome';
import type { ReportFacts } from './report';
import { readsLedgers } from '../../../contract/actions';
import { getKeysPerDelete, INITIAL_CONCURRENCY } from '../../../contract/batches';
import { ONE_VCPU_MEMORY } from '../../../contract/memory';
import type { LedgerLine } from '../../../contract/payloads/ledger-line';
import { SourceClasses } from '../../ledger/source-classes';
import type { Tally } from '../../ledger/tally';
import { getReportedCost, type ReportedCost, roundUsd } from '../../pricing/cost';
import { getClassPrices, getPrices, type Prices } from '../../pricing/prices';
import {
  addRequests,
  groupByOperation,
  type Requests,
  sumRequests,
  toRequestName,
} from '../../pricing/requests';
import {
  DAYS_PER_MONTH,
  GB,
  getEarlyDeletionUsd,
  getRetrievalUsd,
  getTerms,
} from '../../pricing/storage-classes';
import { countInstances, INIT_SECONDS, toUsage } from '../../pricing/usage';

/** A dry run's prediction of the objects, cost and time of the real run. */
export interface Estimate {
  /** The number of objects that would be archived. */
  readonly objects: number;
  readonly bytes: number;
  /** The real run may find that some of these conflict. Unset: all were compared. */
  readonly destinationsNotCompared?: number;
  readonly minutes: number;
  /** To S3, including those of the map and of the report. */
  readonly requests: { readonly total: number; readonly byOperation: Requests };
  readonly usd: Omit<ReportedCost, 'prices'>;
  readonly prices: ReportedCost['prices'];
  readonly largest: readonly Pick<LedgerLine, 'key' | 'size'>[];
  readonly storageClasses: StorageClassCosts;
}

/** Costs that request prices do not include: for leaving a class, and for entering the next one. */
interface StorageClassCosts {
  readonly source: readonly SourceClassCosts[];
  readonly destination: {
    readonly storageClass: string;
    /** A smaller object is billed as if it had this size. */
    readonly minimumBytes: number;
    readonly smaller: ClassSum & { readonly billedBytes: number };
    readonly minimumDays: number;
    readonly usdPerMonth: number;
    /** Even if the objects are deleted at once. */
    readonly leastUsd: number;
  };
}

interface ClassSum {
  readonly objects: number;
  readonly bytes: number;
}

interface SourceClassCosts extends ClassSum {
  readonly storageClass: string;
  /** The price of restores from Glacier, including the requests. */
  readonly retrievalUsd: number;
  readonly minimumDays: number;
  /** Objects that leave the class before its minimum duration. */
  readonly early: ClassSum & { readonly usd: number };
}

export interface ObservedS3 {
  /** Requests for earlier reports. The real run will send them again. */
  readonly lookBack: Requests;
  readonly latencySeconds: number;
  readonly seconds: number;
  /** How long its instance took to start. This shows how fast a vCPU is. */
  readonly initSeconds: number;
}

/** Seconds of a whole vCPU per object: docs/results/performance.md. */
const CPU_SECONDS_PER_OBJECT = 0.0003;
/**
 * A copy takes as long as five small requests: "consistent small object latencies of roughly
 * 100-200 milliseconds".
 */
const LATENCIES_PER_COPY = 5;
/**
 * Throughput of one server-side copy or part, in bytes per second. This is an assumption: S3 does
 * not promise any.
 */
const COPY_BYTES_PER_SECOND = 100 * 1024 ** 2;
/**
 * Besides its parts, a multipart copy reads metadata and tags, and creates, lists and completes the
 * upload.
 */
const LATENCIES_PER_LARGE_COPY = 6;
/** Deleting in bulk and writing the ledger, for a batch with selected objects. */
const SECONDS_PER_FULL_BATCH = 0.1;
/** Parsing, for every batch. */
const SECONDS_PER_BATCH = 0.02;
/** Time between the states, and until the first child starts. */
const SECONDS_BETWEEN_STATES = 3;

function toShape({
  run,
  counts,
  tally,
  listing,
  batches,
  batch: { memoryMb },
  outcome,
  alertMode,
}: ReportFacts) {
  return {
    listed: counts.listed,
    listing,
    batches: batches.count,
    parts: tally.parts,
    memoryMb,
    hasStatesPerRound: alertMode === 'PER_BATCH' || readsLedgers(run.action),
    outcome,
    batchMessages: alertMode === 'PER_BATCH' ? tally.batchesWithProblems : 0,
    maxConcurrency: run.maxConcurrency,
    problems: counts.conflicting + counts.failed,
  };
}

/** The batches counted their requests. Those of the other functions follow from the run's shape. */
export function estimateCost(facts: ReportFacts): ReportedCost {
  const { run, tally, batches, alertMode, observed, transfer, awsRegion, requests } = facts;
  return getReportedCost(
    toUsage({
      ...toShape(facts),
      counted: requests,
      // ReportRun writes which parts of the ledger it was balanced with.
      requests: { PutObject: tally.parts > 0 && !run.dryRun ? 1 : 0 },
      lookBack: observed.lookBack,
      rounds: batches.rounds,
      partsRead: tally.partsRead,
      batchSeconds: tally.busyMilliseconds() / 1000,
      notifiesOnSuccess: run.dryRun || alertMode === 'EVERY_RUN',
      retrieved: run.dryRun ? {} : getSources(facts).retrieved(),
      // Objects found at the destination were not copied. They count with the average size.
      ...(transfer &&
        !run.dryRun &&
        tally.archived > 0 && {
          transferred: [{ ...transfer, bytes: tally.bytes * (1 - tally.found / tally.archived) }],
        }),
    }),
    awsRegion,
  );
}

/**
 * A restore reads from the class of the archive. The class of an object at its old key does not
 * matter, and no object leaves its class.
 */
function getSources({ archiveClass, tally }: ReportFacts): SourceClasses {
  if (archiveClass === undefined) {
    return tally.sources;
  }
  const sources = new SourceClasses();
  if (tally.archived > 0) {
    sources.mergeDigest({ [archiveClass]: [tally.archived, tally.bytes] });
  }
  return sources;
}

export function estimate(facts: ReportFacts): Estimate {
  const {
    run,
    tally,
    batches,
    storageClass,
    observed,
    keepsSources,
    transfer,
    alertMode,
    destinationsNotCompared,
    awsRegion,
  } = facts;
  const selected = getSelected(tally);
  const sources = getSources(facts);
  const keysPerDelete = getKeysPerDelete(run);
  // If S3 refuses nothing.
  const deletes = [...tally.batchesByArchived].reduce(
    (sum, [archived, count]) => sum + count * Math.ceil(archived / keysPerDelete),
    0,
  );
  const requests = addRequests(
    {
      [toRequestName('CopyObject', storageClass)]: selected - tally.objectsWithRequests,
      // Kept sources are not deleted, and destinations are listed before they are copied to. A
      // restore deletes nothing, either.
      ...(keepsSources
        ? { ListObjectsV2: tally.parts }
        : { DeleteObjects: facts.archiveClass === undefined ? deletes : 0 }),
      PutObject: tally.parts > 0 ? 1 : 0,
    },
    tally.requests,
  );
  const seconds = estimateSeconds(facts, selected);
  const usage = toUsage({
    ...toShape(facts),
    rounds: batches.count,
    requests,
    // The real run will also find the report of this dry run, in PlanRun and in ReportRun.
    lookBack: addRequests({ GetObject: 2 }, observed.lookBack),
    batchSeconds: seconds.batches,
    reportSeconds: seconds.report,
    initSeconds: observed.initSeconds,
    notifiesOnSuccess: alertMode === 'EVERY_RUN',
    retrieved: sources.retrieved(),
    earlyByteDays: keepsSources ? {} : sources.earlyByteDays(),
    ...(transfer && { transferred: [{ ...transfer, bytes: tally.bytes }] }),
  });
  const { prices, ...usd } = getReportedCost(usage, awsRegion);
  const counted = Object.fromEntries(
    Object.entries(groupByOperation(usage.requests)).filter(([, count]) => count > 0),
  );
  return {
    objects: tally.archived,
    bytes: tally.bytes,
    ...(destinationsNotCompared && { destinationsNotCompared }),
    minutes: Number((seconds.run / 60).toFixed(2)),
    requests: { total: sumRequests(counted), byOperation: counted },
    usd,
    prices,
    largest: tally.largest.items,
    storageClasses: getStorageClassCosts(
      tally,
      sources,
      storageClass,
      getPrices(awsRegion),
      !keepsSources,
    ),
  };
}

function estimateSeconds(
  { tally, listing, batches: { count: batches }, batch: { memoryMb }, run, observed }: ReportFacts,
  selected: number,
): { readonly batches: number; readonly report: number; readonly run: number } {
  const { objectsPerSecond, maxConcurrency } = run;
  const latency = observed.latencySeconds;
  const slowness = observed.initSeconds / INIT_SECONDS;
  const cpuSeconds = CPU_SECONDS_PER_OBJECT * slowness * Math.max(1, ONE_VCPU_MEMORY / memoryMb);
  const plain = selected - tally.largeCopies;
  const bytesPerObject = Math.max(0, tally.bytes - tally.largeBytes) / Math.max(1, plain);
  const secondsPerObject = Math.max(
    1 / objectsPerSecond,
    (LATENCIES_PER_COPY * latency + bytesPerObject / COPY_BYTES_PER_SECOND) / INITIAL_CONCURRENCY,
    cpuSeconds,
  );
  // If the destination key is taken, the batch inspects both objects.
  const inspectionRequests = Math.max(0, sumRequests(tally.requests) - tally.objectsWithRequests);
  const inspections = inspectionRequests * Math.max(latency / INITIAL_CONCURRENCY, cpuSeconds);
  const large =
    tally.largeCopies * LATENCIES_PER_LARGE_COPY * latency +
    tally.largeStreamBytes / COPY_BYTES_PER_SECOND;
  const getBatchSeconds = (objects: number) =>
    SECONDS_PER_BATCH * slowness +
    2 * latency +
    (objects > 0
      ? SECONDS_PER_FULL_BATCH * slowness +
        LATENCIES_PER_COPY * latency +
        objects * secondsPerObject
      : 0);
  // A large batch has several parts of the ledger.
  const full = Math.min(batches, tally.parts);
  const total =
    full * getBatchSeconds(1) +
    (batches - full) * getBatchSeconds(0) +
    (plain - full) * secondsPerObject +
    inspections +
    large;
  const report = observed.seconds + 3 * latency;
  const instances = Math.max(1, countInstances({ batches, maxConcurrency }));
  return {
    batches: Math.max(0, total),
    report,
    run:
      SECONDS_BETWEEN_STATES +
      (listing?.seconds ?? 0) +
      Math.max(total / instances, getBatchSeconds(tally.maxPerBatch)) +
      report,
  };
}

/**
 * In a versioned bucket, objects that leave a class early stay as older versions and are not billed
 * for it yet.
 */
const NONE_EARLY = { objects: 0, bytes: 0, usd: 0 };

/** @param leave the objects leave their class, which some may do early */
function getStorageClassCosts(
  { sizes, archived, bytes }: Tally,
  sources: SourceClasses,
  storageClass: string,
  prices: Prices,
  leave: boolean,
): StorageClassCosts {
  const { minimumBytes, minimumDays, indexBytes, standardIndexBytes } = getTerms(storageClass);
  const smaller = sizes.sumBelow(minimumBytes);
  const billedSmall = smaller.objects * minimumBytes;
  const inClass = bytes - smaller.bytes + billedSmall + archived * indexBytes;
  const usdPerMonth =
    (inClass * getClassPrices(prices, storageClass).storageGbMonth +
      archived * standardIndexBytes * getClassPrices(prices, 'STANDARD').storageGbMonth) /
    GB;
  return {
    source: sources.entries().map(([name, each]) => ({
      storageClass: name,
      objects: each.objects,
      bytes: each.bytes,
      retrievalUsd: roundUsd(
        getRetrievalUsd(prices, name, each.bytes) +
          (name.includes('/') ? each.objects * getClassPrices(prices, name).write : 0),
      ),
      minimumDays: getTerms(name).minimumDays,
      early: !leave
        ? NONE_EARLY
        : {
            objects: each.earlyObjects,
            bytes: each.earlyBytes,
            usd: roundUsd(getEarlyDeletionUsd(prices, name, each.earlyByteDays)),
          },
    })),
    destination: {
      storageClass,
      minimumBytes,
      smaller: { ...smaller, billedBytes: billedSmall },
      minimumDays,
      usdPerMonth: roundUsd(usdPerMonth),
      leastUsd: roundUsd((usdPerMonth * minimumDays) / DAYS_PER_MONTH),
    },
  };
}
