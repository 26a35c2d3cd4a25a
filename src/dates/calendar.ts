/**
 * Calendar arithmetic without time zones. This module imports nothing, because the construct loads it in every
 * consumer's app.
 */

/** A calendar day as `yyyy-MM-dd`. Comparing two such strings compares the days. */
export type IsoDate = string;

const MILLISECONDS_PER_DAY = 86_400_000;
const DAYS_BEFORE_MONTH = [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334];

function isLeapYear(year: number): boolean {
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
}

function getDaysInMonth(year: number, month: number): number {
  if (month === 2) { return isLeapYear(year) ? 29 : 28; }
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

/** The day as a string, or undefined if the calendar has no such day. The years are 1 to 9999. */
export function toIsoDate(year: number, month: number, day: number): IsoDate | undefined {
  if (year < 1 || year > 9999 || month < 1 || month > 12 || day < 1 || day > getDaysInMonth(year, month)) {
    return undefined;
  }
  return `${padDigits(year, 4)}-${padDigits(month, 2)}-${padDigits(day, 2)}`;
}

/** The day with this number in its year. January 1 has the number 1. */
export function ordinalToIsoDate(year: number, ordinal: number): IsoDate | undefined {
  let month = 12;
  while (month > 1 && countDaysBefore(year, month) >= ordinal) { month -= 1; }
  return toIsoDate(year, month, ordinal - countDaysBefore(year, month));
}

/** Adds calendar days. A negative number goes back. */
export function addDays(date: IsoDate, days: number): IsoDate {
  const day = new Date(`${date}T00:00:00Z`);
  day.setUTCDate(day.getUTCDate() + days);
  return day.toISOString().slice(0, 10);
}

/** The number of calendar days from one day to another. It is negative if `to` is the earlier one. */
export function daysBetween(from: IsoDate, to: IsoDate): number {
  return (Date.parse(to) - Date.parse(from)) / MILLISECONDS_PER_DAY;
}

export function getDayOfYear(date: IsoDate): number {
  const { year, month, day } = toFields(date);
  return countDaysBefore(year, month) + day;
}

export function toFields(date: IsoDate): { year: number; month: number; day: number } {
  return { year: Number(date.slice(0, 4)), month: Number(date.slice(5, 7)), day: Number(date.slice(8, 10)) };
}

/** Whether a text is a day of the calendar, written as `yyyy-MM-dd`. */
export function isIsoDate(text: string): boolean {
  const { year, month, day } = toFields(text);
  return toIsoDate(year, month, day) === text;
}

/** Writes a number with leading zeros. */
export function padDigits(value: number, width: number): string {
  return String(value).padStart(width, '0');
}

function countDaysBefore(year: number, month: number): number {
  return DAYS_BEFORE_MONTH[month - 1] + (month > 2 && isLeapYear(year) ? 1 : 0);
}
