import { costOf, predecessorCostOf } from '../../../../examples/demo/cost';

const MILLION = 1_000_000;

test(
  'the predecessor pays for a million copies, child workflows and invocations if all objects are ' +
    'of the day',
  () => {
    const cost = predecessorCostOf({
      listed: MILLION,
      archived: MILLION,
      skipped: 0,
      conflicting: 0,
      failed: 0,
    });
    // The cost of 1,000 listings and a million copies, one transition for each child, $0.20 for
    // invocations, and 37,500 GB-s.
    expect(cost.s3).toBeCloseTo(5.005, 3);
    expect(cost.stepFunctions).toBeCloseTo(25, 6);
    expect(cost.rest).toBeCloseTo(0.2 + 37_500 * 0.0000133334, 6);
    expect(cost.total).toBeCloseTo(30.705, 2);
  },
);

test('the predecessor pays for objects that it does not move', () => {
  const idle = predecessorCostOf({
    listed: MILLION,
    archived: 0,
    skipped: MILLION,
    conflicting: 0,
    failed: 0,
  });
  expect(idle.total).toBeGreaterThan(25);
  const failing = predecessorCostOf({
    listed: MILLION,
    archived: 0,
    skipped: 0,
    conflicting: 0,
    failed: MILLION,
  });
  expect(failing.rest - idle.rest).toBeCloseTo(0.5, 6);
});

test('the cost of a run is the sum of the metered costs of each service', () => {
  const item = (what: string, usd: number) => ({ what, count: 1, usd });
  const items = [
    item('S3: copies', 0.02),
    item('S3: lists', 0.01),
    item('Step Functions: transitions', 0.025),
    item('Lambda', 0.003),
    item('SNS: messages', 0.002),
  ];
  const cost = costOf({ estimate: { usd: 0.06, items } });
  expect(cost.s3).toBeCloseTo(0.03, 9);
  expect(cost.stepFunctions).toBeCloseTo(0.025, 9);
  expect(cost.rest).toBeCloseTo(0.005, 9);
  expect(cost.total).toBe(0.06);
});
