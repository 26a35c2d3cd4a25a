/**
 * Measures in simulated time how much of an allowed rate a run uses. This is the combined effect of
 * `RateController`, the bulk deletes and the plan.
 */
import * as fc from 'fast-check';
import { type Fleet, type FleetResult, simulate } from './simulate-fleet';
import { describeLatency, DISTRIBUTIONS, randomFrom } from '../../../benchmark/latencies';
import { halvedAfter } from '../../../benchmark/metered-throttle';
import { batchesAtOnce } from '../../../src/contract/batches';
import { MAX_CONCURRENCY } from '../../../src/lambda/throughput/concurrency-controller';

/** fast-check prints it with a counterexample. */
const SEED = 20_261_126;
/** Of the latencies. */
const LATENCY_SEED = 20_261_201;
const ALLOWED = { writesPerSecond: 1_500, burst: 1_500 };
const HALVED = { ...ALLOWED, halving: { everySeconds: 7, forSeconds: 3 } };
/**
 * A run with default props and a server with low latency. The day has 40,000 objects: each instance
 * spreads its first deletes over half a second in which it copies nothing, which shorter runs
 * cannot make up for.
 */
const RUN: Fleet = {
  slots: batchesAtOnce(1_500),
  batches: 40,
  objects: 1_000,
  maxObjectsPerSecond: 1_500,
  copiesAtOnce: 64,
  copy: 10,
  deletes: 60,
  handOver: 100,
  allowed: ALLOWED,
};

beforeEach(() => {
  jest.spyOn(Math, 'random').mockImplementation(randomFrom(1));
});
afterEach(() => {
  jest.restoreAllMocks();
});

async function simulated(change: Partial<Fleet>): Promise<FleetResult> {
  const fleet = { ...RUN, ...change };
  const result = await simulate(fleet);
  expect(result.moved).toBe(fleet.batches * fleet.objects);
  return result;
}

describe.each([
  ['steadily allowed', ALLOWED, 0.95],
  // The limit of the run is all that S3 allows at its best, so the run cannot make up for the time
  // in which it goes faster again.
  ['halved for 3 of every 7 seconds', HALVED, 0.93],
])('of a rate that is %s', (_, allowed, least) => {
  test.each<[string, Partial<Fleet>]>([
    ['the default plan', {}],
    ['the default plan whose batches do not start together', { stagger: 200 }],
    ['one instance after the other', { slots: 1 }],
  ])('%s uses nearly all', async (__, change) => {
    const { used } = await simulated({ ...change, allowed });
    expect(used).toBeGreaterThan(least);
  });

  test('the default plan sends few more deletes than it needs', async () => {
    const { deleteRequests } = await simulated({ allowed });
    expect(deleteRequests).toBeLessThan(800);
  });
});

/** 3,500 writes a second are what S3 documents for a prefix. */
const CAP = 3_500;
const MAX_REFUSED_PER_GRANTED = 0.1;
const MIN_USED = 0.95;

/** The allowance of the whole run is halved after `seconds`, and stays so. */
const toHalved = (writesPerSecond: number, seconds: number): Fleet['allowed'] => ({
  writesPerSecond,
  burst: writesPerSecond,
  halving: halvedAfter(seconds),
});

function expectCourtesy({ used, refusedPerGranted }: FleetResult): void {
  expect(used).toBeGreaterThanOrEqual(MIN_USED);
  expect(refusedPerGranted).toBeLessThanOrEqual(MAX_REFUSED_PER_GRANTED);
}

describe(
  'a run that may send more than S3 allows is refused one request in ten at most, and uses 95 ' +
    '%',
  () => {
    const batches = 40;
    const plans: [string, Partial<Fleet>][] = [
      ['one instance', { slots: 1 }],
      ['two instances', { slots: 2 }],
      ['the default plan', { slots: batchesAtOnce(CAP) }],
      ['ten instances', { slots: 10 }],
    ];
    const allowances: [string, Fleet['allowed']][] = [
      ['steady', ALLOWED],
      ['halved midway', toHalved(1_500, 12)],
      ['halved again and again', HALVED],
    ];
    const cases = plans.flatMap(([plan, change]) =>
      allowances.map(([name, allowed]) => [plan, name, { ...change, allowed }] as const),
    );

    test.each(cases)('%s, %s', async (_, __, change) => {
      expectCourtesy(
        await simulated({ ...change, batches, maxObjectsPerSecond: CAP, copiesAtOnce: 128 }),
      );
    });

    /**
     * As in the benchmark: half of the listed objects are of the day, and a PUT to the ledger comes
     * before each delete.
     */
    const whole: Partial<Fleet> = {
      slots: batchesAtOnce(CAP),
      objects: 500,
      deletes: 40,
      deleteKey: 0.05,
      ledger: 20,
      stagger: 150,
      handOver: 400,
    };

    test.each(allowances)(
      'a whole run with a ledger and pauses between batches, %s',
      async (_, allowed) => {
        expectCourtesy(
          await simulated({
            ...whole,
            batches,
            maxObjectsPerSecond: CAP,
            copiesAtOnce: 128,
            allowed,
          }),
        );
      },
    );

    test.each(allowances)(
      'a run of ten batches that begin at the same time, %s',
      async (_, allowed) => {
        expectCourtesy(
          await simulated({
            ...whole,
            batches: 10,
            stagger: 20,
            maxObjectsPerSecond: CAP,
            copiesAtOnce: 128,
            allowed,
          }),
        );
      },
    );

    test.each([1_000, 1_800])(
      'a machine that has time for %s copies a second is refused no more',
      async (copiesPerSecond) => {
        for (const [, allowed] of allowances) {
          const { refusedPerGranted } = await simulated({
            ...whole,
            batches,
            maxObjectsPerSecond: CAP,
            copiesAtOnce: 128,
            copiesPerSecond,
            allowed,
          });
          expect(refusedPerGranted).toBeLessThanOrEqual(MAX_REFUSED_PER_GRANTED);
        }
      },
    );

    test(
      'whatever share of it S3 allows, however long it takes to answer, and however ' +
        'many instances there are',
      async () => {
        const plan = fc.record({
          // From below a third of what the run may send to half of it.
          writesPerSecond: fc.integer({ min: 1_000, max: 1_750 }),
          copy: fc.integer({ min: 5, max: 100 }),
          slots: fc.integer({ min: 1, max: 6 }),
          halvedAfter: fc.option(fc.integer({ min: 5, max: 15 }), { nil: undefined }),
        });
        await fc.assert(
          fc.asyncProperty(plan, async ({ writesPerSecond, copy, slots, halvedAfter: seconds }) => {
            const allowed =
              seconds === undefined
                ? { writesPerSecond, burst: writesPerSecond }
                : toHalved(writesPerSecond, seconds);
            // The same number of batches for each instance: those of the last ones are no matter
            // of the rate.
            expectCourtesy(
              await simulated({
                slots,
                copy,
                deletes: 30 + copy,
                batches: slots * Math.ceil(30 / slots),
                maxObjectsPerSecond: CAP,
                copiesAtOnce: 128,
                allowed,
              }),
            );
          }),
          { seed: SEED, numRuns: 8 },
        );
      },
      300_000,
    );
  },
);

/** As in the benchmark. Handing over is a matter of Lambda and Step Functions. */
const TWO_INSTANCES: Fleet = {
  ...RUN,
  slots: 2,
  copiesAtOnce: undefined,
  handOver: 20,
  allowed: { writesPerSecond: 1_000_000, burst: 1_000_000 },
};
const OBJECTS_OF_A_PART = 10_000;
/**
 * Where a batch ends with its slowest copy, no other one is in progress. In batches of 1,000, that
 * is a third of the time and more if the slowest of 1,000 copies takes a second.
 */
const PARTS: Partial<Fleet> = { batches: 8, objects: OBJECTS_OF_A_PART };

const drawFrom = (seed: number) => jest.spyOn(Math, 'random').mockImplementation(randomFrom(seed));

describe(`a rate that S3 does not limit is used, however much its answers vary, seed ${LATENCY_SEED}`, () => {
  beforeEach(() => drawFrom(LATENCY_SEED));
  const cases = DISTRIBUTIONS.map((latency) => [describeLatency(latency), latency] as const);

  test.each(cases)('1,500 a second with %s', async (_, latency) => {
    const { seconds } = await simulated({ ...TWO_INSTANCES, ...PARTS, latency });
    expect(80_000 / seconds).toBeGreaterThanOrEqual(1_500 * MIN_USED);
  });

  const slots = batchesAtOnce(3_000);
  test.each(cases)(
    '3,000 a second, into another bucket, with %s',
    async (_, latency) => {
      const { seconds, mostCopies } = await simulated({
        ...TWO_INSTANCES,
        ...PARTS,
        slots,
        batches: 16,
        maxObjectsPerSecond: 3_000,
        latency,
      });
      expect(160_000 / seconds).toBeGreaterThanOrEqual(3_000 * MIN_USED);
      expect(mostCopies).toBeLessThanOrEqual(slots * MAX_CONCURRENCY);
    },
    180_000,
  );

  test.each([
    ['20/80/300 ms', DISTRIBUTIONS[0]],
    ['150 ms', DISTRIBUTIONS[4]],
  ])('1,500 a second in batches of 1,000 with %s', async (_, latency) => {
    const { seconds } = await simulated({ ...TWO_INSTANCES, batches: 60, latency });
    expect(60_000 / seconds).toBeGreaterThanOrEqual(1_500 * MIN_USED);
  });
});

describe(`what S3 allows is used by both instances, and they are refused little, seed ${LATENCY_SEED}`, () => {
  beforeEach(() => drawFrom(LATENCY_SEED));
  const shapes: [string, Fleet['allowed'], number][] = [
    ['steady', ALLOWED, 0.95],
    ['halved midway, for good', toHalved(1_500, 15), 0.92],
    ['halved again and again', HALVED, 0.92],
  ];
  const latencies: [string, Partial<Fleet>][] = [
    ['10 ms', { copiesAtOnce: 128, ledger: 20, deleteKey: 0.05 }],
    ['20/80/300 ms', { latency: DISTRIBUTIONS[0] }],
    ['150 ms', { latency: DISTRIBUTIONS[4] }],
    ['30/150/600 ms', { latency: DISTRIBUTIONS[2] }],
  ];
  const cases = shapes.flatMap(([shape, allowed, least]) =>
    latencies.map(([name, change]) => [shape, name, { ...change, allowed }, least] as const),
  );

  test.each(cases)('%s, with %s', async (_, __, change, least) => {
    const { usedTogether, refusedPerGranted } = await simulated({
      ...TWO_INSTANCES,
      ...PARTS,
      maxObjectsPerSecond: CAP,
      ...change,
    });
    expect(usedTogether).toBeGreaterThanOrEqual(least);
    expect(refusedPerGranted).toBeLessThanOrEqual(MAX_REFUSED_PER_GRANTED);
  });

  test('also the one whose rate was far lower', async () => {
    const { copied } = await simulated({
      ...TWO_INSTANCES,
      // Small ones, because the ratio is one of whole batches.
      batches: 120,
      objects: 500,
      maxObjectsPerSecond: CAP,
      copiesAtOnce: 128,
      // One starts when the other uses all.
      stagger: 3_000,
      allowed: ALLOWED,
    });
    expect(Math.min(...copied) / Math.max(...copied)).toBeGreaterThan(0.75);
  });
});

test(
  'the run asks for no more than it may, also where all batches start together and make up for ' +
    'pauses together',
  async () => {
    const { busiest } = await simulated({});
    expect(busiest(5)).toBeLessThan(1.08);
    expect(busiest(1)).toBeLessThan(1.4);
  },
);

test('where a server allows no burst, a bulk delete comes to its end in parts', async () => {
  const allowed = { writesPerSecond: 1_500, burst: 150 };
  const { used } = await simulated({
    batches: 20,
    slots: batchesAtOnce(3_000),
    maxObjectsPerSecond: 3_000,
    allowed,
  });
  expect(used).toBeGreaterThan(0.84);
});

test('where sources and archive share one rate, half of it is for the deletes', async () => {
  const { used } = await simulated({ batches: 20, allowed: { ...ALLOWED, prefixSegments: 0 } });
  expect(used).toBeGreaterThan(0.475);
});
