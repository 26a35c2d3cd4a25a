import { Stragglers } from '../contract/payloads';

export function noStragglers(): Stragglers {
  return { count: 0, oldest: null };
}

export function addStraggler(total: Stragglers, date: string): void {
  mergeStragglers(total, { count: 1, oldest: date });
}

export function mergeStragglers(total: Stragglers, other: Stragglers): void {
  total.count += other.count;
  if (other.oldest !== null && (total.oldest === null || other.oldest < total.oldest)) total.oldest = other.oldest;
}

/** Calendar days from one ISO date to another. */
export function daysBetween(from: string, to: string): number {
  return (Date.parse(to) - Date.parse(from)) / 86_400_000;
}
