/**
 * Ranges of keys, in the order of S3's listings: by UTF-8 bytes, which is the order of code points.
 */
import { MAX_KEY_BYTES } from '../../../contract/checks/check-prefix';
import { compareKeys, getCommonPrefix } from '../../../lambda/s3/listing/compare-keys';

/**
 * The keys after one, up to and including another. Unset: from the first key, or up to the last
 * one.
 */
export interface KeyRange {
  readonly after?: string;
  readonly until?: string;
}

/**
 * The last character that a key is likely to have. The two after it are no characters (Unicode 15,
 * section 23.7).
 */
export const LAST_CHARACTER = '\u{10fffd}';

/** Ranges without the keys that begin with `gap`. A few of them may be left: `LAST_CHARACTER`. */
export function rangesAround(gap: string | undefined): KeyRange[] {
  return gap === undefined ? [{}] : [{ until: gap }, { after: gap + LAST_CHARACTER }];
}

export function isInside({ after, until }: KeyRange, key: string): boolean {
  return (
    (after === undefined || compareKeys(after, key) < 0) &&
    (until === undefined || compareKeys(key, until) < 0)
  );
}

export interface ListedKeys {
  readonly first: string;
  readonly last: string;
  readonly pages: number;
}

export interface Division {
  readonly key: string;
  readonly pages: number;
}

/** The number of characters after the common prefix of a page that measure its progress. */
const DIGITS = 4;

/**
 * Returns where to divide a range: in its middle, but at most `maxPages` pages ahead, because keys
 * may be dense here and sparse later. This is linear extrapolation: keys count as fractions whose
 * digits are the characters of an alphabet, and the next pages as steps that are as long as those
 * before. Undefined: there is no such key, or it is less than a page ahead.
 * @param listed keys up to where the range begins
 * @param prefix all keys of the range begin with it; `alphabet` has their characters in the order
 * of code points
 */
export function findDivision(
  range: KeyRange,
  listed: ListedKeys,
  maxPages: number,
  prefix: string,
  alphabet: readonly string[],
): Division | undefined {
  const { first, last } = listed;
  const base = BigInt(alphabet.length + 1);
  const length = getCommonPrefix([first, last]).length - prefix.length + DIGITS;
  const toNumber = (key: string) => toFraction([...key.slice(prefix.length)], length, alphabet);
  const low = toNumber(last);
  const high = range.until === undefined ? base ** BigInt(length) : toNumber(range.until);
  const step = (low - toNumber(first)) / BigInt(listed.pages) || 1n;
  const [half, farthest] = [(high - low) / 2n, BigInt(maxPages) * step];
  const distance = half < farthest ? half : farthest;
  if (distance < step) {
    return undefined;
  }
  const key = prefix + toCharacters(low + distance, length, alphabet);
  if (!isInside(range, key) || Buffer.byteLength(key) > MAX_KEY_BYTES) {
    return undefined;
  }
  return { key, pages: Number(distance / step) };
}

/**
 * A character outside the alphabet counts as the next one in it, and what follows does not matter:
 * `LAST_CHARACTER` includes everything.
 */
function toFraction(
  characters: readonly string[],
  length: number,
  alphabet: readonly string[],
): bigint {
  const base = BigInt(alphabet.length + 1);
  let number = 0n;
  let isKnown = true;
  for (let i = 0; i < length; i++) {
    const character: string | undefined = isKnown ? characters[i] : undefined;
    const next: number = character === undefined ? -1 : findFirst(alphabet, character);
    isKnown = character === undefined || alphabet[next] === character;
    number = number * base + BigInt(next + 1);
  }
  return number;
}

function findFirst(alphabet: readonly string[], character: string): number {
  let [low, high] = [0, alphabet.length];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (compareKeys(alphabet[middle], character) < 0) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low;
}

/** No key has an end inside of it, so a number with a zero among its digits is rounded up. */
function toCharacters(number: bigint, length: number, alphabet: readonly string[]): string {
  const base = BigInt(alphabet.length + 1);
  const digits: number[] = [];
  for (let rest = number; digits.length < length; rest /= base) {
    digits.unshift(Number(rest % base));
  }
  const end = digits.indexOf(0);
  const kept = end === -1 ? digits : digits.slice(0, end);
  if (kept.length < digits.length && digits.slice(end).some((digit) => digit > 0)) {
    kept.push(1);
  }
  return kept.map((digit) => alphabet[digit - 1]).join('');
}
