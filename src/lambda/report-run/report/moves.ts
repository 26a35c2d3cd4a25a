/** What differs between the directions in which a run moves objects: its ends, and its words. The compiler asks for those of a new one. */
import type { Place } from './report-base';
import type { Counts } from '../../../contract/payloads/outcomes';
import type { Action } from '../../../contract/payloads/run';
import type { Settings, TransferSettings } from '../../../contract/payloads/settings';
import { ACTION_TEXT } from '../../alerts/action-text';
import { formatObjects } from '../../text/format';

/** The actions that move objects. */
export type Move = Exclude<Action, 'verify'>;

export function getMove({ action }: { readonly action?: Action }): Move {
  return action === 'restore' ? action : 'archive';
}

export interface Ends {
  readonly source: Place;
  readonly destination: Place;
  /** Of the destination. */
  readonly storageClass: string;
  readonly keepsSources: boolean;
  /** Unset: the ends are not known to be in different regions. */
  readonly transfer?: TransferSettings;
}

export function getEnds(settings: Settings, move: Move): Ends {
  const { sourceBucket, sourcePrefix, storageClass = 'STANDARD', keepsSources = false, transfer } = settings;
  const live = { bucket: sourceBucket, prefix: sourcePrefix };
  const archive = getArchive(settings);
  const ends: Record<Move, Ends> = {
    archive: { source: live, destination: archive, storageClass, keepsSources, transfer },
    restore: {
      source: archive,
      destination: live,
      storageClass: 'STANDARD',
      keepsSources: false,
      transfer: transfer && { from: transfer.to, to: transfer.from },
    },
  };
  return ends[move];
}

export function getArchive({ destinationBucket, destinationPrefix }: Settings): Place {
  return { bucket: destinationBucket, prefix: destinationPrefix };
}

interface MoveText {
  readonly nothingLost: string;
  /** The run selected no object. The sentence follows the name of the archiver. */
  readonly nothingSelected: (counts: Counts) => string;
  /** What the skipped objects are. */
  readonly skipped: string;
  /** What a dry run says, besides that it changed nothing. */
  readonly planned: readonly string[];
  /** What to do after the causes are fixed. */
  readonly next: string;
  /** The end that holds the objects while they are not archived. */
  readonly live: 'source' | 'destination';
  readonly archive: 'source' | 'destination';
}

export const MOVE_TEXT: Readonly<Record<Move, MoveText>> = {
  archive: {
    nothingLost: ACTION_TEXT.archive.nothingLost,
    nothingSelected: () => 'found no objects for these days.',
    skipped: 'other dates, no date, folder markers',
    planned: [],
    next: 'then run the same days again. The run picks up everything that is still at the source:',
    live: 'source',
    archive: 'destination',
  },
  restore: {
    nothingLost: 'The restore lost no object. Objects that were not restored are as they were.',
    nothingSelected: ({ skipped }) => (skipped > 0
      ? `found nothing to restore: the keys of its input match none of ${formatObjects(skipped)} in the ledger.`
      : 'found nothing to restore: the ledger has no archived objects.'),
    skipped: 'not named by keys',
    planned: ['The copies in the archive would stay, too.'],
    next: 'then restore the same again. Objects that are back at their old keys stay as they are:',
    live: 'destination',
    archive: 'source',
  },
};
