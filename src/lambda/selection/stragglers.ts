/** Adds up stragglers: objects whose dates are all before the run's days. */
import type { Stragglers } from '../../contract/payloads/outcomes';
import { formatProgressKey } from '../text/format';

/** The examples are part of a batch's progress, which must leave room for the batch's items. */
const EXAMPLES = 3;

export function noStragglers(): Stragglers {
  return { count: 0, oldest: null };
}

export function addStraggler(total: Stragglers, date: string, key: string): void {
  const last = total.examples?.[EXAMPLES - 1];
  // Nearly all stragglers of a large run end here.
  if (last && last.date <= date) {
    total.count += 1;
    return;
  }
  mergeStragglers(total, { count: 1, oldest: date, examples: [{ key: formatProgressKey(key), date }] });
}

export function mergeStragglers(total: Stragglers, other: Stragglers): void {
  total.count += other.count;
  if (other.oldest !== null && (total.oldest === null || other.oldest < total.oldest)) { total.oldest = other.oldest; }
  if (!other.examples) { return; }
  total.examples = [...total.examples ?? [], ...other.examples].sort((a, b) => (a.date < b.date ? -1 : Number(a.date > b.date))).slice(0, EXAMPLES);
}
