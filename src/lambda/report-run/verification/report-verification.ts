/** Ends a verification: adds up its children, looks for explanations of what they found, and writes the report. */
import { publishVerificationMetrics } from './publish-verification-metrics';
import { settleFindings } from './settle-findings';
import { createVerificationMessage, toVerificationDetails } from './verification-message';
import { renderVerification } from './verification-page';
import { createVerificationReport, type VerificationReport } from './verification-report';
import { ErrorName, namedError } from '../../../contract/errors';
import { VerifyProgress } from '../../../contract/payloads/batch-payloads';
import type { VerifyCounts } from '../../../contract/payloads/outcomes';
import type { ReportRunEvent, RunSummary } from '../../../contract/payloads/report-payloads';
import { toAttributes } from '../../alerts/alert-attributes';
import { toReportRoot } from '../../calendar/calendar-links';
import { DEFAULT_REGION } from '../../pricing/prices';
import { addRequests, type Requests } from '../../pricing/requests';
import type { ReportSettings } from '../../runtime/environment';
import type { Clock } from '../../s3/retry';
import { noStragglers } from '../../selection/stragglers';
import { type MapResultsContext, readResultsOf } from '../map-results';
import { writeReport } from '../write-report';

export interface ReportVerificationContext extends MapResultsContext {
  readonly settings: ReportSettings;
  readonly clock: Clock;
}

/** Idempotent, as the report of a run that archives. */
export async function reportVerification(
  context: ReportVerificationContext, event: ReportRunEvent,
): Promise<{ summary: RunSummary; report: VerificationReport }> {
  const { s3, settings, clock } = context;
  const { run } = event;
  const startedAt = clock.now();
  const sum = await sumChildren(context, event);
  const suspicious = sum.counts.changed + sum.counts.missing;
  const findings = suspicious === 0 ? { changed: 0, missing: 0, skipped: 0, problems: [] } : await settleFindings({
    s3, bucket: settings.reportBucket, reportPrefix: toReportRoot(run.reportPrefix), archiver: settings.archiverName,
  }, run);
  const { changed, missing, skipped } = findings;
  const counts: VerifyCounts = { ...sum.counts, changed, missing, skipped };
  assertBalanced(counts, suspicious, `s3://${settings.reportBucket}/${run.ledgerPrefix}`);

  const report = createVerificationReport({
    ...sum,
    archiver: settings.archiverName,
    run,
    executionArn: event.executionId,
    counts,
    findings,
    timeZone: settings.timeZone,
    endedAt: new Date(clock.now()),
    region: settings.region ?? DEFAULT_REGION,
    alertMode: settings.alertMode,
    logGroup: settings.batch.logGroup,
    destination: { bucket: settings.destinationBucket, prefix: settings.destinationPrefix },
    reportBucket: settings.reportBucket,
  });
  const reportKey = await writeReport(s3, run, report, renderVerification(report), startedAt);
  publishVerificationMetrics(settings.archiverName, report);
  return {
    report,
    summary: {
      runId: run.id,
      action: 'verify',
      dates: report.dates,
      dryRun: run.dryRun,
      outcome: report.outcome,
      counts,
      bytes: report.bytes,
      stragglers: noStragglers(),
      report: { bucket: settings.reportBucket, key: reportKey },
      ...createVerificationMessage(report, reportKey),
      attributes: toAttributes(toVerificationDetails(report, reportKey)),
    },
  };
}

async function sumChildren(context: ReportVerificationContext, event: ReportRunEvent) {
  const counts = { listed: 0, present: 0, changed: 0, missing: 0, unproven: 0, skipped: 0 };
  const requests: Requests = {};
  const batches = { count: 0, rounds: 0 };
  let bytes = 0;
  let milliseconds = 0;
  const results = await readResultsOf(VerifyProgress, context, event.map.ResultWriterDetails);
  for await (const progress of results.finished()) {
    batches.count += 1;
    batches.rounds += progress.rounds;
    bytes += progress.bytes;
    milliseconds += progress.milliseconds;
    addRequests(requests, progress.requests);
    for (const name of ['listed', 'present', 'changed', 'missing'] as const) { counts[name] += progress.counts[name]; }
  }
  return { counts, requests, batches, bytes, milliseconds };
}

/**
 * Every object of the ledgers is present, or has a line that says what is wrong with it.
 *
 * @throws LedgerUnbalanced
 */
function assertBalanced({ listed, present, changed, missing, skipped }: VerifyCounts, suspicious: number, where: string): void {
  if (listed === present + changed + missing + skipped) { return; }
  throw namedError(ErrorName.LEDGER_UNBALANCED, `the verification does not account for every object: listed ${listed}, but present ${present} + changed ${changed} + `
    + `missing ${missing} + skipped ${skipped} = ${present + changed + missing + skipped}, and its children found ${suspicious} that are changed or missing; `
    + `compare the parts under ${where} with the result files of the map`);
}
