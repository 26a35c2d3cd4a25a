import { isWhole } from './is-whole';

const MAX_DAYS = 36_500;

export function checkArchivedSources({ days }: { readonly days: number }): void {
  if (isWhole(1, MAX_DAYS)(days)) {
    return;
  }
  throw new Error(
    `ArchivedSources.restore() with ${days} days is not allowed: give a whole number of days ` +
      `from 1 to ${MAX_DAYS.toLocaleString('en-US')}`,
  );
}
