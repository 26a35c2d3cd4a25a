/**
 * Adds up what only batches and listing know, because skipped objects have no lines, and balances
 * the ledger with what batches know of it.
 */
import { type Balance, LedgerBalance } from './balance-ledger';
import {
  type MapResults,
  type MapResultsContext,
  readMapResults,
  type UnfinishedBatch,
} from './map-results';
import {
  reconcileBatch,
  type ReconcileContext,
  type Reconciled,
  wasStarted,
} from './reconcile-batch';
import { ErrorName, namedError } from '../../contract/errors';
import {
  type BatchEvent,
  type PlannedBatchEvent,
  Progress,
} from '../../contract/payloads/batch-payloads';
import type { ListingProgress } from '../../contract/payloads/listing';
import type { ReportRunEvent } from '../../contract/payloads/report-payloads';
import { readPlannedBatch } from '../plan/planned-part';
import { addRequests, type Requests } from '../pricing/requests';
import { BucketClient } from '../s3/bucket-client';
import { orderedMap } from '../s3/ordered-map';
import { mergeSkipped, nothingSkipped } from '../selection/skipped-objects';
import { formatObjects } from '../text/format';

/** Batches. A look at one of them may have to wait for a second one. */
const UNFINISHED_AT_ONCE = 8;
const PLAN_MILLISECONDS = 60_000;

export interface Sums extends Reconciled {
  readonly batches: { readonly count: number; readonly rounds: number };
  /** What the batches counted. */
  readonly requests: Requests;
  /** The number of batches that left no count. */
  readonly uncounted: number;
  /** Unset: a dry run, of which all lines have to be read. */
  readonly balance?: Balance;
}

export async function sumBatches(
  context: ReconcileContext & MapResultsContext,
  event: ReportRunEvent,
): Promise<Sums> {
  const {
    s3,
    settings: { reportBucket },
  } = context;
  const { run, listing } = event;
  const batches = { count: 0, rounds: 0 };
  const requests: Requests = {};
  let uncounted = 0;
  let sum: Reconciled = { listed: 0, skippedCount: 0, skipped: nothingSkipped() };
  const add = (rounds: number, of: Reconciled) => {
    batches.count += 1;
    batches.rounds += rounds;
    sum = addUp(sum, of);
  };
  const results = await readBatches(context, event);
  // The order matters: reconciling unfinished batches completes the ledger.
  for await (const { rounds, reconciled, isCounted } of orderedMap(
    results.unfinished(),
    UNFINISHED_AT_ONCE,
    (batch) => reconcile(context, batch),
  )) {
    add(rounds, reconciled);
    uncounted += isCounted ? 0 : 1;
  }
  // Batches of a dry run do not know each other's destinations, so all of its ledger has to be
  // read.
  const balance = run.dryRun ? undefined : await LedgerBalance.open(s3, reportBucket, run);
  for await (const progress of results.finished()) {
    const { counts, skipped } = progress;
    addRequests(requests, progress.requests);
    uncounted += progress.requests ? 0 : 1;
    // FinishBatches went on with a batch of which objects remained, and answered for all of it.
    if (progress.remaining) {
      continue;
    }
    add(progress.rounds, { listed: counts.listed, skippedCount: counts.skipped, skipped });
    await balance?.add(progress);
  }
  return {
    ...addListing(sum, listing?.progress),
    batches,
    requests,
    uncounted,
    balance: await balance?.finish(),
  };
}

/** The results of both maps. */
async function readBatches(
  context: MapResultsContext,
  { map, plan }: ReportRunEvent,
): Promise<MapResults<Progress>> {
  const outputs = plan ? [map, plan.finish] : [map];
  const results = await Promise.all(
    outputs.map((output) => readMapResults(Progress, context, output)),
  );
  return {
    async *finished() {
      for (const each of results) {
        yield* each.finished();
      }
    },
    async *unfinished() {
      for (const each of results) {
        yield* each.unfinished();
      }
    },
  };
}

async function reconcile(
  context: ReconcileContext,
  batch: UnfinishedBatch<BatchEvent | PlannedBatchEvent>,
) {
  const {
    s3,
    clock,
    settings: { reportBucket },
  } = context;
  const reports = new BucketClient({
    s3,
    bucket: reportBucket,
    budget: { clock, deadline: clock.now() + PLAN_MILLISECONDS },
  });
  const event = 'part' in batch.event ? await readPlannedBatch(reports, batch.event) : batch.event;
  return {
    rounds: event.BatchInput.progress.rounds + 1,
    reconciled: await reconcileBatch(context, { ...batch, event }),
    isCounted: !wasStarted(batch),
  };
}

function addUp(a: Reconciled, b: Reconciled): Reconciled {
  return {
    listed: a.listed + b.listed,
    skippedCount: a.skippedCount + b.skippedCount,
    skipped: mergeSkipped(a.skipped, b.skipped),
  };
}

/**
 * Adds what a function listed and did not select, which no batch knows. Throws LedgerUnbalanced if
 * the batches are not its selection.
 */
function addListing(batches: Reconciled, progress: ListingProgress | undefined): Reconciled {
  if (!progress) {
    return batches;
  }
  const { listed, selected, skipped } = progress;
  if (batches.listed !== selected) {
    throw namedError(
      ErrorName.LEDGER_UNBALANCED,
      `the plan of the run has ${formatObjects(selected)}, and its batches had ` +
        `${formatObjects(batches.listed)}`,
    );
  }
  return addUp(batches, { listed: listed - selected, skippedCount: listed - selected, skipped });
}
