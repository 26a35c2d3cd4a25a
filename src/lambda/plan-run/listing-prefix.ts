import { addDays, type IsoDate } from '../../dates/calendar';
import { type DateFormat, renderDate } from '../../dates/date-format';
import type { Window } from '../../dates/date-window';
import type { DateSource } from '../../dates/key-dates';
import { getCommonPrefix } from '../s3/listing/compare-keys';

/**
 * Returns the common prefix of all keys that a run can select. It is longer than the source's only
 * if keys start with their dates: otherwise, the listing would miss objects.
 */
export function getListingPrefix(
  sourcePrefix: string,
  dateSource: DateSource,
  window: Window,
): string {
  if (dateSource.kind !== 'keyPrefix') {
    return sourcePrefix;
  }
  const [format] = dateSource.formats;
  const dates = getSampleDays(format, window).map((day) => renderDate(format, day));
  return sourcePrefix + getCommonPrefix(dates);
}

const DAYS_PER_YEAR = 366;

/**
 * Days with the same common prefix as the window: those of one year from the first day, and the
 * last day. In a longer window they include every month, every day of the month and every day of
 * the year, and the first and the last day determine the common prefix of the years, which only
 * ascend.
 */
function getSampleDays(format: DateFormat, { from, to }: Window): IsoDate[] {
  // Two digits of a year mean 2000 to 2099. In that century they ascend as four digits do.
  const century = format.offsets.yy !== undefined;
  const earliest = century ? '2000-01-01' : '0001-01-01';
  const first = from !== null && from > earliest ? from : earliest;
  const last = century && to > '2099-12-31' ? '2099-12-31' : to;
  if (first > last) {
    return [];
  }
  const days = [last];
  for (let day = first; day < last && days.length <= DAYS_PER_YEAR; day = addDays(day, 1)) {
    days.push(day);
  }
  return days;
}
