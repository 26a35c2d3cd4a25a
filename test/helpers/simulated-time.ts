import type { Clock } from '../../src/lambda/s3/retry';

export interface SimulatedTime extends Clock {
  /** Advances the time from one sleeper's end to the next until the work is done. */
  until(work: Promise<unknown>): Promise<void>;
}

/**
 * Waits until all promises that follow from each other are settled. A fixed number of waits would
 * depend on the number of steps in the code.
 */
const settle = () => new Promise((resolve) => setImmediate(resolve));

/** Returns a clock that advances as soon as every caller sleeps. */
export function simulatedTime(): SimulatedTime {
  let now = 1_000_000;
  /** The last sleeper in the list wakes up first. */
  const sleepers: { readonly at: number; readonly wake: () => void }[] = [];
  return {
    now: () => now,
    sleep: (milliseconds) =>
      new Promise<void>((wake) => {
        const at = now + milliseconds;
        let [low, high] = [0, sleepers.length];
        while (low < high) {
          const middle = Math.floor((low + high) / 2);
          if (sleepers[middle].at > at) {
            low = middle + 1;
          } else {
            high = middle;
          }
        }
        sleepers.splice(low, 0, { at, wake });
      }),
    until: async (work) => {
      let done = false;
      const ended = work.finally(() => {
        done = true;
      });
      for (;;) {
        await settle();
        if (done) {
          return void (await ended);
        }
        const next = sleepers.pop();
        if (!next) {
          throw new Error('everybody waits for somebody else');
        }
        now = Math.max(now, next.at);
        next.wake();
      }
    },
  };
}

/** Returns a clock that advances without real waiting. */
export function createClock(time: { ahead: number }, tick: number): Clock {
  const advance = (milliseconds: number) => {
    time.ahead += milliseconds;
  };
  return {
    now: () => {
      advance(tick);
      return Date.now() + time.ahead;
    },
    sleep: async (milliseconds) => advance(milliseconds),
  };
}
