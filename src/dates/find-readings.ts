/**
 * Finds everything in a key that may be a date, in every format that producers write. It reads
 * millions of keys, so a format is tried only where as many digits begin as it begins with, or
 * where the name of a month is.
 */
import { type IsoDate, MONTH_NAMES } from './calendar';
import { ANY_DIGIT, type DateFormat, parseDateFormat, type Writing } from './date-format';
import {
  FOLDERS,
  FORMATS,
  INSTANTS,
  isPlausible,
  isPlausibleInstant,
  NAMED_FORMATS,
} from './guess-date-source';
import { hasShapeAt, type InstantReader, readDate, readInUtc } from './read-dates';

export interface KnownFormat {
  /** Its place in the list of formats. */
  readonly index: number;
  readonly format: DateFormat;
  /**
   * Whether it has a year of four digits. Shorter numbers look like a date by chance more often.
   */
  readonly isStrong: boolean;
  /** Whether it is one number that counts since 1970. Ids and sizes are such numbers, too. */
  readonly isInstant: boolean;
  /** The date of each text that was parsed, or undefined if it is no date. */
  readonly dates: Map<string, IsoDate | undefined>;
}

/** A place in a key that looks like a date in one format. */
export interface Reading {
  readonly known: KnownFormat;
  /** Where the tokens of the format are in the text. */
  readonly writing: Writing;
  readonly at: number;
  readonly end: number;
  /** Whether it lies in, or ends in, the folders of the key. */
  readonly isInFolders: boolean;
  /** Undefined: the calendar has no such day, or the year is that of another century. */
  readonly date?: IsoDate;
}

export const KNOWN_FORMATS: readonly KnownFormat[] = [
  ...FORMATS,
  ...FOLDERS,
  ...NAMED_FORMATS.flat(),
  ...INSTANTS,
].map((text, index) => {
  const format = parseDateFormat(text);
  return {
    index,
    format,
    isStrong: format.writings[0].offsets.yyyy !== undefined,
    isInstant: format.writings[0].unit !== undefined,
    dates: new Map(),
  };
});

/** A format in digits, which is written in one way. */
interface DigitFormat {
  readonly known: KnownFormat;
  readonly writing: Writing;
  /** The characters before its first digit, and the digits that follow each other there. */
  readonly lead: number;
  readonly width: number;
}

const isNamed = ({ format }: KnownFormat) => format.text.includes('MMM');

const DIGIT_FORMATS: readonly DigitFormat[] = KNOWN_FORMATS.filter((each) => !isNamed(each)).map(
  (known) => {
    const [writing] = known.format.writings;
    const { shape } = writing;
    const lead = shape.indexOf(ANY_DIGIT);
    const end = shape.findIndex((code, at) => at > lead && code !== ANY_DIGIT);
    return { known, writing, lead, width: (end < 0 ? shape.length : end) - lead };
  },
);

const BY_WIDTH: ReadonlyMap<number, readonly DigitFormat[]> = new Map(
  [...new Set(DIGIT_FORMATS.map(({ width }) => width))].map((width) => [
    width,
    DIGIT_FORMATS.filter((each) => each.width === width),
  ]),
);

/** Formats with a short and a long name of the month. In May, a text has both. */
interface NamedFormat {
  readonly short: KnownFormat;
  readonly long: KnownFormat;
  /** By the length of the name. */
  readonly writings: ReadonlyMap<number, Writing>;
}

const NAMED: readonly NamedFormat[] = NAMED_FORMATS.map((texts) => {
  const [short, long] = texts.map((text) =>
    KNOWN_FORMATS.find(({ format }) => format.text === text)!,
  );
  return {
    short,
    long,
    writings: new Map(long.format.writings.map((each) => [each.nameLength!, each])),
  };
});

/**
 * A word of letters and digits with more changes between the two is a random one: `E568B2907131C0`.
 * That of a time has four: `20261124T0210Z`.
 */
const MAX_RUNS_OF_A_WORD = 5;
/** More of a word before its digits is not looked at. */
const LONGEST_WORD = 64;

/** @param key relative to the listed prefix */
export function findReadings(key: string, readInstant: InstantReader = readInUtc): Reading[] {
  const readings: Reading[] = [];
  const nameAt = key.lastIndexOf('/') + 1;
  DIGITS.lastIndex = 0;
  for (let run = DIGITS.exec(key); run !== null; run = DIGITS.exec(key)) {
    readRun(key, run.index, run[0].length, nameAt, readings, readInstant);
  }
  if (readNames(key, nameAt, readings)) {
    readings.sort((a, b) => a.at - b.at);
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
  readInstant: InstantReader,
): void {
  for (const { known, writing, lead } of BY_WIDTH.get(width) ?? []) {
    const start = at - lead;
    const isDate = start >= 0 && hasShapeAt(writing, key, start);
    if (isDate && isRandom(key, at)) {
      return;
    }
    if (isDate) {
      readings.push(read(known, writing, key, start, nameAt, readInstant));
    }
  }
}

/** `jan(?:uary)?|feb(?:ruary)?|...` */
const NAME = new RegExp(
  MONTH_NAMES.map((name) =>
    name.length > 3 ? `${name.slice(0, 3)}(?:${name.slice(3)})?` : name,
  ).join('|'),
  'gi',
);

/**
 * Each is read with the short name and with the long one, also if only one of them is there: so all
 * months of a producer are read in the same ways, and one way reads them all.
 */
function readNames(key: string, nameAt: number, readings: Reading[]): boolean {
  const before = readings.length;
  NAME.lastIndex = 0;
  for (let name = NAME.exec(key); name !== null; name = NAME.exec(key)) {
    for (const { short, long, writings } of NAMED) {
      const writing = writings.get(name[0].length)!;
      const start = name.index - writing.offsets.MMMM!;
      if (start >= 0 && hasShapeAt(writing, key, start)) {
        readings.push(
          read(short, writing, key, start, nameAt, readInUtc),
          read(long, writing, key, start, nameAt, readInUtc),
        );
      }
    }
  }
  return readings.length > before;
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

function read(
  known: KnownFormat,
  writing: Writing,
  key: string,
  at: number,
  nameAt: number,
  readInstant: InstantReader,
): Reading {
  const end = at + writing.shape.length;
  const text = key.slice(at, end);
  const date = known.isInstant ? readNumber(writing, text, readInstant) : readKnown(known, text);
  return { known, writing, at, end, isInFolders: at < nameAt, date };
}

/** `1990010100`: from 2033 on, the seconds since 1970 look like a year, a month, a day, an hour. */
const FIRST_HOUR = '1990';

/** Nearly every instant is another one, so none is remembered. */
function readNumber(
  writing: Writing,
  text: string,
  readInstant: InstantReader,
): IsoDate | undefined {
  const found = text < FIRST_HOUR ? readDate(writing, text, 0, readInstant) : undefined;
  return found && isPlausibleInstant(found) ? found.date : undefined;
}

/** Nearly all keys have one of a few dates. Those with a time have more. */
const MAX_REMEMBERED = 10_000;

function readKnown({ format, dates }: KnownFormat, text: string): IsoDate | undefined {
  const remembered = dates.get(text);
  if (remembered !== undefined || dates.has(text)) {
    return remembered;
  }
  const writing = format.writings.find(({ shape }) => shape.length === text.length);
  const found = writing && readDate(writing, text, 0, readInUtc);
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
    .filter((reading) => hasYear(reading, key))
    .map(({ writing, at, end }) => {
      TIME.lastIndex = end;
      return {
        at,
        end: isYearFirst(writing) ? end : at,
        timeEnd: end + TIME.exec(key)![0].length,
      };
    });
  return readings.filter(
    ({ known, at }) =>
      !dates.some((date) => at > date.at && at < (known.isStrong ? date.end : date.timeEnd)),
  );
}

export function isYearFirst({ shape, offsets }: Writing): boolean {
  return offsets.yyyy !== undefined && offsets.yyyy === shape.findIndex((code) => code < 0);
}

function hasYear({ writing: { offsets }, at }: Reading, key: string): boolean {
  if (offsets.yyyy === undefined) {
    return false;
  }
  const year = key.slice(at + offsets.yyyy, at + offsets.yyyy + 4);
  return year >= '1990' && year < '2100';
}
