import { type DateFormat, hasHour, parseDateFormat, type Writing } from './date-format';
import {
  type DateInKey,
  findDates,
  findDatesAt,
  type InstantReader,
  listWritings,
} from './read-dates';
import type { DateSourceSettings } from './settings';

export interface DateSource {
  readonly kind: DateSourceSettings['kind'];
  readonly formats: readonly DateFormat[];
  /** Those of all formats, the longest first. */
  readonly writings: readonly Writing[];
}

export function parseDateSource({ kind, formats }: DateSourceSettings): DateSource {
  if (kind !== 'lastModified' && formats.length === 0) {
    throw new Error(
      `DateSource.${kind} needs at least one date format: write, for example, yyyy-MM-dd`,
    );
  }
  const withSlash =
    kind === 'objectName' ? formats.find((format) => format.includes('/')) : undefined;
  if (withSlash !== undefined) {
    throw new Error(
      `date format "${withSlash}" has a "/", but an object name has none: use ` +
        'DateSource.objectKey or DateSource.keyPrefix',
    );
  }
  const parsed = formats.map(parseDateFormat);
  return { kind, formats: parsed, writings: listWritings(parsed) };
}

export function checkHours(
  layout: DateFormat,
  { kind, formats }: Pick<DateSource, 'kind' | 'formats'>,
): void {
  if (!hasHour(layout) || kind === 'lastModified') {
    return;
  }
  const without = formats.find((format) => !hasHour(format));
  if (without === undefined) {
    return;
  }
  throw new Error(
    `archive layout "${layout.text}" has HH, the hour, but date format "${without.text}" of ` +
      'dateSource has none, so the folder of an object would be unknown: ' +
      'add HH to every date format, use DateSource.lastModified, or choose a layout without HH',
  );
}

/** The dates in a key, from left to right. `key` is relative to the listed prefix. */
export function findDatesInKey(
  { kind, writings }: DateSource,
  key: string,
  readInstant: InstantReader,
): DateInKey[] {
  switch (kind) {
    case 'objectName':
      return findDates(writings, getBaseName(key), readInstant);
    case 'objectKey':
      return findDates(writings, key, readInstant);
    case 'keyPrefix':
      return findDatesAt(writings, key, 0, readInstant);
    case 'lastModified':
      return [];
  }
}

export function getBaseName(key: string): string {
  return key.slice(key.lastIndexOf('/') + 1);
}
