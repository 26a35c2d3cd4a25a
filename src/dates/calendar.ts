/**
 * Calendar arithmetic without time zones. It imports nothing, because the construct loads it in
 * every consumer's app.
 */

/** A calendar day as `yyyy-MM-dd`. Comparing two such strings compares the days. */
export type IsoDate = string;

/** From January to December. The first three letters are their short names. */
export const MONTH_NAMES: readonly string[] = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
];

const MILLISECONDS_PER_DAY = 86_400_000;

/**
 * The day that was asked for last. A batch asks for the day of each of its objects, and nearly all
 * of them have the same one.
 */
let latest:
  | {
      readonly year: number;
      readonly month: number;
      readonly day: number;
      readonly text: IsoDate | undefined;
    }
  | undefined;

/** The day as a string, or undefined if the calendar has no such day. The years are 1 to 9999. */
export function toIsoDate(year: number, month: number, day: number): IsoDate | undefined {
  if (latest?.day === day && latest.month === month && latest.year === year) {
    return latest.text;
  }
  const date = toDate(year, month, day);
  const text =
    date.getUTCMonth() === month - 1 && date.getUTCDate() === day ? toText(date, year) : undefined;
  latest = { year, month, day, text };
  return text;
}

export function ordinalToIsoDate(year: number, ordinal: number): IsoDate | undefined {
  return toText(toDate(year, 1, ordinal), year);
}

/** A month or a day that the calendar does not have leads to another month or year. */
function toDate(year: number, month: number, day: number): Date {
  const date = new Date(0);
  // Date.UTC would take the year 26 for 1926.
  date.setUTCFullYear(year, month - 1, day);
  return date;
}

function toText(date: Date, year: number): IsoDate | undefined {
  return year >= 1 && year <= 9999 && date.getUTCFullYear() === year
    ? date.toISOString().slice(0, 10)
    : undefined;
}

export function addDays(date: IsoDate, days: number): IsoDate {
  const day = new Date(`${date}T00:00:00Z`);
  day.setUTCDate(day.getUTCDate() + days);
  return day.toISOString().slice(0, 10);
}

/** A day that the year does not have becomes the day before, as in most libraries: 28 February. */
export function addYears(date: IsoDate, years: number): IsoDate {
  const { year, month, day } = toFields(date);
  return (toIsoDate(year + years, month, day) ?? toIsoDate(year + years, month, day - 1))!;
}

export function daysBetween(from: IsoDate, to: IsoDate): number {
  return (Date.parse(to) - Date.parse(from)) / MILLISECONDS_PER_DAY;
}

export function toFields(date: IsoDate): { year: number; month: number; day: number } {
  return {
    year: Number(date.slice(0, 4)),
    month: Number(date.slice(5, 7)),
    day: Number(date.slice(8, 10)),
  };
}

export function isIsoDate(text: string): boolean {
  const { year, month, day } = toFields(text);
  return toIsoDate(year, month, day) === text;
}
