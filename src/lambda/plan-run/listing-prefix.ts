import { addDays, type IsoDate } from '../../dates/calendar';
import { type DateFormat, hasToken, renderDate } from '../../dates/date-format';
import { MAX_OFFSET_MINUTES, MILLISECONDS_PER_MINUTE, type Window } from '../../dates/date-window';
import type { DateSource } from '../../dates/key-dates';
import { FIRST_INSTANT_DAY, LAST_INSTANT_DAY } from '../../dates/read-dates';
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
  return sourcePrefix + getCommonPrefix(listTexts(format, window));
}

/** Texts with the same common prefix as all dates of the window that the format can read. */
function listTexts(format: DateFormat, window: Window): string[] {
  const [{ unit, shape }] = format.writings;
  if (unit !== undefined) {
    return toInstants(window).map((instant) =>
      String(Math.floor(instant / unit)).padStart(shape.length, '0'),
    );
  }
  // A key may have the name of a month in any case.
  const name = format.segments.findIndex(
    (segment) => 'token' in segment && ['MMM', 'MMMM'].includes(segment.token),
  );
  const known = name === -1 ? format : { ...format, segments: format.segments.slice(0, name) };
  return getSampleDays(format, window).map((day) => renderDate(known, day));
}

/**
 * An instant before the window, and one after it, in every time zone: where clocks go back at
 * midnight, a day is not one interval, so its exact limits are not simple. Numbers of one length
 * are in the order of their values.
 */
function toInstants({ from, to }: Window): [first: number, last: number] {
  const margin = MAX_OFFSET_MINUTES * MILLISECONDS_PER_MINUTE;
  const first = from !== null && from > FIRST_INSTANT_DAY ? from : FIRST_INSTANT_DAY;
  const last = to < LAST_INSTANT_DAY ? to : LAST_INSTANT_DAY;
  return [Date.parse(first) - margin, Date.parse(addDays(last, 1)) + margin];
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
  const century = hasToken(format, 'yy');
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
