import { type DateFormat, parseLayoutFormat } from './date-format';
import { type DateSource, getBaseName } from './key-dates';
import type { DateInKey } from './read-dates';
import type { LayoutSettings } from './settings';

export interface Layout {
  /** The folder of a day, or of an hour. */
  readonly format: DateFormat;
  /** Only the base name of a key follows its folder. */
  readonly flatten: boolean;
  /** Folders that are only the date are left out of the key. */
  readonly dropDateFolders: boolean;
  /** Several objects may have one destination. */
  readonly sharesDestinations: boolean;
}

export function parseLayout({
  format,
  flatten = false,
  dropDateFolders = false,
}: LayoutSettings): Layout {
  return {
    format: parseLayoutFormat(format),
    flatten,
    dropDateFolders,
    sharesDestinations: flatten || dropDateFolders,
  };
}

/**
 * The key of an object in the folder that the layout has for it.
 * @param key relative to the listed prefix
 */
export function toKeyInFolder(
  { flatten, dropDateFolders }: Layout,
  dateSource: DateSource,
  key: string,
  found: DateInKey,
): string {
  if (flatten) {
    return getBaseName(key);
  }
  const { at, end } = found;
  if (
    !dropDateFolders ||
    dateSource.kind === 'objectName' ||
    at === undefined ||
    key[end!] !== '/'
  ) {
    return key;
  }
  // Folders that are only the date are left out: `2026/11/24/`. Without one that has other text,
  // objects could get the same key.
  const start = at === 0 ? 0 : key.lastIndexOf('/', at - 1) + 1;
  const isOnlyDate = at === start || /^[^/=]+=$/.test(key.slice(start, at));
  return isOnlyDate ? key.slice(0, start) + key.slice(end! + 1) : key;
}
