/**
 * Measures in simulated time how much of an allowed rate a run uses. This is the combined effect of `RateController`,
 * the bulk deletes and the plan.
 */
import { type Fleet, type FleetResult, simulate } from './simulate-fleet';
import { batchesAtOnce } from '../../../src/contract/batches';

const ALLOWED = { writesPerSecond: 1_500, burst: 1_500 };
const HALVED = { ...ALLOWED, halving: { everySeconds: 7, forSeconds: 3 } };
/** A run with default props and a server with low latency. The day has 20,000 objects. */
const RUN: Fleet = {
  slots: batchesAtOnce(1_500),
  batches: 20,
  objects: 1_000,
  maxObjectsPerSecond: 1_500,
  copiesAtOnce: 64,
  copy: 10,
  deletes: 60,
  handOver: 100,
  allowed: ALLOWED,
};

beforeEach(() => { jest.spyOn(Math, 'random').mockImplementation(generator(1)); });
afterEach(() => { jest.restoreAllMocks(); });

async function simulated(change: Partial<Fleet>): Promise<FleetResult> {
  const fleet = { ...RUN, ...change };
  const result = await simulate(fleet);
  expect(result.moved).toBe(fleet.batches * fleet.objects);
  return result;
}

describe.each([
  ['steadily allowed', ALLOWED],
  ['halved for 3 of every 7 seconds', HALVED],
])('of a rate that is %s', (_, allowed) => {
  test.each<[string, Partial<Fleet>]>([
    ['the default plan', {}],
    ['the default plan whose batches do not start together', { stagger: 200 }],
    ['one instance after the other', { slots: 1 }],
  ])('%s uses 95 %% and more', async (__, change) => {
    const { used } = await simulated({ ...change, allowed });
    expect(used).toBeGreaterThan(0.95);
  });

  test('more than it is used where the run may ask for more, and few requests are refused', async () => {
    const { used, refusedCopies } = await simulated({ maxObjectsPerSecond: 3_000, slots: batchesAtOnce(3_000), allowed });
    expect(used).toBeGreaterThan(0.95);
    expect(refusedCopies / 20_000).toBeLessThan(0.08);
  });

  test('deletes are not hammered: hardly more requests than there is need for, and each key is asked for a few times', async () => {
    const { refusedDeletes, deleteRequests } = await simulated({ allowed });
    expect(refusedDeletes / 20_000).toBeLessThan(1.5);
    expect(deleteRequests).toBeLessThan(400);
  });
});

test('the run asks for no more than it may, also where all batches start together and make up for pauses together', async () => {
  const { busiest } = await simulated({});
  expect(busiest(5)).toBeLessThan(1.08);
  expect(busiest(1)).toBeLessThan(1.4);
});

test('where a server allows no burst, a bulk delete comes to its end in parts', async () => {
  const { used } = await simulated({ slots: batchesAtOnce(3_000), maxObjectsPerSecond: 3_000, allowed: { writesPerSecond: 1_500, burst: 150 } });
  expect(used).toBeGreaterThan(0.85);
});

test('where sources and archive share one rate, half of it is for the deletes', async () => {
  const { used } = await simulated({ allowed: { ...ALLOWED, prefixSegments: 0 } });
  expect(used).toBeGreaterThan(0.475);
});

/**
 * Returns the random number generator of Park and Miller ("Random number generators: good ones are hard to find",
 * 1988).
 */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = state * 48_271 % 2_147_483_647;
    return state / 2_147_483_647;
  };
}
