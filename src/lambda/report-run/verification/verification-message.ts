/** The alert about a verification: subject and text. */
import type { VerificationReport } from './verification-report';
import { describeDryRunCost, describeSource, describeVerification, listCountRows, listNextSteps, VERIFY_DRY_RUN_NOTE } from './verification-wording';
import type { AlertDetails } from '../../../contract/alert-details';
import { catObjectCommand, copyObjectCommand } from '../../alerts/cli-commands';
import { listProblems } from '../../alerts/problem-lines';
import { describeReason } from '../../alerts/reason-descriptions';
import { reasonUrl } from '../../alerts/runbook-links';
import { capitalize, formatBytes, formatCount, formatDates, formatKey, formatObjects, formatSeconds, limitBytes, listLines, toSubject } from '../../text/format';
import type { NamedRun } from '../../verification/planned-ledgers';

/** As for the message of a run that archives. */
const MAX_BYTES = 16 * 1024;
const MAX_PARTS = 5;
const MAX_RUNS = 5;

export function createVerificationMessage(report: VerificationReport, reportKey: string): { subject: string; message: string } {
  const sections = [
    renderHeader(report), renderCounts(report), report.run.dryRun ? [describeDryRunCost(report)] : [], renderReasons(report),
    renderProblems(report), renderLacking(report), renderRuns(report),
    renderNextStep(report), renderPlaces(report, reportKey),
  ];
  return {
    subject: toSubject(`${summarize(report)}: ${formatDates(report.dates)} (${report.archiver})`),
    message: limitBytes(sections.filter((lines) => lines.length > 0).map((lines) => lines.join('\n')).join('\n\n'), MAX_BYTES),
  };
}

function renderProblems({ problems, counts: { changed, missing, unproven }, lacking }: VerificationReport): string[] {
  const total = changed + missing + unproven - (lacking?.lines ?? 0);
  return listProblems(problems.map(({ destination, code, message }) => ({ key: destination, code, message })), total);
}

function renderLacking({ lacking, ledger }: VerificationReport): string[] {
  if (!lacking) { return []; }
  const lines = lacking.examples.map(({ part, lines: count }) => `  ${formatCount(count)} lines of ${formatKey(`s3://${ledger.bucket}/${part}`)}`);
  return ['Missing from the ledgers:', ...listLines(lines, MAX_PARTS, lacking.parts).map((line) => (line.startsWith(' ') ? line : `  ${line}`))];
}

function renderRuns({ runs: { running, withoutReport } }: VerificationReport): string[] {
  const list = (title: string, found: readonly NamedRun[]) => found.length === 0 ? [] : [
    title, ...listLines(found.map(({ name }) => `  ${formatKey(name)}`), MAX_RUNS, found.length).map((line) => (line.startsWith(' ') ? line : `  ${line}`)),
  ];
  return [...list('Ended without a report:', withoutReport), ...list('Not verified, because they are still running:', running)];
}

function summarize({ outcome, counts, run, runs }: VerificationReport): string {
  if (run.dryRun) { return `Dry run of a verification, ${formatObjects(counts.listed)}`; }
  const open = [[runs.withoutReport, 'without a report'], [runs.running, 'still running']] as const;
  const parts = [
    ...(['missing', 'changed', 'unproven'] as const).filter((name) => counts[name] > 0).map((name) => `${formatCount(counts[name])} ${name}`),
    ...open.filter(([found]) => found.length > 0).map(([found, how]) => `${formatCount(found.length)} ${found.length === 1 ? 'run' : 'runs'} ${how}`),
  ];
  const verdict = outcome === 'CLEAN' ? `Verification OK, ${formatObjects(counts.present)} present` : outcome === 'FAILED' ? 'Verification FAILED' : 'Verification incomplete';
  return [verdict, ...parts].join(', ');
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

function renderReasons(report: VerificationReport): string[] {
  const { reasons } = report;
  if (reasons.length === 0) { return []; }
  return [`Layer: ${toLayer(report)!}`, 'Why:', ...reasons.map(({ status, code, count }) => `  ${formatCount(count)} ${status}: ${code} (${describeReason(code)})\n      ${reasonUrl(code)}`)];
}

function renderNextStep(report: VerificationReport): string[] {
  return listNextSteps(report).flatMap(({ advice, command }, index) => [index === 0 ? `Next: ${advice}` : capitalize(advice), command]);
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
    layer: toLayer(report),
    code: reasons[0]?.code ?? null,
    cause: outcome === 'CLEAN' ? null : describeVerification(report),
    counts,
    reasons,
    problems: problems.map(({ destination, code }) => ({ key: destination, code: code ?? 'UNKNOWN' })),
    report: `s3://${ledger.bucket}/${reportKey}`,
    ledger: `s3://${ledger.bucket}/${ledger.prefix}`,
    executionArn: run.executionArn,
    nextCommand: listNextSteps(report)[0]?.command ?? null,
  };
}

/** Only the bookkeeping has a gap if nothing in the archive is in doubt. */
function toLayer({ outcome, problems }: VerificationReport): AlertDetails['layer'] {
  return outcome === 'CLEAN' ? null : problems.length > 0 ? 'S3' : 'ledger';
}
