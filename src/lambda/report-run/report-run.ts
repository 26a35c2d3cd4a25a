/** Ends a run: adds up its batches, checks that the ledger balances, decides the outcome, and writes the report. */
import type { S3Client } from '@aws-sdk/client-s3';
import { LedgerBalance, listLedger } from './balance-ledger';
import { BalancedPartsFile } from './balanced-parts-file';
import { readArrivalRatio } from './earlier-reports';
import type { ObservedS3 } from './estimate/estimate';
import { type MapResultsContext, readMapResults } from './map-results';
import { renderReport } from './page/page';
import { type ReconcileContext, reconcileBatch } from './reconcile-batch';
import { toAlertDetails } from './report/alert-details';
import { explainNothing } from './report/found-nothing';
import { createMessage } from './report/message';
import { assertBalanced, judge } from './report/outcome';
import { type Batches, createReport, type Report } from './report/report';
import { toPublicCounts } from './report/restore-words';
import { countRestored } from './restored/count-restored';
import { describeNextMove } from './restored/describe-copies';
import { type Copies, writeRemovableCopies } from './restored/removable-copies';
import { writeReport } from './write-report';
import { FILTERS } from '../../contract/checks/check-filter';
import { ErrorName, namedError } from '../../contract/errors';
import type { ListingProgress } from '../../contract/payloads/listing';
import type { Counts, FilteredCounts, Stragglers } from '../../contract/payloads/outcomes';
import type { ReportRunEvent, RunSummary } from '../../contract/payloads/report-payloads';
import type { FilterSettings } from '../../contract/settings';
import { createDayFinder } from '../../dates/date-window';
import { toAttributes } from '../alerts/alert-attributes';
import { findDestinationWinners, tallyLedger } from '../ledger/read-ledger';
import { readPlannedBatch } from '../plan/planned-part';
import { DEFAULT_REGION } from '../pricing/prices';
import { addRequests, type Requests } from '../pricing/requests';
import { INIT_SECONDS, type ListingShape } from '../pricing/usage';
import type { ReportSettings } from '../runtime/environment';
import { BucketClient } from '../s3/bucket-client';
import { countRequests } from '../s3/count-requests';
import { orderedMap } from '../s3/ordered-map';
import { addFiltered } from '../selection/filter';
import { mergeStragglers, noStragglers } from '../selection/stragglers';
import { formatObjects } from '../text/format';

export interface ReportRunContext extends ReconcileContext, MapResultsContext {
  /** How long the instance of the function took to start. */
  readonly initSeconds?: number;
}

/** Batches. A look at one of them may have to wait for a second one. */
const UNFINISHED_AT_ONCE = 8;
/** How long reading a part of the plan is retried. */
const PLAN_MILLISECONDS = 60_000;

/** Idempotent: it writes to fixed keys. A retry replaces what an earlier attempt of the same execution wrote. */
export async function reportRun(context: ReportRunContext, event: ReportRunEvent): Promise<{ summary: RunSummary; report: Report }> {
  const { settings } = context;
  const { reportBucket, toleratedFailurePercentage } = settings;
  const { run } = event;
  const began = performance.now();
  const startedAt = context.clock.now();
  let fastest = Infinity;
  const s3 = countRequests(context.s3, ({ milliseconds }) => { fastest = Math.min(fastest, milliseconds); });
  const ledger = { bucket: reportBucket, prefix: run.ledgerPrefix };

  const results = await sumBatches(context, s3, event);
  const start = Date.parse(run.startTime) / 1000;
  // Only `flatten` gives two objects one destination, and only a dry run does not find the first of them there.
  const mayCollide = run.dryRun && settings.layout.flatten && settings.conflictPolicy === 'REPORT';
  const winners = mayCollide ? await findDestinationWinners(s3, reportBucket, ledger.prefix, results.listed) : undefined;
  const ofBatches = results.tally ?? await tallyLedger(s3, reportBucket, ledger.prefix, start, winners);
  const sums: Counts = {
    listed: results.listed,
    archived: ofBatches.archived,
    skipped: results.skipped,
    conflicting: ofBatches.conflicting,
    failed: ofBatches.failed,
  };
  assertBalanced(sums, reportBucket, run);
  const isRestore = run.action === 'restore';
  const ledgers = { s3, bucket: reportBucket, clock: context.clock };
  const mayRepeat = isRestore && run.ledgerOf === undefined;
  const { counts, tally } = mayRepeat ? await countRestored(ledgers, run, sums) : { counts: sums, tally: ofBatches };

  const manifestSkipped = toManifestSkipped(event.listing?.progress, results.skipped);
  const nothing = explainNothing({
    ...isRestore && { action: 'restore' as const }, counts, dates: run, manifestSkipped, startedAt: run.startTime, timeZone: settings.timeZone,
  });
  const outcome = nothing ? 'PROBLEMS' : judge(counts, toleratedFailurePercentage);
  const endedAt = new Date(context.clock.now());
  const lookBack = run.dryRun && !isRestore
    ? await countLookBack(s3, reportBucket, event, { counts, startedAt: endedAt.toISOString(), timeZone: settings.timeZone }) : {};
  const source = { bucket: settings.sourceBucket, prefix: settings.sourcePrefix };
  const archive = { bucket: settings.destinationBucket, prefix: settings.destinationPrefix };
  const copies = isRestore && !run.dryRun && !settings.keepsSources && counts.archived > 0
    ? await writeRemovableCopies(ledgers, run, { archive: archive.bucket, source: source.bucket }, counts.archived) : undefined;
  const report = createReport({
    archiver: settings.archiverName,
    run,
    executionArn: event.executionId,
    outcome,
    counts,
    tally,
    destinationsNotCompared: winners?.notCompared,
    batches: results.batches,
    listing: toListingShape(event.listing?.progress, settings.alertMode),
    batch: settings.batch,
    stragglers: results.stragglers,
    filtered: isRestore ? undefined : toFiltered(settings.filter, results.filtered),
    manifestSkipped,
    toleratedFailurePercentage,
    timeZone: settings.timeZone,
    endedAt,
    storageClass: isRestore ? 'STANDARD' : settings.storageClass,
    ...copies && { copies, nextMove: getNextMove(settings, copies, new Date(run.startTime)) },
    keepsSources: !isRestore && settings.keepsSources === true,
    region: settings.region ?? DEFAULT_REGION,
    transfer: isRestore && settings.transfer ? { from: settings.transfer.to, to: settings.transfer.from } : settings.transfer,
    alertMode: settings.alertMode,
    narrowed: settings.dateSource.kind === 'keyPrefix',
    observed: {
      lookBack,
      latencySeconds: fastest / 1000,
      seconds: (performance.now() - began) / 1000,
      initSeconds: context.initSeconds ?? INIT_SECONDS,
    },
    ...isRestore ? { source: archive, destination: source } : { source, destination: archive },
    ledger: { ...ledger, ...results.balanced && { balanced: results.balanced } },
  });
  const reportKey = await writeReport(s3, run, { ...report, counts: toPublicCounts(report) } as typeof report, renderReport(report), startedAt);

  const { dates, bytes, stragglers } = report;
  const summary: RunSummary = {
    runId: run.id,
    action: run.action ?? 'archive',
    dates,
    dryRun: run.dryRun,
    outcome,
    counts: toPublicCounts(report),
    bytes,
    stragglers,
    report: { bucket: reportBucket, key: reportKey },
    ...createMessage(report, reportKey),
    attributes: toAttributes(toAlertDetails(report, reportKey)),
  };
  return { summary, report };
}

/** Where the time of an object names its day, a restored one has the day of its restore. */
function getNextMove({ selection, dateSource, timeZone }: ReportSettings, copies: Copies, restoredAt: Date): string | undefined {
  const today = createDayFinder(timeZone)(restoredAt);
  const days = dateSource.kind === 'lastModified' ? { from: today, to: today } : copies.days;
  return selection && describeNextMove({ days }, selection, today);
}

/** Returns the counts of all filters that the archiver has, also of those that left nothing out. */
function toFiltered(filter: FilterSettings | undefined, counts: FilteredCounts | null): FilteredCounts | undefined {
  if (!filter) { return undefined; }
  return Object.fromEntries(FILTERS.filter((name) => filter[name] !== undefined || counts?.[name]).map((name) => [name, counts?.[name] ?? 0]));
}

/** Counts the requests that the real run will send to compare itself with the runs before it. */
async function countLookBack(
  s3: S3Client, bucket: string, { run, executionId }: ReportRunEvent,
  { counts, startedAt, timeZone }: { counts: Counts; startedAt: string; timeZone: string },
): Promise<ObservedS3['lookBack']> {
  const requests: Requests = {};
  const counted = countRequests(s3, ({ operation }) => addRequests(requests, { [operation]: 1 }));
  const { id, from, to, manifest } = run;
  const realRun = { run: { id, executionArn: executionId, dryRun: false }, dates: { from, to }, startedAt, timeZone, counts, manifest };
  // The count is optional: write the report even if earlier reports cannot be read.
  await readArrivalRatio(counted, bucket, run.reportPrefix, realRun).catch(() => undefined);
  return requests;
}

/**
 * Adds up what only the batches know, because the ledger has no lines for skipped objects, and what they know of their
 * lines. A dry run is left to `tallyLedger`: batches do not know each other's destinations.
 */
async function sumBatches(context: ReportRunContext, s3: S3Client, { run, map, listing }: ReportRunEvent) {
  const { reportBucket } = context.settings;
  let listed = 0;
  let skipped = 0;
  const batches: Batches = { count: 0, rounds: 0 };
  const stragglers = noStragglers();
  let filtered: FilteredCounts | null = null;
  const results = await readMapResults({ ...context, s3 }, map.ResultWriterDetails);
  // The order matters: reconciling unfinished batches completes the ledger.
  const unfinished = orderedMap(results.unfinished(), UNFINISHED_AT_ONCE, async (batch) => {
    const event = 'part' in batch.event ? await readPlannedBatch(openReports(context), batch.event) : batch.event;
    return { event, reconciled: await reconcileBatch(context, { ...batch, event }) };
  });
  for await (const { event, reconciled } of unfinished) {
    batches.count += 1;
    batches.rounds += event.BatchInput.progress.rounds + 1;
    listed += reconciled.listed;
    skipped += reconciled.skipped;
    mergeStragglers(stragglers, reconciled.stragglers);
    filtered = addFiltered(filtered, reconciled.filtered);
  }
  const parts = new BalancedPartsFile(s3, reportBucket, run);
  const sums = run.dryRun ? undefined : await listLedger(s3, reportBucket, run.ledgerPrefix);
  const start = Date.parse(run.startTime) / 1000;
  const balance = sums && new LedgerBalance(s3, reportBucket, run.ledgerPrefix, start, sums, (part) => parts.add(part));
  for await (const progress of results.finished()) {
    batches.count += 1;
    batches.rounds += progress.rounds;
    listed += progress.counts.listed;
    skipped += progress.counts.skipped;
    mergeStragglers(stragglers, progress.stragglers);
    filtered = addFiltered(filtered, progress.filtered ?? null);
    await balance?.add(progress);
  }
  const tally = await balance?.finish();
  const total = addListing({ listed, skipped, stragglers, filtered }, listing?.progress);
  return { ...total, batches, tally, balanced: balance && await parts.close() };
}

interface Listed {
  readonly listed: number;
  readonly skipped: number;
  readonly stragglers: Stragglers;
  readonly filtered: FilteredCounts | null;
}

/**
 * Adds what a function listed and did not select, which no batch knows.
 *
 * @throws LedgerUnbalanced if the batches are not what the function selected
 */
function addListing(batches: Listed, progress: ListingProgress | undefined): Listed {
  if (!progress) { return batches; }
  const { listed, selected, stragglers, filtered = null } = progress;
  if (batches.listed !== selected) {
    throw namedError(ErrorName.LEDGER_UNBALANCED, `the plan of the run has ${formatObjects(selected)}, and its batches had ${formatObjects(batches.listed)}`);
  }
  mergeStragglers(batches.stragglers, stragglers);
  return {
    listed,
    skipped: batches.skipped + listed - selected,
    stragglers: batches.stragglers,
    filtered: addFiltered(batches.filtered, filtered),
  };
}

function toListingShape(progress: ListingProgress | undefined, alertMode: string | undefined): ListingShape | undefined {
  if (!progress) { return undefined; }
  const { requests, rounds, milliseconds, manifest } = progress;
  return { requests, rounds, seconds: milliseconds / 1000, hasStatesPerRound: alertMode === 'PER_BATCH', others: manifest?.requests };
}

/** All that was planned is selected, so what batches skip was at the source when the run was planned, and is gone. */
function toManifestSkipped(progress: ListingProgress | undefined, skipped: number): { gone: number; repeated: number } | undefined {
  if (!progress?.manifest) { return undefined; }
  const { listed, selected, manifest: { gone, repeated } } = progress;
  return { gone: gone + skipped - (listed - selected), repeated };
}

function openReports({ s3, clock, settings }: ReportRunContext): BucketClient {
  return new BucketClient({ s3, bucket: settings.reportBucket, budget: { clock, deadline: clock.now() + PLAN_MILLISECONDS } });
}
