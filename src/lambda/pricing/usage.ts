import type { Usage } from './cost';
import { addRequests, type Requests } from './requests';
import {
  EXPLAIN_FAILURE_MEMORY,
  LIST_OBJECTS_MEMORY,
  PLAN_RUN_MEMORY,
  REPORT_RUN_MEMORY,
} from '../../contract/memory';
import type { RunSummary } from '../../contract/payloads/report-payloads';
import { getSurroundings } from '../surroundings/surroundings';

/** The work of a function that lists instead of the map. */
export interface ListingShape {
  readonly requests: number;
  readonly rounds: number;
  readonly seconds: number;
  readonly others?: Requests;
}

export interface RunShape extends Pick<Usage, 'retrieved' | 'earlyByteDays' | 'transferred'> {
  readonly listed: number;
  readonly listing?: ListingShape;
  readonly batches: number;
  readonly rounds: number;
  /**
   * Whether a child has a Choice and a Pass state, and repeats until no objects are left. This is
   * so with messages of batches, and for runs that read ledgers. Default: a child has one state,
   * and FinishBatches processes the rest.
   */
  readonly hasStatesPerRound?: boolean;
  /** Those that neither follow from the shape nor are counted. */
  readonly requests: Requests;
  /** All requests of the batches. Default: `requests`, and those that follow from the shape. */
  readonly counted?: Requests;
  readonly batchSeconds: number;
  readonly memoryMb: number;
  /** The number of parts of the ledger. Default: one for each round. */
  readonly parts?: number;
  /**
   * The number of these parts that ReportRun reads. Default: those of a clean run, with the slowest
   * objects.
   */
  readonly partsRead?: number;
  /** The requests of ReportRun, without those for the ledger and the results of this run. */
  readonly lookBack?: Requests;
  readonly reportSeconds?: number;
  readonly initSeconds?: number;
  readonly outcome?: RunSummary['outcome'];
  readonly notifiesOnSuccess?: boolean;
  readonly batchMessages?: number;
  readonly maxConcurrency?: number;
  /** The number of objects that are not archived. Each of them has a line in the log. */
  readonly problems?: number;
}

const KEYS_PER_LIST = 1000;
/** PlanRun, Action, ArchiveObjects, ReportRun, Outcome, and Succeed or Fail. */
const TRANSITIONS_PER_RUN = 6;
/** The start of a child ("Transitions in Distributed Map state"). */
const TRANSITIONS_PER_CHILD = 1;
/** ArchiveBatch, or BatchFinished where a child has rounds. */
const TRANSITIONS_PER_BATCH = 1;
/** ArchiveBatch, Unfinished? */
const TRANSITIONS_PER_ROUND = 2;
/** FinishBatches, ReportRun, Outcome: only if a batch has another round. */
const TRANSITIONS_PER_FINISH = 3;
/**
 * The child, FinishBatch, Unfinished?, BatchFinished. Rather too much: a child with several rounds
 * has the first and the last of these once.
 */
const TRANSITIONS_PER_LATER_ROUND = 4;
/** ListObjects, Listed? */
const TRANSITIONS_PER_LISTING_ROUND = 2;
/**
 * The claims of folder and ledger, the manifest of the map (the results are one more),
 * `report.json`, `report.html` and the calendar.
 */
const WRITES_PER_RUN = 6;
const SHOWN_PARTS = 10;
/** ReportRun reads the manifest and the calendar. The results are one more, if there are any. */
const READS_PER_RUN = 2;
/** ExplainFailure reads the calendar of a run that failed, and writes it. */
const CALENDAR_PER_FAILURE: Requests = { GetObject: 1, PutObject: 1 };

/**
 * Lambda bills the initialization of an instance. This was measured with the bundles that have the
 * S3 client.
 */
export const INIT_SECONDS = 0.15;
const PLAN_SECONDS = 0.1;
const REPORT_SECONDS = 0.3;
const EXPLAIN_SECONDS = INIT_SECONDS + 0.3;
const DEFAULT_CONCURRENCY = 2;

/** Measured: the log lines of Lambda about an invocation, and those of the functions. */
const LOG_BYTES_PER_INVOCATION = 1_800;
const LOG_BYTES_PER_PROBLEM = 680;

export function toUsage(run: RunShape): Usage {
  const usage = toDeployedUsage(run);
  return getSurroundings().isDeployed ? usage : { ...usage, ...NOT_DEPLOYED };
}

/** Without a deployment, AWS bills what S3 does. */
const NOT_DEPLOYED = {
  transitions: 0,
  invocations: 0,
  lambdaGbSeconds: 0,
  publishes: 0,
  logBytes: 0,
};

function toDeployedUsage(run: RunShape): Usage {
  const { batches, rounds, problems = 0, batchMessages = 0 } = run;
  const listing = toListingUsage(run);
  const failures = run.outcome === 'FAILED' ? 1 : 0;
  const runMessages = isAnnounced(run) ? 1 : 0;
  const invocations = rounds + 2 + listing.rounds + failures;
  return {
    requests: sumRunRequests(run, listing),
    transitions:
      TRANSITIONS_PER_RUN +
      listing.rounds * TRANSITIONS_PER_LISTING_ROUND +
      runMessages +
      batches * TRANSITIONS_PER_CHILD +
      countBatchTransitions(run) +
      batchMessages,
    invocations,
    lambdaGbSeconds: getLambdaGbSeconds(run, listing),
    publishes: runMessages + batchMessages + failures,
    logBytes: invocations * LOG_BYTES_PER_INVOCATION + problems * LOG_BYTES_PER_PROBLEM,
    retrieved: run.retrieved,
    earlyByteDays: run.earlyByteDays,
    transferred: run.transferred,
  };
}

/** Whether NotifyRun publishes a message. That of a failed run is published by ExplainFailure. */
function isAnnounced({ outcome = 'CLEAN', notifiesOnSuccess = false }: RunShape): boolean {
  return outcome === 'PROBLEMS' || (outcome === 'CLEAN' && notifiesOnSuccess);
}

function sumRunRequests(run: RunShape, listing: ListingUsage): Requests {
  const { rounds, parts = rounds, partsRead = Math.min(parts, SHOWN_PARTS) } = run;
  const results = run.batches > 0 ? 1 : 0;
  const { writes, reads } = toFinishUsage(run, results);
  const requests: Requests = {
    // The map or a function lists the source, and ReportRun lists the ledger.
    ListObjectsV2: listing.lists + Math.max(1, Math.ceil(parts / KEYS_PER_LIST)),
    PutObject: WRITES_PER_RUN + results + listing.writes + writes,
    GetObject: partsRead + READS_PER_RUN + results + listing.reads + reads,
  };
  addRequests(requests, run.counted ?? toBatchRequests(run));
  addRequests(requests, run.requests);
  addRequests(requests, run.lookBack);
  addRequests(requests, run.listing?.others);
  if (run.outcome === 'FAILED') {
    addRequests(requests, CALENDAR_PER_FAILURE);
  }
  return requests;
}

/** The requests of all batches besides those for objects. */
function toBatchRequests(run: RunShape): Requests {
  const { batches, batchSeconds, hasStatesPerRound, listing, rounds, parts = rounds } = run;
  // A round that leaves objects leaves a file with its progress, and one with its objects if no
  // function has planned them. The next round reads both.
  const files = hasStatesPerRound ? 0 : (rounds - batches) * (listing ? 1 : 2);
  return {
    PutObject: parts + files,
    // Each round reads the part that a function planned.
    GetObject: files + (listing ? rounds : 0),
    // An instance asks again after a minute.
    GetObjectLockConfiguration: Math.min(
      rounds,
      Math.ceil(countInstances(run) + batchSeconds / 60),
    ),
  };
}

function getLambdaGbSeconds(run: RunShape, listing: ListingUsage): number {
  const { initSeconds = INIT_SECONDS, reportSeconds = REPORT_SECONDS } = run;
  const moving = run.batchSeconds + countInstances(run) * initSeconds;
  const listingSeconds = listing.rounds > 0 ? initSeconds + listing.seconds : 0;
  const explaining = run.outcome === 'FAILED' ? EXPLAIN_SECONDS : 0;
  const mbSeconds =
    moving * run.memoryMb +
    (initSeconds + PLAN_SECONDS) * PLAN_RUN_MEMORY +
    listingSeconds * LIST_OBJECTS_MEMORY +
    (initSeconds + reportSeconds) * REPORT_RUN_MEMORY +
    explaining * EXPLAIN_FAILURE_MEMORY;
  return mbSeconds / 1024;
}

function countBatchTransitions({ batches, rounds, hasStatesPerRound }: RunShape): number {
  if (hasStatesPerRound) {
    return batches * TRANSITIONS_PER_BATCH + rounds * TRANSITIONS_PER_ROUND;
  }
  const later = rounds - batches;
  return (
    batches * TRANSITIONS_PER_BATCH +
    later * TRANSITIONS_PER_LATER_ROUND +
    (later > 0 ? TRANSITIONS_PER_FINISH : 0)
  );
}

/**
 * ReportRun reads the manifest and the results once more, to find batches with remaining objects.
 */
function toFinishUsage(
  { listing, batches, rounds, hasStatesPerRound }: RunShape,
  results: number,
): { readonly writes: number; readonly reads: number } {
  if (hasStatesPerRound) {
    return { writes: 0, reads: 0 };
  }
  // A function that selects nothing starts no map.
  const manifests = listing && batches === 0 ? 0 : 1;
  // The file of remaining parts, and manifest and results of FinishBatches.
  const [lists, maps] = rounds > batches ? [1, 2] : [0, 0];
  return { writes: lists + maps, reads: manifests + results + lists + maps };
}

interface ListingUsage {
  readonly lists: number;
  readonly writes: number;
  readonly reads: number;
  /** Rounds and seconds of the function that lists. Zero: the map lists. */
  readonly rounds: number;
  readonly seconds: number;
}

/**
 * A listing function writes a part for each batch, a checkpoint after each round but the last, and
 * the map's file.
 */
function toListingUsage({ listed, listing, batches }: RunShape): ListingUsage {
  if (!listing) {
    const lists = Math.max(1, Math.ceil(listed / KEYS_PER_LIST));
    return { lists, writes: 0, reads: 0, rounds: 0, seconds: 0 };
  }
  const { requests: lists, rounds: listings, seconds } = listing;
  const usage = { lists, rounds: listings, seconds };
  // Without a batch no map starts, so there is neither its file nor a manifest of a map to be
  // written and read.
  if (batches === 0) {
    return { ...usage, writes: listings - 2, reads: listings - 2 };
  }
  return { ...usage, writes: batches + listings, reads: 2 * listings - 1 };
}

/** The number of new instances of ArchiveBatch. The instances of the previous night are gone. */
export function countInstances({
  batches,
  maxConcurrency = DEFAULT_CONCURRENCY,
}: Pick<RunShape, 'batches' | 'maxConcurrency'>): number {
  return Math.min(batches, maxConcurrency);
}
