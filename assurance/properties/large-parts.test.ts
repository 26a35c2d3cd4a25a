/**
 * Archives batches of 10,000 objects, as a function plans them, in parts of the ledger. Each is
 * killed at a request, and repeated. `SCHEDULES` kills, 20 by default, are spread evenly over the
 * requests of a batch, so that they reach each of its stages:
 *
 *   npx jest assurance/properties/large-parts
 */
import { BatchRig, bucketsOf, type Course, UNDISTURBED } from './batch-rig';
import { none, SEED } from './check';
import { BucketState } from '../soak/bucket-state';
import { expectationOf, unmet } from '../soak/expectation';
import { beginRun, findBrokenInvariants } from '../soak/invariants';
import { findContradictions } from '../soak/ledger-evidence';
import { randomOf } from '../soak/random';
import type { Setup } from '../soak/setup';
import { findFalseLedgers } from '../soak/truth';

const SCHEDULES = Number(process.env.SCHEDULES ?? 20);
const OBJECTS = 10_000;
/** What a batch of so many objects takes at most: copies, ledger parts, deletes and inspections. */
const MAX_REQUESTS = 1.2 * OBJECTS;
const MAX_MORE_KILLS = 3;

const SETUP: Setup = {
  conflictPolicy: 'REPORT',
  date: { kind: 'objectName', format: 'yyyy-MM-dd' },
  layout: { format: 'yyyy/MM/dd/', flatten: false, dropDateFolders: false },
  source: { objectLock: false, kms: false },
  destination: { objectLock: false, kms: false },
  destinationPrefix: 'archive/',
  destinationKey: false,
  batchSize: OBJECTS,
  maxConcurrency: 1,
  selective: true,
  packing: false,
};

let rig: BatchRig;
beforeAll(async () => {
  process.stderr.write(`${__filename}: PROPERTY_SEED=${SEED}, ${SCHEDULES} schedules\n`);
  rig = await BatchRig.open();
});
afterAll(() => rig.close());

test.each(Array.from({ length: SCHEDULES }, (_, index) => index))(
  'schedule %i: a killed batch of 10,000 loses nothing, and its ledger is true',
  async (index) => {
    const random = randomOf(SEED + index);
    const first = Math.floor(((index + random.next()) * MAX_REQUESTS) / SCHEDULES);
    const more = Array.from({ length: random.integer(MAX_MORE_KILLS + 1) }, () =>
      random.integer(MAX_REQUESTS),
    );
    const isAlone = random.chance(0.7);
    const lives = [first, ...more];
    const killed: Course = { ...UNDISTURBED, lives, retries: lives.length };
    await play(random.integer(2 ** 31), isAlone ? [killed] : [killed, UNDISTURBED]);
  },
  300_000,
);

async function play(seed: number, courses: readonly Course[]): Promise<void> {
  const { store } = rig.double;
  const state = new BucketState(store, bucketsOf(SETUP), SETUP, randomOf(seed));
  state.seed(OBJECTS);
  const expected = expectationOf(state);
  const before = beginRun(state);
  const results = await Promise.all(courses.map((course) => rig.run(state, course)));
  none([
    ...findBrokenInvariants(state, before),
    ...findContradictions(state, before, results, true),
    ...findFalseLedgers(state, results),
  ]);
  state.allowAgain();
  const beforeClean = beginRun(state);
  const clean = await rig.run(state, UNDISTURBED);
  state.release();
  none([
    ...findBrokenInvariants(state, beforeClean),
    ...findContradictions(state, beforeClean, [clean], false),
    ...findFalseLedgers(state, [...results, clean]),
    ...unmet(state, expected),
  ]);
}
