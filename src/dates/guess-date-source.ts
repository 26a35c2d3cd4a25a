import { type DateInKey, findDates, parseDateFormat } from './date-format';
import { getBaseName } from './key-dates';
import type { DateSourceSettings } from './settings';

/**
 * Formats that producers write, the usual ones first. Where a key fits the day first and the month
 * first, the day is.
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
type Kind = Extract<DateSourceSettings['kind'], 'objectName' | 'objectKey'>;
const CANDIDATES: ReadonlyArray<{
  readonly kind: Kind;
  readonly format: string;
  readonly toText: (key: string) => string;
}> = [
  ...FORMATS.map((format) => ({ kind: 'objectName' as const, format, toText: getBaseName })),
  ...[...FORMATS, ...FOLDERS].map((format) => ({
    kind: 'objectKey' as const,
    format,
    toText: (key: string) => key,
  })),
];
/** Digits that stand for another year are a number of something else. */
export function isPlausible({ date }: DateInKey): boolean {
  return date >= '1990' && date < '2100';
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
    const parsed = [parseDateFormat(format)];
    return {
      kind,
      format,
      keys: keys.filter((key) => findDates(parsed, toText(key)).some(isPlausible)),
    };
  });
  const best = guesses.reduce((one, other) => (other.keys.length > one.keys.length ? other : one));
  return best.keys.length === 0
    ? []
    : [best, ...guessDateSources(keys.filter((key) => !best.keys.includes(key)))];
}
