/**
 * These mutants break what is told of objects besides the counts in one way each: a row of the
 * table, or a place that sets, counts or tells notes. Tests must see it:
 *
 *   npx tsx assurance/mutation/note-mutants.ts [TEXT]   those whose name contains TEXT
 */
import { runMutants, type TestedMutant } from './tested-mutants';

const TABLE = 'src/contract/notes.ts';
const OUTCOMES = 'src/lambda/batch/batch-outcomes.ts';
const TALLY = 'src/lambda/ledger/tally.ts';
const RECONCILE = 'src/lambda/report-run/reconcile-batch.ts';
const WORDS = 'src/lambda/notes/note-text.ts';
const VIEW = 'src/lambda/report-run/report/run-view.ts';
const OUTCOME = 'src/lambda/report-run/report/outcome.ts';
const NOTES = 'test/unit/lambda/notes';
const RECONCILED = 'test/unit/lambda/report-run/reconcile-batch';
const GLACIER = 'test/unit/features/glacier/batch';
const REPORT_RUN = 'test/unit/lambda/report-run/report-run.test';

export const NOTE_MUTANTS: readonly TestedMutant[] = [
  ...['notRetained', 'notPacked', 'restoring', 'restoreLimit', 'gone'].map((name) => ({
    name: `has no row ${name}`,
    file: TABLE,
    find: `  ${name}: {`,
    replace: `  no_${name}: {`,
    test: NOTES,
  })),
  {
    name: 'makes no message where packs failed',
    file: TABLE,
    find: "attention: ['PACK_NOT_CONFIRMED', 'TAGS_UNREADABLE', 'SOURCE_LOCKS'],",
    replace: 'attention: [],',
    test: NOTES,
  },
  {
    name: 'makes a message for what happens to some object each night',
    file: WORDS,
    find: 'note.attention.some((code) => counted.reasons[code] > 0)',
    replace: 'note.attention.length > 0',
    test: NOTES,
  },
  // Where notes are set.
  {
    name: 'tells nothing of an object that is gone',
    file: OUTCOMES,
    find: "      return withNote(undefined, 'gone', 'REMOVED');",
    replace: '      return undefined;',
    test: NOTES,
  },
  {
    name: 'tells nothing of an object that was rewritten and is not selected any more',
    file: OUTCOMES,
    find: "      return withNote(undefined, 'gone', 'REWRITTEN');",
    replace: '      return undefined;',
    test: NOTES,
  },
  {
    name: 'says that an object was moved instead of packed, although it was not moved',
    file: OUTCOMES,
    find: '!note?.skipped === isArchived',
    replace: 'true',
    test: NOTES,
  },
  {
    name: 'forgets what a stage noted',
    file: OUTCOMES,
    find: 'const all = { ...own, ...notes };',
    replace: 'const all: Notes = { ...own };',
    test: NOTES,
  },
  {
    name: 'keeps a line that was made before a note',
    file: OUTCOMES,
    find: 'entry.notes = withNote(entry.notes, name, reason);\n    entry.line = undefined;',
    replace: 'entry.notes = withNote(entry.notes, name, reason);',
    test: NOTES,
  },
  {
    name: 'tells nothing of an object that is gone from a batch that did not answer',
    file: RECONCILE,
    find: 'gone.forEach(({ item }) => countNotes(skipped.notes, GONE, item.Key));',
    replace: '',
    test: RECONCILED,
  },
  {
    name: 'tells nothing of what is restored in a batch that did not answer',
    file: RECONCILE,
    find: 'restoring.forEach(({ Key }) => countNotes(skipped.notes, known.get(Key)!.notes, Key));',
    replace: '',
    test: GLACIER,
  },
  // Where they are counted.
  {
    name: 'counts no notes of lines',
    file: TALLY,
    find: 'countNotes(this.notes, line.notes, line.key);',
    replace: '',
    test: NOTES,
  },
  {
    name: 'counts no notes of digests',
    file: TALLY,
    find: 'mergeNotes(this.notes, digest.notes);',
    replace: '',
    test: NOTES,
  },
  {
    name: 'has no notes in digests',
    file: TALLY,
    find: '...(Object.keys(this.notes).length > 0 && { notes: this.notes }),',
    replace: '',
    test: NOTES,
  },
  {
    name: 'adds no notes of several batches',
    file: TALLY,
    find: 'mergeNotes(this.notes, other.notes);',
    replace: '',
    test: NOTES,
  },
  {
    name: 'counts no notes of skipped objects',
    file: OUTCOMES,
    find: 'if (isSkipped(entry)) {',
    replace: 'if (isSkipped(entry) && !entry) {',
    test: NOTES,
  },
  {
    name: 'adds no notes of skipped objects of several batches',
    file: 'src/lambda/selection/skipped-objects.ts',
    find: 'mergeNotes(total.notes, other.notes);',
    replace: '',
    test: 'test/unit/lambda/selection/skipped-objects',
  },
  {
    name: 'leaves the notes of skipped objects out of the report',
    file: 'src/lambda/report-run/report-run.ts',
    find: 'sumNotes(found.tally.notes, sums.skipped.notes)',
    replace: 'sumNotes(found.tally.notes)',
    test: REPORT_RUN,
  },
  {
    name: 'calls a run clean although a note needs attention',
    file: 'src/lambda/report-run/report-run.ts',
    find: 'listAttention(notes, run.dryRun).length > 0 ||',
    replace: '',
    test: REPORT_RUN,
  },
  // Where they are told.
  {
    name: 'says that all is archived, although some objects are left',
    file: WORDS,
    find: 'note.skipped?.isLeft',
    replace: 'note.skipped?.label',
    test: NOTES,
  },
  {
    name: 'says that it found no objects for these days, although they were gone',
    file: WORDS,
    find: '.find(({ note }) => note.skipped)?.note.skipped?.nothingElse',
    replace: '.find(({ note }) => !note)?.note.skipped?.nothingElse',
    test: NOTES,
  },
  {
    name: 'takes keys without a date for a mistake, although others had one and were gone',
    file: OUTCOME,
    find: '  if (explainNothingElse(notes)) {\n    return undefined;\n  }\n',
    replace: '',
    test: 'test/unit/lambda/report-run/report/outcome',
  },
  {
    name: 'has no word of a note in the subject',
    file: VIEW,
    find: 'told.attention.map(({ summary }) => summary)',
    replace: 'told.attention.slice(9).map(({ summary }) => summary)',
    test: NOTES,
  },
  {
    name: 'emits no metric of notes',
    file: 'src/lambda/report-run/publish-metrics.ts',
    find: '    ...listNoteMetrics(notes),\n',
    replace: '',
    test: 'test/unit/lambda/report-run/publish-metrics',
  },
];

if (require.main === module) {
  runMutants(NOTE_MUTANTS, process.argv[2]);
}
