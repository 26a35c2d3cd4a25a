/** The alert about a run that came to its end: subject and text. */
import { getLayers } from './alert-details';
import type { Report } from './report';
import { againCommand, DRY_RUN, messagesOnce, NOTHING_LOST, describeRun, stragglersCommand, describeStragglers } from './wording';
import { catObjectCommand, copyObjectCommand } from '../../alerts/cli-commands';
import { describeReason } from '../../alerts/reason-descriptions';
import { reasonUrl } from '../../alerts/runbook-links';
import { formatBytes, formatCause, formatCount, formatDates, formatKey, formatObjects, formatSeconds, limitBytes, listLines, toSubject } from '../../text/format';
import { describeEstimate, growthForMessage, describeStorageClassCosts } from '../estimate/estimate-wording';

const KEYS = 10;
/**
 * The text becomes the Fail state's cause and a part of the execution's output, so it must stay far
 * below Step Functions' 256 KiB; and nobody reads more than this at night.
 */
const MAX_BYTES = 16 * 1024;

export function createMessage(report: Report, reportKey: string): { subject: string; message: string } {
  const sections = [headline(report), countLines(report), estimateLines(report), reasonLines(report), problemLines(report), nextLines(report),
    stragglerLines(report), growthLines(report), placeLines(report, reportKey)];
  return {
    subject: toSubject(subjectOf(report)),
    message: limitBytes(sections.filter((lines) => lines.length > 0).map((lines) => lines.join('\n')).join('\n\n'), MAX_BYTES),
  };
}

function subjectOf(report: Report): string {
  return `${verdict(report)}: ${formatDates(report.dates)} (${report.archiver})`;
}

/** The few words that a phone's lock screen shows. */
function verdict({ outcome, counts, run }: Report): string {
  const parts = [
    ...(counts.failed > 0 ? [`${formatCount(counts.failed)} failed`] : []),
    ...(counts.conflicting > 0 ? [`${formatCount(counts.conflicting)} conflicting`] : []),
  ];
  const what = run.dryRun ? 'Dry run' : 'Archive';
  if (outcome === 'CLEAN') { return `${what} OK, ${formatObjects(counts.archived)}`; }
  return `${what} ${outcome === 'FAILED' ? 'FAILED' : 'incomplete'}, ${parts.join(', ')}`;
}

function headline(report: Report): string[] {
  const { outcome, run, source, destination } = report;
  return [
    `${report.archiver}: ${describeRun(report)}`,
    ...(run.dryRun ? [DRY_RUN] : []),
    ...(outcome === 'CLEAN' ? [] : [NOTHING_LOST]),
    '',
    `Days:  ${formatDates(report.dates)}`,
    `From:  ${formatKey(`s3://${source.bucket}/${source.prefix}`)}`,
    `To:    ${formatKey(`s3://${destination.bucket}/${destination.prefix}`)}`,
    `Run:   ${run.id}, ${report.startedAt}, took ${formatSeconds(report.seconds)}`,
  ];
}

function countLines({ counts, bytes }: Report): string[] {
  const rows: [string, number, string][] = [
    ['Listed', counts.listed, ''],
    ['Archived', counts.archived, ` (${formatBytes(bytes)})`],
    ['Skipped', counts.skipped, ' (other dates, no date, folder markers)'],
    ['Conflicting', counts.conflicting, ''],
    ['Failed', counts.failed, ''],
  ];
  const width = Math.max(...rows.map(([, count]) => formatCount(count).length));
  return rows.map(([name, count, note]) => `${`${name}:`.padEnd(13)}${formatCount(count).padStart(width)}${note}`);
}

function estimateLines({ estimate }: Report): string[] {
  if (!estimate) { return []; }
  const largest = estimate.largest.map(({ key, size }) => `  ${formatBytes(size)}  ${formatKey(key)}`);
  return [describeEstimate(estimate), ...describeStorageClassCosts(estimate), ...(largest.length > 0 ? ['The largest:', ...largest] : [])];
}

function growthLines({ growth, run: { dryRun }, dates: { to } }: Report): string[] {
  const text = growthForMessage({ growth, dryRun, to });
  return text ? [text] : [];
}

function reasonLines(report: Report): string[] {
  const { reasons } = report;
  if (reasons.length === 0) { return []; }
  return [`Layer: ${getLayers(report).join(', ')}`, 'Why:', ...reasons.map(({ status, code, count }) => {
    const text = describeReason(code);
    return `  ${formatCount(count)} ${status}: ${formatKey(code)}${text ? ` (${text})\n      ${reasonUrl(code)}` : ''}`;
  })];
}

function problemLines({ problems, counts }: Report): string[] {
  if (problems.length === 0) { return []; }
  const messages = messagesOnce(problems);
  const lines = problems.map(({ key, code }, index) => {
    const message = messages[index];
    return `  ${formatKey(code ?? 'UNKNOWN')} ${formatKey(key)}${message ? `\n      ${formatCause(message, 500)}` : ''}`;
  });
  return ['Which:', ...listLines(lines, KEYS, counts.failed + counts.conflicting).map((line) => (line.startsWith(' ') ? line : `  ${line}, in the ledger`))];
}

function stragglerLines(report: Report): string[] {
  if (report.stragglers.count === 0) { return []; }
  const command = stragglersCommand(report);
  return command ? [`${describeStragglers(report)} To archive them:`, command] : [describeStragglers(report)];
}

function nextLines(report: Report): string[] {
  if (report.outcome === 'CLEAN') { return []; }
  return [
    'Next: mend what the reasons name, then run the same days again. It takes up what is still at its source:',
    againCommand(report),
  ];
}

function placeLines({ ledger, links }: Report, reportKey: string): string[] {
  const pageKey = reportKey.replace(/json$/, 'html');
  return [
    `Ledger: s3://${ledger.bucket}/${ledger.prefix}`,
    `Report: ${catObjectCommand(ledger.bucket, reportKey)}`,
    `Page:   ${copyObjectCommand(ledger.bucket, pageKey)}`,
    ...(links.page ? [`        ${links.page}`] : []),
    ...(links.execution ? [`Run:    ${links.execution}`] : []),
  ];
}
