/** An alert as plain text: for mails, for the cause of a failed run, and for a message that quotes it. */
import type { Alert, Line, Section } from './alert';
import { limitBytes } from '../text/format';

/**
 * The text becomes the cause of the Fail state and part of the execution's output, so it must stay far below the 256 KiB of
 * Step Functions. Nobody reads more than this at night anyway.
 */
const MAX_BYTES = 16 * 1024;

export function toTextMessage({ lead, details, next: [advice, ...steps] = [], more = [] }: Alert, maxBytes = MAX_BYTES): string {
  const next = advice === undefined ? [] : [`Next: ${toText(advice)}`, ...steps];
  return limitBytes(join([lead, ...details, next, ...more]), maxBytes);
}

/** The text without commands to type, because the message that quotes it has a command of its own. */
export function toQuote({ lead, details, more = [] }: Alert): string {
  const isQuoted = (section: Section) => !section.some((line) => typeof line === 'object' && line.label === undefined);
  return limitBytes(join([lead, ...details, ...more].filter(isQuoted)), MAX_BYTES);
}

function join(sections: readonly Section[]): string {
  return sections.filter((lines) => lines.length > 0).map((lines) => lines.map(toText).join('\n')).join('\n\n');
}

function toText(line: Line): string {
  return typeof line === 'string' ? line : `${line.label ?? ''}${line.command}`;
}
