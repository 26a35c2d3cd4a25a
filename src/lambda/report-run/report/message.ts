/** The alert about a run that made its report: subject and text. */
import { getLayers } from './alert-details';
import type { Report } from './report';
import { getRunWords, STATUSES } from './run-words';
import { archiveStragglersCommand, describeSkipped, describeStragglers, getPlaces, rerunCommand } from './wording';
import { ReasonCode } from '../../../contract/payloads/reason-codes';
import { catObjectCommand, copyObjectCommand, headObjectCommand } from '../../alerts/cli-commands';
import { listProblems } from '../../alerts/problem-lines';
import { describeReason } from '../../alerts/reason-descriptions';
import { reasonUrl } from '../../alerts/runbook-links';
import { formatBytes, formatCount, formatDates, formatKey, formatSeconds, limitBytes, toSubject } from '../../text/format';
import { describeEstimate, describeStorageClassCosts, describeUnknown, growthForMessage } from '../estimate/estimate-wording';
import { describeCopies } from '../restored/describe-copies';

/**
 * The text becomes the cause of the Fail state and part of the execution's output, so it must stay far below the 256
 * KiB of Step Functions. Nobody reads more than this at night anyway.
 */
const MAX_BYTES = 16 * 1024;

export function createMessage(report: Report, reportKey: string): { subject: string; message: string } {
  const sections = [
    renderHeader(report), renderCounts(report), renderEstimate(report), renderReasons(report), renderProblems(report),
    renderNextStep(report), renderConflict(report), renderCopies(report),
    renderStragglers(report), renderGrowth(report), renderPlaces(report, reportKey),
  ];
  return {
    subject: toSubject(`${getRunWords(report).summary}: ${formatDates(report.dates)} (${report.archiver})`),
    message: limitBytes(sections.filter((lines) => lines.length > 0).map((lines) => lines.join('\n')).join('\n\n'), MAX_BYTES),
  };
}

function renderHeader(report: Report): string[] {
  const { run, source, destination, manifest } = report;
  const { sentence, notes, nothingLost } = getRunWords(report);
  return [
    `${report.archiver}: ${sentence}`,
    ...notes,
    ...(nothingLost ? [nothingLost] : []),
    '',
    `Days:  ${formatDates(report.dates)}`,
    ...manifest ? [`List:  ${formatKey(manifest.uri)}`] : [],
    `From:  ${formatKey(`s3://${source.bucket}/${source.prefix}`)}`,
    `To:    ${formatKey(`s3://${destination.bucket}/${destination.prefix}`)}`,
    `Run:   ${run.id}, ${report.startedAt}, took ${formatSeconds(report.seconds)}`,
  ];
}

function renderCounts(report: Report): string[] {
  const { counts, bytes } = report;
  const { labels } = getRunWords(report);
  const notes: Record<string, string> = { archived: ` (${formatBytes(bytes)})`, skipped: ` (${describeSkipped(report)})` };
  const rows: [string, number, string][] = [
    ['Listed', counts.listed, ''],
    ...STATUSES.map((status): [string, number, string] => [labels[status], counts[status], notes[status] ?? '']),
  ];
  const width = Math.max(...rows.map(([, count]) => formatCount(count).length));
  const names = Math.max(...rows.map(([name]) => name.length)) + 2;
  return rows.map(([name, count, note]) => `${`${name}:`.padEnd(names)}${formatCount(count).padStart(width)}${note}`);
}

function renderEstimate({ estimate }: Report): string[] {
  if (!estimate) { return []; }
  const largest = estimate.largest.map(({ key, size }) => `  ${formatBytes(size)}  ${formatKey(key)}`);
  return [describeEstimate(estimate), ...describeStorageClassCosts(estimate), ...describeUnknown(estimate), ...(largest.length > 0 ? ['The largest objects:', ...largest] : [])];
}

function renderGrowth({ growth, run: { dryRun }, dates: { to } }: Report): string[] {
  const text = growthForMessage({ growth, dryRun, to });
  return text ? [text] : [];
}

function renderReasons(report: Report): string[] {
  const { reasons } = report;
  if (reasons.length === 0) { return []; }
  const { counted } = getRunWords(report);
  return [`Layer: ${getLayers(report).join(', ')}`, 'Why:', ...reasons.map(({ status, code, count }) => {
    const text = describeReason(code);
    return `  ${formatCount(count)} ${counted[status]}: ${formatKey(code)}${text ? ` (${text})\n      ${reasonUrl(code)}` : ''}`;
  })];
}

function renderProblems({ problems, counts }: Report): string[] {
  return listProblems(problems, counts.failed + counts.conflicting);
}

/** The reasons that are about two objects. */
const CONFLICTS: readonly string[] = [ReasonCode.DESTINATION_EXISTS, ReasonCode.OLD_KEY_TAKEN, ReasonCode.NOT_COMPARED];

/** Nobody can decide about a conflict without a look at both objects. */
function renderConflict(report: Report): string[] {
  const [conflict, ...more] = report.problems.filter(({ code }) => CONFLICTS.includes(code ?? ''));
  if (!conflict) { return []; }
  const { live, archive } = getPlaces(report);
  return [
    `To compare the two objects of ${more.length > 0 ? 'the first' : 'the'} conflict, run:`,
    headObjectCommand(live.bucket, conflict.key),
    headObjectCommand(archive.bucket, conflict.destination),
  ];
}

function renderCopies(report: Report): string[] {
  const { sentences, command } = describeCopies(report) ?? { sentences: [] };
  return [...sentences, ...command ? [command] : []];
}

function renderStragglers(report: Report): string[] {
  if (report.stragglers.count === 0) { return []; }
  const command = archiveStragglersCommand(report);
  const text = `Stragglers: ${describeStragglers(report)}`;
  return command ? [`${text} ${getRunWords(report).stragglers}`, command] : [text];
}

function renderNextStep(report: Report): string[] {
  if (report.outcome === 'CLEAN') { return []; }
  return [
    `Next: ${getRunWords(report).next('above')}`,
    rerunCommand(report),
  ];
}

function renderPlaces({ ledger, links }: Report, reportKey: string): string[] {
  const pageKey = reportKey.replace(/json$/, 'html');
  return [
    `Ledger: s3://${ledger.bucket}/${ledger.prefix}`,
    `Report: ${catObjectCommand(ledger.bucket, reportKey)}`,
    `Page:   ${copyObjectCommand(ledger.bucket, pageKey)}`,
    ...(links.page ? [`        ${links.page}`] : []),
    ...(links.execution ? [`Run:    ${links.execution}`] : []),
  ];
}
