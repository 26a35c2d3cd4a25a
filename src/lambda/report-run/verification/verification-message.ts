/** The alert about a verification: subject and text. */
import type { VerificationReport } from './verification-report';
import {
  describeDryRunCost, describeSource, describeVerification, FIND_OUT, findOutCommand, listCountRows, verifyAgainCommand, VERIFY_DRY_RUN_NOTE,
} from './verification-wording';
import type { AlertDetails } from '../../../contract/alert-details';
import { catObjectCommand, copyObjectCommand } from '../../alerts/cli-commands';
import { listProblems } from '../../alerts/problem-lines';
import { describeReason } from '../../alerts/reason-descriptions';
import { reasonUrl } from '../../alerts/runbook-links';
import { formatBytes, formatCount, formatDates, formatKey, formatObjects, formatSeconds, limitBytes, toSubject } from '../../text/format';

/** As for the message of a run that archives. */
const MAX_BYTES = 16 * 1024;

export function createVerificationMessage(report: VerificationReport, reportKey: string): { subject: string; message: string } {
  const sections = [
    renderHeader(report), renderCounts(report), report.run.dryRun ? [describeDryRunCost(report)] : [], renderReasons(report),
    renderProblems(report),
    renderNextStep(report), renderPlaces(report, reportKey),
  ];
  return {
    subject: toSubject(`${summarize(report)}: ${formatDates(report.dates)} (${report.archiver})`),
    message: limitBytes(sections.filter((lines) => lines.length > 0).map((lines) => lines.join('\n')).join('\n\n'), MAX_BYTES),
  };
}

function renderProblems({ problems, counts }: VerificationReport): string[] {
  return listProblems(problems.map(({ destination, code, message }) => ({ key: destination, code, message })), counts.changed + counts.missing);
}

function summarize({ outcome, counts, run }: VerificationReport): string {
  if (run.dryRun) { return `Dry run of a verification, ${formatObjects(counts.listed)}`; }
  if (outcome === 'CLEAN') { return `Verification OK, ${formatObjects(counts.listed)}`; }
  const parts = (['missing', 'changed'] as const).filter((name) => counts[name] > 0).map((name) => `${formatCount(counts[name])} ${name}`);
  return `Verification FAILED, ${parts.join(', ')}`;
}

function renderHeader(report: VerificationReport): string[] {
  const { archiver, dates, destination, run, startedAt, seconds } = report;
  return [
    `${archiver}: ${describeVerification(report)}`,
    ...(run.dryRun ? [VERIFY_DRY_RUN_NOTE] : []),
    '',
    `Days:     ${formatDates(dates)}`,
    `Ledgers:  ${describeSource(report)}`,
    `Archive:  ${formatKey(`s3://${destination.bucket}/${destination.prefix}`)}`,
    `Run:      ${run.id}, ${startedAt}, took ${formatSeconds(seconds)}`,
  ];
}

function renderCounts(report: VerificationReport): string[] {
  const { counts, bytes } = report;
  const rows: [string, number, string][] = [
    ['Listed', counts.listed, ' (archived, as the ledgers say)'],
    ...listCountRows(report).map(({ name, status, count, note }): [string, number, string] => (
      [name, count, status === 'present' ? ` (${formatBytes(bytes)})` : note ? ` (${note})` : '']
    )),
  ];
  const width = Math.max(...rows.map(([, count]) => formatCount(count).length));
  const names = Math.max(...rows.map(([name]) => name.length)) + 2;
  return rows.map(([name, count, note]) => `${`${name}:`.padEnd(names)}${formatCount(count).padStart(width)}${note}`);
}

function renderReasons({ reasons }: VerificationReport): string[] {
  if (reasons.length === 0) { return []; }
  return ['Layer: S3', 'Why:', ...reasons.map(({ status, code, count }) => `  ${formatCount(count)} ${status}: ${code} (${describeReason(code)})\n      ${reasonUrl(code)}`)];
}

function renderNextStep(report: VerificationReport): string[] {
  const findOut = findOutCommand(report);
  if (report.outcome === 'CLEAN' || findOut === undefined) { return []; }
  return [`Next: ${FIND_OUT}`, findOut, 'Then verify again:', verifyAgainCommand(report)];
}

function renderPlaces({ ledger, links }: VerificationReport, reportKey: string): string[] {
  return [
    `Findings: s3://${ledger.bucket}/${ledger.prefix}`,
    `Report:   ${catObjectCommand(ledger.bucket, reportKey)}`,
    `Page:     ${copyObjectCommand(ledger.bucket, reportKey.replace(/json$/, 'html'))}`,
    ...(links.page ? [`          ${links.page}`] : []),
    ...(links.execution ? [`Run:      ${links.execution}`] : []),
  ];
}

/** The part for machines. */
export function toVerificationDetails(report: VerificationReport, reportKey: string): Omit<AlertDetails, 'schemaVersion'> {
  const { archiver, run, dates, outcome, counts, reasons, problems, ledger } = report;
  return {
    archiver,
    runId: run.id,
    action: 'verify',
    dates,
    outcome,
    layer: reasons.length > 0 ? 'S3' : null,
    code: reasons[0]?.code ?? null,
    cause: outcome === 'CLEAN' ? null : describeVerification(report),
    counts,
    reasons,
    problems: problems.map(({ destination, code }) => ({ key: destination, code: code ?? 'UNKNOWN' })),
    report: `s3://${ledger.bucket}/${reportKey}`,
    ledger: `s3://${ledger.bucket}/${ledger.prefix}`,
    executionArn: run.executionArn,
    nextCommand: outcome === 'CLEAN' ? null : findOutCommand(report) ?? null,
  };
}
