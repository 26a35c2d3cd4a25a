/**
 * How a date is written in a key, and how the folder of a day is named. No npm imports: the
 * construct loads this in every consumer's app.
 */
import { daysBetween, toFields, type IsoDate, MONTH_NAMES } from './calendar';
import { suggestFormat } from './suggest-format';
import { checkReadable } from './unreadable-dates';

export type DateToken = 'yyyy' | 'yy' | 'MM' | 'MMM' | 'MMMM' | 'dd' | 'DDD' | 'HH' | 'mm' | 'ss';

export type Segment = { readonly token: DateToken } | { readonly literal: string };

/**
 * The pattern of a text, one number per character: a character code, any digit (`ANY_DIGIT`) or any
 * letter (`ANY_LETTER`).
 */
export type KeyShape = readonly number[];

/** How texts of one length are written in a format: every token and every literal has its place. */
export interface Writing {
  readonly shape: KeyShape;
  readonly offsets: { readonly [token in DateToken]?: number };
  /** The letters of MMMM. */
  readonly nameLength: number | undefined;
  /** The milliseconds per unit, if the text is one number that counts units since 1970. */
  readonly unit: number | undefined;
}

export interface DateFormat {
  readonly text: string;
  /** None, if the text is the number of an instant. */
  readonly segments: readonly Segment[];
  /**
   * At least one. Only MMMM makes several, one for each length of a month's name. No month's name
   * begins with that of another, so a format can match a text in one way only.
   */
  readonly writings: readonly Writing[];
}

const MEANINGS: { readonly [token in DateToken]: string } = {
  yyyy: 'the year',
  yy: 'the year 2000-2099',
  MM: 'the month',
  MMM: 'the month as in Jan',
  MMMM: 'the month as in January',
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
  M: ['MM', 'MMM', 'MMMM'],
  d: ['dd'],
  D: ['DDD', 'dd'],
  H: ['HH'],
  h: ['HH'],
  m: ['mm'],
  s: ['ss'],
};

interface Instant {
  readonly digits: number;
  /** In milliseconds. */
  readonly unit: number;
}

/** Each is a whole format. */
const INSTANTS: ReadonlyMap<string, Instant> = new Map([
  ['epochSeconds', { digits: 10, unit: 1000 }],
  ['epochMilliseconds', { digits: 13, unit: 1 }],
]);
const MONTH_TOKENS: readonly DateToken[] = ['MM', 'MMM', 'MMMM'];
const NAMES: { readonly [token in DateToken]?: (month: string) => string } = {
  MMM: (month) => month.slice(0, 3),
  MMMM: (month) => month,
};
const NAME_LENGTHS = [...new Set(MONTH_NAMES.map(({ length }) => length))].sort((a, b) => b - a);

export const ANY_DIGIT = -1;
export const ANY_LETTER = -2;

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
  const instant = INSTANTS.get(text);
  if (instant) {
    return { text, segments: [], writings: [toWritingOfInstant(instant)] };
  }
  checkReadable(text);
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
  const months = MONTH_TOKENS.filter(has);
  if (months.length > 1) {
    refuse(`has both ${months[0]} and ${months[1]}: keep one of them`);
  }
  const [month] = months;
  if (has('DDD') && (month || has('dd'))) {
    refuse(
      `has both DDD, the day of the year, and ${month ?? 'MM'} or dd: keep either DDD, or ` +
        `${month ?? 'MM'} and dd`,
    );
  }
  if (!(has('yyyy') || has('yy')) || !(has('DDD') || (month && has('dd')))) {
    const minute = has('mm') && !month ? ' (mm is the minute)' : '';
    refuse(
      'does not determine a day: write the year as yyyy or yy, and add either ' +
        `${month ?? 'MM'} and dd, or DDD${minute}`,
    );
  }
  return { text, segments, writings: toWritings(segments) };
}

export function hasHour(format: DateFormat): boolean {
  return hasToken(format, 'HH') || format.writings[0].unit !== undefined;
}

/** Returns true if one of the tokens is in the format. */
export function hasToken({ writings }: DateFormat, ...tokens: readonly DateToken[]): boolean {
  return tokens.some((token) => writings[0].offsets[token] !== undefined);
}

export function hasMonth(format: DateFormat): boolean {
  return hasToken(format, ...MONTH_TOKENS);
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
        'MM, MMM, MMMM, dd, DDD and HH',
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
  return { text, segments, writings: toWritings(segments) };
}

/**
 * Writes a day, or an hour of it, in the format, up to the first token that it does not determine.
 */
export function renderDate(format: DateFormat, date: IsoDate, hour?: number): string {
  const { year, month, day } = toFields(date);
  const dayOfYear = daysBetween(`${date.slice(0, 4)}-01-01`, date) + 1;
  const pad = (value: number, token: DateToken) => String(value).padStart(token.length, '0');
  const values: { readonly [token in DateToken]?: string } = {
    yyyy: pad(year, 'yyyy'),
    yy: pad(year % 100, 'yy'),
    MM: pad(month, 'MM'),
    MMM: NAMES.MMM!(MONTH_NAMES[month - 1]),
    MMMM: NAMES.MMMM!(MONTH_NAMES[month - 1]),
    dd: pad(day, 'dd'),
    DDD: pad(dayOfYear, 'DDD'),
    HH: hour === undefined ? undefined : pad(hour, 'HH'),
  };
  let rendered = '';
  for (const segment of format.segments) {
    const value = 'token' in segment ? values[segment.token] : segment.literal;
    if (value === undefined) {
      return rendered;
    }
    rendered += value;
  }
  return rendered;
}

function parseSegments(text: string, what: string): Segment[] {
  const instant = findInstant(text);
  if (instant !== undefined) {
    throw new Error(
      what === 'date format'
        ? `${what} "${text}" has ${instant} and something else, but ${instant} is always the ` +
            `whole format: write "${instant}", which finds its digits next to any other text`
        : `${what} "${text}" has ${instant}, but a folder is for a day or an hour: write, for ` +
            'example, yyyy/MM/dd/',
    );
  }
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

function findInstant(text: string): string | undefined {
  const unquoted = text.replace(/'[^']*'/g, '');
  return [...INSTANTS.keys()].find((name) => unquoted.includes(name));
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

function toWritingOfInstant({ digits, unit }: Instant): Writing {
  const shape = Array.from({ length: digits }, () => ANY_DIGIT);
  return { shape, offsets: {}, nameLength: undefined, unit };
}

function toWritings(segments: readonly Segment[]): Writing[] {
  const hasName = segments.some((segment) => 'token' in segment && segment.token === 'MMMM');
  return (hasName ? NAME_LENGTHS : [undefined]).map((nameLength) => ({
    ...toShape(segments, nameLength),
    nameLength,
    unit: undefined,
  }));
}

function toShape(
  segments: readonly Segment[],
  nameLength: number | undefined,
): Pick<Writing, 'shape' | 'offsets'> {
  const shape: number[] = [];
  const offsets: { [token in DateToken]?: number } = {};
  for (const segment of segments) {
    if ('token' in segment) {
      const { token } = segment;
      const length = token === 'MMMM' ? nameLength! : token.length;
      const code = token in NAMES ? ANY_LETTER : ANY_DIGIT;
      offsets[token] = shape.length;
      shape.push(...Array.from({ length }, () => code));
    } else {
      shape.push(...toShapeOf(segment.literal));
    }
  }
  return { shape, offsets };
}

/** The shapes that `renderDate` may write: with names of months, one shape per name. */
export function listShapes({ segments }: DateFormat): KeyShape[] {
  const hasName = segments.some((segment) => 'token' in segment && segment.token in NAMES);
  return (hasName ? MONTH_NAMES : ['']).map((month) => {
    const named = segments.map((segment) => {
      const name = 'token' in segment ? NAMES[segment.token] : undefined;
      return name ? { literal: name(month) } : segment;
    });
    return toShape(named, undefined).shape;
  });
}

export function toShapeOf(text: string): KeyShape {
  return Array.from({ length: text.length }, (_, index) => text.charCodeAt(index));
}

export function isDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}

/** Names are `Nov`, `NOV` and `nov`. */
function isLetter(code: number): boolean {
  return (code >= 65 && code <= 90) || (code >= 97 && code <= 122);
}

/** Returns true if a character may be where the shape has `expected`. */
export function fits(code: number, expected: number): boolean {
  return expected === ANY_DIGIT
    ? isDigit(code)
    : code === expected || (expected === ANY_LETTER && isLetter(code));
}
