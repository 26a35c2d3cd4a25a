/**
 * The words for each action, wherever people read about one. The compiler asks for those of a new
 * action.
 */
import type { Counts } from '../../contract/payloads/outcomes';
import type { Action } from '../../contract/payloads/run';
import { formatObjects } from '../text/format';

export type Move = Exclude<Action, 'verify'>;

interface ActionText {
  readonly name: string;
  /** A run that does it: `Archive run of 2026-11-24 failed`. */
  readonly run: string;
  readonly verb: string;
  readonly done: string;
  readonly nothingLost: string;
  readonly mapDone: string;
}

interface MoveText extends ActionText {
  /** The run selected no object. The sentence follows the name of the archiver. */
  readonly nothingSelected: (counts: Counts) => string;
  readonly skipped: string;
  readonly next: string;
}

export const ACTION_TEXT: Readonly<Record<'verify', ActionText> & Record<Move, MoveText>> = {
  archive: {
    name: 'Archive',
    run: 'Archive run',
    verb: 'archive',
    done: 'archived',
    nothingLost: 'No object was lost. Objects that were not archived are untouched at the source.',
    mapDone: 'archived objects',
    nothingSelected: () => 'found no objects for these days.',
    skipped: 'other dates, no date, folder markers',
    next: 'then run the same days again. The run picks up everything that is still at the source:',
  },
  verify: {
    name: 'Verification',
    run: 'Verification',
    verb: 'verify',
    done: 'verified',
    nothingLost:
      'Nothing was changed: a verification only reads. It is not known yet whether the archive ' +
      'is whole.',
    mapDone: 'compared the archive',
  },
  restore: {
    name: 'Restore',
    run: 'Restore',
    verb: 'restore',
    done: 'restored',
    nothingLost:
      'The restore lost no object: a restore deletes nothing, and leaves the archive as it was.',
    mapDone: 'copied objects back',
    nothingSelected: ({ skipped }) =>
      skipped > 0
        ? 'found nothing to restore: the keys of its input match none of ' +
          `${formatObjects(skipped)} in the ledger.`
        : 'found nothing to restore: the ledger has no archived objects.',
    skipped: 'not named by keys',
    next: 'then restore the same again. Objects that are back at their old keys stay as they are:',
  },
  extract: {
    name: 'Extract',
    run: 'Extract',
    verb: 'extract',
    done: 'extracted',
    nothingLost: 'Nothing was lost: an extract only copies from packs to the report bucket.',
    mapDone: 'copied objects from packs',
    nothingSelected: ({ skipped }) =>
      skipped > 0
        ? 'found nothing to extract: the keys of its input match none of ' +
          `${formatObjects(skipped)} in packs.`
        : 'found nothing to extract: no packed objects are known for its input.',
    skipped: 'not named by keys',
    next: 'then extract the same again, which makes a folder of its own:',
  },
};

/** What a run did that has moved objects. Its report says so only if it did not archive. */
export function getMove({ action = 'archive' }: { readonly action?: Action }): Move {
  return action === 'verify' ? 'archive' : action;
}
