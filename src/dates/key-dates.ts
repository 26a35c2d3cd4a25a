/** Where in a key its dates stand. The construct checks its props with this module: no third-party imports. */
import type { IsoDate } from './calendar';
import { readDateAt, type DateFormat, findDates, parseDateFormat } from './date-format';
import type { DateSourceSettings } from '../contract/settings';

export interface DateSource {
  readonly kind: DateSourceSettings['kind'];
  readonly formats: readonly DateFormat[];
}

/** Checks a date source and parses its formats. */
export function parseDateSource({ kind, formats }: DateSourceSettings): DateSource {
  const given = formats.length === 0 ? 'none was given' : `given: ${formats.map((format) => `"${format}"`).join(', ')}`;
  if (kind === 'lastModified') {
    if (formats.length > 0) { throw new Error(`date source lastModified takes no date format (${given})`); }
  } else if (kind === 'keyPrefix') {
    if (formats.length !== 1) { throw new Error(`date source keyPrefix takes exactly one date format (${given})`); }
  } else if (formats.length === 0) {
    throw new Error(`date source ${kind} needs at least one date format, such as yyyy-MM-dd`);
  }
  const parsed = formats.map(parseDateFormat);
  const slash = kind === 'objectName' && parsed.find((format) => format.segments.some((s) => 'literal' in s && s.literal.includes('/')));
  if (slash) {
    throw new Error(`date format "${slash.text}" has a "/", which no object name has: read it with date source objectKey or keyPrefix`);
  }
  return { kind, formats: parsed };
}

/** The dates in a key, in the order in which they stand. `key` is relative to the listed prefix. */
export function findDatesInKey(source: DateSource, key: string): IsoDate[] {
  switch (source.kind) {
    case 'objectName': return findDates(source.formats, getBaseName(key));
    case 'objectKey': return findDates(source.formats, key);
    case 'keyPrefix': return source.formats.flatMap((format) => readDateAt(format, key, 0) ?? []);
    case 'lastModified': return [];
  }
}

/** What follows the last `/`. */
export function getBaseName(key: string): string {
  return key.slice(key.lastIndexOf('/') + 1);
}
