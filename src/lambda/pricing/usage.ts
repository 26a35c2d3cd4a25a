/** What a run uses of AWS, from what is known of it: the shape of the state machine and of its functions is in the numbers here. */
import type { Usage } from './cost';
import { addRequests, type Requests } from './requests';
import { EXPLAIN_FAILURE_MEMORY, PLAN_RUN_MEMORY, REPORT_RUN_MEMORY } from '../../contract/memory';
import type { RunSummary } from '../../contract/payloads';

export interface RunShape {
  /** Objects below the listed prefix. */
  readonly listed: number;
  readonly batches: number;
  /** Invocations of ArchiveBatch, of all batches. */
  readonly rounds: number;
  /** What the objects themselves ask of S3. */
  readonly requests: Requests;
  /** How long the rounds take, added up. */
  readonly batchSeconds: number;
  readonly memoryMb: number;
  readonly express: boolean;
  /** Parts of the ledger. Default: one of each round. */
  readonly parts?: number;
  /** Requests of ReportRun beside those for this run's own ledger and results. */
  readonly lookBack?: Requests;
  readonly reportSeconds?: number;
  /** Of an instance of ArchiveBatch or ReportRun. */
  readonly initSeconds?: number;
  readonly outcome?: RunSummary['outcome'];
  /** Whether clean runs send a message, too. */
  readonly notifiesOnSuccess?: boolean;
  /** Batches that send a message of their own. */
  readonly batchMessages?: number;
  readonly maxConcurrency?: number;
  /** Objects that are not archived: each has a line in the log. */
  readonly problems?: number;
  readonly retrieved?: Readonly<Record<string, number>>;
  readonly earlyByteDays?: Readonly<Record<string, number>>;
}

/** Keys of one ListObjectsV2. */
const KEYS_A_LIST = 1000;
/** PlanRun, ArchiveObjects, ReportRun, Outcome, and Succeed or Fail. */
const TRANSITIONS_A_RUN = 5;
/** The start of a child is one, of EXPRESS children too: "Transitions in Distributed Map state", statemachine-structure. */
const TRANSITIONS_A_CHILD = 1;
/** BatchFinished */
const TRANSITIONS_A_BATCH = 1;
/** ArchiveBatch, Unfinished? */
const TRANSITIONS_A_ROUND = 2;
/** The map's manifest, `report.json` and `report.html`; and the results, where there are any. */
const WRITES_A_RUN = 3;
/** ReportRun reads the manifest, and the results. */
const READS_A_RUN = 1;

/** Lambda's initialisation is billed: measured here, of the bundles that have S3's client. */
export const INIT_SECONDS = 0.15;
/** PlanRun has no client. */
const PLAN_INIT = 0.3;
const PLAN_SECONDS = 0.05;
const PLAN_GB = PLAN_RUN_MEMORY / 1024;
const REPORT_SECONDS = 0.3;
const REPORT_GB = REPORT_RUN_MEMORY / 1024;
const EXPLAIN_GB_SECONDS = (INIT_SECONDS + 0.3) * EXPLAIN_FAILURE_MEMORY / 1024;
/** More of them run at once only where the prop says so. */
const MAX_CONCURRENCY = 2;

/** Measured: Lambda's own lines about an invocation, and those of the functions. */
const LOG_BYTES_AN_INVOCATION = 1_800;
const LOG_BYTES_A_PROBLEM = 680;

export function toUsage(run: RunShape): Usage {
  const { listed, batches, rounds, parts = rounds, problems = 0, batchMessages = 0, outcome = 'CLEAN', express, batchSeconds, initSeconds = INIT_SECONDS } = run;
  const memoryGb = run.memoryMb / 1024;
  const instances = countInstances(run);
  const results = batches > 0 ? 1 : 0;
  const fails = outcome === 'FAILED';
  const told = outcome === 'PROBLEMS' || (outcome === 'CLEAN' && run.notifiesOnSuccess) ? 1 : 0;

  const requests: Requests = {
    // The map lists, and ReportRun the ledger.
    ListObjectsV2: Math.max(1, Math.ceil(listed / KEYS_A_LIST)) + Math.max(1, Math.ceil(parts / KEYS_A_LIST)),
    PutObject: parts + WRITES_A_RUN + results,
    GetObject: parts + READS_A_RUN + results,
    // Each instance of ArchiveBatch asks once.
    GetObjectLockConfiguration: instances,
  };
  addRequests(requests, run.requests);
  addRequests(requests, run.lookBack ?? {});

  const invocations = rounds + 2 + (fails ? 1 : 0);
  return {
    requests,
    transitions: TRANSITIONS_A_RUN + told + batches * TRANSITIONS_A_CHILD
      + (express ? 0 : batches * TRANSITIONS_A_BATCH + rounds * TRANSITIONS_A_ROUND + batchMessages),
    ...express && { express: { children: batches, seconds: batchSeconds + instances * initSeconds + batches * 0.05 } },
    invocations,
    lambdaGbSeconds: (batchSeconds + instances * initSeconds) * memoryGb
      + (PLAN_INIT * initSeconds + PLAN_SECONDS) * PLAN_GB
      + (initSeconds + (run.reportSeconds ?? REPORT_SECONDS)) * REPORT_GB
      + (fails ? EXPLAIN_GB_SECONDS : 0),
    publishes: told + batchMessages + (fails ? 1 : 0),
    logBytes: invocations * LOG_BYTES_AN_INVOCATION + problems * LOG_BYTES_A_PROBLEM,
    retrieved: run.retrieved ?? {},
    earlyByteDays: run.earlyByteDays ?? {},
  };
}

/** New instances of ArchiveBatch: at night none is left of the night before. */
export function countInstances({ batches, maxConcurrency = MAX_CONCURRENCY }: Pick<RunShape, 'batches' | 'maxConcurrency'>): number {
  return Math.min(batches, maxConcurrency);
}
