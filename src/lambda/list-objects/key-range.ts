/** Ranges of keys, in the order of S3's listings: by UTF-8 bytes, which is the order of code points. */
import { compareKeys } from '../s3/compare-keys';

/** The keys after one, up to and including another. Unset: from the first key, or up to the last one. */
export interface KeyRange {
  readonly after?: string;
  readonly until?: string;
}

/** The last character that a key is likely to have. The two after it are no characters (Unicode 15, section 23.7). */
export const LAST_CHARACTER = '\u{10fffd}';

export function isBeyond({ until }: KeyRange, key: string): boolean {
  return until !== undefined && compareKeys(key, until) > 0;
}

/** Splits the range of all keys, so that no range has keys that begin with `gap`. A few of them may be left: `LAST_CHARACTER`. */
export function leaveOut(gap: string): KeyRange[] {
  return [{ until: gap }, { after: gap + LAST_CHARACTER }];
}

/** Whether both ranges that a range is split into at this key may have keys. */
export function isInside({ after, until }: KeyRange, key: string): boolean {
  return (after === undefined || compareKeys(after, key) < 0) && (until === undefined || compareKeys(key, until) < 0);
}

/** Four characters after the common ones tell where a key is, and still are an exact number. */
const DIGITS = 4;

/**
 * Returns a key about in the middle of a range, as if keys were fractions whose digits are the characters of the alphabet.
 * Returns undefined if there is none.
 *
 * @param prefix all keys of the range begin with it
 * @param alphabet the characters that keys have, in the order of their code points
 */
export function findMiddle({ after = '', until }: KeyRange, prefix: string, alphabet: readonly string[]): string | undefined {
  const low = [...after.slice(prefix.length)];
  const high = until === undefined ? undefined : [...until.slice(prefix.length)];
  let common = 0;
  while (high && common < low.length && low[common] === high[common]) { common += 1; }
  const base = alphabet.length + 1;
  const toNumber = (characters: readonly string[]) => {
    let number = 0;
    for (let i = common; i < common + DIGITS; i++) { number = number * base + toDigit(characters[i], alphabet); }
    return number;
  };
  let middle = Math.floor((toNumber(low) + (high ? toNumber(high) : base ** DIGITS)) / 2);
  const digits: number[] = [];
  for (let i = 0; i < DIGITS; i++) {
    digits.unshift(middle % base);
    middle = Math.floor(middle / base);
  }
  const end = digits.indexOf(0);
  const key = prefix + low.slice(0, common).join('') + digits.slice(0, end === -1 ? DIGITS : end).map((digit) => alphabet[digit - 1]).join('');
  return isInside({ after, until }, key) ? key : undefined;
}

/** 0 is the end of a key. A character that is not in the alphabet counts as the one before it. */
function toDigit(character: string | undefined, alphabet: readonly string[]): number {
  if (character === undefined) { return 0; }
  const after = alphabet.findIndex((each) => compareKeys(each, character) > 0);
  return after === -1 ? alphabet.length : after;
}
