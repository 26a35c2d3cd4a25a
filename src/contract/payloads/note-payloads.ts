import * as v from 'valibot';
import { count } from './common-schemas';
import type { NoteName, NoteReason } from '../notes';

/**
 * The notes on one object (src/contract/notes.ts): the code of the reason, by the name of the note.
 * Names are not checked, because another version may have others.
 */
export const Notes = v.record(v.string(), v.string());
export type Notes = Readonly<v.InferOutput<typeof Notes>>;

export const NoteCount = v.object({
  /** How many objects have the note. */
  count,
  /** How many have it for this reason. */
  reasons: v.record(v.string(), count),
  /** Keys of some of them, as `formatProgressKey` writes them. */
  examples: v.array(v.string()),
});
export type NoteCount = v.InferOutput<typeof NoteCount>;

/** By the name of the note. */
export const NoteCounts = v.record(v.string(), NoteCount);
export type NoteCounts = v.InferOutput<typeof NoteCounts>;

/** The only way to make a note, so that each has a name and a reason of the table. */
export function withNote<N extends NoteName>(
  notes: Notes | undefined,
  name: N,
  reason: NoteReason<N>,
): Notes {
  return { ...notes, [name]: reason };
}
