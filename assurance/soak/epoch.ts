import { randomOf } from './random';
import { runSchedule, type ScheduleReport, type Hooks } from './schedule';
import { drawSetup, propsOf } from './setup';
import { Env } from '../../src/contract/settings';
import { rehearse } from '../../test/helpers/run-in-sandbox';

/** Schedules that share an archiver, synthesized with random props. */
export const SCHEDULES_OF_EPOCH = 20;

/** Seed of a schedule; it tells the epoch, too. */
export const seedOf = (epoch: number, index: number) => epoch * SCHEDULES_OF_EPOCH + index;
export const epochOf = (seed: number) => Math.floor(seed / SCHEDULES_OF_EPOCH);

/** The props that the schedules of an epoch share. */
export const setupOf = (epoch: number) => drawSetup(randomOf(epoch * 7919 + 1));

/** Few instances: they are processes, and several epochs go on side by side. */
const MAX_INSTANCES = 2;

/** Opens a sandbox with props drawn from the epoch's number, and runs the schedules of these seeds in it. */
export async function runEpoch(epoch: number, seeds: Iterable<number>, onReport: (report: ScheduleReport) => void): Promise<void> {
  const setup = setupOf(epoch);
  const hooks: Hooks = {};
  const environment: Record<string, string> = {};
  if (setup.multipartThreshold !== undefined) {
    environment[Env.MULTIPART_THRESHOLD_BYTES] = String(setup.multipartThreshold);
  }
  const { sandbox, close } = await rehearse(propsOf(setup), {
    environment,
    s3: { hooks: { before: (call) => hooks.faults?.before(call) } },
    onInvoke: (invocation) => hooks.faults?.onInvoke(invocation),
    maxInstances: MAX_INSTANCES,
  });
  try {
    for (const seed of seeds) { onReport(await runSchedule(sandbox, hooks, setup, seed)); }
  } finally {
    await close();
  }
}
