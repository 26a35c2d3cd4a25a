/**
 * The content of a message to people. Each medium formats it separately: plain text here, chats in
 * chat-message.ts. No medium parses the text of another one.
 */
import type { AlertAttributes } from '../../contract/payloads/outcomes';
import { limitBytes } from '../text/format';

export interface Command {
  readonly command: string;
  readonly label?: string;
}
export type Line = string | Command;
/** Lines that belong together. An empty section is left out. */
export type Section = readonly Line[];

export interface Alert {
  readonly subject: string;
  readonly lead: readonly string[];
  readonly details: readonly Section[];
  readonly next?: Section;
  readonly more?: readonly Section[];
  readonly attributes: AlertAttributes;
}

export interface Step {
  /** It follows `Next: `, so it begins with a small letter. */
  readonly advice: string;
  readonly command: string;
}

/**
 * It becomes the Fail state's cause and part of the execution's output, far below 256 KiB. A longer
 * message would not be read anyway.
 */
const MAX_BYTES = 16 * 1024;

/** For mails, for the cause of a failed run, and for a message that quotes it. */
export function toTextMessage(
  { lead, details, next: [advice, ...steps] = [], more = [] }: Alert,
  maxBytes = MAX_BYTES,
): string {
  const next = advice === undefined ? [] : [`Next: ${toText(advice)}`, ...steps];
  return limitBytes(join([lead, ...details, next, ...more]), maxBytes);
}

/** The text without commands to type, because the message that quotes it has its own command. */
export function toQuote({ lead, details, more = [] }: Alert): string {
  const isQuoted = (section: Section) =>
    !section.some((line) => typeof line === 'object' && line.label === undefined);
  return limitBytes(join([lead, ...details, ...more].filter(isQuoted)), MAX_BYTES);
}

function join(sections: readonly Section[]): string {
  return sections
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.map(toText).join('\n'))
    .join('\n\n');
}

function toText(line: Line): string {
  return typeof line === 'string' ? line : `${line.label ?? ''}${line.command}`;
}
