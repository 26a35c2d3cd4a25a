/**
 * This is one schedule of the soak. It fills random buckets, does one or two runs under random faults, then a run
 * without faults, then the same run again. After each run it checks the promises.
 */
import { isSame, BucketState } from './bucket-state';
import { expectationOf, isComparable, unmet } from './expectation';
import { drawFaultPlan, type Trouble, Disturbances } from './fault-plan';
import { beginRun, findBrokenInvariants } from './invariants';
import { findContradictions } from './ledger-evidence';
import { randomOf } from './random';
import { DAY, type Setup } from './setup';
import type { Fault, S3Call } from '../../packages/s3-double/src';
import type { InvocationHook, Sandbox, SandboxSummary } from '../../packages/sandbox/src/internal';

/** The hooks of a sandbox read this. A schedule sets its faults here during a run. */
export interface Hooks {
  faults?: { before(call: S3Call): Promise<Fault | undefined>; onInvoke(invocation: InvocationHook): void };
}

export interface ScheduleReport {
  readonly seed: number;
  readonly violations: string[];
  readonly troubles: Partial<Record<Trouble, number>>;
  readonly runs: number;
  readonly archived: number;
}

const MOST_OBJECTS = 40;
const input = { date: DAY };

export async function runSchedule(sandbox: Sandbox, hooks: Hooks, setup: Setup, seed: number): Promise<ScheduleReport> {
  const random = randomOf(seed);
  const { sourceBucket: source, destinationBucket: destination, reportBucket: report } = sandbox;
  const state = new BucketState(sandbox.s3!.store, { source, destination, report }, setup, random);
  const troubles: Partial<Record<Trouble, number>> = {};
  const violations: string[] = [];
  const summaries: SandboxSummary[] = [];
  const count = (trouble: Trouble, times = 1) => { troubles[trouble] = (troubles[trouble] ?? 0) + times; };
  let n = 0;

  /** Does one run, or several at the same time. Then it checks the buckets and the ledgers. */
  const run = async (when: string, { atOnce = 1, faults, stopAt }: { atOnce?: number; faults?: Disturbances; stopAt?: number } = {}) => {
    const before = beginRun(state);
    const names = Array.from({ length: atOnce }, () => `schedule-${seed}-${++n}`);
    let calls = 0;
    const stop = () => {
      if (stopAt !== undefined && ++calls === stopAt && sandbox.stop(names[0])) { count('StoppedExecution'); }
    };
    hooks.faults = faults && {
      before: (call) => {
        stop();
        return faults.before(call);
      },
      onInvoke: (invocation) => faults.onInvoke(invocation),
    };
    const ended = await Promise.all(names.map((name) => sandbox.run({ input, name })));
    hooks.faults = undefined;
    const runResults = ended.map(({ counts, error, cause }, i) => ({ name: names[i], counts, error, cause }));
    // If an invocation was given up or ended, another one may have done the same work again.
    const disturbed = faults !== undefined;
    for (const violation of [...findBrokenInvariants(state, before), ...findContradictions(state, before, runResults, disturbed)]) {
      violations.push(`${when}: ${violation}`);
    }
    summaries.push(...ended);
    return ended[0];
  };

  state.seed(3 + random.integer(MOST_OBJECTS));
  const atFirst = expectationOf(state);
  const faults = new Disturbances(drawFaultPlan(random), state, count);
  const atOnce = random.chance(0.2) ? 2 : 1;
  if (atOnce === 2) { count('TwoRunsAtOnce'); }
  const stopAt = random.chance(0.25) ? 1 + random.integer(60) : undefined;
  await run('under faults', { faults, atOnce, stopAt });
  if (random.chance(0.25)) {
    count('RunOverHalfFinished');
    await run('under faults again', { faults });
  }

  const expectation = expectationOf(state);
  const clean = await run('without faults');
  if (clean.status !== 'SUCCEEDED') {
    violations.push(`the run without faults ended as ${clean.status}: ${clean.error} ${clean.cause}`);
  }
  violations.push(...unmet(state, expectation, clean.counts).map((violation) => `without faults: ${violation}`));
  if (isComparable(state)) { violations.push(...unmet(state, atFirst).map((violation) => `in the end: ${violation}`)); }

  const before = beginRun(state);
  const again = await run('the same again');
  if (again.counts?.archived !== 0) { violations.push(`the same run again archived ${again.counts?.archived}`); }
  for (const where of ['source', 'destination'] as const) {
    if (!isSame(before[where], state.snapshot(where))) { violations.push(`the same run again changed the ${where}`); }
  }
  return { seed, violations, troubles, runs: summaries.length, archived: summaries.reduce((sum, { counts }) => sum + (counts?.archived ?? 0), 0) };
}
