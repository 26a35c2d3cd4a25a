/**
 * Notes on objects that the five counts of a run do not show: an object can be archived in another
 * way than intended, or skipped although the run selected it. A new note needs a row here, and a
 * call of `BatchOutcomes.note` or `withNote` in the code that detects it. Ledger, digest, report,
 * message, page and metric read this table.
 */

import { PACKS_FOLDER } from './packs';

export interface Note {
  /** What became of the objects. It follows their number: `1 object`, `120 objects`. */
  readonly one: string;
  readonly many: string;
  /** The same in a dry run. Default: a dry run finds it as a real run does. */
  readonly planned?: string;
  /** A few words next to a number: in a subject, and next to the number of skipped objects. */
  readonly label: string;
  /** What it means, and what to do. */
  readonly advice: string;
  /** Why it is so, by code. A message tells the reasons if there are several. */
  readonly reasons: { readonly [code: string]: string };
  /** Set for a note on objects that were not archived. Unset: on archived or failed ones. */
  readonly skipped?: SkippedNote;
  /** The note is on failed objects. */
  readonly failed?: true;
  /**
   * The reasons that make a run not clean, so that it sends a message. They are those that the user
   * can change. Events that are normal every night are not among them.
   */
  readonly attention: readonly string[];
  /** The name of its metric, which only runs with such objects emit. */
  readonly metric?: string;
}

interface SkippedNote {
  /** The headline of a run that archived nothing. It follows the name of the archiver. */
  readonly nothingElse: string;
  /** The object is still at the source, so a run that archived all others did not archive all. */
  readonly isLeft: boolean;
}

export const NOTES = {
  notRetained: {
    one: 'got no retention, because it would have ended already',
    many: 'got no retention, because it would have ended already',
    planned: 'would get no retention, because it would have ended already',
    label: 'no retention',
    advice: 'The default retention of the bucket applies, if there is one.',
    reasons: { ENDED: 'the retention would have ended already' },
    attention: [],
  },
  notPacked: {
    one: 'was selected for a pack, and moved by itself instead',
    many: 'were selected for packs, and moved one by one instead',
    planned: 'would be moved one by one instead of packed',
    label: 'not packed',
    advice: 'No object is lost, but each costs a separate request, and more storage.',
    reasons: {
      PACK_NOT_CONFIRMED: 'S3 did not confirm the pack or its index',
      NOT_READ: 'the object could not be read as it was listed',
      TAGS_UNREADABLE: 'the tags of the object could not be read',
      NOT_KEPT: 'a pack cannot keep all that belongs to the object',
      SOURCE_LOCKS: 'a pack cannot keep the locks of a source bucket with Object Lock',
      INDEX_FULL: 'the headers of the objects are too long for the index of a pack',
      TOO_FEW: 'too few objects were left for a pack',
    },
    attention: ['PACK_NOT_CONFIRMED', 'TAGS_UNREADABLE', 'SOURCE_LOCKS'],
    metric: 'ObjectsNotPacked',
  },
  restoring: {
    one: 'is restored from Glacier first',
    many: 'are restored from Glacier first',
    planned: 'would be restored from Glacier first',
    label: 'restored by S3 first',
    advice: 'S3 takes hours for that. A later run archives what it selects again.',
    reasons: {
      REQUESTED: 'this run has asked S3',
      ONGOING: 'S3 was asked before',
    },
    skipped: {
      nothingElse: 'archived nothing yet: S3 has to restore the objects for these days first.',
      isLeft: true,
    },
    attention: [],
  },
  restoreLimit: {
    one: 'was not restored from Glacier, because the run reached its limit',
    many: 'were not restored from Glacier, because the run reached its limit',
    planned: 'would not be restored from Glacier, because the run would reach its limit',
    label: 'beyond the limit of restores',
    advice:
      'They are untouched, and nothing was paid for them. A later run continues with those that ' +
      'it selects again. To continue now, start the run again; to restore more in a run, raise ' +
      'the limit in GlacierSources.restoreFirst().',
    reasons: {
      MAX_OBJECTS: 'the limit of objects (maxObjects)',
      MAX_SIZE: 'the limit of bytes (maxSize)',
    },
    skipped: {
      nothingElse: 'archived nothing: the limit of what a run restores from Glacier was reached.',
      isLeft: true,
    },
    attention: ['MAX_OBJECTS', 'MAX_SIZE'],
  },
  gone: {
    one:
      'was gone when this run came to it: another run archived it, or it was removed or ' +
      'rewritten',
    many:
      'were gone when this run came to them: another run archived them, or they were removed ' +
      'or rewritten',
    label: 'gone before this run came to them',
    advice: 'The report of another run for these days says whether it was that run.',
    reasons: {
      REMOVED: 'nothing was at the key any more',
      REWRITTEN: 'the key had a later version, which this run does not select',
    },
    skipped: {
      nothingElse:
        'archived nothing: the objects for these days were gone when this run came to them.',
      isLeft: false,
    },
    attention: [],
  },
  notDeleted: {
    one: 'was copied, and its source was not deleted',
    many: 'were copied, and their sources were not deleted',
    label: 'copied, source not deleted',
    advice:
      'What was copied is in the archive and at the source, and its storage is paid twice, until ' +
      'a run of its day can delete the source. That run copies nothing again.',
    reasons: {
      DENIED: 'S3 denied the delete',
      REFUSED: 'S3 did not carry out the delete until all retries were used up',
      BATCH_ENDED: 'the batch ended before the delete',
    },
    failed: true,
    attention: [],
  },
  ownIndex: {
    one:
      'was found by the index inside its pack, because the one in ' +
      `${PACKS_FOLDER} could not be used`,
    many:
      'were found by the indexes inside their packs, because those in ' +
      `${PACKS_FOLDER} could not be used`,
    label: 'found by the index inside the pack',
    advice:
      `The packs prove their objects. But the index in ${PACKS_FOLDER} was removed, cut or ` +
      'overwritten: find out who did it.',
    reasons: {
      MISSING: `${PACKS_FOLDER} has no index of the pack`,
      OTHER: `the index in ${PACKS_FOLDER} cannot be read, or is that of something else`,
    },
    attention: ['MISSING', 'OTHER'],
  },
} as const satisfies { readonly [name: string]: Note };

export type NoteName = keyof typeof NOTES;
export type NoteReason<N extends NoteName> = keyof (typeof NOTES)[N]['reasons'] & string;

export const NOTE_NAMES = Object.keys(NOTES) as readonly NoteName[];

/** Undefined for a note of another version. */
export function findNote(name: string): Note | undefined {
  return Object.hasOwn(NOTES, name) ? NOTES[name as NoteName] : undefined;
}
