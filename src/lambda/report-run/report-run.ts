import { readArrivalRatio } from './earlier-reports';
import type { MapResultsContext } from './map-results';
import type { ReconcileContext } from './reconcile-batch';
import { assertBalanced, explainNothing, judge } from './report/outcome';
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
import { publishReport, type Reported, toReportKey } from './write-report';
import { writeRemovableCopies } from '../../actions/restore/lambda/copies/removable-copies';
import { countRestored } from '../../actions/restore/lambda/count-restored';
import { readPlannedLedgers } from '../../actions/verify/lambda/planned-ledgers';
import { getTarget, readsLedgers, readsPacks } from '../../contract/actions';
import { FILTERS } from '../../contract/checks/check-filter';
import type { ListingProgress } from '../../contract/payloads/listing';
import type { Counts, FilteredCounts } from '../../contract/payloads/outcomes';
import type { ReportRunEvent } from '../../contract/payloads/report-payloads';
import type { Run } from '../../contract/payloads/run';
import type { FilterSettings } from '../../contract/payloads/settings';
import { hasGaps } from '../../features/packing/lambda/report/packs-text';
import { readPlannedPacks } from '../../features/packing/lambda/unpack/planned-packs';
import { findDestinationWinners, tallyLedger } from '../ledger/read-ledger';
import { sumNotes } from '../notes/note-counts';
import { listAttention } from '../notes/note-text';
import { addRequests, type Requests } from '../pricing/requests';
import { INIT_SECONDS, type ListingShape } from '../pricing/usage';
import { countRequests } from '../s3/count-requests';

export interface ReportRunContext extends ReconcileContext, MapResultsContext {
  readonly initSeconds?: number;
}

/**
 * Idempotent: it writes to fixed keys. A retry replaces what an earlier attempt of the same
 * execution wrote.
 */
export async function reportRun(
  context: ReportRunContext,
  event: ReportRunEvent,
): Promise<Reported<Report>> {
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
  const skipped = summarizeSkipped(sums.skipped);
  const nothing = explainNothing({
    ...settings,
    ...skipped,
    action: run.action,
    counts,
    dates: run,
    manifestSkipped,
    notes,
    startedAt: run.startTime,
  });
  const endedAt = new Date(clock.now());
  const read = await describeRead(counted, event);
  const isIncomplete = nothing || hasGaps(read) || listAttention(notes, run.dryRun).length > 0;
  const judged = judge(counts, settings.toleratedFailurePercentage);
  const lookBack = await countLookBack(counted, event, {
    counts,
    startedAt: endedAt.toISOString(),
  });
  const report = createReport({
    ...settings,
    ...getEnds(settings, run),
    ...found,
    filtered: toFiltered(run, settings.filter, sums.skipped.filters),
    ...(await listCopies(counted, event, counts, !hasGaps(read))),
    run,
    executionArn,
    outcome: isIncomplete && judged === 'CLEAN' ? 'PROBLEMS' : judged,
    ...read,
    batches: sums.batches,
    listing: listing && toListingShape(listing),
    skipped: sums.skipped,
    notes,
    manifestSkipped,
    endedAt,
    observed: {
      latencySeconds: fastest / 1000,
      seconds: (performance.now() - began) / 1000,
      lookBack,
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
  return publishReport(s3, run, { report, alert, page: renderRunPage(view) }, startedAt);
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
 * What may be missing from what a restore has read: nobody may take a part of the objects for all.
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

/** Counts the requests with which a real run would find reports of runs before. */
async function countLookBack(
  context: ReportRunContext,
  event: ReportRunEvent,
  facts: { counts: Counts; startedAt: string },
): Promise<Requests> {
  const {
    s3,
    settings: { reportBucket, timeZone },
  } = context;
  const { run, executionId: executionArn } = event;
  const requests: Requests = {};
  if (!run.dryRun || getTarget(run) !== 'destination') {
    return requests;
  }
  const counted = countRequests(s3, ({ operation }) => addRequests(requests, { [operation]: 1 }));
  const { id, from, to, manifest } = run;
  const realRun = {
    ...facts,
    timeZone,
    run: { id, executionArn, dryRun: false },
    dates: { from, to },
    manifest,
  };
  // The count is optional: write the report even if earlier reports cannot be read.
  await readArrivalRatio(counted, reportBucket, run.reportPrefix, realRun).catch(() => undefined);
  return requests;
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

/** What vanished after the plan is told by a note. */
function toManifestSkipped(listing: ListingProgress | undefined): ReportFacts['manifestSkipped'] {
  const { manifest } = listing ?? {};
  return manifest && { gone: manifest.gone, repeated: manifest.repeated };
}
