/**
 * The words for each action, wherever people read about one. The compiler asks for those of a new
 * action.
 */
import {
  type Action,
  DEFAULT_ACTION,
  getTarget,
  isMoving,
  type MovingAction,
  type Task,
} from '../../contract/actions';
import type { Counts } from '../../contract/payloads/outcomes';
import { formatObjects } from '../text/format';

interface MoveTask extends Task {
  readonly action?: MovingAction;
}

interface ActionText {
  readonly name: string;
  /** A run that does it: `Archive run of 2026-11-24 failed`. */
  readonly run: string;
  readonly verb: string;
  readonly done: string;
  readonly nothingLost: string;
  /** Where a run ended whose map failed: it follows `the run failed`. */
  readonly mapRuns: string;
  readonly mapDone: string;
  /** The words for counted objects, if the action moves none. Unset: they are `done`, or not. */
  readonly counted?: CountedText;
}

interface CountedText {
  readonly done: string;
  /** In a dry run. */
  readonly planned: string;
  readonly notDone: string;
}

export interface MoveText extends ActionText {
  /** The run selected no object. The sentence follows the name of the archiver. */
  readonly nothingSelected: (counts: Counts) => string;
  readonly skipped: string;
  readonly next: string;
}

export const ACTION_TEXT: {
  readonly [action in Action]: action extends MovingAction ? MoveText : ActionText;
} = {
  archive: {
    name: 'Archive',
    run: 'Archive run',
    verb: 'archive',
    done: 'archived',
    nothingLost: 'No object was lost. Objects that were not archived are still at the source.',
    mapRuns: 'while it was archiving objects',
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
    mapRuns: 'while it was comparing the archive with the ledgers',
    mapDone: 'compared the archive',
    counted: {
      done: 'present',
      planned: 'would be compared',
      notDone: 'changed, missing or unproven',
    },
  },
  restore: {
    name: 'Restore',
    run: 'Restore',
    verb: 'restore',
    done: 'restored',
    nothingLost:
      'The restore lost no object: a restore deletes nothing, and leaves the archive as it was.',
    mapRuns: 'while it was copying objects from the archive',
    mapDone: 'copied objects back',
    nothingSelected: ({ skipped }) =>
      skipped > 0
        ? 'found nothing to restore: the keys of its input match none of ' +
          `${formatObjects(skipped)} in the ledger.`
        : 'found nothing to restore: the ledger has no archived objects.',
    skipped: 'not named by keys',
    next: 'then restore the same again. Objects that are back at their old keys stay as they are:',
  },
};

/** Words for a restore to the report bucket, where each run has its own folder. */
const TO_REPORTS: MoveText = {
  ...ACTION_TEXT.restore,
  name: 'Restore to the report bucket',
  run: 'Restore to the report bucket',
  nothingLost:
    'Nothing was lost: a restore to the report bucket only reads the archive, and does nothing ' +
    'at the source.',
  mapDone: 'copied objects from packs to the report bucket',
  nothingSelected: ({ skipped }) =>
    skipped > 0
      ? `found nothing to restore: ${formatObjects(skipped)} of its input are not in packs, or ` +
        'the keys of its input match none of them.'
      : 'found nothing to restore: no packed objects are known for its input.',
  skipped: 'not named by keys, or not in packs',
  next: 'then restore the same again, which creates a new folder:',
};

/** The words about a run. */
export function getText(task: Task): ActionText {
  return getTarget(task) === 'reports' ? TO_REPORTS : ACTION_TEXT[task.action ?? DEFAULT_ACTION];
}

/** The words about a run that moves objects. */
export function getMoveText(task: MoveTask): MoveText {
  return getTarget(task) === 'reports' ? TO_REPORTS : ACTION_TEXT[task.action ?? DEFAULT_ACTION];
}

/**
 * Returns the action of a run that moved objects. Its report names the action only if it is not to
 * archive.
 */
export function getMove({ action = DEFAULT_ACTION }: Task): MovingAction {
  return isMoving(action) ? action : DEFAULT_ACTION;
}
