/** Guesses the date format that somebody meant who wrote it as another library wants it. */

/** The directives of strftime. */
const DIRECTIVES: { readonly [letter: string]: string } = {
  Y: 'yyyy', y: 'yy', m: 'MM', d: 'dd', j: 'DDD', H: 'HH', M: 'mm', S: 'ss', F: 'yyyy-MM-dd', T: 'HH:mm:ss',
};

/**
 * Returns the whole format in our tokens, or undefined if it cannot be guessed.
 *
 * @param isAllowed whether a format can be used. Only such formats are returned.
 */
export function suggestFormat(text: string, isAllowed: (format: string) => boolean): string | undefined {
  const guesses = text.includes('%') ? [text.replace(/%/g, ''), fromStrftime(text)] : [fromLetters(text)];
  return guesses.flatMap((guess) => guess === undefined ? [] : [guess, withMonth(guess), `${guess}/`]).find((guess) => guess !== text && isAllowed(guess));
}

/** Replaces the minute by the month in a format that has no hour and no month: `yyyy-mm-dd`. */
function withMonth(format: string): string {
  return /MM|HH/.test(format) ? format : format.replace('mm', 'MM');
}

function fromStrftime(text: string): string | undefined {
  const known = [...text.matchAll(/%(.?)/g)].every(([, letter]) => letter in DIRECTIVES);
  if (!known) { return undefined; }
  return text.replace(/%([A-Za-z])|([A-Za-z]+)/g, (_, directive?: string, word?: string) => directive ? DIRECTIVES[directive] : `'${word}'`);
}

/** Reads the letters of other libraries: `YYYY-MM-DD`, `uuuu-MM-dd`, `YYYYMMDDTHHmmss`. Other words are quoted. */
function fromLetters(text: string): string {
  return text.replace(/'[^']*'|[A-Za-z]+/g, (word) => word.startsWith("'") ? word : fromWord(word));
}

function fromWord(word: string): string {
  const runs = word.match(/([A-Za-z])\1*/g)!;
  const tokens = runs.map(toToken);
  // A word such as `day` has no token that is as long as a token is.
  return tokens.some((token) => token !== undefined) ? runs.map((run, index) => tokens[index] ?? `'${run}'`).join('') : `'${word}'`;
}

function toToken(run: string): string | undefined {
  switch (run[0]) {
    case 'Y': case 'y': case 'u': return run.length === 4 ? 'yyyy' : run.length === 2 ? 'yy' : undefined;
    case 'M': return run.length === 2 ? 'MM' : undefined;
    case 'D': return run.length === 2 ? 'dd' : run.length === 3 || run.length === 4 ? 'DDD' : undefined;
    case 'd': return run.length === 2 ? 'dd' : undefined;
    case 'H': case 'h': return run.length === 2 ? 'HH' : undefined;
    case 'm': return run.length === 2 ? 'mm' : undefined;
    case 's': return run.length === 2 ? 'ss' : undefined;
    default: return undefined;
  }
}
