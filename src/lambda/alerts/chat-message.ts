/**
 * An alert in the envelope of custom notifications of Amazon Q Developer in chat applications, which drops every other
 * text without a word.
 *
 * @see https://docs.aws.amazon.com/chatbot/latest/adminguide/custom-notifs.html
 */
import type { AlertAttributes } from '../../contract/outcomes';
import { toAsciiJson } from '../text/escape';
import { shorten } from '../text/format';

/** In characters: the limit of the envelope. */
const MAX_TITLE = 250;
/**
 * The envelope allows 8,000 characters of description. A chat shows little of a long text, and the state machine carries
 * the message of a batch beside its objects.
 */
const MAX_DETAILS = 3000;
const MAX_STEP = 1500;
const MAX_STEPS = 5;

const NEXT = 'Next: ';

interface Alert {
  readonly subject: string;
  readonly message: string;
  readonly attributes: Omit<AlertAttributes, 'details'>;
}

/**
 * Returns the envelope as JSON in ASCII. All messages of a run have the same thread.
 *
 * The text of an alert consists of sections with an empty line between them. The first lines become the description, the
 * section that begins with `Next: ` becomes the next steps, and everything else is shown in a block of code.
 */
export function toChatMessage({ subject, message, attributes }: Alert): string {
  const sections = message.split('\n\n');
  const next = sections.find((section) => section.startsWith(NEXT));
  const steps = toSteps(next?.slice(NEXT.length) ?? '');
  const [headline, ...details] = sections.filter((section) => section !== next);
  return toAsciiJson({
    version: '1.0',
    source: 'custom',
    content: {
      textType: 'client-markdown',
      title: shorten(escapeMarkup(subject), MAX_TITLE),
      description: [
        shorten(escapeMarkup(headline), MAX_DETAILS),
        ...details.length === 0 ? [] : ['```', shorten(escapeMarkup(details.join('\n\n')), MAX_DETAILS), '```'],
      ].join('\n'),
      ...steps.length > 0 && { nextSteps: steps },
      keywords: [attributes.archiver, attributes.outcome].map(escapeMarkup),
    },
    metadata: {
      threadId: attributes.runId,
      summary: shorten(escapeMarkup(subject), MAX_TITLE),
      eventType: attributes.outcome,
    },
  });
}

/** Advice is text, and a command is code, which a reader can copy. */
function toSteps(next: string): string[] {
  return next.split('\n').filter((line) => line.trim() !== '').slice(0, MAX_STEPS).map((line) => {
    const text = shorten(escapeMarkup(line), MAX_STEP);
    return line.startsWith('aws ') ? `\`${text}\`` : text;
  });
}

/**
 * Characters with which a key could mention people, make a link, or end a block of code, in the markup of Slack and of
 * Microsoft Teams. Their own ways to escape differ, so these characters are written as JSON writes characters. In the JSON
 * of a command, that is the same text.
 *
 * @see https://docs.slack.dev/messaging/formatting-message-text/
 */
function escapeMarkup(text: string): string {
  return text.replace(/[<>&@`]/g, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
