/**
 * This is one schedule of the soak. It fills random buckets, does one or two runs under random
 * faults, then a run without faults, then the same run again. After each run it checks the
 * promises.
 */
import { isSame, BucketState } from './bucket-state';
import { expectationOf, isComparable, unmet } from './expectation';
import { drawFaultPlan, type Trouble, Disturbances } from './fault-plan';
import { excuses } from './ledger-evidence';
import { randomOf } from './random';
import { findAskedAgain, findUnasked } from './restored-sources';
import { type Ending, type Hooks, Runs } from './runs';
import type { Setup } from './setup';
import type { Sandbox } from '../../packages/sandbox/src/internal';

export interface ScheduleReport {
  readonly seed: number;
  readonly violations: string[];
  readonly troubles: Partial<Record<Trouble, number>>;
  readonly runs: number;
  readonly archived: number;
  /** What befell which call, if there are violations. */
  readonly log: readonly string[];
}

const MOST_OBJECTS = 40;

export async function runSchedule(
  sandbox: Sandbox,
  hooks: Hooks,
  setup: Setup,
  seed: number,
): Promise<ScheduleReport> {
  const random = randomOf(seed);
  const { sourceBucket: source, destinationBucket: destination, reportBucket: report } = sandbox;
  const state = new BucketState(sandbox.s3!.store, { source, destination, report }, setup, random);
  const troubles: Partial<Record<Trouble, number>> = {};
  const count = (trouble: Trouble, times = 1) => {
    troubles[trouble] = (troubles[trouble] ?? 0) + times;
  };
  const runs = new Runs(sandbox, hooks, state, seed, count);
  const { violations } = runs;

  state.seed(3 + random.integer(MOST_OBJECTS));
  if (state.denied) {
    count(state.denied.denial, state.denied.count);
  }
  const atFirst = expectationOf(state);
  const faults = new Disturbances(drawFaultPlan(random), state, count);
  const atOnce = random.chance(0.2) ? 2 : 1;
  if (atOnce === 2) {
    count('TwoRunsAtOnce');
  }
  const how = random.pick<Ending>(['stop', 'kill', 'restart']);
  const end = random.chance(0.4) ? { atCall: 1 + random.integer(80), how } : undefined;
  try {
    await runs.run('under faults', { faults, atOnce, end });
    if (random.chance(0.35)) {
      await runs.redrive();
    }
    if (random.chance(0.35)) {
      count('NewRunOverHalfFinished');
      await runs.run('under faults again', { faults });
    }

    state.allowAgain();
    if (setup.restores) {
      await runs.run('that asks for restores');
      violations.push(...findUnasked(state));
      state.finishRestores();
    }
    const expectation = expectationOf(state);
    const clean = await runs.run('without faults');
    if (clean.status !== 'SUCCEEDED') {
      violations.push(
        `the run without faults ended as ${clean.status}: ${clean.error} ${clean.cause}`,
      );
    }
    // An object in a pack takes no name in the archive, so nothing conflicts with it, and twins do
    // not meet.
    const unexpected = setup.packing ? [] : unmet(state, expectation, clean.counts);
    if (unexpected.length > 0) {
      unexpected.push(...excuses(state, clean.name));
    }
    violations.push(...unexpected.map((violation) => `without faults: ${violation}`));
    if (isComparable(state) && !setup.packing && !setup.restores) {
      violations.push(...unmet(state, atFirst).map((violation) => `in the end: ${violation}`));
    }

    // The pack of what may not be deleted has the other objects of that run in it, too. So the next
    // run makes one without them.
    if (setup.packing && state.denied) {
      await runs.run('without what was deleted');
    }
    const before = { source: state.snapshot('source'), destination: state.snapshot('destination') };
    const again = await runs.run('the same again');
    if (again.counts?.archived !== 0) {
      violations.push(`the same run again archived ${again.counts?.archived}`);
    }
    violations.push(...findAskedAgain(state));
    for (const where of ['source', 'destination'] as const) {
      if (!isSame(before[where], state.snapshot(where))) {
        violations.push(`the same run again changed the ${where}`);
      }
    }
  } finally {
    hooks.faults = undefined;
    state.release();
  }
  return {
    seed,
    violations,
    troubles,
    runs: runs.all.length,
    archived: state.taken.length,
    log: violations.length > 0 ? faults.log : [],
  };
}
