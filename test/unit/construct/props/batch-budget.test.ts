import { getMaxRounds } from '../../../../src/construct/props/batch-budget';

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
