/**
 * The actions of a run. The compiler requires a row for each name in other tables, which
 * CONTRIBUTING.md lists below "Add an action". Code that needs all actions, or all of a kind, walks
 * this table.
 */
interface ActionRow {
  /**
   * The name of its Distributed Map, and the label, which is part of the ARNs of Map Runs and
   * children, so it must not change.
   */
  readonly map: string;
  /** The fields of the input that not all actions have. */
  readonly fields: readonly string[];
  /** Where it copies objects to, unless the input names another target. */
  readonly target: 'destination' | 'source' | 'none';
  /** What its map reads: objects at the source, or ledgers of runs before. */
  readonly reads: 'source' | 'ledgers';
  /** Whether it moves objects, or compares them with ledgers and writes findings. */
  readonly works: 'moves' | 'compares';
  /** What its counts call an object with which all is well. */
  readonly status: 'archived' | 'present' | 'restored';
  /** A user starts it and waits for its end, so it always sends a message. */
  readonly isAnswered: boolean;
  /** Its ledger says what is where, so that other runs can verify and restore what it did. */
  readonly isRecord: boolean;
}

export const ACTIONS = {
  archive: {
    map: 'ArchiveObjects',
    fields: ['manifest', 'scheduledTime'],
    target: 'destination',
    reads: 'source',
    works: 'moves',
    status: 'archived',
    isAnswered: false,
    isRecord: true,
  },
  verify: {
    map: 'VerifyObjects',
    fields: ['run', 'deep', 'selection', 'scheduledTime'],
    target: 'none',
    reads: 'ledgers',
    works: 'compares',
    status: 'present',
    isAnswered: false,
    isRecord: false,
  },
  restore: {
    map: 'RestoreObjects',
    fields: ['run', 'keys', 'target', 'lines'],
    target: 'source',
    reads: 'ledgers',
    works: 'moves',
    status: 'restored',
    isAnswered: true,
    isRecord: false,
  },
} as const satisfies { readonly [action: string]: ActionRow };

export type Action = keyof typeof ACTIONS;
/** A field of the input that not all actions have. */
export type ActionField = (typeof ACTIONS)[Action]['fields'][number];
export const ACTION_NAMES = Object.keys(ACTIONS) as Action[];
/** The action of an input that names none. */
export const DEFAULT_ACTION = 'archive' satisfies Action;

/** The actions whose rows have these properties. */
type ActionWith<Row extends Partial<ActionRow>> = {
  [name in Action]: (typeof ACTIONS)[name] extends Row ? name : never;
}[Action];
export type MovingAction = ActionWith<{ readonly works: 'moves' }>;
export type LedgerAction = ActionWith<{ readonly reads: 'ledgers' }>;

export function isMoving(action: Action): action is MovingAction {
  return ACTIONS[action].works === 'moves';
}

export function readsLedgers(action: Action): action is LedgerAction {
  return ACTIONS[action].reads === 'ledgers';
}

export function findActions(isWanted: (row: ActionRow) => boolean): Action[] {
  return ACTION_NAMES.filter((name) => isWanted(ACTIONS[name]));
}

/** An action and its input. */
export interface Task {
  /** Unset: the default. */
  readonly action?: Action;
  /** Only to restore. Unset: the source. */
  readonly target?: 'reports';
  /** Only with `target`: where the lines about archived objects are. Unset: in ledgers. */
  readonly lines?: 'packs';
}

/** Returns the target to which a run copies objects. */
export function getTarget({
  action = DEFAULT_ACTION,
  target,
}: Task): ActionRow['target'] | 'reports' {
  return target ?? ACTIONS[action].target;
}

/**
 * Whether a run reads the indexes of packs instead of ledgers. Any writer to the archive can forge
 * an index, so such a run writes nothing to the source.
 */
export function readsPacks(task: Task): boolean {
  return getTarget(task) === 'reports' && task.lines === 'packs';
}

/** The name and label of the map that continues batches that ended with objects left. */
export const FINISH_BATCHES = 'FinishBatches';
