import { addDays, type IsoDate } from './calendar';
import type { DateInKey } from './read-dates';
import type { SelectionSettings } from './settings';
import { suggestTimeZone } from './suggest-time-zone';

/** The first and the last calendar day. `from: null` means every day up to `to`. */
export interface Window {
  readonly from: IsoDate | null;
  readonly to: IsoDate;
}

/**
 * Calendar days, never hours: on the day after clocks go forward, 24 hours before 00:30 is the day
 * before yesterday.
 */
export function toWindow(selection: SelectionSettings, instant: Date, timeZone: string): Window {
  const today = createDayFinder(timeZone)(instant);
  const daysAgo = (days: number) => addDays(today, -days);
  switch (selection.kind) {
    case 'daysAgo':
      return { from: daysAgo(selection.days), to: daysAgo(selection.days) };
    case 'lastDays':
      return { from: daysAgo(selection.days), to: daysAgo(1) };
    case 'olderThan':
      return { from: null, to: daysAgo(selection.days + 1) };
  }
}

/** A century. Arithmetic with more days could leave the calendar. */
const MAX_DAYS = 36_525;

export function checkSelection({ kind, days }: SelectionSettings): void {
  const min = kind === 'lastDays' ? 1 : 0;
  if (Number.isInteger(days) && days >= min && days <= MAX_DAYS) {
    return;
  }
  throw new Error(
    `DateSelection.${kind}(${days}) is not allowed: give a whole number of days from ${min} to ` +
      '36,525',
  );
}

export function createDayFinder(timeZone: string): (instant: Date) => IsoDate {
  // The locale names the calendar and the digits, so that the result does not depend on the locale
  // of the machine.
  const format = new Intl.DateTimeFormat('en-u-ca-iso8601-nu-latn', {
    timeZone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
  });
  return (instant) => {
    const parts = Object.fromEntries(
      format.formatToParts(instant).map((part) => [part.type, part.value]),
    );
    return `${parts.year.padStart(4, '0')}-${parts.month}-${parts.day}`;
  };
}

/** How far from UTC a time zone may be: between 12 hours behind and 14 hours ahead. */
export const MAX_OFFSET_MINUTES = 15 * 60;
export const MILLISECONDS_PER_MINUTE = 60_000;

/**
 * Returns the first instant of a day, which is not midnight where clocks go forward at midnight.
 * Found by bisection.
 */
export function toStartOfDay(date: IsoDate, timeZone: string): Date {
  const getDay = createDayFinder(timeZone);
  const midnight = Date.parse(`${date}T00:00Z`) / MILLISECONDS_PER_MINUTE;
  let [before, start] = [midnight - MAX_OFFSET_MINUTES, midnight + MAX_OFFSET_MINUTES];
  while (start - before > 1) {
    const middle = Math.floor((before + start) / 2);
    if (getDay(new Date(middle * MILLISECONDS_PER_MINUTE)) < date) {
      before = middle;
    } else {
      start = middle;
    }
  }
  return new Date(start * MILLISECONDS_PER_MINUTE);
}

/**
 * Returns the day and the hour of an instant. When clocks go back, two hours have the same number.
 * When clocks go forward, one number is missing.
 */
export function createHourFinder(timeZone: string): (instant: Date) => DateInKey {
  const getDay = createDayFinder(timeZone);
  const format = new Intl.DateTimeFormat('en-u-ca-iso8601-nu-latn', {
    timeZone,
    hour: '2-digit',
    hourCycle: 'h23',
  });
  return (instant) => ({ date: getDay(instant), hour: Number(format.format(instant)) });
}

export function checkTimeZone(timeZone: string): string {
  if (isTimeZone(timeZone)) {
    return timeZone;
  }
  const meant = suggestTimeZone(timeZone);
  throw new Error(
    `timeZone "${timeZone}" must be a name of the IANA time zone database: ` +
      (meant === undefined
        ? 'write, for example, UTC, Asia/Tokyo or America/New_York'
        : `perhaps you mean ${meant}`),
  );
}

/** The names of three letters that IANA has. */
const SHORT_ZONES = 'CET EET EST GMT HST MET MST PRC ROC ROK UCT UTC WET'.split(' ');

/**
 * Intl also accepts what EventBridge Scheduler does not: offsets such as +09:00 in later versions
 * of Node.js, and abbreviations, among them BST as the time of Dhaka.
 */
function isTimeZone(timeZone: string): boolean {
  const isShort = /^[a-z]{3}$/i.test(timeZone);
  if (/^[+-]/.test(timeZone) || (isShort && !SHORT_ZONES.includes(timeZone.toUpperCase()))) {
    return false;
  }
  try {
    createDayFinder(timeZone);
    return true;
  } catch {
    return false;
  }
}
