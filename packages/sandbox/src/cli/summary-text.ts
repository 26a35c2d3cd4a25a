import type { ExecutionRecord } from 'cdk-s3-dated-archiver-engine';
import { wrap } from 'cdk-s3-dated-archiver-s3-double';
import { count, formatBytes } from './progress';
import { PLAIN, type Style } from './style';
import type { RunSummary } from '../../../../src/contract/payloads/report-payloads';
import { describeNotes } from '../../../../src/lambda/notes/note-text';
import { listKeys, suggestDateSource } from '../../../../src/lambda/report-run/report/outcome';
import { printable } from '../common/printable';
import { toRunSummary, type SandboxSummary } from '../summary/summary';

const WIDTH = 80;
const COLUMN = 10;
/** A space at which no line breaks. */
const NO_BREAK = '\u00a0';

/** The action of a run decides which counts it has. */
export type AnySummary = Omit<SandboxSummary, 'counts'> & { readonly counts: object | null };

/**
 * The summary as text for people, in lines of 80 characters where words and commands allow it.
 *
 * @param run what the run says about itself. No alert has its message if the user need not act: a
 * dry run's has the estimate
 */
export function summaryText(
  summary: AnySummary,
  { message, stragglers, undated, undatedKeys, notes }: Partial<RunSummary> = {},
  style: Style = PLAIN,
): string {
  const { dryRun, alerts, report } = summary;
  const events = summary.events as { 'detail-type'?: string }[];
  return [
    describeEnd(summary, style),
    ...describeCause(summary),
    ...describeObjects(summary),
    ...describeNotesOf(summary, notes),
    ...describeStragglers(summary, stragglers),
    ...describeUndated(summary, undated, undatedKeys),
    ...(report
      ? [field('report', `s3://${report.bucket}/${report.key.replace(/json$/, 'html')}`)]
      : []),
    describeRequests(summary),
    describeUsage(summary),
    ...alerts.map((alert) => alertText(alert, style)),
    ...events.map((event) => field('event', `${event['detail-type']}`)),
    ...(dryRun && alerts.length === 0 && message ? ['message', indent(printMessage(message))] : []),
  ].join('\n');
}

function describeEnd(summary: AnySummary, style: Style): string {
  const nothingChanged = summary.dryRun ? ', a dry run: nothing was changed' : '';
  return `${headline(summary, style)} after ${summary.seconds.toFixed(1)} s${nothingChanged}`;
}

/** Of a run that failed, the message is the alert and the cause. Once is enough. */
function describeCause({ cause, alerts }: AnySummary): string[] {
  const reason = cause && readCause(cause);
  return reason && !alerts.some((alert) => says(alert.message, reason))
    ? [indent(printMessage(reason))]
    : [];
}

function describeObjects({ action, dryRun, counts, bytes }: AnySummary): string[] {
  if (!counts) {
    return [];
  }
  const objects = field('objects', describeCounts(counts, dryRun));
  if (bytes === null) {
    return [objects];
  }
  const done = toDone(action);
  return [
    objects,
    dryRun
      ? field('bytes', `${formatBytes(bytes)} would be ${done}`)
      : field(done, formatBytes(bytes)),
  ];
}

/** A message says them, too. */
function describeNotesOf(
  { dryRun, alerts }: AnySummary,
  notes: RunSummary['notes'] | undefined,
): string[] {
  return describeNotes(notes, dryRun)
    .filter((note) => !alerts.some((alert) => says(alert.message, note)))
    .map((note) => field('note', printable(note)));
}

/** A message says it, too. */
function describeStragglers(
  { dryRun, alerts }: AnySummary,
  stragglers: RunSummary['stragglers'] | undefined,
): string[] {
  if (
    !stragglers?.oldest ||
    dryRun ||
    alerts.some(({ message }) => message.includes('Stragglers: '))
  ) {
    return [];
  }
  return [
    field(
      'earlier',
      `${counted(stragglers.count, 'straggler')} from earlier days still at the source, the ` +
        `oldest from ${stragglers.oldest}`,
    ),
  ];
}

/** A message says it, too. */
function describeUndated(
  { dryRun, alerts }: AnySummary,
  undated = 0,
  keys: readonly string[] = [],
): string[] {
  const isTold = dryRun || alerts.some(({ message }) => /no date was found/i.test(message));
  return undated === 0 || isTold
    ? []
    : [
        field(
          'no date',
          printable(
            `${counted(undated, 'object')} without a date at the source, such as ` +
              `${listKeys(keys)}.${suggestDateSource(keys, false)}`,
          ),
        ),
      ];
}

function describeRequests({ requests }: AnySummary): string {
  const byCount = Object.entries(requests).sort(([, left], [, right]) => right - left);
  const counts = byCount.map(([operation, n]) => `${operation}${NO_BREAK}${count(n)}`);
  return field('requests', counts.join(', ') || 'none');
}

function describeUsage({ transitions, children, invocations, estimate }: AnySummary): string {
  return field(
    'on AWS',
    `${counted(transitions, 'state transition')}, ${counted(children, 'child workflow')}, ` +
      `${counted(invocations, 'invocation')}, about $${estimate.usd.toFixed(4)}`,
  );
}

/**
 * How a run ended that a client started or redrove while the command serves. A run without problems
 * sends no message.
 */
export function endText(record: ExecutionRecord, style: Style): string {
  const { counts, dryRun } = toRunSummary(record) ?? {};
  return [
    `${headline(record, style)}: run ${printable(record.name)}`,
    ...(counts ? [field('objects', describeCounts(counts, dryRun!))] : []),
  ].join('\n');
}

function headline(
  { status, error }: { readonly status: string; readonly error?: string | null },
  style: Style,
): string {
  return style.strong(
    (status === 'SUCCEEDED' ? style.good : style.bad)(`${status}${error ? `: ${error}` : ''}`),
  );
}

/**
 * A message as the person sees it who gets it: in a chat, Amazon Q Developer unpacks its envelope.
 */
export function alertText(
  { subject, message }: AnySummary['alerts'][number],
  style: Style = PLAIN,
): string {
  const { title, description, nextSteps = [] } = readChatMessage(message) ?? {};
  if (title === undefined) {
    return `${field('alert', style.strong(subject ?? '(no subject)'))}\n${indent(printMessage(message))}`;
  }
  return `${field('chat', style.strong(title))}\n${indent(printMessage([description, ...nextSteps].join('\n')))}`;
}

interface ChatMessage {
  readonly title: string;
  readonly description: string;
  readonly nextSteps?: readonly string[];
}

/** https://docs.aws.amazon.com/chatbot/latest/adminguide/custom-notifs.html */
function readChatMessage(message: string): ChatMessage | undefined {
  if (!message.startsWith('{')) {
    return undefined;
  }
  const { source, content } = JSON.parse(message) as { source?: unknown; content?: ChatMessage };
  return source === 'custom' ? content : undefined;
}

/**
 * What a person reads of a cause. A function's error is JSON with a stack trace
 * (https://docs.aws.amazon.com/lambda/latest/dg/nodejs-exceptions.html).
 */
function readCause(cause: string): string {
  try {
    const { errorMessage } = Object(JSON.parse(cause)) as { errorMessage?: unknown };
    return typeof errorMessage === 'string' ? errorMessage : cause;
  } catch {
    return cause;
  }
}

export function field(name: string, text: string): string {
  return indent(
    wrap(text, WIDTH - COLUMN)
      .join('\n')
      .replaceAll(NO_BREAK, ' '),
  )
    .replace(' '.repeat(COLUMN), name.padEnd(COLUMN))
    .trimEnd();
}

function describeCounts(counts: object, dryRun: boolean): string {
  const { listed, ...rest } = counts as Record<string, number>;
  const parts = Object.entries(rest).map(
    ([name, n]) =>
      `${count(n)} ` +
      `${dryRun && /^(archived|restored)$/.test(name) ? `would be ${name}` : name}`,
  );
  return (
    `${count(listed ?? 0)} listed = ` +
    `${parts.map((part, at) => `${at > 0 ? '+ ' : ''}${part}`.replaceAll(' ', NO_BREAK)).join(' ')}`
  );
}

function toDone(action: string | null): string {
  return action === 'restore' ? 'restored' : action === 'verify' ? 'present' : 'archived';
}

function counted(n: number, noun: string): string {
  return `${count(n)} ${noun}${n === 1 ? '' : 's'}`;
}

/** Commands are meant to be pasted: a line break within one ends with a backslash. */
function printMessage(message: string): string {
  return message
    .split('\n')
    .flatMap((line) => {
      const [margin] = /^\s*/.exec(line)!;
      const text = printable(line.slice(margin.length));
      const width = WIDTH - COLUMN - margin.length;
      const lines = /^aws /.test(text)
        ? breakCommand(text, width)
        : / aws \w+ /.test(text)
          ? [text]
          : wrap(text, width);
      return lines.map((part) => `${margin}${part}`);
    })
    .join('\n');
}

/** Breaks before an option only, which is never inside a quoted word of these commands. */
function breakCommand(command: string, width: number): string[] {
  if (command.length <= width) {
    return [command];
  }
  const lines = [''];
  for (const part of command.split(/ (?=--[a-z])/)) {
    const line = lines.at(-1)!;
    if (line !== '' && line.length + part.length + 3 > width) {
      lines.push(`  ${part}`);
    } else {
      lines[lines.length - 1] = line === '' ? part : `${line} ${part}`;
    }
  }
  return lines.map((line, at) => (at < lines.length - 1 ? `${line} \\` : line));
}

const squeezed = (text: string) => text.replace(/\s+/g, ' ').trim();

function says(message: string, cause: string): boolean {
  return squeezed(message).includes(squeezed(cause));
}

function indent(text: string): string {
  return text
    .split('\n')
    .map((line) => `${' '.repeat(COLUMN)}${line}`.trimEnd())
    .join('\n');
}
