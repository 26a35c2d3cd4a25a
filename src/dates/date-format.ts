/**
 * How a date is written in a key, and how the folder of a day is named. No npm imports: the
 * construct loads this in every consumer's app.
 */
import { daysBetween, toIsoDate, toFields, type IsoDate, ordinalToIsoDate } from './calendar';
import { suggestFormat } from './suggest-format';

export type DateToken = 'yyyy' | 'yy' | 'MM' | 'dd' | 'DDD' | 'HH' | 'mm' | 'ss';

export type Segment = { readonly token: DateToken } | { readonly literal: string };

/** What each character of a text must be: this code, or any digit (`ANY_DIGIT`). */
export type KeyShape = readonly number[];

/**
 * Every token and every literal has a fixed width, so a format can match a text in one way only.
 */
export interface DateFormat {
  readonly text: string;
  readonly segments: readonly Segment[];
  readonly shape: KeyShape;
  readonly offsets: { readonly [token in DateToken]?: number };
}

const MEANINGS: { readonly [token in DateToken]: string } = {
  yyyy: 'the year',
  yy: 'the year 2000-2099',
  MM: 'the month',
  dd: 'the day of the month',
  DDD: 'the day of the year',
  HH: 'the hour',
  mm: 'the minute',
  ss: 'the second',
};
export const DATE_TOKENS = Object.keys(MEANINGS) as DateToken[];
/** No folder is for less than an hour. */
const TOO_FINE_TOKENS: readonly DateToken[] = ['mm', 'ss'];

const INTENDED_TOKENS: { readonly [letter: string]: DateToken[] } = {
  Y: ['yyyy'],
  u: ['yyyy'],
  y: ['yyyy', 'yy'],
  M: ['MM'],
  d: ['dd'],
  D: ['DDD', 'dd'],
  H: ['HH'],
  h: ['HH'],
  m: ['mm'],
  s: ['ss'],
};

export const ANY_DIGIT = -1;

export function parseDateFormat(text: string): DateFormat {
  return parseOrSuggest(text, parseFormatOfDay);
}

function parseOrSuggest(text: string, parse: (format: string) => DateFormat): DateFormat {
  try {
    return parse(text);
  } catch (error) {
    const meant = suggestFormat(text, parse);
    const { message } = error as Error;
    throw meant === undefined || message.includes(`"${meant}"`)
      ? error
      : new Error(`${message}. Perhaps you mean "${meant}"`);
  }
}

function parseFormatOfDay(text: string): DateFormat {
  const segments = parseSegments(text, 'date format');
  const tokens = segments.flatMap((segment) => ('token' in segment ? [segment.token] : []));
  const has = (token: DateToken) => tokens.includes(token);
  const refuse = (problem: string) => {
    throw new Error(`date format "${text}" ${problem}`);
  };

  const twice = tokens.find((token, index) => tokens.indexOf(token) !== index);
  if (twice) {
    refuse(`has ${twice} twice, but must describe one date: keep one ${twice}`);
  }
  if (has('yyyy') && has('yy')) {
    refuse('has both yyyy and yy: keep one of them');
  }
  if (has('DDD') && (has('MM') || has('dd'))) {
    refuse('has both DDD, the day of the year, and MM or dd: keep either DDD, or MM and dd');
  }
  if (!(has('yyyy') || has('yy')) || !(has('DDD') || (has('MM') && has('dd')))) {
    const minute = has('mm') && !has('MM') ? ' (mm is the minute)' : '';
    refuse(
      'does not determine a day: write the year as yyyy or yy, and add either MM and dd, or ' +
        `DDD${minute}`,
    );
  }
  return { text, segments, ...toShape(segments) };
}

export function hasHour({ offsets }: DateFormat): boolean {
  return offsets.HH !== undefined;
}

/**
 * Parses the format of an archive's folders, such as `yyyy/MM/dd/`. It may have each token of a day
 * several times.
 */
export function parseLayoutFormat(text: string): DateFormat {
  return parseOrSuggest(text, parseFormatOfFolder);
}

function parseFormatOfFolder(text: string): DateFormat {
  const refuse = (problem: string) => {
    throw new Error(`archive layout "${text}" ${problem}`);
  };
  if (text.startsWith('/')) {
    refuse(
      'must not start with "/", because it is appended to destinationPrefix: remove the "/" at ' +
        'the start',
    );
  }
  const segments = parseSegments(text, 'archive layout');
  const tokens = segments.flatMap((segment) => ('token' in segment ? [segment.token] : []));
  const time = tokens.find((token) => TOO_FINE_TOKENS.includes(token));
  if (time) {
    refuse(
      `has ${time}, ${MEANINGS[time]}, but a folder is for a day or an hour: use only yyyy, yy, ` +
        'MM, dd, DDD and HH',
    );
  }
  const isDay = tokens.includes('DDD') || tokens.includes('dd');
  if (tokens.includes('HH') && !isDay) {
    refuse(
      'has HH, the hour, but no day, so an hour of all days would share a folder: add dd or DDD ' +
        'before it, as in yyyy/MM/dd/HH/',
    );
  }
  if (tokens.length === 0) {
    refuse('has no date: write, for example, yyyy/MM/dd/');
  }
  const last = segments[segments.length - 1];
  if (!('literal' in last && last.literal.endsWith('/'))) {
    refuse(`must end with "/", because it names folders: write "${text}/"`);
  }
  return { text, segments, ...toShape(segments) };
}

export interface DateInKey {
  readonly date: IsoDate;
  readonly hour?: number;
  /** Where it begins and ends in the text. Unset: it is not in the key. */
  readonly at?: number;
  readonly end?: number;
}

/**
 * All dates in a text that the formats can read, from left to right. If two start together, the
 * longer one is first.
 */
export function findDates(formats: readonly DateFormat[], text: string): DateInKey[] {
  const dates: DateInKey[] = [];
  const byLength =
    formats.length > 1 ? [...formats].sort((a, b) => b.shape.length - a.shape.length) : formats;
  for (let at = 0; at < text.length; at++) {
    for (const format of byLength) {
      const date = readDateAt(format, text, at);
      if (date) {
        dates.push(date);
      }
    }
  }
  return dates;
}

/**
 * The date at one position, if it is real and its digits are no part of a longer run of them. A
 * missing month or day counts as the first.
 */
export function readDateAt(format: DateFormat, text: string, at: number): DateInKey | undefined {
  return hasShapeAt(format, text, at)
    ? readMatch(format.offsets, text, at, at + format.shape.length)
    : undefined;
}

/** Whether a text has digits and literals where the format has them, of a real day or not. */
export function hasShapeAt({ shape }: DateFormat, text: string, at: number): boolean {
  const end = at + shape.length;
  if (end > text.length) {
    return false;
  }
  for (let i = 0; i < shape.length; i++) {
    const code = text.charCodeAt(at + i);
    if (shape[i] === ANY_DIGIT ? !isDigit(code) : code !== shape[i]) {
      return false;
    }
  }
  if (isDigit(text.charCodeAt(at)) && isDigit(text.charCodeAt(at - 1))) {
    return false;
  }
  return !(isDigit(text.charCodeAt(end - 1)) && isDigit(text.charCodeAt(end)));
}

/**
 * Its closure is not in `readDateAt`, which runs for each character of each key: V8 allocates what
 * a closure captures on each call.
 */
function readMatch(
  offsets: DateFormat['offsets'],
  text: string,
  at: number,
  end: number,
): DateInKey | undefined {
  const read = (token: DateToken, open = 0) => {
    const offset = offsets[token];
    return offset === undefined
      ? open
      : Number(text.slice(at + offset, at + offset + token.length));
  };
  if (read('HH') > 23 || read('mm') > 59 || read('ss') > 59) {
    return undefined;
  }
  const year = offsets.yyyy === undefined ? 2000 + read('yy') : read('yyyy');
  const date =
    offsets.DDD === undefined
      ? toIsoDate(year, read('MM', 1), read('dd', 1))
      : ordinalToIsoDate(year, read('DDD'));
  if (date === undefined) {
    return undefined;
  }
  return offsets.HH === undefined ? { date, at, end } : { date, hour: read('HH'), at, end };
}

/**
 * Writes a day, or an hour of it, in the format, up to the first token that it does not determine.
 */
export function renderDate(format: DateFormat, date: IsoDate, hour?: number): string {
  const { year, month, day } = toFields(date);
  const dayOfYear = daysBetween(`${date.slice(0, 4)}-01-01`, date) + 1;
  const values: { readonly [token in DateToken]?: number } = {
    yyyy: year,
    yy: year % 100,
    MM: month,
    dd: day,
    DDD: dayOfYear,
    HH: hour,
  };
  let rendered = '';
  for (const segment of format.segments) {
    const value = 'token' in segment ? values[segment.token] : undefined;
    if ('token' in segment && value === undefined) {
      return rendered;
    }
    rendered +=
      'token' in segment ? String(value).padStart(segment.token.length, '0') : segment.literal;
  }
  return rendered;
}

function parseSegments(text: string, what: string): Segment[] {
  const segments: Segment[] = [];
  // The alternatives: a text in quotes, a run of one letter, anything else up to the next letter or
  // quote.
  const piece = /'((?:[^']|'')*)'|(([A-Za-z])\3*)|[^A-Za-z']+/y;
  while (piece.lastIndex < text.length) {
    const match = piece.exec(text);
    if (!match) {
      throw new Error(
        `${what} "${text}" has a quote that is not closed: close it, or write '' for the quote ` +
          'character itself',
      );
    }
    const [literal, quoted, run, letter] = match;
    if (run === undefined) {
      // Quoted, a % is allowed.
      if (literal.includes('%') && quoted === undefined) {
        throw new Error(
          `${what} "${text}" has a "%", which has no meaning here: write tokens ` +
            `(${DATE_TOKENS.join(', ')}) without it, or '%' in quotes for the character itself`,
        );
      }
      segments.push({
        literal: quoted === undefined ? literal : quoted.replace(/''/g, "'") || "'",
      });
    } else if (DATE_TOKENS.includes(run as DateToken)) {
      segments.push({ token: run as DateToken });
    } else {
      throw new Error(describeUnknownLetter(run, letter, `${what} "${text}"`));
    }
  }
  return segments;
}

function describeUnknownLetter(run: string, letter: string, where: string): string {
  const meant =
    INTENDED_TOKENS[letter]?.map((token) => `${token} for ${MEANINGS[token]}`).join(', ') ??
    `a token (${DATE_TOKENS.join(', ')})`;
  // If the letter starts a token, it was written too often.
  const name =
    DATE_TOKENS.some((token) => token[0] === letter) && run.length > 1
      ? `unknown letters "${run}"`
      : `unknown letter "${letter}"`;
  return `${name} in ${where}: write ${meant}, or '${letter}' in quotes for the letter itself`;
}

function toShape(segments: readonly Segment[]): Pick<DateFormat, 'shape' | 'offsets'> {
  const shape: number[] = [];
  const offsets: { [token in DateToken]?: number } = {};
  for (const segment of segments) {
    if ('token' in segment) {
      offsets[segment.token] = shape.length;
      for (let i = 0; i < segment.token.length; i++) {
        shape.push(ANY_DIGIT);
      }
    } else {
      shape.push(...toShapeOf(segment.literal));
    }
  }
  return { shape, offsets };
}

export function toShapeOf(text: string): KeyShape {
  return Array.from({ length: text.length }, (_, index) => text.charCodeAt(index));
}

export function isDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}
