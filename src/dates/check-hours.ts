import { type DateFormat, hasHour } from './date-format';
import type { DateSource } from './key-dates';

/**
 * Throws if a layout has the hour and the date source does not always know it.
 *
 * The construct checks its props with this function, and the functions check them again, because a prop may be a token.
 */
export function checkHours(layout: DateFormat, { kind, formats }: DateSource): void {
  if (!hasHour(layout) || kind === 'lastModified') { return; }
  const without = formats.find((format) => !hasHour(format));
  if (without === undefined) { return; }
  throw new Error(`archive layout "${layout.text}" has HH, the hour, but date format "${without.text}" of dateSource has none, so the folder of an object would be unknown: `
    + 'add HH to every date format, use DateSource.lastModified, or choose a layout without HH');
}
