/** Guesses the intended date format if the user wrote it in the syntax of another library. */

const DIRECTIVES: { readonly [letter: string]: string } = {
  Y: 'yyyy',
  y: 'yy',
  m: 'MM',
  b: 'MMM',
  h: 'MMM',
  B: 'MMMM',
  d: 'dd',
  j: 'DDD',
  H: 'HH',
  M: 'mm',
  S: 'ss',
  F: 'yyyy-MM-dd',
  T: 'HH:mm:ss',
};

/** Words for the name of a month: `DD-MON-YYYY`, `dd-mmm-yyyy`. */
const MONTHS: { readonly [word: string]: string } = {
  MON: 'MMM',
  Mon: 'MMM',
  mmm: 'MMM',
  MONTH: 'MMMM',
  Month: 'MMMM',
  mmmm: 'MMMM',
};

/** Names that others have for the seconds and the milliseconds since 1970. */
const INSTANTS: { readonly [name: string]: string } = {
  '%s': 'epochSeconds',
  X: 'epochSeconds',
  epoch: 'epochSeconds',
  epochsecond: 'epochSeconds',
  epochseconds: 'epochSeconds',
  timestamp: 'epochSeconds',
  unix: 'epochSeconds',
  x: 'epochMilliseconds',
  epochmilli: 'epochMilliseconds',
  epochmillis: 'epochMilliseconds',
  epochmillisecond: 'epochMilliseconds',
  epochmilliseconds: 'epochMilliseconds',
};

/** @param parse throws if a format cannot be used, which is not returned then */
export function suggestFormat(
  text: string,
  parse: (format: string) => unknown,
): string | undefined {
  // `YYYY-MM-DD`, `uuuu-MM-dd`, `YYYYMMDDTHHmmss`. Other words are quoted.
  const fromLetters = () =>
    text.replace(/'[^']*'|[A-Za-z]+/g, (word) => (word.startsWith("'") ? word : fromWord(word)));
  // In a format that has no hour and no month, the minute is meant as the month: `yyyy-mm-dd`.
  const withMonth = (guess: string) => (/MM|HH/.test(guess) ? guess : guess.replace('mm', 'MM'));
  const instant = INSTANTS[text] ?? INSTANTS[text.toLowerCase()];
  // Full-width letters look like letters, and are none of a token.
  const guesses = text.includes('%')
    ? [text.replace(/%/g, ''), fromStrftime(text)]
    : [fromLetters(), text.normalize('NFKC')];
  return [instant, ...guesses]
    .flatMap((guess) => (guess === undefined ? [] : [guess, withMonth(guess), `${guess}/`]))
    .find((guess) => guess !== text && isParsed(guess, parse));
}

function isParsed(format: string, parse: (format: string) => unknown): boolean {
  try {
    parse(format);
    return true;
  } catch {
    return false;
  }
}

function fromStrftime(text: string): string | undefined {
  const known = [...text.matchAll(/%(.?)/g)].every(([, letter]) => letter in DIRECTIVES);
  if (!known) {
    return undefined;
  }
  return text.replace(/%([A-Za-z])|([A-Za-z]+)/g, (_, directive?: string, word?: string) =>
    directive ? DIRECTIVES[directive] : `'${word}'`,
  );
}

function fromWord(word: string): string {
  const name = MONTHS[word];
  if (name !== undefined) {
    return name;
  }
  const runs = word.match(/([A-Za-z])\1*/g)!;
  const tokens = runs.map(toToken);
  // A word such as `day` has no token that is as long as a token is.
  return tokens.some((token) => token !== undefined)
    ? runs.map((run, index) => tokens[index] ?? `'${run}'`).join('')
    : `'${word}'`;
}

function toToken(run: string): string | undefined {
  if (run === 'DD') {
    return 'dd';
  }
  const token = run.replace(/[Yu]/g, 'y').replace(/h/g, 'H').replace('DDDD', 'DDD');
  return /^(yyyy|yy|M{2,4}|dd|DDD|HH|mm|ss)$/.test(token) ? token : undefined;
}
