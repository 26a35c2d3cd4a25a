/** Ends a run: adds everything up, balances it, judges it, writes the report. */
import { PutObjectCommand } from '@aws-sdk/client-s3';
import { ledgerPrefix } from './ledger';
import { tallyLedger } from './ledger-read';
import { MapResults, readMapResults } from './map-results';
import { assertBalanced, judge } from './outcome';
import { createReport, Report } from './report';
import { createMessage } from './run-message';
import { SettleContext, settleBatch } from './settle';
import { mergeStragglers, noStragglers } from './stragglers';
import { Counts, ReportRunEvent, RunSummary } from '../contract/payloads';

export interface ReportRunContext extends SettleContext {
  readonly now: () => Date;
}

/** The same answer however often it is asked: what it writes has names of its own and is written anew. */
export async function reportRun(context: ReportRunContext, event: ReportRunEvent): Promise<{ summary: RunSummary; report: Report }> {
  const { s3, settings } = context;
  const { reportBucket, toleratedFailurePercentage } = settings;
  const { run } = event;
  const ledger = { bucket: reportBucket, prefix: ledgerPrefix(run) };

  // In this order: settling completes the ledger.
  const batches = await addUpBatches(context, await readMapResults(s3, event.results));
  const tally = await tallyLedger(s3, reportBucket, ledger.prefix);
  const counts: Counts = {
    listed: batches.listed,
    archived: tally.archived,
    skipped: batches.skipped,
    conflicting: tally.conflicting,
    failed: tally.failed,
  };
  assertBalanced(counts, `s3://${reportBucket}/${run.reportPrefix}`);

  const report = createReport({
    run,
    executionArn: event.executionId,
    outcome: judge(counts, toleratedFailurePercentage),
    counts,
    tally,
    stragglers: batches.stragglers,
    toleratedFailurePercentage,
    endedAt: context.now(),
    source: { bucket: settings.sourceBucket, prefix: settings.sourcePrefix },
    destination: { bucket: settings.destinationBucket, prefix: settings.destinationPrefix },
    ledger,
  });
  const reportKey = `${run.reportPrefix}report.json`;
  await s3.send(new PutObjectCommand({
    Bucket: reportBucket,
    Key: reportKey,
    Body: `${JSON.stringify(report, undefined, 2)}\n`,
    ContentType: 'application/json',
  }));

  const { outcome, dates, bytes, stragglers } = report;
  const summary: RunSummary = {
    runId: run.id,
    dates,
    dryRun: run.dryRun,
    outcome,
    counts,
    bytes,
    stragglers,
    report: { bucket: reportBucket, key: reportKey },
    ...createMessage(settings.archiverName, report, reportKey),
  };
  return { summary, report };
}

/** What only the batches know: the ledger has no lines of skipped objects. */
async function addUpBatches(context: ReportRunContext, results: MapResults) {
  let listed = 0;
  let skipped = 0;
  const stragglers = noStragglers();
  for await (const progress of results.finished()) {
    listed += progress.counts.listed;
    skipped += progress.counts.skipped;
    mergeStragglers(stragglers, progress.stragglers);
  }
  for await (const batch of results.unfinished()) {
    const settled = await settleBatch(context, batch);
    listed += settled.listed;
    skipped += settled.skipped;
    mergeStragglers(stragglers, settled.stragglers);
  }
  return { listed, skipped, stragglers };
}
