import { type DateInKey, parseLayoutFormat } from './date-format';
import { type DateSource, getBaseName } from './key-dates';
import type { LayoutSettings } from './settings';

export type Layout = ReturnType<typeof parseLayout>;

/** `sharesDestinations`: several objects may have one destination. */
export function parseLayout({ format, flatten = false, dropDateFolders = false }: LayoutSettings) {
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
