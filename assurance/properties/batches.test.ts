import fc from 'fast-check';
import { courses, setups, faultPlans } from './arbitraries';
import { BatchRig, bucketsOf, type Course, UNDISTURBED } from './batch-rig';
import { check, none } from './check';
import { isSame, BucketState } from '../soak/bucket-state';
import { expectationOf, isComparable, unmet } from '../soak/expectation';
import { Disturbances, type FaultPlan } from '../soak/fault-plan';
import { beginRun, findBrokenInvariants } from '../soak/invariants';
import { excuses, findContradictions } from '../soak/ledger-evidence';
import { randomOf } from '../soak/random';
import type { Setup } from '../soak/setup';
import { findFalseLedgers } from '../soak/truth';

/**
 * A case holds a setup, its objects, the faults, and a course for each of the runs that are under
 * way at the same time.
 */
interface Case {
  readonly setup: Setup;
  readonly objects: { readonly seed: number; readonly count: number };
  readonly faults: FaultPlan;
  readonly runs: readonly Course[];
}

const cases: fc.Arbitrary<Case> = fc.record({
  setup: setups,
  objects: fc.record({ seed: fc.noShrink(fc.nat()), count: fc.integer({ min: 1, max: 12 }) }),
  faults: faultPlans,
  runs: fc.array(courses, { minLength: 1, maxLength: 2 }),
});

let rig: BatchRig;
/** What it denies would be denied in the next case, too. */
let current: BucketState | undefined;
beforeAll(async () => {
  rig = await BatchRig.open();
});
/** fast-check does not wait for a case that its time limit interrupts. */
let underWay: Promise<void> = Promise.resolve();
afterAll(async () => {
  await underWay.catch(() => undefined);
  await rig.close();
});

test(
  'whatever befalls a batch: nothing is lost, the ledger is true, and the next run makes up for ' +
    'it',
  async () => {
    await check(
      'assurance/properties/batches.test.ts',
      fc.asyncProperty(cases, (each) => (underWay = play(each))),
      { numRuns: 60, interruptAfterTimeLimit: 100_000 },
    );
  },
  300_000,
);

async function play({ setup, objects, faults, runs }: Case): Promise<void> {
  const kms = (wanted: boolean) =>
    wanted
      ? {
          algorithm: 'aws:kms' as const,
          kmsKeyId: 'arn:aws:kms:us-east-1:111122223333:key/default',
        }
      : undefined;
  rig.double.store.createBucket('source', { encryption: kms(setup.source.kms) });
  rig.double.store.createBucket('destination', {
    encryption: kms(setup.destination?.kms ?? false),
  });
  current?.release();
  const state = (current = new BucketState(
    rig.double.store,
    bucketsOf(setup),
    setup,
    randomOf(objects.seed),
  ));
  state.seed(objects.count);
  const atFirst = expectationOf(state);

  const disturbed = new Disturbances(faults, state, () => undefined);
  const before = beginRun(state);
  rig.before = (call) => disturbed.before(call);
  const runResults = await Promise.all(runs.map((course) => rig.run(state, course)));
  rig.before = undefined;
  await disturbed.settled();
  none(
    [
      ...findBrokenInvariants(state, before),
      ...findContradictions(state, before, runResults, true),
      ...findFalseLedgers(state, runResults),
    ].map((each) => `under faults: ${each}`),
  );

  state.allowAgain();
  const expectation = expectationOf(state);
  const beforeClean = beginRun(state);
  const clean = await rig.run(state, UNDISTURBED);
  const found = [
    ...findBrokenInvariants(state, beforeClean),
    ...findContradictions(state, beforeClean, [clean], false),
    ...findFalseLedgers(state, [...runResults, clean]),
    ...unmet(state, expectation, clean.counts),
    ...(isComparable(state) ? unmet(state, atFirst) : []),
  ];
  none(
    found.length > 0
      ? [...found, ...excuses(state, clean.name)].map((each) => `without faults: ${each}`)
      : [],
  );

  const beforeAgain = beginRun(state);
  const again = await rig.run(state, UNDISTURBED);
  none(
    [
      ...findContradictions(state, beforeAgain, [again], false),
      ...(again.counts?.archived === 0 ? [] : [`archived ${again.counts?.archived}`]),
      ...(['source', 'destination'] as const)
        .filter((where) => !isSame(beforeAgain[where], state.snapshot(where)))
        .map((where) => `the ${where} has changed`),
    ].map((each) => `the same again: ${each}`),
  );
}
