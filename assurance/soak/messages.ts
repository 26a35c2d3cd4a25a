import type { ScheduleReport } from './schedule';

/** One process runs this many epochs at the same time, since a run under faults mostly waits. */
export const EPOCHS_SIDE_BY_SIDE = 4;

/** The soak sends this to a worker: an epoch to run, until this instant (epoch milliseconds). */
export interface Order {
  readonly epoch: number;
  readonly until: number;
}

/**
 * A worker sends this to the soak: a schedule's report, or the message that it has room for another
 * epoch. `error` says that the epoch broke off.
 */
export type News =
  | { readonly report: ScheduleReport }
  | { readonly ready: true; readonly epoch?: number; readonly error?: string };
