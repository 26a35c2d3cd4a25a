/**
 * What a person is told: one value, which each medium writes in its own way (text-message.ts, chat-message.ts). No medium reads what
 * another one wrote.
 */
import type { AlertAttributes } from '../../contract/payloads/outcomes';

/** A line with a command to copy and to type, and what it is. */
export interface Command {
  readonly command: string;
  readonly label?: string;
}
/** A line of text, or of more than one. */
export type Line = string | Command;
/** Lines that belong together. An empty section is left out. */
export type Section = readonly Line[];

export interface Alert {
  readonly subject: string;
  /** What happened, and whether anything is lost. */
  readonly lead: readonly string[];
  /** What is known of it. */
  readonly details: readonly Section[];
  /** What to do: advice, and the commands for it. */
  readonly next?: Section;
  /** What else to know. */
  readonly more?: readonly Section[];
  readonly attributes: AlertAttributes;
}

/** An advice, and the command that follows it. */
export interface Step {
  /** It follows `Next: `, so it begins with a small letter. */
  readonly advice: string;
  readonly command: string;
}
