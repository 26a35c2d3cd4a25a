/** The alert about a run that failed, timed out or was stopped. */
import * as v from 'valibot';
import { diagnose, type Diagnosis, getAction } from './diagnosis';
import type { FailedChild, FailureFacts } from './failure-facts';
import type { StatusChange } from './status-change';
import type { AlertOutcome, Layer } from '../../contract/alert-details';
import { ErrorName } from '../../contract/errors';
import type { AlertAttributes } from '../../contract/payloads/outcomes';
import type { Action } from '../../contract/payloads/run';
import { addDays } from '../../dates/calendar';
import { toAttributes } from '../alerts/alert-attributes';
import { executionUrl, folderUrl } from '../alerts/cli-commands';
import { layerUrl } from '../alerts/runbook-links';
import { NOTHING_LOST } from '../alerts/wording';
import { escapeUnprintable } from '../text/escape';
import { formatCause, formatCount, formatDates, formatKey, formatObjects, formatSeconds, limitBytes, toSubject } from '../text/format';
import { parseAs } from '../text/parse-json';

/** Far below the 256 KiB of SNS, and more than anyone reads at night. */
const MAX_BYTES = 32 * 1024;

export interface Alert {
  readonly subject: string;
  readonly message: string;
  readonly attributes: AlertAttributes;
}

/** The settings of the explainer that a message needs. */
export interface ExplainerSettings {
  readonly archiverName: string;
  readonly reportBucket?: string;
}

export function createFailureAlert(settings: ExplainerSettings, facts: FailureFacts): Alert {
  const { archiverName, reportBucket } = settings;
  const { summary } = facts.history ?? {};
  const diagnosis = diagnose(facts);
  const attributes = createAttributes(settings, facts, diagnosis);
  const subject = createSubject(archiverName, facts, diagnosis.layer);
  // ReportRun wrote a message with counts and keys. It is better than one that is made from outside.
  const isJudged = JUDGMENTS.includes(facts.history?.error ?? facts.change.error ?? '');
  const ownMessage = isJudged ? summary?.message ?? facts.change.cause : undefined;
  if (ownMessage) {
    // ReportRun has escaped its message. The cause of the run's event may be of another origin.
    const text = ownMessage.split('\n').map(escapeUnprintable).join('\n');
    return createAlert(summary?.subject ?? subject, [text], summary?.attributes ?? attributes);
  }
  return createAlert(subject, [
    describeFailure(archiverName, facts, diagnosis),
    describeRun(facts),
    describeCounts(facts),
    quoteUnsentMessage(facts),
    describeNextStep(facts, diagnosis),
    listLinks(facts, diagnosis, reportBucket),
    listGaps(facts),
  ], attributes);
}

/** The errors with which a run ends that has written its own message. */
const JUDGMENTS: readonly string[] = [ErrorName.TOLERANCE_EXCEEDED, ErrorName.OBJECTS_UNACCOUNTED];

function createAlert(subject: string, sections: string[], attributes: AlertAttributes): Alert {
  return { subject: toSubject(subject), message: limitBytes(sections.filter((text) => text !== '').join('\n\n'), MAX_BYTES), attributes };
}

/** The part of ReportRun's alert details that this message repeats. */
const ReportedProblems = v.object({
  reasons: v.array(v.object({ status: v.picklist(['conflicting', 'failed', 'changed', 'missing', 'unproven']), code: v.string(), count: v.number() })),
  problems: v.array(v.object({ key: v.string(), code: v.string() })),
});

const OUTCOMES: { readonly [status: string]: AlertOutcome } = { TIMED_OUT: 'TIMED_OUT', ABORTED: 'ABORTED' };

export function toOutcome(status: string): AlertOutcome {
  return OUTCOMES[status] ?? 'FAILED';
}

function createAttributes(
  { archiverName, reportBucket }: ExplainerSettings, facts: FailureFacts, { layer, code, cause, command }: Diagnosis,
): AlertAttributes {
  const { change, history } = facts;
  const { run, summary } = history ?? {};
  const { reasons, problems } = parseAs(ReportedProblems, summary?.attributes.details ?? '') ?? { reasons: [], problems: [] };
  return toAttributes({
    archiver: archiverName,
    runId: change.name,
    action: getAction(facts),
    dates: run ? { from: run.from, to: run.to } : null,
    outcome: toOutcome(change.status),
    layer,
    code,
    cause: cause.text,
    counts: summary?.counts ?? null,
    reasons,
    problems,
    report: summary ? `s3://${summary.report.bucket}/${summary.report.key}` : null,
    ledger: run && reportBucket ? `s3://${reportBucket}/${run.ledgerPrefix}` : null,
    executionArn: change.executionArn,
    nextCommand: command,
  });
}

const VERBS: { readonly [status: string]: string } = { FAILED: 'failed', TIMED_OUT: 'timed out', ABORTED: 'was stopped' };

export function describeStatus({ status }: Pick<StatusChange, 'status'>): string {
  return VERBS[status] ?? `ended as ${formatKey(status)}`;
}

const SUBJECTS: Record<Action, string> = { archive: 'Archive run', verify: 'Verification', restore: 'Restore' };

function createSubject(archiverName: string, facts: FailureFacts, layer: Layer): string {
  const { change, history } = facts;
  const days = history?.run ? ` of ${formatDates(history.run)}` : '';
  return `${SUBJECTS[getAction(facts)]}${days} ${describeStatus(change)}: ${layer} (${archiverName})`;
}

/** What a run does in its states, for readers who do not know the state machine. */
const PHASES: { readonly [state: string]: string } = {
  PlanRun: 'before it touched an object, while it was planning its days',
  ListObjects: 'before it touched an object, while it was listing the source',
  ArchiveObjects: 'while it was archiving objects',
  RestoreObjects: 'while it was copying objects back from the archive',
  VerifyObjects: 'while it was comparing the archive with the ledgers',
  ReportRun: 'after it archived objects, while it was writing its report',
  NotifyRun: 'after it wrote its report, while it was sending its message',
  NotifyChat: 'after it sent its message, while it was sending it to the chat',
};

/** A verification reads, so whatever happens to it, nothing happens to the objects. */
const NOTHING_CHANGED = 'Nothing was changed: a verification only reads. It is not known yet whether the archive is whole.';

const RESTORE_LOST_NOTHING = 'The restore lost no object: a restore deletes nothing, and leaves the archive as it was.';

function describeFailure(archiverName: string, facts: FailureFacts, { layer, cause, child }: Diagnosis): string {
  const { change, history, mapRun } = facts;
  const { state } = history ?? {};
  const phases: typeof PHASES = {
    ...PHASES,
    ...getAction(facts) === 'verify' && { ReportRun: 'after it compared the archive, while it was writing its report' },
    ...getAction(facts) === 'restore' && { ReportRun: 'after it copied objects back, while it was writing its report' },
    ...history?.run?.manifest && { ListObjects: 'before it touched an object, while it was reading its manifest' },
  };
  const phase = state ? ` ${phases[state] ? `${phases[state]} (state ${state})` : `in state ${formatKey(state)}`}` : '';
  const others = child && mapRun ? mapRun.failedChildren.filter((other) => other.error !== child.error) : [];
  return [
    `${archiverName}: the run ${describeStatus(change)}${phase}.`,
    getAction(facts) === 'verify' ? NOTHING_CHANGED : getAction(facts) === 'restore' ? RESTORE_LOST_NOTHING : layer === 'ledger'
      ? 'Every object is either archived or untouched at the source, but the ledger does not say which for all of them.'
      : NOTHING_LOST,
    '',
    `Layer: ${layer}`,
    `Cause: ${formatKey(cause.error)}: ${formatCause(cause.text, 1500)}`,
    ...(child ? [`Seen in: ${describeBatch(child)}`] : []),
    ...(others.length > 0 ? [`Other batches failed with: ${[...new Set(others.map(({ error }) => formatKey(error ?? 'unknown error')))].join(', ')}`] : []),
  ].join('\n');
}

function describeBatch({ keys, files, executionArn }: FailedChild): string {
  const arn = formatKey(executionArn, Infinity);
  const names = [...keys, ...files];
  if (names.length === 0) { return arn; }
  const what = keys.length > 0 ? formatObjects(keys.length) : `the objects in ${files.length === 1 ? 'a file' : `${formatCount(files.length)} files`} of the report bucket`;
  const which = names.length === 1 ? formatKey(names[0]) : `from ${formatKey(names[0])} to ${formatKey(names[names.length - 1])}`;
  return `a batch of ${what}, ${which}\n         ${arn}`;
}

function describeRun({ change, history }: FailureFacts): string {
  const { run } = history ?? {};
  const { input, startDate: started, stopDate: stopped } = change;
  return [
    ...(run ? [`Days:  ${formatDates(run)}${run.dryRun ? ' (dry run)' : ''}`] : [`Input: ${formatCause(input || 'unknown', 300)}`]),
    `Run:   ${formatKey(change.name)}${started ? `, ${new Date(started).toISOString()}${describeDuration(started, stopped)}` : ''}`,
  ].join('\n');
}

function describeDuration(started: number, stopped: number | undefined): string {
  return stopped ? `, ended after ${formatSeconds((stopped - started) / 1000)}` : '';
}

/**
 * ReportRun's counts if there are any, or else those of the Map Run: batches, and listed objects by how their batch
 * ended.
 */
function describeCounts({ history, mapRun }: FailureFacts): string {
  const counts = history?.summary?.counts;
  if (counts) {
    return Object.entries(counts).map(([name, count]) => `${formatCount(count)} ${name}`).join(', ');
  }
  const { itemCounts: items, executionCounts: batches } = mapRun?.description ?? {};
  if (!items?.total || !batches) { return ''; }
  // If the listing was cut short, there are more of them.
  const extent = /Objects$/.test(history?.state ?? '') ? 'so far' : 'in total';
  // The items of other maps are not objects, and neither are those that a function has planned.
  const { run, listing } = history ?? {};
  const listed: [string, typeof items][] = (run?.action ?? 'archive') === 'archive' && !listing?.progress ? [['Listed objects in these batches', items]] : [];
  const rows: [string, typeof items][] = [['Batches', batches as typeof items], ...listed];
  return rows.map(([name, counted]) => `${name}: ${[
    `${formatCount(counted.total ?? 0)} ${extent}`,
    `${formatCount(counted.succeeded ?? 0)} done`,
    `${formatCount((counted.failed ?? 0) + (counted.timedOut ?? 0))} failed`,
    `${formatCount((counted.aborted ?? 0) + (counted.pending ?? 0) + (counted.running ?? 0))} not finished`,
  ].join(', ')}`).join('\n');
}

/**
 * Quotes the message of ReportRun if the run failed afterwards. Leaves out its commands: one message has one command.
 */
function quoteUnsentMessage({ history }: FailureFacts): string {
  const { outcome, message } = history?.summary ?? {};
  if (!message || outcome === 'CLEAN') { return ''; }
  const sections = message.split('\n\n').filter((section) => !/^aws /m.test(section));
  return ['The run\'s own message, which could not be sent:', ...sections.join('\n\n').split('\n').map((line) => `  ${line}`.trimEnd())].join('\n');
}

/** https://docs.aws.amazon.com/step-functions/latest/dg/redrive-executions.html */
const DAYS_TO_REDRIVE = 14;

function describeNextStep({ change }: FailureFacts, { advice, redrive, command }: Diagnosis): string {
  if (!redrive) { return `Next: ${advice} Then start a new run:\n${command}`; }
  const until = change.stopDate ? ` until ${addDays(new Date(change.stopDate).toISOString().slice(0, 10), DAYS_TO_REDRIVE)}` : ` for ${DAYS_TO_REDRIVE} days`;
  return `Next: ${advice} Then redrive the run. It continues where it stopped, with the same days (possible${until}):\n${command}`;
}

function listLinks({ change, history, mapRun }: FailureFacts, { layer }: Diagnosis, reportBucket = 'REPORT_BUCKET'): string {
  const url = executionUrl(change.executionArn);
  const where = mapRun?.description?.mapRunArn;
  return [
    `Runbook: ${layerUrl(layer)}`,
    `Execution: ${url ?? formatKey(change.executionArn, Infinity)}`,
    ...(where ? [`Map Run: ${formatKey(where, Infinity)}`] : []),
    ...(history?.run ? listLedgerLinks(change.executionArn, reportBucket, history.run.ledgerPrefix) : []),
  ].join('\n');
}

function listLedgerLinks(executionArn: string, bucket: string, prefix: string): string[] {
  const url = folderUrl(executionArn, bucket, prefix);
  return [`Ledger so far: s3://${bucket}/${prefix}`, ...(url ? [`               ${url}`] : [])];
}

function listGaps({ gaps }: FailureFacts): string {
  return gaps.length === 0 ? '' : ['This message is incomplete because the following could not be read:', ...gaps.map((gap) => `  ${formatCause(gap, 600)}`)].join('\n');
}
