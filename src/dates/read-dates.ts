/** Finds the dates in a text. It runs for each character of each key. */
import { type IsoDate, MONTH_NAMES, ordinalToIsoDate, toIsoDate } from './calendar';
import { type DateFormat, fits, isDigit, type Writing } from './date-format';

export interface DateInKey {
  readonly date: IsoDate;
  readonly hour?: number;
  /** The beginning and the end of the date in the text. Unset: the date is not in the key. */
  readonly at?: number;
  readonly end?: number;
}

/** The day of an instant in a time zone, and its hour if the caller needs it. */
export type InstantReader = (instant: Date) => DateInKey;

/** For guesses, which know no time zone. */
export const readInUtc: InstantReader = (instant) => ({ date: instant.toISOString().slice(0, 10) });

/** How the formats are written. If two dates start together, the longer one is found first. */
export function listWritings(formats: readonly DateFormat[]): Writing[] {
  return formats
    .flatMap(({ writings }) => writings)
    .sort((a, b) => b.shape.length - a.shape.length);
}

/** All dates in a text, from left to right. */
export function findDates(
  writings: readonly Writing[],
  text: string,
  readInstant: InstantReader,
): DateInKey[] {
  const dates: DateInKey[] = [];
  for (let at = 0; at < text.length; at++) {
    for (const writing of writings) {
      const date = hasShapeAt(writing, text, at) && readDate(writing, text, at, readInstant);
      if (date) {
        dates.push(date);
      }
    }
  }
  return dates;
}

/** The dates that begin at one position. */
export function findDatesAt(
  writings: readonly Writing[],
  text: string,
  at: number,
  readInstant: InstantReader,
): DateInKey[] {
  return writings.flatMap((writing) =>
    hasShapeAt(writing, text, at) ? (readDate(writing, text, at, readInstant) ?? []) : [],
  );
}

/**
 * Returns true if a text has digits, letters and literals where the writing has them, of a real day
 * or not, and its digits are no part of a longer run of them.
 */
export function hasShapeAt({ shape }: Writing, text: string, at: number): boolean {
  const end = at + shape.length;
  if (end > text.length) {
    return false;
  }
  for (let i = 0; i < shape.length; i++) {
    if (!fits(text.charCodeAt(at + i), shape[i])) {
      return false;
    }
  }
  return (
    !(isDigit(text.charCodeAt(at)) && isDigit(text.charCodeAt(at - 1))) &&
    !(isDigit(text.charCodeAt(end - 1)) && isDigit(text.charCodeAt(end)))
  );
}

/** The date of a text that has the shape, if it is real. */
export function readDate(
  writing: Writing,
  text: string,
  at: number,
  readInstant: InstantReader,
): DateInKey | undefined {
  const end = at + writing.shape.length;
  return writing.unit === undefined
    ? readMatch(writing, text, at, end)
    : readNumber(text, at, end, writing.unit, readInstant);
}

/** A missing month or day counts as the first. */
function readMatch(
  { offsets, nameLength }: Writing,
  text: string,
  at: number,
  end: number,
): DateInKey | undefined {
  const read = (offset: number | undefined, digits: number) =>
    offset === undefined ? undefined : readDigits(text, at + offset, digits);
  const readName = (offset: number, length: number) =>
    text.slice(at + offset, at + offset + length).toLowerCase();
  const hour = read(offsets.HH, 2);
  const [minute, second] = [read(offsets.mm, 2), read(offsets.ss, 2)];
  if (isAbove(hour, 23) || isAbove(minute, 59) || isAbove(second, 59)) {
    return undefined;
  }
  let month = read(offsets.MM, 2) ?? 1;
  if (offsets.MMM !== undefined) {
    month = SHORT_NAMES.indexOf(readName(offsets.MMM, 3)) + 1;
  } else if (offsets.MMMM !== undefined) {
    month = LONG_NAMES.indexOf(readName(offsets.MMMM, nameLength!)) + 1;
  }
  const year = read(offsets.yyyy, 4) ?? 2000 + (read(offsets.yy, 2) ?? 0);
  const ordinal = read(offsets.DDD, 3);
  const date =
    ordinal === undefined
      ? toIsoDate(year, month, read(offsets.dd, 2) ?? 1)
      : ordinalToIsoDate(year, ordinal);
  if (date === undefined) {
    return undefined;
  }
  return hour === undefined ? { date, at, end } : { date, hour, at, end };
}

function isAbove(value: number | undefined, most: number): boolean {
  return value !== undefined && value > most;
}

const ZERO = '0'.charCodeAt(0);

/** Reads digits one by one: to cut them out and convert them takes longer. */
function readDigits(text: string, at: number, digits: number): number {
  let number = 0;
  for (let i = at; i < at + digits; i++) {
    number = 10 * number + text.charCodeAt(i) - ZERO;
  }
  return number;
}

const LONG_NAMES = MONTH_NAMES.map((name) => name.toLowerCase());
const SHORT_NAMES = LONG_NAMES.map((name) => name.slice(0, 3));

/** Other numbers are no instants but, for example, ids. */
export const FIRST_INSTANT_DAY = '2000-01-01';
export const LAST_INSTANT_DAY = '2099-12-31';

function readNumber(
  text: string,
  at: number,
  end: number,
  unit: number,
  readInstant: InstantReader,
): DateInKey | undefined {
  const found = readInstant(new Date(Number(text.slice(at, end)) * unit));
  return found.date >= FIRST_INSTANT_DAY && found.date <= LAST_INSTANT_DAY
    ? { ...found, at, end }
    : undefined;
}
