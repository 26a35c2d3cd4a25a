import { type PlannedLedgers, readPlannedLedgers } from './planned-ledgers';
import { SeenVersions } from './seen-versions';
import { createVerificationReport, type VerificationReport } from './verification-report';
import {
  createVerificationAlert,
  renderVerificationPage,
  viewVerification,
} from './verification-view';
import { ErrorName, namedError } from '../../../contract/errors';
import { VerifyProgress } from '../../../contract/payloads/batch-payloads';
import type { VerifyCounts } from '../../../contract/payloads/outcomes';
import type { ReportRunEvent } from '../../../contract/payloads/report-payloads';
import { addRequests, type Requests } from '../../../lambda/pricing/requests';
import { explainFindings, type Findings } from '../../../lambda/report-run/explain-findings';
import { type MapResultsContext, readMapResults } from '../../../lambda/report-run/map-results';
import type { ReportContext } from '../../../lambda/report-run/report-context';
import { publishReport, type Reported, toReportKey } from '../../../lambda/report-run/write-report';

type ReportVerificationContext = ReportContext & MapResultsContext;

export async function reportVerification(
  context: ReportVerificationContext,
  event: ReportRunEvent,
): Promise<Reported<VerificationReport>> {
  const { s3, settings, clock } = context;
  const { reportBucket } = settings;
  const { run, executionId: executionArn } = event;
  const startedAt = clock.now();
  const ledgers = await readPlannedLedgers(s3, reportBucket, run);
  const sum = await sumChildren(context, event);
  const found = sum.counts.changed + sum.counts.missing + sum.counts.unproven;
  const findings = found === 0 ? NO_FINDINGS : await explainFindings(context, run);
  assertBalanced(sum.counts, findings, `s3://${reportBucket}/${run.ledgerPrefix}`);
  const report = createVerificationReport({
    ...settings,
    ...sum,
    run,
    executionArn,
    counts: toCounts(sum, findings, ledgers),
    bytes: sum.bytes - sum.seen.repeatedBytes,
    findings,
    ledgers,
    notCompared: sum.seen.notCompared,
    endedAt: new Date(clock.now()),
    destination: { bucket: settings.destinationBucket, prefix: settings.destinationPrefix },
    ledger: { bucket: reportBucket, prefix: run.ledgerPrefix },
  });
  const view = viewVerification(report);
  const alert = createVerificationAlert(view, toReportKey(run));
  return publishReport(s3, run, { report, alert, page: renderVerificationPage(view) }, startedAt);
}

const NO_FINDINGS: Findings = {
  changed: 0,
  missing: 0,
  unproven: 0,
  skipped: 0,
  reported: 0,
  problems: [],
};

async function sumChildren(context: ReportVerificationContext, event: ReportRunEvent) {
  const counts: VerifyCounts = {
    listed: 0,
    present: 0,
    changed: 0,
    missing: 0,
    unproven: 0,
    skipped: 0,
  };
  const seen = new SeenVersions();
  const requests: Requests = {};
  const retrieved: Requests = {};
  const batches = { count: 0, rounds: 0 };
  let bytes = 0;
  let milliseconds = 0;
  const results = await readMapResults(VerifyProgress, context, event.map);
  for await (const progress of results.finished()) {
    batches.count += 1;
    batches.rounds += progress.rounds;
    bytes += progress.bytes;
    milliseconds += progress.milliseconds;
    addRequests(requests, progress.requests);
    addRequests(retrieved, progress.retrieved);
    seen.add(progress.seen);
    for (const name of ['listed', 'present', 'changed', 'missing', 'unproven'] as const) {
      counts[name] += progress.counts[name];
    }
  }
  return { counts, seen, requests, retrieved, batches, bytes, milliseconds };
}

/** Counts versions once that several ledgers have, and lines that ledgers lack. */
function toCounts(
  { counts: { present }, seen }: { readonly counts: VerifyCounts; readonly seen: SeenVersions },
  { changed, missing, unproven, skipped }: Findings,
  { lacking }: PlannedLedgers,
): VerifyCounts {
  const counts = {
    present: present - seen.repeated,
    changed,
    missing,
    unproven: unproven + lacking.lines,
    skipped,
  };
  return { listed: Object.values(counts).reduce((sum, count) => sum + count), ...counts };
}

/**
 * Throws LedgerUnbalanced unless every object of the ledgers is present, or has a line that says
 * what is wrong with it.
 */
function assertBalanced(
  { listed, present, changed, missing, unproven }: VerifyCounts,
  { reported }: Findings,
  where: string,
): void {
  if (
    listed === present + changed + missing + unproven &&
    reported === changed + missing + unproven
  ) {
    return;
  }
  throw namedError(
    ErrorName.LEDGER_UNBALANCED,
    `the verification does not account for every object: its children found ${present} present ` +
      `+ ${changed} changed + ` +
      `${missing} missing + ${unproven} unproven of ${listed} listed, and its ledger has ` +
      `${reported} that are not present; ` +
      `compare the parts under ${where} with the result files of the map`,
  );
}
