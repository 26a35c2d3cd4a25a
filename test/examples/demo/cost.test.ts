import { costOf, predecessorCostOf } from '../../../examples/demo/cost';

const MILLION = 1_000_000;

test('the predecessor at a million objects, all of the day', () => {
  const cost = predecessorCostOf({ listed: MILLION, archived: MILLION, skipped: 0, conflicting: 0, failed: 0 });
  // 1,000 listings and a million copies; a transition a child; 0.20 for the invocations and 37,500 GB-s.
  expect(cost.s3).toBeCloseTo(5.005, 3);
  expect(cost.stepFunctions).toBeCloseTo(25, 6);
  expect(cost.rest).toBeCloseTo(0.20 + 37_500 * 0.0000133334, 6);
  expect(cost.total).toBeCloseTo(30.705, 2);
});

test('the predecessor pays for objects that it does not move', () => {
  const idle = predecessorCostOf({ listed: MILLION, archived: 0, skipped: MILLION, conflicting: 0, failed: 0 });
  expect(idle.total).toBeGreaterThan(25);
  const failing = predecessorCostOf({ listed: MILLION, archived: 0, skipped: 0, conflicting: 0, failed: MILLION });
  expect(failing.rest - idle.rest).toBeCloseTo(0.5, 6);
});

test('a run costs what its requests and transitions cost, and the rest of the estimate', () => {
  const cost = costOf({
    requests: { CopyObject: 1000, ListObjectsV2: 1000, HeadObject: 1000, DeleteObjects: 1000 },
    transitions: 1000,
    estimate: { usd: 0.05 },
  });
  expect(cost.s3).toBeCloseTo(0.005 + 0.005 + 0.0004, 9);
  expect(cost.stepFunctions).toBeCloseTo(0.025, 9);
  expect(cost.rest).toBeCloseTo(0.05 - 0.0104 - 0.025, 9);
  expect(cost.total).toBe(0.05);
});
