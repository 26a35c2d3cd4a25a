import { Token } from 'aws-cdk-lib';
import { toPlannedBatchSize } from '../../../../src/construct/props/batch-budget';
import { getMaxRounds } from '../../../../src/contract/batches';

describe('rounds of a batch', () => {
  test('are limited to what a batch can need', () => expect(getMaxRounds(6)).toBe(100));

  test.each([0, 1, 6, 80, 81, 100])(
    'leave room in a history of 25,000 events with %d retries',
    (maxAttempts) => {
      const rounds = getMaxRounds(maxAttempts);
      // A round has TaskStateEntered, TaskStateExited, two events of the Choice, and three events
      // for each attempt.
      expect(rounds * (4 + 3 * (maxAttempts + 1)) + 50).toBeLessThanOrEqual(25_000);
      expect(rounds).toBeGreaterThanOrEqual(81);
    },
  );
});

describe('objects that a function plans for a batch', () => {
  test.each([
    ['ten thousand by default', 300, 1_500, undefined, 10_000],
    ['at a low rate, what one invocation can copy', 300, 10, undefined, 2_430],
    ['what one invocation can copy at its share of the rate', 60, 300, 10, 1_134],
    ['as many as the map would list, however low the rate is', 300, 0.1, undefined, 1_000],
    ['with a value that only the deployment knows', 300, Token.asNumber({ Ref: 'Rate' }), 2, 1_000],
  ])('%s', (_, timeout, rate, concurrency, objects) => {
    expect(toPlannedBatchSize(timeout, rate, concurrency)).toBe(objects);
  });
});
