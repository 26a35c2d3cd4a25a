/** Counts the objects that a run skips by reason, with examples of those that need attention. */
import type { SkippedSelection } from './select-objects';
import type { SkippedObjects, Stragglers } from '../../contract/payloads/outcomes';
import { mergeNotes } from '../notes/note-counts';
import { formatProgressKey } from '../text/format';
import { addExample, EXAMPLES } from '../text/key-examples';

export function nothingSkipped(): SkippedObjects {
  return {
    reasons: {},
    filters: {},
    stragglers: { count: 0, oldest: null },
    undated: [],
    newUndated: 0,
    notes: {},
  };
}

export function addSkipped(
  total: SkippedObjects,
  { reason, straggler, filter, isNew }: SkippedSelection,
  key: string,
): void {
  addTo(total.reasons, reason, 1);
  if (filter) {
    addTo(total.filters, filter, 1);
  }
  if (straggler) {
    addStraggler(total.stragglers, straggler, key);
  }
  if (reason === 'no-date') {
    addUndated(total, { undated: [key], newUndated: isNew ? 1 : 0 });
  }
}

export function mergeSkipped(one: SkippedObjects, other: SkippedObjects): SkippedObjects {
  const total = structuredClone(one);
  for (const [reason, count] of Object.entries(other.reasons)) {
    addTo(total.reasons, reason as keyof SkippedObjects['reasons'], count);
  }
  for (const [filter, count] of Object.entries(other.filters)) {
    addTo(total.filters, filter as keyof SkippedObjects['filters'], count);
  }
  mergeStragglers(total.stragglers, other.stragglers);
  addUndated(total, other);
  mergeNotes(total.notes, other.notes);
  return total;
}

/** The examples are of new objects, if there are any: they show what has changed. */
function addUndated(
  total: SkippedObjects,
  { undated, newUndated }: Pick<SkippedObjects, 'undated' | 'newUndated'>,
): void {
  const isMoreTelling = newUndated > 0 && total.newUndated === 0;
  const isLessTelling = newUndated === 0 && total.newUndated > 0;
  total.newUndated += newUndated;
  if (isMoreTelling) {
    total.undated.length = 0;
  }
  for (const key of isLessTelling ? [] : undated) {
    addExample(total.undated, key);
  }
}

function addTo<Name extends string>(
  counts: { [name in Name]?: number },
  name: Name,
  count: number,
): void {
  counts[name] = (counts[name] ?? 0) + count;
}

function addStraggler(total: Stragglers, date: string, key: string): void {
  const last = total.examples?.[EXAMPLES - 1];
  // Nearly all stragglers of a large run end here.
  if (last && last.date <= date) {
    total.count += 1;
    return;
  }
  mergeStragglers(total, {
    count: 1,
    oldest: date,
    examples: [{ key: formatProgressKey(key), date }],
  });
}

function mergeStragglers(total: Stragglers, other: Stragglers): void {
  total.count += other.count;
  if (other.oldest !== null && (total.oldest === null || other.oldest < total.oldest)) {
    total.oldest = other.oldest;
  }
  if (!other.examples) {
    return;
  }
  total.examples = [...(total.examples ?? []), ...other.examples]
    .sort((a, b) => (a.date < b.date ? -1 : Number(a.date > b.date)))
    .slice(0, EXAMPLES);
}
