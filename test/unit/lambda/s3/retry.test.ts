import { backOffDelay, withRetries, backOff } from '../../../../src/lambda/s3/retry';

/** Time that passes only where the code sleeps. */
function clockFrom(start: number) {
  let now = start;
  return {
    now: () => now,
    sleep: async (ms: number) => {
      now += ms;
    },
  };
}

const slowDown = () => Object.assign(new Error('please'), { name: 'SlowDown' });

/** A call that is refused so many times. */
function refused(times: number, error: () => Error = slowDown) {
  let calls = 0;
  const call = async () => {
    if (calls++ < times) {
      throw error();
    }
    return 'done';
  };
  return { call, calls: () => calls };
}

test('a call that S3 asks to make again is made again, eight times at most', async () => {
  const budget = { clock: clockFrom(0), deadline: Infinity };
  const soon = refused(7);
  expect(await withRetries(budget, soon.call)).toBe('done');
  const never = refused(8);
  await expect(withRetries(budget, never.call)).rejects.toThrow('please');
  expect([soon.calls(), never.calls()]).toEqual([8, 8]);
});

test.each(['AccessDenied', 'PreconditionFailed', 'NoSuchKey'])(
  '%s is an answer, and not asked for again',
  async (name) => {
    const { call, calls } = refused(1, () => Object.assign(new Error('no'), { name }));
    await expect(withRetries({ clock: clockFrom(0), deadline: Infinity }, call)).rejects.toThrow(
      'no',
    );
    expect(calls()).toBe(1);
  },
);

test('nothing is tried again after the deadline, and no pause ends after it', async () => {
  const clock = clockFrom(1_000);
  expect(await backOff({ clock, deadline: 1_000 }, 0)).toBe(false);
  expect(clock.now()).toBe(1_000);
  const { call, calls } = refused(8);
  await expect(withRetries({ clock, deadline: 1_000 }, call)).rejects.toThrow('please');
  expect(calls()).toBe(1);
});

test('pauses grow to five seconds and no further', () => {
  for (let attempt = 0; attempt < 40; attempt++) {
    const delay = backOffDelay(attempt);
    expect(delay).toBeGreaterThanOrEqual(0);
    expect(delay).toBeLessThanOrEqual(Math.min(5_000, 100 * 2 ** attempt));
  }
});
