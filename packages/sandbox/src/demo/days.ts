/** A calendar day in the spellings that producers use. */
export interface Day {
  /** 2026-11-24 */
  readonly iso: string;
  /** 20261124 */
  readonly compact: string;
  /** 261124 */
  readonly short: string;
  /** 2026328: the year and the day of the year */
  readonly ordinal: string;
  /** 2026/11/24 */
  readonly path: string;
}

const MS_PER_DAY = 86_400_000;

export function dayOf(iso: string): Day {
  const [year, month, date] = iso.split('-');
  const dayOfYear = (Date.parse(iso) - Date.parse(`${year}-01-01`)) / MS_PER_DAY + 1;
  return {
    iso,
    compact: `${year}${month}${date}`,
    short: `${year.slice(2)}${month}${date}`,
    ordinal: `${year}${String(dayOfYear).padStart(3, '0')}`,
    path: `${year}/${month}/${date}`,
  };
}

/**
 * Returns the n-th of `count` times that are spread over the day, as hour, minute and second with
 * two digits.
 */
export function timeOf(n: number, count: number): [hour: string, minute: string, second: string] {
  const seconds = Math.floor((n / count) * 86_400);
  return [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60].map((part) =>
    String(part).padStart(2, '0'),
  ) as [string, string, string];
}
