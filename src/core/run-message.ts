/** The alert about a run that came to its end: subject and text. */
import { stateMachineArnOf } from './arn';
import { catObjectCommand, executionUrl, sameRunInput, startExecutionCommand } from './next-command';
import { reasonText } from './reason-texts';
import { Report } from './report';
import { formatBytes, formatCause, formatCount, formatDates, formatKey, formatObjects, formatSeconds, limitBytes, listLines, toSubject } from './text';

const KEYS = 10;
/**
 * The text becomes the Fail state's cause and a part of the execution's output, so it must stay far
 * below Step Functions' 256 KiB; and nobody reads more than this at night.
 */
const MAX_BYTES = 16 * 1024;

export function createMessage(archiverName: string, report: Report, reportKey: string): { subject: string; message: string } {
  const sections = [headline(archiverName, report), countLines(report), reasonLines(report), problemLines(report), stragglerLines(report),
    nextLines(report), placeLines(report, reportKey)];
  return {
    subject: toSubject(subjectOf(archiverName, report)),
    message: limitBytes(sections.filter((lines) => lines.length > 0).map((lines) => lines.join('\n')).join('\n\n'), MAX_BYTES),
  };
}

function subjectOf(archiverName: string, report: Report): string {
  const days = formatDates(report.dates);
  return `${verdict(report)}: ${days} (${archiverName})`;
}

/** The few words that a phone's lock screen shows. */
function verdict({ outcome, counts, run }: Report): string {
  const parts = [
    ...(counts.failed > 0 ? [`${formatCount(counts.failed)} failed`] : []),
    ...(counts.conflicting > 0 ? [`${formatCount(counts.conflicting)} conflicting`] : []),
  ];
  const what = run.dryRun ? 'Dry run' : 'Archive';
  if (outcome === 'CLEAN') return `${what} OK, ${formatObjects(counts.archived)}`;
  return `${what} ${outcome === 'FAILED' ? 'FAILED' : 'incomplete'}, ${parts.join(', ')}`;
}

function headline(archiverName: string, report: Report): string[] {
  const { outcome, counts, run, source, destination } = report;
  const selected = counts.archived + counts.conflicting + counts.failed;
  const story = {
    CLEAN: selected === 0 ? 'no object of these days was found.' : `archived: all of the ${formatObjects(selected)} of these days.`,
    PROBLEMS: `not archived: ${formatCount(counts.failed + counts.conflicting)} of the ${formatObjects(selected)} of these days.`,
    FAILED: `failed: ${formatCount(counts.failed)} of the ${formatObjects(selected)} of these days, more than the ${report.toleratedFailurePercentage} % tolerated.`,
  }[outcome];
  return [
    `${archiverName}: ${story}`,
    ...(run.dryRun ? ['This was a dry run: nothing was changed, and "archived" means "would be archived".'] : []),
    ...(outcome === 'CLEAN' ? [] : ['No object is lost: what is not archived is untouched at its source.']),
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

function reasonLines({ reasons }: Report): string[] {
  if (reasons.length === 0) return [];
  return ['Why:', ...reasons.map(({ status, code, count }) => {
    const text = reasonText(code);
    return `  ${formatCount(count)} ${status}: ${formatKey(code)}${text ? ` (${text})` : ''}`;
  })];
}

/** A message that several objects share is shown with the first of them: only their request ids differ. */
function problemLines({ problems, counts }: Report): string[] {
  if (problems.length === 0) return [];
  const told = new Set<string>();
  const lines = problems.map(({ key, code, message = '' }) => {
    const gist = `${code} ${message.replace(/\(request [^)]*\)/, '')}`;
    const text = message && !told.has(gist) ? `\n      ${formatCause(message, 300)}` : '';
    told.add(gist);
    return `  ${formatKey(code ?? 'UNKNOWN')} ${formatKey(key)}${text}`;
  });
  return ['Which:', ...listLines(lines, KEYS, counts.failed + counts.conflicting).map((line) => (line.startsWith(' ') ? line : `  ${line}, in the ledger`))];
}

function stragglerLines({ stragglers }: Report): string[] {
  if (stragglers.count === 0) return [];
  return [`${formatObjects(stragglers.count)} of earlier days ${stragglers.count === 1 ? 'is' : 'are'} still in the source, the oldest of ${stragglers.oldest}.`];
}

function nextLines(report: Report): string[] {
  const { outcome, run, dates } = report;
  if (outcome === 'CLEAN') return [];
  return [
    'Next: mend what the reasons name, then run the same days again. It takes up what is still at its source:',
    startExecutionCommand(stateMachineArnOf(run.executionArn), sameRunInput(dates, run.dryRun)),
  ];
}

function placeLines({ run, ledger }: Report, reportKey: string): string[] {
  const url = run.executionArn && executionUrl(run.executionArn);
  return [
    `Ledger: s3://${ledger.bucket}/${ledger.prefix}`,
    `Report: ${catObjectCommand(ledger.bucket, reportKey)}`,
    ...(url ? [`Run:    ${url}`] : []),
  ];
}
