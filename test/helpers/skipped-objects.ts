import { NOTES, type NoteName } from '../../src/contract/notes';
import type { NoteCounts } from '../../src/contract/payloads/note-payloads';
import type { SkippedObjects } from '../../src/contract/payloads/outcomes';
import { nothingSkipped } from '../../src/lambda/selection/skipped-objects';

/** What is known of skipped objects, of which the test gives only a part. */
export function skippedObjects(given: Partial<SkippedObjects> = {}): SkippedObjects {
  return { ...nothingSkipped(), ...given };
}

/** So many objects with this note, all for the first of its reasons. */
export function noted(name: NoteName, count: number, examples = ['in/a']): NoteCounts {
  const [reason] = Object.keys(NOTES[name].reasons);
  return { [name]: { count, reasons: { [reason]: count }, examples } };
}
