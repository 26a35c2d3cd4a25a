/** The words for notes, in every medium. */
import { findNote, type Note, NOTE_NAMES } from '../../contract/notes';
import type { NoteCount, NoteCounts } from '../../contract/payloads/note-payloads';
import { formatCount, formatKey, formatObjects } from '../text/format';

interface Told {
  readonly note: Note;
  readonly counted: NoteCount;
}

/** Notes in the order of the table. It omits notes of other versions, which have no text here. */
function listTold(notes: NoteCounts = {}): Told[] {
  return NOTE_NAMES.filter((name) => Object.hasOwn(notes, name)).map((name) => ({
    note: findNote(name)!,
    counted: notes[name],
  }));
}

/** A paragraph for each note: what it is, why, what it means, what to do, and an example. */
export function describeNotes(notes: NoteCounts | undefined, dryRun: boolean): string[] {
  return listTold(notes).map((told) => describe(told, dryRun));
}

function describe({ note, counted }: Told, dryRun: boolean): string {
  const { count, examples } = counted;
  const found = count === 1 ? note.one : note.many;
  const what = dryRun ? (note.planned ?? found) : found;
  return [
    `${formatObjects(count)} ${what}.`,
    ...describeReasons({ note, counted }),
    note.advice,
    ...examples.slice(0, 1).map((key) => `For example: ${formatKey(key)}.`),
  ].join(' ');
}

/** Says nothing that the sentence before has said: the only reason of a note is in its words. */
function describeReasons({ note, counted }: Told): string[] {
  if (Object.keys(note.reasons).length === 1) {
    return [];
  }
  const found = Object.entries(counted.reasons).sort(([, one], [, other]) => other - one);
  const reasons = found.map(([code, count]) => {
    const words = note.reasons[code] ?? formatKey(code);
    return found.length === 1 ? words : `${words} (${formatCount(count)})`;
  });
  return [`Why: ${reasons.join(', ')}.`];
}

/** Labels next to the number of skipped objects. */
export function labelSkippedNotes(notes: NoteCounts | undefined): string[] {
  return listTold(notes).flatMap(({ note: { skipped, label }, counted: { count } }) =>
    skipped ? [`${label}: ${formatCount(count)}`] : [],
  );
}

/** The label next to the number of failed objects. Undefined: none. */
export function labelFailedNotes(notes: NoteCounts | undefined): string | undefined {
  const labels = listTold(notes).flatMap(({ note: { failed, label }, counted: { count } }) =>
    failed ? [`${label}: ${formatCount(count)}`] : [],
  );
  return labels.length > 0 ? labels.join(', ') : undefined;
}

/** The headline of a run that archived nothing, if it found objects all the same. */
export function explainNothingElse(notes: NoteCounts | undefined): string | undefined {
  return listTold(notes).find(({ note }) => note.skipped)?.note.skipped?.nothingElse;
}

/** How many objects the run selected and skipped all the same. */
export function countSkippedNotes(notes: NoteCounts | undefined): number {
  return listTold(notes)
    .filter(({ note }) => note.skipped)
    .reduce((sum, { counted }) => sum + counted.count, 0);
}

/** How many objects were not archived, and are still at the source for a later run. */
export function countLeft(notes: NoteCounts | undefined): number {
  return listTold(notes)
    .filter(({ note }) => note.skipped?.isLeft)
    .reduce((sum, { counted }) => sum + counted.count, 0);
}

export interface AttentionNote {
  /** Few words, for a subject: `12 not packed`. */
  readonly summary: string;
  readonly text: string;
}

/** Notes that need action, even if nothing failed. */
export function listAttention(notes: NoteCounts | undefined, dryRun: boolean): AttentionNote[] {
  return listTold(notes)
    .filter(({ note, counted }) => note.attention.some((code) => counted.reasons[code] > 0))
    .map((told) => ({
      summary: `${formatCount(told.counted.count)} ${told.note.label}`,
      text: describe(told, dryRun),
    }));
}

export function listNoteMetrics(notes: NoteCounts | undefined): [name: string, value: number][] {
  return listTold(notes).flatMap(({ note: { metric }, counted: { count } }) =>
    metric === undefined ? [] : [[metric, count]],
  );
}
