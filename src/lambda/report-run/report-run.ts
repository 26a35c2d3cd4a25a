import { getArrivalRatio } from './arrival-ratio';
import type { MapResultsContext } from './map-results';
import type { ReconcileContext } from './reconcile-batch';
import { assertBalanced, explainNothing, getSelected, judge } from './report/outcome';
import {
  createReport,
  getEnds,
  type Report,
  type ReportFacts,
  summarizeSkipped,
} from './report/report';
import { createRunAlert } from './report/run-message';
import { renderRunPage } from './report/run-page';
import { viewRun } from './report/run-view';
import { describeNextMove } from './report/text/copies-text';
import { sumBatches, type Sums } from './sum-batches';
import { judgeUndated, type UndatedArrivals } from './undated-arrivals';
import { publishReport, type Reported, toReportKey } from './write-report';
import { writeRemovableCopies } from '../../actions/restore/lambda/copies/removable-copies';
import { countRestored } from '../../actions/restore/lambda/count-restored';
import { readPlannedLedgers } from '../../actions/verify/lambda/planned-ledgers';
import { getTarget, readsLedgers, readsPacks } from '../../contract/actions';
import { FILTERS } from '../../contract/checks/check-filter';
import type { ListingProgress } from '../../contract/payloads/listing';
import type { NoteCounts } from '../../contract/payloads/note-payloads';
import type { Counts, FilteredCounts, SkippedObjects } from '../../contract/payloads/outcomes';
import type { ReportRunEvent, RunSummary } from '../../contract/payloads/report-payloads';
import type { Run } from '../../contract/payloads/run';
import type { FilterSettings } from '../../contract/payloads/settings';
import { toReportRoot } from '../../contract/report-places';
import { hasGaps } from '../../features/packing/lambda/report/packs-text';
import { readPlannedPacks } from '../../features/packing/lambda/unpack/planned-packs';
import { findDestinationWinners, tallyLedger } from '../ledger/read-ledger';
import { sumNotes } from '../notes/note-counts';
import { countSkippedNotes, listAttention } from '../notes/note-text';
import {
  type EarlierReport,
  findPreviousStart,
  readEarlierReports,
  toLaterRun,
} from '../plan/earlier-reports';
import { addRequests, type Requests } from '../pricing/requests';
import { INIT_SECONDS, type ListingShape } from '../pricing/usage';
import { countRequests } from '../s3/count-requests';
import { withAbortSignal } from '../s3/timeouts';

export interface ReportRunContext extends ReconcileContext, MapResultsContext {
  readonly initSeconds?: number;
  /** Earlier reports are only compared with: a run can do without them. */
  readonly onUnread?: (error: Error) => void;
}

export interface ReportedRun extends Reported<Report> {
  /** Undefined: the run says nothing about what arrives, or earlier reports were not read. */
  readonly arrivalRatio?: number;
}

/**
 * Idempotent: it writes to fixed keys. A retry replaces what an earlier attempt of the same
 * execution wrote.
 */
export async function reportRun(
  context: ReportRunContext,
  event: ReportRunEvent,
): Promise<ReportedRun> {
  const { settings, clock, initSeconds = INIT_SECONDS } = context;
  const { run, executionId: executionArn, listing: { progress: listing } = {} } = event;
  const startedAt = clock.now();
  // The requests of this function show a dry run how long those of the real run will take.
  const began = performance.now();
  let fastest = Infinity;
  const s3 = countRequests(context.s3, ({ milliseconds }) => {
    fastest = Math.min(fastest, milliseconds);
  });
  const counted = { ...context, s3 };
  const sums = await sumBatches(counted, event);
  const found = await countObjects(counted, event, sums);
  const { counts } = found;
  const notes = sumNotes(found.tally.notes, sums.skipped.notes);
  const manifestSkipped = toManifestSkipped(listing);
  const before = await lookBack(counted, event);
  const undatedArrivals = compareUndated(run, sums.skipped, counts, notes, before.earlier);
  const endedAt = new Date(clock.now());
  const read = await describeRead(counted, event);
  const told = { counts, notes, skipped: sums.skipped, undatedArrivals, manifestSkipped, ...read };
  const report = createReport({
    ...settings,
    ...getEnds(settings, run),
    ...found,
    ...told,
    filtered: toFiltered(run, settings.filter, sums.skipped.filters),
    ...(await listCopies(counted, event, counts, !hasGaps(read))),
    run,
    executionArn,
    outcome: judgeOutcome(settings, run, told),
    batches: sums.batches,
    requests: sums.requests,
    uncounted: sums.uncounted,
    listing: listing && toListingShape(listing),
    endedAt,
    observed: {
      latencySeconds: fastest / 1000,
      seconds: (performance.now() - began) / 1000,
      lookBack: before.requests,
      initSeconds,
    },
    ledger: {
      bucket: settings.reportBucket,
      prefix: run.ledgerPrefix,
      ...(sums.balance && { balanced: sums.balance.parts }),
    },
  });
  const view = viewRun(report);
  const alert = createRunAlert(view, toReportKey(run));
  const page = renderRunPage(view);
  const reported = await publishReport(s3, run, { report, alert, page }, startedAt);
  const { dates, timeZone } = report;
  const arrivalRatio =
    before.earlier &&
    getArrivalRatio({ dates, startedAt: report.startedAt, counts }, before.earlier, timeZone);
  return { ...reported, arrivalRatio };
}

function judgeOutcome(
  settings: ReportRunContext['settings'],
  run: Run,
  told: Pick<
    ReportFacts,
    'counts' | 'notes' | 'skipped' | 'undatedArrivals' | 'manifestSkipped' | 'gaps' | 'packs'
  >,
): RunSummary['outcome'] {
  const { counts, notes, undatedArrivals, manifestSkipped } = told;
  const isIncomplete =
    undatedArrivals?.isUnusual ||
    hasGaps(told) ||
    listAttention(notes, run.dryRun).length > 0 ||
    explainNothing({
      ...settings,
      ...summarizeSkipped(told.skipped),
      undatedArrivals,
      action: run.action,
      counts,
      dates: run,
      manifestSkipped,
      notes,
      startedAt: run.startTime,
    });
  const judged = judge(counts, settings.toleratedFailurePercentage);
  return isIncomplete && judged === 'CLEAN' ? 'PROBLEMS' : judged;
}

async function countObjects(
  context: ReportRunContext,
  { run }: ReportRunEvent,
  { listed, skippedCount: skipped, balance }: Sums,
): Promise<Pick<ReportFacts, 'counts' | 'tally' | 'destinationsNotCompared'>> {
  const {
    s3,
    settings,
    settings: { reportBucket: bucket },
  } = context;
  const start = Date.parse(run.startTime) / 1000;
  // Only a dry run does not find the first of two objects at their destination.
  const mayCollide =
    run.dryRun && settings.layout.sharesDestinations && settings.conflictPolicy === 'REPORT';
  const winners = mayCollide
    ? await findDestinationWinners(s3, bucket, run.ledgerPrefix)
    : undefined;
  const tally = balance?.tally ?? (await tallyLedger(s3, bucket, run.ledgerPrefix, start, winners));
  const { archived, conflicting, failed } = tally;
  const counts: Counts = { listed, archived, skipped, conflicting, failed };
  assertBalanced(counts, bucket, run);
  // Ledgers of several runs, and several packs, may name an object several times.
  const mayRepeat = readsLedgers(run.action) && run.ledgerOf === undefined;
  return mayRepeat
    ? countRestored(context, run, counts)
    : { counts, tally, destinationsNotCompared: winners?.notCompared };
}

/**
 * Describes gaps in the ledgers that a restore has read, so that a part of the objects is not taken
 * for all of them.
 */
async function describeRead(
  { s3, settings: { reportBucket } }: ReportRunContext,
  { run }: ReportRunEvent,
): Promise<Pick<ReportFacts, 'gaps' | 'packs' | 'notCompared'>> {
  if (!readsLedgers(run.action)) {
    return {};
  }
  if (readsPacks(run)) {
    return { packs: await readPlannedPacks(s3, reportBucket, run) };
  }
  const { notCompared, ...ledgers } = await readPlannedLedgers(s3, reportBucket, run);
  const { running, withoutReport, lacking } = ledgers;
  const isWhole = running.length + withoutReport.length + lacking.parts === 0;
  return { gaps: isWhole ? undefined : ledgers, notCompared };
}

async function listCopies(
  context: ReportRunContext,
  { run }: ReportRunEvent,
  { archived }: Counts,
  isWhole: boolean,
): Promise<Partial<ReportFacts>> {
  const { settings } = context;
  if (getTarget(run) !== 'source' || run.dryRun || settings.keepsSources || archived === 0) {
    return {};
  }
  const copies = await writeRemovableCopies(context, run, archived, isWhole);
  return { copies, nextMove: describeNextMove(settings, copies, new Date(run.startTime)) };
}

/** Returns the counts of all filters that the archiver has, also of those that left nothing out. */
function toFiltered(
  run: Run,
  filter: FilterSettings | undefined,
  counts: FilteredCounts,
): FilteredCounts | undefined {
  if (!filter || getTarget(run) !== 'destination') {
    return undefined;
  }
  return Object.fromEntries(
    FILTERS.filter((name) => filter[name] !== undefined || counts[name]).map((name) => [
      name,
      counts[name] ?? 0,
    ]),
  );
}

interface LookBack {
  /** Unset: nothing is compared with them, or they could not be read. */
  readonly earlier?: readonly EarlierReport[];
  readonly requests: Requests;
}

const LOOK_BACK_MILLISECONDS = 30_000;

/**
 * A run with a manifest is not compared with earlier runs: the writer of the manifest decides which
 * objects arrive.
 */
async function lookBack(
  { s3, settings: { reportBucket }, onUnread }: ReportRunContext,
  { run, executionId }: ReportRunEvent,
): Promise<LookBack> {
  const requests: Requests = {};
  if (getTarget(run) !== 'destination' || run.manifest) {
    return { requests };
  }
  const { reportPrefix, startTime, dryRun } = run;
  const limited = withAbortSignal(s3, AbortSignal.timeout(LOOK_BACK_MILLISECONDS));
  const client = countRequests(limited, ({ operation }) =>
    addRequests(requests, { [operation]: 1 }),
  );
  const later = {
    ...toLaterRun(toReportRoot(reportPrefix), executionId, startTime),
    reportPrefix,
  };
  try {
    if (dryRun) {
      // PlanRun of the real run will send these.
      await findPreviousStart(client, reportBucket, later);
    }
    const earlier = await readEarlierReports(client, reportBucket, later);
    // A dry run reports all of them, also if an earlier message did, because the user asked.
    return { ...(!dryRun && { earlier }), requests };
  } catch (error) {
    onUnread?.(error as Error);
    return { requests };
  }
}

/** Undefined: no object without a date was listed. */
function compareUndated(
  { previousStart }: Run,
  { reasons, newUndated: count }: SkippedObjects,
  counts: Counts,
  notes: NoteCounts,
  earlier: readonly EarlierReport[] = [],
): UndatedArrivals | undefined {
  if (!reasons['no-date']) {
    return undefined;
  }
  const found = getSelected(counts) + countSkippedNotes(notes);
  return judgeUndated({ since: previousStart ?? null, count, found }, earlier);
}

function toListingShape({
  requests,
  rounds,
  milliseconds,
  manifest,
}: ListingProgress): ListingShape {
  return {
    requests,
    rounds,
    seconds: milliseconds / 1000,
    others: manifest?.requests,
  };
}

/** A note counts the objects that vanished after the plan. */
function toManifestSkipped(listing: ListingProgress | undefined): ReportFacts['manifestSkipped'] {
  const { manifest } = listing ?? {};
  return manifest && { gone: manifest.gone, repeated: manifest.repeated };
}
