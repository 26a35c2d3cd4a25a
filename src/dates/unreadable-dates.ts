/** Names the ways out for dates that no format reads: weeks, quarters, eras, other digits. */

/** Follows "use". */
export const WAYS_OUT =
  'DateSource.lastModified() if each object is written on its day, or give each run a manifest ' +
  'with a "date" column, which needs Listing.selective()';

const QUOTED = /'(?:[^']|'')*'/g;
/** A word of a pattern, such as `YYYYww`, and no word of a language, such as `log`. */
const PATTERN_WORD = /^[yYuMdDHhmsSTZwWqQG]+$/;
const KINDS: ReadonlyArray<readonly [letters: RegExp, kind: string]> = [
  [/w+|W+/, 'a week'],
  [/q+|Q+/, 'a quarter'],
  [/G+/, 'an era'],
];
const WEEK_DIRECTIVE = /%[VUWGg]/;
const ERA = /令和|平成|昭和|大正|明治|民國|民国/;
const OTHER_DIGIT = /(?![0-9])\p{Nd}/u;

/** Throws if a date format has what no token reads, and says what to do instead. */
export function checkReadable(text: string): void {
  const refuse = (kind: string, letters: string, fix = '') => {
    throw new Error(
      `date format "${text}" has ${kind}, "${letters}", which no token can read: use ` +
        `${WAYS_OUT}${fix}`,
    );
  };
  const pattern = text.replace(QUOTED, ' ');
  const words = pattern.match(/[A-Za-z]+/g)?.filter((word) => PATTERN_WORD.test(word)) ?? [];
  for (const [letters, kind] of KINDS) {
    const found = words.map((word) => letters.exec(word)).find((match) => match !== null);
    if (found && !text.includes('%')) {
      refuse(kind, found[0], `. If you mean the letters, write '${found[0]}' in quotes`);
    }
  }
  const directive = WEEK_DIRECTIVE.exec(pattern);
  if (directive) {
    refuse('a week', directive[0]);
  }
  // Two digits would be read as 2000 to 2099.
  const era = ERA.exec(text);
  if (era) {
    refuse('an era', era[0]);
  }
  const digit = OTHER_DIGIT.exec(text);
  if (digit && !pattern.includes('yy')) {
    refuse('a digit other than 0 to 9', digit[0]);
  }
}

const UNREADABLE: ReadonlyArray<readonly [pattern: RegExp, kind: string]> = [
  [/(?<!\d)\d{4}[-_]?[Ww]\d\d(?!\d)/, 'a week'],
  [/(?<!\d)\d{4}[-_]?[Qq][1-4](?!\d)/, 'a quarter'],
  [ERA, 'an era'],
  [/(?:(?![0-9])\p{Nd}){2}/u, 'digits other than 0 to 9'],
];

/** The part of a key that looks like a date but that no format reads. Undefined: there is none. */
export function findUnreadable(key: string): string | undefined {
  return UNREADABLE.find(([pattern]) => pattern.test(key))?.[1];
}
