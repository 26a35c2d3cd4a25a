/**
 * Finds everything in a key that may be a date, in every format that producers write. It reads
 * millions of keys, so a format is tried only where as many digits begin as it begins with.
 */
import type { IsoDate } from './calendar';
import { ANY_DIGIT, type DateFormat, parseDateFormat, type Writing } from './date-format';
import { FOLDERS, FORMATS, isPlausible } from './guess-date-source';
import { hasShapeAt, readDate, readInUtc } from './read-dates';

export interface KnownFormat {
  /** Its place in the list of formats. */
  readonly index: number;
  readonly format: DateFormat;
  /** These formats are written in one way. */
  readonly writing: Writing;
  /** The characters before its first digit, and the digits that follow each other there. */
  readonly lead: number;
  readonly width: number;
  /**
   * Whether it has a year of four digits. Shorter numbers look like a date by chance more often.
   */
  readonly isStrong: boolean;
  /** The date of each text that was parsed, or undefined if it is no date. */
  readonly dates: Map<string, IsoDate | undefined>;
}

/** A place in a key that looks like a date in one format. */
export interface Reading {
  readonly known: KnownFormat;
  readonly at: number;
  readonly end: number;
  /** Whether it lies in, or ends in, the folders of the key. */
  readonly isInFolders: boolean;
  /** Undefined: the calendar has no such day, or the year is that of another century. */
  readonly date?: IsoDate;
}

export const KNOWN_FORMATS: readonly KnownFormat[] = [...FORMATS, ...FOLDERS].map((text, index) => {
  const format = parseDateFormat(text);
  const [writing] = format.writings;
  const { shape, offsets } = writing;
  const lead = shape.indexOf(ANY_DIGIT);
  const end = shape.findIndex((code, at) => at > lead && code !== ANY_DIGIT);
  return {
    index,
    format,
    writing,
    lead,
    width: (end < 0 ? shape.length : end) - lead,
    isStrong: offsets.yyyy !== undefined,
    dates: new Map(),
  };
});

const BY_WIDTH: ReadonlyMap<number, readonly KnownFormat[]> = new Map(
  [...new Set(KNOWN_FORMATS.map(({ width }) => width))].map((width) => [
    width,
    KNOWN_FORMATS.filter((known) => known.width === width),
  ]),
);

/**
 * A word of letters and digits with more changes between the two is a random one: `E568B2907131C0`.
 * That of a time has four: `20261124T0210Z`.
 */
const MAX_RUNS_OF_A_WORD = 5;
/** More of a word before its digits is not looked at. */
const LONGEST_WORD = 64;

/** @param key relative to the listed prefix */
export function findReadings(key: string): Reading[] {
  const readings: Reading[] = [];
  const nameAt = key.lastIndexOf('/') + 1;
  DIGITS.lastIndex = 0;
  for (let run = DIGITS.exec(key); run !== null; run = DIGITS.exec(key)) {
    readRun(key, run.index, run[0].length, nameAt, readings);
  }
  return readings.length > 1 ? withoutTimes(key, readings) : readings;
}

const DIGITS = /\d+/g;

function readRun(
  key: string,
  at: number,
  width: number,
  nameAt: number,
  readings: Reading[],
): void {
  for (const known of BY_WIDTH.get(width) ?? []) {
    const start = at - known.lead;
    const isDate = start >= 0 && hasShapeAt(known.writing, key, start);
    if (isDate && isRandom(key, at)) {
      return;
    }
    if (isDate) {
      readings.push(read(known, key, start, nameAt));
    }
  }
}

const LAST_OF_WORD = /[A-Za-z\d]*$/;
const WORD = /[A-Za-z\d]+/y;
const RUN = /\d+|[A-Za-z]+/g;

/** Whether the word at this position is random. */
function isRandom(key: string, at: number): boolean {
  WORD.lastIndex = at - LAST_OF_WORD.exec(key.slice(Math.max(0, at - LONGEST_WORD), at))![0].length;
  const [word] = WORD.exec(key)!;
  return word.match(RUN)!.length > MAX_RUNS_OF_A_WORD;
}

function read(known: KnownFormat, key: string, at: number, nameAt: number): Reading {
  const end = at + known.writing.shape.length;
  return { known, at, end, isInFolders: at < nameAt, date: readKnown(known, key.slice(at, end)) };
}

/** Nearly all keys have one of a few dates. Those with a time have more. */
const MAX_REMEMBERED = 10_000;

function readKnown({ writing, dates }: KnownFormat, text: string): IsoDate | undefined {
  const remembered = dates.get(text);
  if (remembered !== undefined || dates.has(text)) {
    return remembered;
  }
  const found = readDate(writing, text, 0, readInUtc);
  const date = found && isPlausible(found) ? found.date : undefined;
  if (dates.size >= MAX_REMEMBERED) {
    dates.clear();
  }
  dates.set(text, date);
  return date;
}

/**
 * Digits that may follow a date as its time, a fraction or an epoch: `-10-12-05`, `T101205.123Z`.
 */
const TIME = /(?:[-_.:T ]?\d+|\/\d\d?(?!\d)){0,6}/y;

/**
 * Leaves out what looks like a date and is a part of an earlier one, or of its time: `10-12-05` in
 * `2026-11-24-10-12-05`, and `05/06/2026` in `2026/05/06/2026-05-06.csv`.
 */
function withoutTimes(key: string, readings: readonly Reading[]): Reading[] {
  const dates = readings
    .filter(({ known, at }) => known.isStrong && hasYear(known, key, at))
    .map(({ known, at, end }) => {
      TIME.lastIndex = end;
      const isYearFirst = known.writing.offsets.yyyy === known.lead;
      return { at, end: isYearFirst ? end : at, timeEnd: end + TIME.exec(key)![0].length };
    });
  return readings.filter(
    ({ known, at }) =>
      !dates.some((date) => at > date.at && at < (known.isStrong ? date.end : date.timeEnd)),
  );
}

function hasYear({ writing }: KnownFormat, key: string, at: number): boolean {
  const year = key.slice(at + writing.offsets.yyyy!, at + writing.offsets.yyyy! + 4);
  return year >= '1990' && year < '2100';
}
