import { getCost, getTotal, type Usage } from '../../../../src/lambda/pricing/cost';
import { DEFAULT_REGION, getPrices } from '../../../../src/lambda/pricing/prices';
import { countInstances, type RunShape, toUsage } from '../../../../src/lambda/pricing/usage';

const prices = getPrices(DEFAULT_REGION);
const run: RunShape = {
  listed: 2_000_000,
  requests: { CopyObject: 1_000_000 },
  batches: 2_000,
  rounds: 2_000,
  batchSeconds: 0,
  memoryMb: 1024,
};
const nothing: Usage = {
  requests: {},
  transitions: 0,
  invocations: 0,
  lambdaGbSeconds: 0,
  publishes: 0,
  logBytes: 0,
  retrieved: {},
  earlyByteDays: {},
};

const items = (change: Partial<RunShape> = {}) => getCost(toUsage({ ...run, ...change }), prices);
const item = (change: Partial<RunShape>, what: string) =>
  items(change).find((each) => each.what.startsWith(what));

test('a million copies cost five dollars, and the rest of the run costs little', () => {
  expect(item({}, 'S3: copies')).toMatchObject({ count: 1_000_000, usd: 5 });
  expect(item({}, 'S3: lists')).toMatchObject({ count: 2_002, usd: 2_002 * 0.000005 });
  // Two thousand parts of the ledger, the six files of a run, and the calendar.
  expect(item({}, 'S3: other writes')!.count).toBe(2_007);
  expect(getTotal(items())).toBeCloseTo(
    5 + 0.01 + 2_000 * 5.4e-6 + 4_006 * 2.5e-5 + 2_000 * 2e-7,
    2,
  );
});

test('a batch has two transitions, its start and its state; four if it has a Choice and an end', () => {
  const transitions = (change: Partial<RunShape>) =>
    toUsage({ ...run, batches: 1, rounds: 1, ...change }).transitions;
  expect(transitions({ batches: 0, rounds: 0 })).toBe(6);
  expect(transitions({})).toBe(6 + 2);
  expect(transitions({ listing: { requests: 2, rounds: 1, seconds: 1 } })).toBe(6 + 2 + 2);
  expect(transitions({ hasStatesPerRound: true })).toBe(6 + 4);
});

test('another round adds a child of FinishBatches, and the files with which it goes on', () => {
  const added = (change: Partial<RunShape>) => {
    const [before, after] = [0, 1].map((more) =>
      toUsage({ ...run, ...change, rounds: run.rounds + more }),
    );
    return {
      transitions: after.transitions - before.transitions,
      writes: after.requests.PutObject - before.requests.PutObject,
      reads: after.requests.GetObject - before.requests.GetObject,
    };
  };
  // FinishBatches, ReportRun and Outcome; then the child, its task, its Choice and its end. The
  // part of the ledger, the progress and the objects of the batch, the list of parts, the results.
  expect(added({})).toEqual({ transitions: 3 + 4, writes: 1 + 2 + 1 + 2, reads: 2 + 1 + 2 });
  // A function has planned the objects, and each round reads them.
  const listing = { requests: 2, rounds: 1, seconds: 1 };
  expect(added({ listing })).toEqual({
    transitions: 3 + 4,
    writes: 1 + 1 + 1 + 2,
    reads: 1 + 1 + 1 + 2,
  });
  expect(added({ hasStatesPerRound: true })).toEqual({ transitions: 2, writes: 1, reads: 0 });
});

test(
  'a message adds a transition and a publish, but a failed run sends its message by an event ' +
    'rule',
  () => {
    expect(toUsage({ ...run, outcome: 'PROBLEMS' })).toMatchObject({
      transitions: 4_007,
      publishes: 1,
      invocations: 2_002,
    });
    expect(toUsage({ ...run, outcome: 'FAILED' })).toMatchObject({
      transitions: 4_006,
      publishes: 1,
      invocations: 2_003,
    });
    expect(toUsage({ ...run, notifiesOnSuccess: true })).toMatchObject({
      transitions: 4_007,
      publishes: 1,
    });
    expect(toUsage({ ...run, batchMessages: 3 })).toMatchObject({
      transitions: 4_009,
      publishes: 3,
    });
  },
);

test('as many instances start as batches run at the same time', () => {
  const instances = (change: Partial<RunShape>) => countInstances({ ...run, ...change });
  expect([instances({ batches: 1 }), instances({}), instances({ maxConcurrency: 50 })]).toEqual([
    1, 2, 50,
  ]);
});

test('each function instance asks for the Object Lock of the source, and again after a minute', () => {
  const asked = (change: Partial<RunShape>) =>
    toUsage({ ...run, ...change }).requests.GetObjectLockConfiguration;
  expect([
    asked({}),
    asked({ rounds: 1 }),
    asked({ batchSeconds: 600 }),
    asked({ maxConcurrency: 10 }),
  ]).toEqual([2, 1, 12, 10]);
});

test('ReportRun reads the parts with the slowest objects, and others only where it must', () => {
  const reads = (change: Partial<RunShape>) => toUsage({ ...run, ...change }).requests.GetObject;
  expect([reads({}), reads({ batches: 3, rounds: 3 }), reads({ partsRead: 2_000 })]).toEqual([
    15, 8, 2_005,
  ]);
});

test(
  'a copy is billed by the class that it writes to, and by the bytes that it retrieves from ' +
    'another class',
  () => {
    const usage: Usage = {
      ...nothing,
      requests: { 'CopyObject@GLACIER_IR': 1_000, CopyObject: 1_000, DeleteObjects: 1 },
      retrieved: { STANDARD_IA: 100 * 1024 ** 3 },
      earlyByteDays: { STANDARD_IA: 100 * 1024 ** 3 * 15 },
    };
    expect(getCost(usage, prices)).toEqual([
      { what: 'S3: copies', count: 2_000, usd: expect.closeTo(0.025, 9) },
      { what: 'S3: GB retrieved from STANDARD_IA', count: 100, usd: expect.closeTo(1, 9) },
      {
        what: 'S3: GB-days before their time in STANDARD_IA',
        count: 1_500,
        usd: expect.closeTo(0.625, 9),
      },
    ]);
  },
);

test('items without a count are left out', () => {
  expect(getCost(nothing, prices)).toEqual([]);
});

test(
  'a copy between regions is billed at the price of the region that it leaves, and the nearest ' +
    'pair costs half',
  () => {
    const usd = (from: string, to: string) =>
      getCost({ ...nothing, transferred: [{ from, to, bytes: 50 * 1024 ** 3 }] }, prices);
    expect(usd('eu-west-1', 'ap-northeast-1')).toEqual([
      {
        what: 'S3: GB transferred from eu-west-1 to ap-northeast-1',
        count: 50,
        usd: expect.closeTo(1, 9),
      },
    ]);
    expect(usd('ap-northeast-1', 'eu-west-1')[0].usd).toBeCloseTo(4.5, 9);
    expect(usd('us-east-2', 'us-east-1')[0].usd).toBeCloseTo(0.5, 9);
    expect(getCost({ ...nothing }, prices)).toEqual([]);
  },
);

test('a function that selects nothing starts no map, so there is no manifest of a map', () => {
  const listing = { requests: 2, rounds: 1, seconds: 1 };
  const requests = (batches: number) =>
    toUsage({ ...run, listing, batches, rounds: batches, requests: {} }).requests;
  // The claims of folder and ledger, the two forms of the report, and the calendar. ReportRun reads
  // the calendar.
  expect(requests(0)).toMatchObject({ PutObject: 5, GetObject: 1 });
  // And the manifest and the results, the part of the plan, the file of all parts, and the part of
  // the ledger.
  expect(requests(1)).toMatchObject({ PutObject: 5 + 5, GetObject: 1 + 7 });
});
