import {
  type DateFormat,
  type DateInKey,
  findDates,
  hasHour,
  parseDateFormat,
  readDateAt,
} from './date-format';
import type { DateSourceSettings } from './settings';

export interface DateSource {
  readonly kind: DateSourceSettings['kind'];
  readonly formats: readonly DateFormat[];
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
  return { kind, formats: formats.map(parseDateFormat) };
}

export function checkHours(layout: DateFormat, { kind, formats }: DateSource): void {
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
export function findDatesInKey(source: DateSource, key: string): DateInKey[] {
  switch (source.kind) {
    case 'objectName':
      return findDates(source.formats, getBaseName(key));
    case 'objectKey':
      return findDates(source.formats, key);
    case 'keyPrefix':
      return source.formats.flatMap((format) => readDateAt(format, key, 0) ?? []);
    case 'lastModified':
      return [];
  }
}

export function getBaseName(key: string): string {
  return key.slice(key.lastIndexOf('/') + 1);
}
