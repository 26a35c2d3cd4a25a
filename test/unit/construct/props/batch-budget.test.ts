import {
  getExpressBatchSize,
  getExpressBudget,
  getExpressConcurrency,
  getTotalRetryDelay,
  getStandardRounds,
  getWorstRoundSeconds,
} from '../../../../src/construct/props/batch-budget';

const retry = { interval: 2, maxAttempts: 6, backoffRate: 2, maxDelay: 60 };

test('delays grow up to maxDelay', () => {
  expect(getTotalRetryDelay(retry)).toBe(2 + 4 + 8 + 16 + 32 + 60);
  expect(getTotalRetryDelay({ ...retry, maxAttempts: 0 })).toBe(0);
});

test('in the worst round every attempt times out', () => {
  expect(getWorstRoundSeconds(30, { ...retry, maxAttempts: 2 })).toBe(3 * 30 + 2 + 4);
});

describe('rounds of a STANDARD batch', () => {
  test('are limited to what a batch can need', () => expect(getStandardRounds(6)).toBe(100));

  test.each([0, 1, 6, 80, 81, 100])(
    'leave room in a history of 25,000 events with %d retries',
    (maxAttempts) => {
      const rounds = getStandardRounds(maxAttempts);
      // A round has TaskStateEntered, TaskStateExited, two events of the Choice, and three events
      // for each attempt.
      expect(rounds * (4 + 3 * (maxAttempts + 1)) + 50).toBeLessThanOrEqual(25_000);
      expect(rounds).toBeGreaterThanOrEqual(81);
    },
  );
});

describe('an EXPRESS batch', () => {
  test('by default: two retries and the timeout that then fits', () => {
    expect(getExpressBudget(retry, {})).toEqual({ timeout: 94, maxAttempts: 2, maxRounds: 1 });
  });

  test('with a given timeout: fewer retries', () => {
    expect(getExpressBudget(retry, { timeout: 100 })).toEqual({
      timeout: 100,
      maxAttempts: 1,
      maxRounds: 1,
    });
    expect(getExpressBudget(retry, { timeout: 240 })).toEqual({
      timeout: 240,
      maxAttempts: 0,
      maxRounds: 1,
    });
  });

  test('with given retries: a shorter timeout', () => {
    expect(getExpressBudget(retry, { maxAttempts: 5 })).toEqual({
      timeout: 38,
      maxAttempts: 5,
      maxRounds: 1,
    });
  });

  test('uses the remaining time for more rounds', () => {
    expect(getExpressBudget(retry, { timeout: 30, maxAttempts: 0 })).toEqual({
      timeout: 30,
      maxAttempts: 0,
      maxRounds: 9,
    });
  });

  test.each([
    {},
    { timeout: 30 },
    { timeout: 290 },
    { maxAttempts: 0 },
    { maxAttempts: 4 },
    { timeout: 60, maxAttempts: 1 },
  ])('never takes longer than five minutes: %j', (given) => {
    const { timeout, maxAttempts, maxRounds } = getExpressBudget(retry, given);
    expect(
      maxRounds * getWorstRoundSeconds(timeout, { ...retry, maxAttempts }),
    ).toBeLessThanOrEqual(290);
    expect(timeout).toBeGreaterThanOrEqual(30);
  });

  test('is as large as it can archive in its rounds at its share of the rate', () => {
    const budget = getExpressBudget(retry, {});
    expect(getExpressBatchSize(budget, 1_500, {})).toBe(1_000);
    expect(getExpressBatchSize(budget, 1_500, { maxConcurrency: 200 })).toBe(444);
    expect(getExpressBatchSize(budget, 1_500, { maxConcurrency: 200, batchSize: 444 })).toBe(444);
    expect(getExpressBatchSize(budget, 15, {})).toBe(888);
    // Time for deletes and ledger is reserved: 30 % of a short round, 30 s of a long round.
    expect(
      getExpressBatchSize({ timeout: 290, maxAttempts: 0, maxRounds: 1 }, 1, { maxConcurrency: 1 }),
    ).toBe(234);
  });

  test('limits the concurrency so that each batch has a large enough share of the rate', () => {
    const budget = getExpressBudget(retry, {});
    expect(getExpressConcurrency(budget, 1_500, 1_000)).toBe(88);
    expect(getExpressBatchSize(budget, 1_500, { maxConcurrency: 88, batchSize: 1_000 })).toBe(
      1_000,
    );
    expect(() =>
      getExpressBatchSize(budget, 1_500, { maxConcurrency: 89, batchSize: 1_000 }),
    ).toThrow('= 998 objects');
  });

  test('throws with the arithmetic if given values do not fit', () => {
    expect(() => getExpressBudget(retry, { timeout: 120, maxAttempts: 6 })).toThrow(
      '(retryPolicy.maxAttempts 6 + 1) x batchTimeout 120 s + 122 s of delays between retries = ' +
        '962 s of 290 s',
    );
    expect(() => getExpressBudget(retry, { maxAttempts: 6 })).toThrow(
      '(retryPolicy.maxAttempts 6 + 1) x the shortest batchTimeout 30 s + 122 s of delays ' +
        'between retries = 332 s of 290 s',
    );
    expect(() => getExpressBudget(retry, { timeout: 291 })).toThrow(
      '(retryPolicy.maxAttempts 0 + 1) x batchTimeout 291 s + 0 s of delays between retries = ' +
        '291 s of 290 s',
    );
  });
});
