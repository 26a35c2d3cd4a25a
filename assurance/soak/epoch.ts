import { randomOf } from './random';
import type { Hooks } from './runs';
import { runSchedule, type ScheduleReport } from './schedule';
import { drawSetup, propsOf } from './setup';
import { rehearse } from '../../test/helpers/run-in-sandbox';

/**
 * The schedules of an epoch share an archiver, which is synthesized with random props. This is
 * their number.
 */
export const SCHEDULES_OF_EPOCH = 20;

/** Returns the seed of a schedule. The seed also determines the epoch. */
export const seedOf = (epoch: number, index: number) => epoch * SCHEDULES_OF_EPOCH + index;
export const epochOf = (seed: number) => Math.floor(seed / SCHEDULES_OF_EPOCH);

/** Returns the setup that the schedules of an epoch share. */
export const setupOf = (epoch: number) => drawSetup(randomOf(epoch * 7919 + 1));

/**
 * This number is small because instances are processes, and several epochs run at the same time.
 */
const MAX_INSTANCES = 2;

/**
 * Opens a sandbox whose props are drawn from the epoch's number, and runs the schedules of these
 * seeds in it.
 */
export async function runEpoch(
  epoch: number,
  seeds: Iterable<number>,
  onReport: (report: ScheduleReport) => void,
): Promise<void> {
  const setup = setupOf(epoch);
  const hooks: Hooks = {};
  const environment: Record<string, string> = {};
  if (setup.multipartThreshold !== undefined) {
    environment.MULTIPART_THRESHOLD_BYTES = String(setup.multipartThreshold);
  }
  if (setup.ledgerPartLines !== undefined) {
    environment.LEDGER_PART_LINES = String(setup.ledgerPartLines);
  }
  const { sandbox, close } = await rehearse(propsOf(setup), {
    environment,
    s3: { hooks: { before: (call) => hooks.faults?.before(call) } },
    onInvoke: (invocation) => hooks.faults?.onInvoke(invocation),
    maxInstances: MAX_INSTANCES,
  });
  try {
    for (const seed of seeds) {
      onReport(await runSchedule(sandbox, hooks, setup, seed));
    }
  } finally {
    await close();
  }
}
