/**
 * Amazon Q drops texts without this envelope:
 * https://docs.aws.amazon.com/chatbot/latest/adminguide/custom-notifs.html
 */
import type { Alert, Line } from '../../../lambda/alerts/alert';
import { escapeInCommand } from '../../../lambda/alerts/cli-commands';
import { escapeUnits, toAsciiJson } from '../../../lambda/text/escape';
import { shorten, takeLines } from '../../../lambda/text/format';

/**
 * The envelope's limits are of the title and of each keyword (250 characters), and of the
 * description (8,000).
 */
const MAX_TITLE = 250;
/**
 * Less than half of what the envelope allows for the two parts. The state machine carries the
 * message of a batch together with its objects.
 */
const MAX_DETAILS = 3000;
/**
 * Amazon Q documents no limit. So all steps fit into one block of text of Slack, which has 3,000
 * characters ("Section block").
 */
const MAX_STEP = 700;
const MAX_STEPS = 4;

/**
 * Returns the envelope as JSON in ASCII. All messages of a run have the same thread. Details are
 * shown in a block of code.
 */
export function toChatMessage({
  subject,
  lead,
  details,
  next = [],
  more = [],
  attributes,
}: Alert): string {
  const steps = next.slice(0, MAX_STEPS).map(toStep);
  const block = [...details, ...more]
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.map(escapeInCode).join('\n'))
    .join('\n\n');
  const title = cut(escapeMarkup(subject), MAX_TITLE);
  return toAsciiJson({
    version: '1.0',
    source: 'custom',
    content: {
      textType: 'client-markdown',
      title,
      description: [
        cut(escapeMarkup(lead.join('\n')), MAX_DETAILS),
        ...(block === '' ? [] : ['```', cutLines(block, MAX_DETAILS), '```']),
      ].join('\n'),
      ...(steps.length > 0 && { nextSteps: steps }),
      keywords: [attributes.archiver, attributes.outcome].map((word) =>
        cut(escapeMarkup(word), MAX_TITLE),
      ),
    },
    metadata: { threadId: attributes.runId, summary: title, eventType: attributes.outcome },
  });
}

/**
 * Advice is text, and a command is code, which a reader can copy. Half a command would be worse
 * than none.
 */
function toStep(line: Line): string {
  if (typeof line === 'string') {
    return cut(escapeMarkup(line), MAX_STEP);
  }
  const command = escapeInCommand(line.command, MARKUP_IN_CODE);
  return command.length > MAX_STEP
    ? 'the command is too long for a chat: it is in the message of the alert topic'
    : `\`${command}\``;
}

/**
 * Characters that could mention people, make a link or end a block of code in Slack or Microsoft
 * Teams. The two escape them differently, so this module writes them in a form that JSON or, in a
 * command, the shell decodes. An ampersand means something only before a name.
 * https://docs.slack.dev/messaging/formatting-message-text/
 */
const MARKUP_IN_CODE = /[<>@`]|&(?=#?\w+;)/g;

function escapeInCode(line: Line): string {
  return typeof line === 'string'
    ? line.replace(MARKUP_IN_CODE, escapeUnits)
    : `${line.label ?? ''}${escapeInCommand(line.command, MARKUP_IN_CODE)}`;
}

/**
 * Outside of code, more has a meaning: bold, italic and struck-out text, and the links of Teams.
 * Only an underscore inside a word has none.
 */
function escapeMarkup(text: string): string {
  return text
    .replace(MARKUP_IN_CODE, escapeUnits)
    .replace(/[*~[\]]|(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])/g, escapeUnits);
}

/**
 * Removes the middle. Counts as JavaScript and JSON do, in which a character above U+FFFF is two.
 */
function cut(text: string, maxLength: number): string {
  return text.length <= maxLength ? text : shorten(text, Math.floor(maxLength / 2));
}

/** Removes lines of the middle, so that no command is cut. The end has the links. */
function cutLines(text: string, maxLength: number): string {
  if (text.length <= maxLength) {
    return text;
  }
  const lines = text.split('\n').map((line) => cut(line, maxLength / 4));
  const head = takeLines(lines, maxLength / 2 - 1);
  const tail = takeLines(
    lines.slice(head.length).reverse(),
    maxLength / 2 - '...\n'.length,
  ).reverse();
  return [...head, '...', ...tail].join('\n');
}
