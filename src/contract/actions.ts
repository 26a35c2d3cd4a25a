/**
 * What a run does. The compiler completes the tables over its names: lambda/plan-run/plan-run.ts
 * and construct/state-machine/actions. `map` is the name of its Distributed Map, and the label,
 * which is part of the ARNs of Map Runs and children, so it must not change.
 */
export const ACTIONS = {
  archive: { map: 'ArchiveObjects', fields: ['manifest', 'scheduledTime'] },
  verify: { map: 'VerifyObjects', fields: ['run', 'deep', 'selection', 'scheduledTime'] },
  restore: { map: 'RestoreObjects', fields: ['run', 'keys'] },
  extract: { map: 'ExtractObjects', fields: ['run', 'keys'] },
} as const satisfies {
  readonly [action: string]: { readonly map: string; readonly fields: readonly string[] };
};

/**
 * The name and label of the map that goes on with batches which ended although objects are left.
 */
export const FINISH_BATCHES = 'FinishBatches';

export type Action = keyof typeof ACTIONS;
export const ACTION_NAMES = Object.keys(ACTIONS) as Action[];
