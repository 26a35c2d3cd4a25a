import fc from 'fast-check';
import { courses, setups, weathers } from './arbitraries';
import { BatchRig, bucketsOf, type Course, UNDISTURBED } from './batch-rig';
import { check, none } from './check';
import { expectationOf, isComparable, unmet } from '../soak/expectation';
import { Weather, type WeatherPlan } from '../soak/fault-plan';
import { beginRun, brokenPromises } from '../soak/invariants';
import { excuses, falseTestimony } from '../soak/ledger';
import { randomOf } from '../soak/random';
import type { Setup } from '../soak/setup';
import { isSame, World } from '../soak/world';

/** A set-up, its objects, what goes wrong, and how the invocations of each run go that are under way at once. */
interface Case {
  readonly setup: Setup;
  readonly objects: { readonly seed: number; readonly count: number };
  readonly weather: WeatherPlan;
  readonly runs: readonly Course[];
}

const cases: fc.Arbitrary<Case> = fc.record({
  setup: setups,
  objects: fc.record({ seed: fc.noShrink(fc.nat()), count: fc.integer({ min: 1, max: 12 }) }),
  weather: weathers,
  runs: fc.array(courses, { minLength: 1, maxLength: 2 }),
});

let rig: BatchRig;
beforeAll(async () => { rig = await BatchRig.open(); });
afterAll(() => rig.close());

test('whatever befalls a batch: nothing is lost, the ledger is true, and the next run makes up for it', async () => {
  await check('assurance/properties/batches.test.ts', fc.asyncProperty(cases, async ({ setup, objects, weather, runs }) => {
    const kms = (wanted: boolean) => (wanted ? { algorithm: 'aws:kms' as const, kmsKeyId: 'arn:aws:kms:us-east-1:111122223333:key/default' } : undefined);
    rig.double.store.createBucket('source', { encryption: kms(setup.source.kms) });
    rig.double.store.createBucket('destination', { encryption: kms(setup.destination?.kms ?? false) });
    const world = new World(rig.double.store, bucketsOf(setup), setup, randomOf(objects.seed));
    world.seed(objects.count);
    const atFirst = expectationOf(world);

    const disturbed = new Weather(weather, world, () => undefined);
    const before = beginRun(world);
    rig.before = (call) => disturbed.before(call);
    const testimonies = await Promise.all(runs.map((course) => rig.run(world, course)));
    rig.before = undefined;
    none([...brokenPromises(world, before), ...falseTestimony(world, before, testimonies, true)].map((each) => `under faults: ${each}`));

    const expectation = expectationOf(world);
    const beforeClean = beginRun(world);
    const clean = await rig.run(world, UNDISTURBED);
    const found = [
      ...brokenPromises(world, beforeClean),
      ...falseTestimony(world, beforeClean, [clean], false),
      ...unmet(world, expectation, clean.counts),
      ...(isComparable(world) ? unmet(world, atFirst) : []),
    ];
    none(found.length > 0 ? [...found, ...excuses(world, clean.name)].map((each) => `without faults: ${each}`) : []);

    const beforeAgain = beginRun(world);
    const again = await rig.run(world, UNDISTURBED);
    none([
      ...falseTestimony(world, beforeAgain, [again], false),
      ...(again.counts?.archived === 0 ? [] : [`archived ${again.counts?.archived}`]),
      ...(['source', 'destination'] as const).filter((where) => !isSame(beforeAgain[where], world.snapshot(where))).map((where) => `the ${where} has changed`),
    ].map((each) => `the same again: ${each}`));
  }), { numRuns: 60, interruptAfterTimeLimit: 100_000 });
}, 120_000);
