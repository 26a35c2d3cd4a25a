/** The words for each action, wherever people read about one. The compiler asks for those of a new action. */
import type { Action } from '../../contract/payloads/run';

/** The words about a run, and those about a dry run. */
interface Tenses {
  readonly done: string;
  readonly planned: string;
}

interface ActionText {
  /** `Archive`, in titles and lists. */
  readonly name: string;
  /** A run that does it: `Archive run of 2026-11-24 failed`. */
  readonly run: string;
  readonly verb: string;
  readonly done: string;
  /** What the calendar says of objects that are as they should be, and of all others: `20 archived, 2 not archived`. */
  readonly counted: Tenses;
  readonly others: Tenses;
  /** What a run leaves that ends early. */
  readonly nothingLost: string;
  /** Its report comes after this. */
  readonly mapDone: string;
}

export const ACTION_TEXT: Readonly<Record<Action, ActionText>> = {
  archive: {
    name: 'Archive',
    run: 'Archive run',
    verb: 'archive',
    done: 'archived',
    counted: { done: 'archived', planned: 'would be archived' },
    others: { done: 'not archived', planned: 'would not' },
    nothingLost: 'No object was lost. Objects that were not archived are untouched at the source.',
    mapDone: 'archived objects',
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
  },
};
