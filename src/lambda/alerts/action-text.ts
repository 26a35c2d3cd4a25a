/** The words for each action, wherever people read about one. The compiler asks for those of a new action. */
import type { Counts } from '../../contract/payloads/outcomes';
import type { Action } from '../../contract/payloads/run';
import { formatObjects } from '../text/format';

export type Move = Exclude<Action, 'verify'>;

interface Tenses { readonly done: string; readonly planned: string }

interface ActionText {
  readonly name: string;
  /** A run that does it: `Archive run of 2026-11-24 failed`. */
  readonly run: string;
  readonly verb: string;
  readonly done: string;
  /** What the calendar says of objects that are as they should be, and of all others: `20 archived, 2 not archived`. */
  readonly counted: Tenses;
  readonly others: Tenses;
  readonly nothingLost: string;
  readonly mapDone: string;
}

interface MoveText extends ActionText {
  /** The run selected no object. The sentence follows the name of the archiver. */
  readonly nothingSelected: (counts: Counts) => string;
  readonly skipped: string;
  readonly planned: readonly string[];
  readonly next: string;
  /** The end that holds the objects while they are not archived, and the other one. */
  readonly live: 'source' | 'destination';
  readonly archive: 'source' | 'destination';
}

export const ACTION_TEXT: Readonly<Record<'verify', ActionText> & Record<Move, MoveText>> = {
  archive: {
    name: 'Archive',
    run: 'Archive run',
    verb: 'archive',
    done: 'archived',
    counted: { done: 'archived', planned: 'would be archived' },
    others: { done: 'not archived', planned: 'would not' },
    nothingLost: 'No object was lost. Objects that were not archived are untouched at the source.',
    mapDone: 'archived objects',
    nothingSelected: () => 'found no objects for these days.',
    skipped: 'other dates, no date, folder markers',
    planned: [],
    next: 'then run the same days again. The run picks up everything that is still at the source:',
    live: 'source',
    archive: 'destination',
  },
  verify: {
    name: 'Verification',
    run: 'Verification',
    verb: 'verify',
    done: 'verified',
    counted: { done: 'present', planned: 'would be compared' },
    others: { done: 'changed, missing or unproven', planned: 'changed, missing or unproven' },
    nothingLost: 'Nothing was changed: a verification only reads. It is not known yet whether the archive is whole.',
    mapDone: 'compared the archive',
  },
  restore: {
    name: 'Restore',
    run: 'Restore',
    verb: 'restore',
    done: 'restored',
    counted: { done: 'restored', planned: 'would be restored' },
    others: { done: 'not restored', planned: 'would not' },
    nothingLost: 'The restore lost no object: a restore deletes nothing, and leaves the archive as it was.',
    mapDone: 'copied objects back',
    nothingSelected: ({ skipped }) => (skipped > 0
      ? `found nothing to restore: the keys of its input match none of ${formatObjects(skipped)} in the ledger.`
      : 'found nothing to restore: the ledger has no archived objects.'),
    skipped: 'not named by keys',
    planned: ['The copies in the archive would stay, too.'],
    next: 'then restore the same again. Objects that are back at their old keys stay as they are:',
    live: 'destination',
    archive: 'source',
  },
  extract: {
    name: 'Extract',
    run: 'Extract',
    verb: 'extract',
    done: 'extracted',
    counted: { done: 'extracted', planned: 'would be extracted' },
    others: { done: 'not extracted', planned: 'would not' },
    nothingLost: 'Nothing was lost: an extract only copies from packs to the report bucket.',
    mapDone: 'copied objects from packs',
    nothingSelected: ({ skipped }) => (skipped > 0
      ? `found nothing to extract: the keys of its input match none of ${formatObjects(skipped)} in packs.`
      : 'found nothing to extract: no packed objects are known for its input.'),
    skipped: 'not named by keys',
    planned: [],
    next: 'then extract the same again, which makes a folder of its own:',
    live: 'destination',
    archive: 'source',
  },
};

/** What a run did that has moved objects. Its report says so only if it did not archive. */
export function getMove({ action = 'archive' }: { readonly action?: Action }): Move {
  return action === 'verify' ? 'archive' : action;
}
