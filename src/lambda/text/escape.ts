/**
 * Escaping for people and for machines. Keys, error texts, names of runs and due times come from
 * strangers.
 */

/**
 * Characters that would forge a line, write on a terminal, change the order of the text around
 * them, or have no shape: control characters, separators of lines, bidirectional marks, fillers
 * such as those of Hangul, the braille pattern without dots, lone surrogates, and everything that
 * Unicode does not assign to a character. SQS refuses some of them, too.
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html
 * https://www.unicode.org/reports/tr44/#General_Category_Values
 */
export const UNPRINTABLE = /[\p{C}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\u2800]/gu;

/**
 * Escapes as JSON does. A key that has the six characters `\u000a` looks like one with a line
 * break, and only the ledger tells them apart.
 */
export function escapeUnprintable(text: string): string {
  return text.replace(UNPRINTABLE, escapeUnits);
}

/**
 * Escapes what JSON.stringify leaves as it is. It escapes the control characters below U+0020
 * itself.
 */
export function escapeUnprintableInJson(text: string): string {
  return text.replace(UNPRINTABLE, (character) =>
    character < ' ' ? character : escapeUnits(character),
  );
}

export function isPrintable(text: string): boolean {
  return text.search(UNPRINTABLE) === -1;
}

/**
 * Writes JSON in ASCII, so that nothing in it writes on a terminal, and every reader gets each key
 * exactly.
 */
export function toAsciiJson(value: unknown, indent?: number): string {
  // JSON.stringify escapes line breaks in strings, so each one here is an indentation.
  return JSON.stringify(value, undefined, indent).replace(/[^\n\x20-\x7e]/g, escapeUnits);
}

/** Writes `\u000a` for a line break, as JSON does. */
export function escapeUnits(text: string): string {
  return Array.from(
    { length: text.length },
    (_, index) => `\\u${text.charCodeAt(index).toString(16).padStart(4, '0')}`,
  ).join('');
}

/** Encodes everything but letters, digits and `-._~`, as Signature Version 4 requires it. */
export function encode(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

const NOTHING_TO_ENCODE = /^[\w.~/-]*$/;

/** Encodes the name of each folder of a key. Nearly all keys stay as they are. */
export function encodeKey(key: string): string {
  return NOTHING_TO_ENCODE.test(key) ? key : key.split('/').map(encode).join('/');
}
