import type { ScheduleReport } from './schedule';

/** In a process: most of a run under faults is waiting. */
export const EPOCHS_SIDE_BY_SIDE = 4;

/** From the soak to a worker: an epoch to run, until this instant (epoch milliseconds). */
export interface Order {
  readonly epoch: number;
  readonly until: number;
}

/** From a worker: a schedule's report, or that it has room for another epoch. `error`: the epoch broke off. */
export type News = { readonly report: ScheduleReport } | { readonly ready: true; readonly epoch?: number; readonly error?: string };
