import * as v from 'valibot';
import { diagnose, type Diagnosis, getTask } from './diagnosis';
import type { FailedChild, FailureFacts } from './failure-facts';
import { ACTION_NAMES, ACTIONS, DEFAULT_ACTION } from '../../contract/actions';
import { ErrorName } from '../../contract/errors';
import type { AlertAttributes } from '../../contract/payloads/outcomes';
import { addDays } from '../../dates/calendar';
import { toChatMessage } from '../../features/chat/lambda/chat-message';
import { ACTION_TEXT, getText } from '../alerts/action-text';
import { type Alert, type Section, toTextMessage } from '../alerts/alert';
import { toAttributes } from '../alerts/alert-attributes';
import { executionUrl, folderUrl, tailLogCommand } from '../alerts/cli-commands';
import { layerUrl } from '../alerts/layers';
import { escapeUnprintable } from '../text/escape';
import {
  formatCause,
  formatCount,
  formatDates,
  formatKey,
  formatObjects,
  formatSeconds,
  limitBytes,
  toSubject,
} from '../text/format';
import { parseAs } from '../text/json';

/** A message that is ready to be published. */
export interface Message {
  readonly subject: string;
  readonly message: string;
  /** The envelope for the topic of chats. */
  readonly chat: string;
  readonly attributes: AlertAttributes;
}

/** Far below the 256 KiB of SNS. It quotes the message of a run, which may be half of it. */
const MAX_BYTES = 32 * 1024;

export function toMessage(alert: Alert): Message {
  const { subject, attributes } = alert;
  return {
    subject,
    message: toTextMessage(alert, MAX_BYTES),
    chat: toChatMessage(alert),
    attributes,
  };
}

export interface ExplainerSettings {
  readonly archiverName: string;
  readonly reportBucket?: string;
}

/**
 * The errors with which a run ends that has written its own message. It is better than one that is
 * made from outside.
 */
const JUDGMENTS: readonly string[] = [ErrorName.TOLERANCE_EXCEEDED, ErrorName.OBJECTS_UNACCOUNTED];

export function createFailureMessage(settings: ExplainerSettings, facts: FailureFacts): Message {
  const { change, history } = facts;
  const error = history?.error ?? change.error ?? '';
  const summary = history?.summary;
  const message = toMessage(createFailureAlert(settings, facts));
  if (!JUDGMENTS.includes(error)) {
    return message;
  }
  const own = summary?.message ?? change.cause;
  // ReportRun has escaped its message. The cause of the run's event may be of another origin.
  return {
    subject: summary?.subject ?? message.subject,
    message: own
      ? limitBytes(own.split('\n').map(escapeUnprintable).join('\n'), MAX_BYTES)
      : message.message,
    chat: summary?.chat ?? message.chat,
    attributes: summary?.attributes ?? message.attributes,
  };
}

function createFailureAlert(settings: ExplainerSettings, facts: FailureFacts): Alert {
  const { change, history } = facts;
  const run = history?.run;
  const diagnosis = diagnose(facts);
  const days = run ? ` of ${formatDates(run)}` : '';
  return {
    subject: toSubject(
      `${getText(getTask(facts)).run}${days} ${describeStatus(change.status)}: ` +
        `${diagnosis.layer} (${settings.archiverName})`,
    ),
    lead: describeFailure(settings.archiverName, facts, diagnosis),
    details: [
      describeCause(facts, diagnosis),
      describeRun(facts),
      describeCounts(facts),
      quoteUnsentMessage(facts),
    ],
    next: describeNextStep(facts, diagnosis),
    more: [
      describeLog(facts, diagnosis),
      listLinks(facts, diagnosis, settings.reportBucket),
      listGaps(facts),
    ],
    attributes: createAttributes(settings, facts, diagnosis),
  };
}

const ReportedProblems = v.object({
  reasons: v.array(
    v.object({
      status: v.picklist(['conflicting', 'failed', 'changed', 'missing', 'unproven']),
      code: v.string(),
      count: v.number(),
    }),
  ),
  problems: v.array(v.object({ key: v.string(), code: v.string() })),
});

function createAttributes(
  { archiverName, reportBucket }: ExplainerSettings,
  facts: FailureFacts,
  { layer, code, cause, command }: Diagnosis,
): AlertAttributes {
  const { change, history } = facts;
  const { run, summary } = history ?? {};
  const { reasons, problems } = parseAs(ReportedProblems, summary?.attributes.details ?? '') ?? {
    reasons: [],
    problems: [],
  };
  return toAttributes({
    archiver: archiverName,
    runId: change.name,
    ...getTask(facts),
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

const VERBS: { readonly [status: string]: string } = {
  FAILED: 'failed',
  TIMED_OUT: 'timed out',
  ABORTED: 'was stopped',
};

export function describeStatus(status: string): string {
  return VERBS[status] ?? `ended as ${formatKey(status)}`;
}

/** A status that we do not know counts as a failure. */
export function toOutcome(status: string): 'FAILED' | 'TIMED_OUT' | 'ABORTED' {
  return status === 'TIMED_OUT' || status === 'ABORTED' ? status : 'FAILED';
}

const PHASES: { readonly [state: string]: string } = {
  ...Object.fromEntries(
    ACTION_NAMES.map((action) => [ACTIONS[action].map, ACTION_TEXT[action].mapRuns]),
  ),
  PlanRun: 'before it touched an object, while it was planning its days',
  UnknownAction: 'before it touched an object, while it was choosing what to do',
  ListObjects: 'before it touched an object, while it was listing the source',
  FinishBatches: 'while it was archiving the objects that were left after the first round',
  SendRunCompleted: 'after it wrote its report, while it was sending the event for onRunCompleted',
  NotifyRun: 'after it wrote its report, while it was sending its message',
  NotifyChat: 'after it sent its message, while it was sending it to the chat',
};

function describeFailure(
  archiverName: string,
  facts: FailureFacts,
  { layer }: Diagnosis,
): string[] {
  const { status } = facts.change;
  const task = getTask(facts);
  // The ledger of a verification or a restore is not about what is where.
  const isUncertain = layer === 'ledger' && ACTIONS[task.action].isRecord;
  return [
    `${archiverName}: the run ${describeStatus(status)}${describePlace(facts)}.`,
    isUncertain
      ? 'Every object is archived or still at the source, but the ledger does not say ' +
        'which for all of them.'
      : getText(task).nothingLost,
  ];
}

/** Says where the run ended, with a space before it. Empty: it is not known. */
function describePlace(facts: FailureFacts): string {
  const state = facts.history?.state;
  if (state === undefined) {
    return '';
  }
  const phase = getPhase(facts, state);
  return phase ? ` ${phase} (state ${state})` : ` in state ${formatKey(state)}`;
}

function getPhase(facts: FailureFacts, state: string): string | undefined {
  if (state === 'ReportRun') {
    const { mapDone } = getText(getTask(facts));
    return `after it ${mapDone}, while it was writing its report`;
  }
  if (state === 'ListObjects' && facts.history?.run?.manifest) {
    return 'before it touched an object, while it was reading its manifest';
  }
  return PHASES[state];
}

function describeCause({ mapRun }: FailureFacts, { layer, cause, child }: Diagnosis): string[] {
  const others =
    child && mapRun ? mapRun.failedChildren.filter((other) => other.error !== child.error) : [];
  const errors = new Set(others.map(({ error }) => formatKey(error ?? 'unknown error')));
  return [
    `Layer: ${layer}`,
    `Cause: ${formatKey(cause.error)}: ${formatCause(cause.text, 1500)}`,
    ...(child ? [`Seen in: ${describeBatch(child)}`] : []),
    ...(errors.size > 0 ? [`Other batches failed with: ${[...errors].join(', ')}`] : []),
  ];
}

function describeBatch({ keys, files, executionArn }: FailedChild): string {
  const arn = formatKey(executionArn, Infinity);
  const names = [...keys, ...files];
  if (names.length === 0) {
    return arn;
  }
  const what =
    keys.length > 0
      ? formatObjects(keys.length)
      : `the objects in ${files.length === 1 ? 'a file' : `${formatCount(files.length)} files`} ` +
        'of the report bucket';
  const which =
    names.length === 1
      ? formatKey(names[0])
      : `from ${formatKey(names[0])} to ${formatKey(names[names.length - 1])}`;
  return `a batch of ${what}, ${which}\n         ${arn}`;
}

function describeRun({ change, history }: FailureFacts): string[] {
  const { run } = history ?? {};
  const { input, startDate: started, stopDate: stopped } = change;
  return [
    run
      ? `Days:  ${formatDates(run)}${run.dryRun ? ' (dry run)' : ''}`
      : `Input: ${formatCause(input || 'unknown', 300)}`,
    [
      `Run:   ${formatKey(change.name)}`,
      ...(started ? [new Date(started).toISOString()] : []),
      ...(started && stopped ? [`ended after ${formatSeconds((stopped - started) / 1000)}`] : []),
    ].join(', '),
  ];
}

/**
 * Has ReportRun's counts, if there are any. Otherwise it has those of the Map Run: batches, and
 * listed objects by how their batch ended.
 */
function describeCounts({ history, mapRun }: FailureFacts): string[] {
  const counts = history?.summary?.counts;
  if (counts) {
    return [
      Object.entries(counts)
        .map(([name, count]) => `${formatCount(count)} ${name}`)
        .join(', '),
    ];
  }
  const { itemCounts: items, executionCounts: batches } = mapRun?.description ?? {};
  if (!items?.total || !batches) {
    return [];
  }
  // If the listing was cut short, there are more of them.
  const extent = /Objects$/.test(history?.state ?? '') ? 'so far' : 'in total';
  const describe = (name: string, counted: Partial<typeof items>) => {
    const {
      total = 0,
      succeeded = 0,
      failed = 0,
      timedOut = 0,
      aborted = 0,
      pending = 0,
      running = 0,
    } = counted;
    return (
      `${name}: ${formatCount(total)} ${extent}, ${formatCount(succeeded)} done, ` +
      `${formatCount(failed + timedOut)} failed, ` +
      `${formatCount(aborted + pending + running)} not finished`
    );
  };
  // The items of other maps are not objects, and neither are those that a function has planned.
  const { run: { action = DEFAULT_ACTION } = {}, listing } = history ?? {};
  const isOfObjects = ACTIONS[action].reads === 'source' && !listing?.progress;
  return [
    describe('Batches', batches),
    ...(isOfObjects ? [describe('Listed objects in these batches', items)] : []),
  ];
}

function quoteUnsentMessage({ history }: FailureFacts): string[] {
  const quote = history?.summary?.quote;
  return quote
    ? [
        "The run's own message, which could not be sent:",
        ...quote.split('\n').map((line) => `  ${line}`.trimEnd()),
      ]
    : [];
}

/** https://docs.aws.amazon.com/step-functions/latest/dg/redrive-executions.html */
const DAYS_TO_REDRIVE = 14;

function describeNextStep(
  { change }: FailureFacts,
  { advice, redrive, command }: Diagnosis,
): Section {
  if (!redrive) {
    const what = command.includes('YYYY-MM-DD')
      ? 'a dry run, and leave out dryRun once it shows what you expect'
      : 'a new run';
    return [`${advice} Then start ${what}:`, { command }];
  }
  const until = change.stopDate
    ? ` until ${addDays(new Date(change.stopDate).toISOString().slice(0, 10), DAYS_TO_REDRIVE)}`
    : ` for ${DAYS_TO_REDRIVE} days`;
  return [
    `${advice} Then redrive the run. It continues where it stopped, with the same days ` +
      `(possible${until}):`,
    { command },
  ];
}

/** Only the log of a function says more than its error. */
function describeLog({ history }: FailureFacts, { layer, cause, child }: Diagnosis): Section {
  const name = child ? undefined : history?.functionName;
  if (name === undefined || !(layer === 'Lambda' || cause.error === 'TimeoutError')) {
    return [];
  }
  return ['To read the log of the function, run:', { command: tailLogCommand(name) }];
}

function listLinks(
  { change, history, mapRun }: FailureFacts,
  { layer }: Diagnosis,
  bucket = 'REPORT_BUCKET',
): string[] {
  const { executionArn } = change;
  const mapRunArn = mapRun?.description?.mapRunArn;
  const prefix = history?.run?.ledgerPrefix;
  const folder = prefix === undefined ? undefined : folderUrl(executionArn, bucket, prefix);
  return [
    `Runbook: ${layerUrl(layer)}`,
    `Execution: ${executionUrl(executionArn) ?? formatKey(executionArn, Infinity)}`,
    ...(mapRunArn ? [`Map Run: ${formatKey(mapRunArn, Infinity)}`] : []),
    ...(prefix === undefined ? [] : [`Ledger so far: s3://${bucket}/${prefix}`]),
    ...(folder ? [`               ${folder}`] : []),
  ];
}

function listGaps({ gaps }: FailureFacts): string[] {
  return gaps.length === 0
    ? []
    : [
        'This message is incomplete because the following could not be read:',
        ...gaps.map((gap) => `  ${formatCause(gap, 600)}`),
      ];
}
