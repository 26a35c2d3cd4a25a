/** Counts objects by their notes (src/contract/notes.ts). */
import type { NoteCount, NoteCounts, Notes } from '../../contract/payloads/note-payloads';
import { addExample } from '../text/key-examples';

export function countNotes(total: NoteCounts, notes: Notes | undefined, key: string): void {
  for (const [name, reason] of Object.entries(notes ?? {})) {
    add(total, name, { count: 1, reasons: { [reason]: 1 }, examples: [key] });
  }
}

export function mergeNotes(total: NoteCounts, other: NoteCounts = {}): void {
  for (const [name, counted] of Object.entries(other)) {
    add(total, name, counted);
  }
}

export function sumNotes(...all: readonly NoteCounts[]): NoteCounts {
  const total: NoteCounts = {};
  all.forEach((each) => mergeNotes(total, each));
  return total;
}

function add(total: NoteCounts, name: string, { count, reasons, examples }: NoteCount): void {
  const sum = (total[name] ??= { count: 0, reasons: {}, examples: [] });
  sum.count += count;
  for (const [reason, more] of Object.entries(reasons)) {
    sum.reasons[reason] = (sum.reasons[reason] ?? 0) + more;
  }
  for (const key of examples) {
    addExample(sum.examples, key);
  }
}
