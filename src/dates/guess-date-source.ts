import { parseDateFormat } from './date-format';
import { getBaseName } from './key-dates';
import { type DateInKey, findDates, findDatesAt, listWritings, readInUtc } from './read-dates';
import type { DateSourceSettings } from './settings';

/**
 * Formats that producers write, the usual ones first. If a key fits both orders of day and month,
 * the format with the day first wins.
 */
export const FORMATS: readonly string[] = [
  'yyyy-MM-dd',
  'yyyyMMdd',
  'yyyy_MM_dd',
  'yyyy.MM.dd',
  'yyyyMMddHHmmss',
  'yyyyMMddHHmm',
  'yyyyMMddHH',
  'yyyy-DDD',
  'yyyyDDD',
  'dd-MM-yyyy',
  'dd.MM.yyyy',
  'dd_MM_yyyy',
  'ddMMyyyy',
  'MM-dd-yyyy',
  'MM.dd.yyyy',
  'MM_dd_yyyy',
  'MMddyyyy',
  'yyMMdd',
  'yyMMddHHmmss',
  'yyMMddHH',
  'yy-MM-dd',
  'yy_MM_dd',
  'dd-MM-yy',
  'MM-dd-yy',
  'dd_MM_yy',
  'MM_dd_yy',
  'ddMMyy',
  'MMddyy',
  'ddMMyyyyHHmmss',
];
/** Formats of folders. */
export const FOLDERS: readonly string[] = [
  'yyyy/MM/dd',
  "'year='yyyy'/month='MM'/day='dd",
  "'y='yyyy'/m='MM'/d='dd",
  "'y='yyyy/'m='MM/'d='dd",
  'yyyy/DDD',
  'yyyy/MM-dd',
  'yyyyMM/dd',
  'yyyy-MM/dd',
  'dd/MM/yyyy',
  'MM/dd/yyyy',
];
/** Before the longer names, those that May fits, too. */
const NAMED_MONTHS = ['MMM', 'MMMM'].flatMap((month) => [
  `dd-${month}-yyyy`,
  `dd_${month}_yyyy`,
  `dd.${month}.yyyy`,
  `dd ${month} yyyy`,
  `dd${month}yyyy`,
  `yyyy-${month}-dd`,
  `yyyy_${month}_dd`,
  `yyyy${month}dd`,
  `${month}-dd-yyyy`,
  `${month}_dd_yyyy`,
  `${month} dd, yyyy`,
  `${month} dd yyyy`,
  `${month}ddyyyy`,
  `dd-${month}-yy`,
  `dd${month}yy`,
  `yy-${month}-dd`,
  `yy${month}dd`,
]);
const NAMED_FOLDERS = ['MMM', 'MMMM'].flatMap((month) => [`yyyy/${month}/dd`, `dd/${month}/yyyy`]);
/** Formats with the name of a month, the short one and the long one. */
export const NAMED_FORMATS: ReadonlyArray<readonly [short: string, long: string]> = [
  ...NAMED_MONTHS,
  ...NAMED_FOLDERS,
]
  .filter((format) => !format.includes('MMMM'))
  .map((short) => [short, short.replace('MMM', 'MMMM')]);
export const INSTANTS: readonly string[] = ['epochSeconds', 'epochMilliseconds'];
type Kind = Extract<DateSourceSettings['kind'], 'objectName' | 'objectKey'>;
const NAMES = [...FORMATS, ...NAMED_MONTHS, ...INSTANTS];
/** Six digits are more often a time if folders have the whole year. */
const hasLongYear = (format: string) => format.includes('yyyy');
const KEYS = [
  ...FORMATS.filter(hasLongYear),
  ...FOLDERS,
  ...FORMATS.filter((format) => !hasLongYear(format)),
  ...NAMED_MONTHS,
  ...NAMED_FOLDERS,
  ...INSTANTS,
];
const CANDIDATES: ReadonlyArray<{
  readonly kind: Kind;
  readonly format: string;
  readonly toText: (key: string) => string;
}> = [
  ...NAMES.map((format) => ({ kind: 'objectName' as const, format, toText: getBaseName })),
  ...KEYS.map((format) => ({
    kind: 'objectKey' as const,
    format,
    toText: (key: string) => key,
  })),
];
/** Digits that stand for another year are a number of something else. */
export function isPlausible({ date }: DateInKey): boolean {
  return date >= '1990' && date < '2100';
}
/** One in three numbers of ten digits would be of some year until 2100. */
export const isPlausibleInstant = ({ date }: DateInKey): boolean => date >= '2010' && date < '2040';

function createReader(format: string) {
  const writings = listWritings([parseDateFormat(format)]);
  const isDate = INSTANTS.includes(format) ? isPlausibleInstant : isPlausible;
  return {
    isIn: (text: string) => findDates(writings, text, readInUtc).some(isDate),
    isFirst: (text: string) => findDatesAt(writings, text, 0, readInUtc).some(isDate),
  };
}

export interface GuessedDateSource {
  readonly kind: Kind;
  readonly format: string;
  readonly keys: readonly string[];
}

/**
 * Returns what fits most of the keys, then what fits most of the others, and so on. Keys whose date
 * is not written in a known way are in none.
 */
export function guessDateSources(keys: readonly string[]): GuessedDateSource[] {
  const guesses = CANDIDATES.map(({ kind, format, toText }): GuessedDateSource => {
    const { isIn } = createReader(format);
    return { kind, format, keys: keys.filter((key) => isIn(toText(key))) };
  });
  const best = guesses.reduce((one, other) => (other.keys.length > one.keys.length ? other : one));
  return best.keys.length === 0
    ? []
    : [best, ...guessDateSources(keys.filter((key) => !best.keys.includes(key)))];
}

/**
 * Returns the format of a date that all keys begin with. With it, a run lists only its days.
 * @param keys relative to the listed prefix
 */
export function guessKeyPrefix(keys: readonly string[]): string | undefined {
  return KEYS.find((format) => keys.every(createReader(format).isFirst));
}
