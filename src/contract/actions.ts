/** What a run does. The compiler completes the tables over its names: lambda/plan-run/plan-run.ts and construct/state-machine/actions. */
interface ActionContract {
  /** The name of its Distributed Map, and the label, which is part of the ARNs of Map Runs and children, so it must not change. */
  readonly map: string;
  /** The fields of the input that go with this action, and not with all of them. */
  readonly fields: readonly string[];
}

export const ACTIONS = {
  archive: { map: 'ArchiveObjects', fields: ['manifest', 'scheduledTime'] },
  /** Compares the archive with the ledgers of earlier runs. */
  verify: { map: 'VerifyObjects', fields: ['run', 'deep', 'selection', 'scheduledTime'] },
  /** Copies back what the ledgers of earlier runs say is archived. */
  restore: { map: 'RestoreObjects', fields: ['run', 'keys'] },
} as const satisfies { readonly [action: string]: ActionContract };

export type Action = keyof typeof ACTIONS;
export const ACTION_NAMES = Object.keys(ACTIONS) as Action[];
