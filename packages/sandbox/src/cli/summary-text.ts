import { wrap } from 'cdk-s3-dated-archiver-s3-double';
import { count, formatBytes } from './progress';
import { PLAIN, type Style } from './style';
import type { RunSummary } from '../../../../src/contract/payloads/report-payloads';
import { describeNotes } from '../../../../src/lambda/notes/note-text';
import { printable } from '../common/printable';
import type { ExecutionRecord } from '../step-functions/records';
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
 * @param run what the run says about itself. No alert has its message if nobody has to act: a dry
 * run's has the estimate
 */
export function summaryText(
  summary: AnySummary,
  { message, stragglers, notes }: Partial<RunSummary> = {},
  style: Style = PLAIN,
): string {
  const {
    status,
    error,
    cause,
    action,
    dryRun,
    counts,
    bytes,
    seconds,
    requests,
    alerts,
    events,
    report,
  } = summary;
  const { transitions, children, invocations } = summary;
  const lines = [
    `${headline({ status, error }, style)} after ${seconds.toFixed(1)} ` +
      `s${dryRun ? ', a dry run: nothing was changed' : ''}`,
  ];
  // Of a run that failed, the message is the alert and the cause. Once is enough.
  const reason = cause && readCause(cause);
  if (reason && !alerts.some((alert) => says(alert.message, reason))) {
    lines.push(indent(printMessage(reason)));
  }
  if (counts) {
    lines.push(field('objects', describeCounts(counts, dryRun)));
    if (bytes !== null) {
      lines.push(
        field(
          dryRun ? 'bytes' : toDone(action),
          dryRun ? `${formatBytes(bytes)} would be ${toDone(action)}` : formatBytes(bytes),
        ),
      );
    }
  }
  // A message says these, too.
  for (const note of describeNotes(notes, dryRun)) {
    if (!alerts.some((alert) => says(alert.message, note))) {
      lines.push(field('note', printable(note)));
    }
  }
  if (
    stragglers?.oldest &&
    !dryRun &&
    !alerts.some((alert) => alert.message.includes('Stragglers: '))
  ) {
    lines.push(
      field(
        'earlier',
        `${counted(stragglers.count, 'straggler')} from earlier days still at the source, the ` +
          `oldest from ${stragglers.oldest}`,
      ),
    );
  }
  if (report) {
    lines.push(field('report', `s3://${report.bucket}/${report.key.replace(/json$/, 'html')}`));
  }
  const byCount = Object.entries(requests).sort(([, left], [, right]) => right - left);
  lines.push(
    field(
      'requests',
      byCount.map(([operation, n]) => `${operation}${NO_BREAK}${count(n)}`).join(', ') || 'none',
    ),
  );
  lines.push(
    field(
      'on AWS',
      `${counted(transitions, 'state transition')}, ${counted(children, 'child workflow')}, ` +
        `${counted(invocations, 'invocation')}, ` +
        `about $${summary.estimate.usd.toFixed(4)}`,
    ),
  );
  for (const alert of alerts) {
    lines.push(alertText(alert, style));
  }
  for (const event of events as { 'detail-type'?: string }[]) {
    lines.push(field('event', `${event['detail-type']}`));
  }
  if (dryRun && alerts.length === 0 && message) {
    lines.push('message', indent(printMessage(message)));
  }
  return lines.join('\n');
}

/**
 * How a run ended that somebody started or redrove while the command serves. A run without problems
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
      `${dryRun && /^(archived|restored|extracted)$/.test(name) ? `would be ${name}` : name}`,
  );
  return (
    `${count(listed ?? 0)} listed = ` +
    `${parts.map((part, at) => `${at > 0 ? '+ ' : ''}${part}`.replaceAll(' ', NO_BREAK)).join(' ')}`
  );
}

function toDone(action: string | null): string {
  return action === 'restore'
    ? 'restored'
    : action === 'extract'
      ? 'extracted'
      : action === 'verify'
        ? 'present'
        : 'archived';
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
