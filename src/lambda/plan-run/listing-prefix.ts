/** Which part of the source a run lists. */
import { addDays, type IsoDate } from '../../dates/calendar';
import { type DateFormat, renderDate } from '../../dates/date-format';
import type { Window } from '../../dates/date-window';
import type { DateSource } from '../../dates/key-dates';
import { getCommonPrefix } from '../text/common-prefix';

/**
 * The prefix of every key that a run can select. It is narrower than the source's own only where
 * keys start with their dates: anywhere else a narrower listing would lose objects.
 */
export function getListingPrefix(sourcePrefix: string, dateSource: DateSource, window: Window): string {
  if (dateSource.kind !== 'keyPrefix') { return sourcePrefix; }
  const [format] = dateSource.formats;
  return sourcePrefix + getCommonPrefix(sampleDays(format, window).map((day) => renderDate(format, day)));
}

const DAYS_OF_A_YEAR = 366;

/**
 * Days of the window whose renderings start as those of all its days do: a year's days from the
 * first, and the last day. Within a year that is every day. Beyond it, each month, day of the
 * month and day of the year is there, and years only ascend, so the first and the last settle them.
 */
function sampleDays(format: DateFormat, { from, to }: Window): IsoDate[] {
  // Two digits of a year stand for 2000 to 2099 only; in that century they ascend as four digits do.
  const century = format.offsets.yy !== undefined;
  const first = latest(from ?? '0001-01-01', century ? '2000-01-01' : '0001-01-01');
  const last = century && to > '2099-12-31' ? '2099-12-31' : to;
  if (first > last) { return []; }
  const days = [last];
  for (let day = first; day < last && days.length <= DAYS_OF_A_YEAR; day = addDays(day, 1)) { days.push(day); }
  return days;
}

function latest(a: IsoDate, b: IsoDate): IsoDate {
  return a > b ? a : b;
}
