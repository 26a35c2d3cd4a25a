import {
  RateController,
  type RateControllerOptions,
} from '../../../../src/lambda/throughput/rate-controller';
import { simulatedTime } from '../../../helpers/simulated-time';

const INTERVAL = 100;
/** Without a slow start. */
const OPTIONS: RateControllerOptions = { atEnd: 'reject', getCeiling: () => Infinity };
const SLOW_START: RateControllerOptions = { ...OPTIONS, getCeiling: undefined };

/** Time that passes only where the code sleeps, or the test lets it. */
function manualClock() {
  let now = 1_000_000;
  return {
    now: () => now,
    sleep: async (ms: number) => {
      now += ms;
    },
    pass: (ms: number) => {
      now += ms;
    },
  };
}

function controller(objectsPerSecond: number, options: RateControllerOptions = OPTIONS) {
  const clock = manualClock();
  const rate = new RateController(clock, options);
  rate.allow({ id: 'run', objectsPerSecond });
  const take = async (count: number) => {
    const start = clock.now();
    for (let i = 0; i < count; i++) {
      await rate.acquire();
    }
    return clock.now() - start;
  };
  /**
   * So many requests at the rate of the moment, some of which S3 refuses, spread among the others.
   */
  const answer = async (accepted: number, refused = 0) => {
    // The first refusal of a run does not count.
    if (refused > 0) {
      rate.onAnswer(-1, 0, 1);
    }
    const turns: number[] = [];
    for (let i = 0; i < accepted + refused; i++) {
      turns.push(await rate.acquire());
    }
    const isRefused = (i: number) =>
      Math.ceil(((i + 1) * refused) / turns.length) > Math.ceil((i * refused) / turns.length);
    turns.forEach((turn, i) => {
      if (isRefused(i)) {
        rate.onAnswer(turn, 0, 1);
      } else {
        rate.onAnswer(turn, 1, 0);
      }
      if (i === 0 && turns.length > 1) {
        clock.pass(INTERVAL);
      }
    });
  };
  return { clock, rate, take, answer };
}

describe('requests go out', () => {
  test('evenly, at the allowed rate', async () => {
    expect(await controller(100).take(51)).toBeCloseTo(500, 0);
  });

  test('in their order', async () => {
    const time = simulatedTime();
    const rate = new RateController(time, OPTIONS);
    rate.allow({ id: 'run', objectsPerSecond: 10 });
    const order: number[] = [];
    await time.until(
      Promise.all(
        [0, 1, 2, 3].map(async (i) => {
          await rate.acquire();
          order.push(i);
        }),
      ),
    );
    expect(order).toEqual([0, 1, 2, 3]);
  });

  test('faster for a while after a pause, until it is made up for', async () => {
    const { clock, take } = controller(100);
    await take(1);
    clock.pass(510);
    // 50 in the pause's stead and 50 in the time that they take.
    expect(await take(100)).toBeCloseTo(500, -2);
    expect(await take(100)).toBeCloseTo(1_000, -2);
  });

  test('retries first, in their order, and each of them once', async () => {
    const { rate } = controller(10);
    const order: string[] = [];
    const take = async (key: string) => {
      await rate.acquire(1, key);
      order.push(key);
    };
    rate.expectRetry('c');
    rate.expectRetry('d');
    await Promise.all(['a', 'b', 'c', 'd', 'c'].map(take));
    expect(order).toEqual(['a', 'c', 'd', 'b', 'c']);
  });

  test('with three seconds made up for at most', async () => {
    const { clock, take } = controller(10);
    await take(1);
    clock.pass(600_000);
    expect(await take(100)).toBeCloseTo(7_000, -3);
  });

  test('never at more than twice the rate', async () => {
    const { clock, take } = controller(10);
    await take(1);
    clock.pass(1_000);
    expect(await take(11)).toBeGreaterThanOrEqual(400);
  });
});

describe('the next batch', () => {
  test('of the same run goes on where the last one ended', async () => {
    const { clock, rate, take } = controller(10);
    await take(11);
    clock.pass(500);
    rate.allow({ id: 'run', objectsPerSecond: 10 });
    expect(await take(10)).toBeCloseTo(500, -2);
  });

  test('of the same run keeps to what S3 let through', async () => {
    const { rate, answer } = controller(100);
    await answer(5, 5);
    await answer(5, 5);
    const { current } = rate;
    expect(current).toBeLessThan(100);
    rate.allow({ id: 'run', objectsPerSecond: 100 });
    expect(rate.current).toBe(current);
  });

  test('of the same run is owed nothing where in the one before nothing was to be copied', async () => {
    const { clock, rate, take } = controller(10);
    await take(11);
    for (let skipped = 0; skipped < 2; skipped++) {
      clock.pass(500);
      rate.allow({ id: 'run', objectsPerSecond: 10 });
    }
    expect(await take(11)).toBeCloseTo(1_000, 0);
  });

  test('of another run starts anew: nothing is owed, nothing was refused', async () => {
    const { clock, rate, take, answer } = controller(10);
    await answer(2, 2);
    clock.pass(60_000);
    rate.allow({ id: 'another', objectsPerSecond: 10 });
    expect(rate.current).toBe(10);
    expect(await take(11)).toBeCloseTo(1_000, 0);
  });
});

describe('SlowDown', () => {
  test('lowers the rate to what S3 let through', async () => {
    const { rate, answer } = controller(1_000);
    await answer(140, 60);
    expect(rate.current).toBeCloseTo(700);
  });

  test('of a request that went out under another rate tells nothing of this one', async () => {
    const { clock, rate, answer } = controller(1_000);
    const early = await Promise.all(Array.from({ length: 200 }, () => rate.acquire()));
    await answer(140, 60);
    clock.pass(1_000);
    early.forEach((turn) => rate.onAnswer(turn, 0, 1));
    expect(rate.current).toBeCloseTo(700);
  });

  test('never lowers it to nothing, however long S3 refuses', async () => {
    const { rate, answer } = controller(100);
    for (let i = 0; i < 100; i++) {
      await answer(0, 10);
    }
    expect(rate.current).toBeCloseTo(2);
  });

  test('lowers it no further if a few requests are refused at any rate', async () => {
    const { rate, answer } = controller(100);
    for (let i = 0; i < 100; i++) {
      await answer(39, 1);
    }
    expect(rate.current).toBeGreaterThan(50);
  });

  test('lowers it further and further if many requests are refused at any rate', async () => {
    const { rate, answer } = controller(100);
    for (let i = 0; i < 100; i++) {
      await answer(36, 4);
    }
    expect(rate.current).toBeCloseTo(2);
  });

  test('leaves nothing to be made up for', async () => {
    const { clock, take, answer } = controller(10);
    clock.pass(1_000);
    await answer(0, 1);
    expect(await take(10)).toBeGreaterThanOrEqual(900);
  });

  test(
    'lowers the rate to what S3 accepted since it began to refuse, not to what it accepted ' +
      'before',
    async () => {
      const { clock, rate } = controller(1_000);
      const epoch = await rate.acquire();
      rate.onAnswer(epoch, 0, 1);
      for (let i = 0; i < 99; i++) {
        rate.onAnswer(epoch, 1, 0);
      }
      clock.pass(90);
      rate.onAnswer(epoch, 0, 1);
      clock.pass(50);
      for (let i = 0; i < 50; i++) {
        rate.onAnswer(epoch, 1, 0);
      }
      clock.pass(50);
      for (let i = 0; i < 49; i++) {
        rate.onAnswer(epoch, 0, 1);
      }
      expect(rate.current).toBeCloseTo(500);
    },
  );

  test('counts each key of a delete', async () => {
    const { clock, rate } = controller(1_000);
    rate.onAnswer(-1, 0, 1);
    const epoch = await rate.acquire(400);
    clock.pass(100);
    rate.onAnswer(epoch, 300, 100);
    clock.pass(100);
    rate.onAnswer(epoch, 100, 100);
    expect(rate.current).toBeCloseTo(667, 0);
  });

  describe('is forgotten as on CUBIC:', () => {
    /** Rates of one interval after the other, until `done`. */
    async function recover(
      { rate, answer }: ReturnType<typeof controller>,
      done: (intervals: number) => boolean,
    ): Promise<number[]> {
      const rates = [rate.current];
      while (!done(rates.length)) {
        await answer(Math.ceil(rate.current / 5));
        rates.push(rate.current);
      }
      return rates;
    }

    test('the rate is soon back near the one that was refused, and stays there for a while', async () => {
      const it = controller(1_000);
      await it.answer(140, 60);
      const rates = await recover(it, (intervals) => intervals > 10);
      const gained = rates.slice(1).map((rate, i) => rate - rates[i]);
      expect(rates[0]).toBeCloseTo(700);
      expect(gained[0]).toBeGreaterThan(40);
      expect(Math.min(...gained)).toBeLessThan(5);
      expect(rates.at(-1)).toBeGreaterThan(960);
    });

    test('then it grows faster and faster', async () => {
      const it = controller(1_000);
      await it.answer(140, 60);
      await it.answer(95, 5);
      const plateau = (700 + 665) / 2;
      const rates = await recover(it, () => it.rate.current === 1_000);
      const above = rates.filter((rate) => rate > plateau + 1 && rate < 1_000);
      const gained = above.slice(1).map((rate, i) => rate - above[i]);
      expect(gained.length).toBeGreaterThan(2);
      expect(gained).toEqual([...gained].sort((a, b) => a - b));
    });

    test('where S3 refuses before it is back, half of the way back is the next aim', async () => {
      const it = controller(1_000);
      await it.answer(100, 100);
      expect(it.rate.current).toBeCloseTo(500);
      await it.answer(120, 80);
      expect(it.rate.current).toBeCloseTo(300);
      const rates = await recover(it, (intervals) => intervals > 10);
      // 400 is half of the way back, where it gains the least.
      const gained = rates.slice(1).map((rate, i) => rate - rates[i]);
      expect(rates[gained.indexOf(Math.min(...gained))]).toBeCloseTo(400, -1.5);
    });

    test('what it gains does not depend on the rate, so a small one comes up to a large one', async () => {
      const [small, large] = [controller(4_000), controller(4_000)];
      await large.answer(100, 300);
      await small.answer(100, 300);
      await small.answer(100, 300);
      const shares: number[] = [];
      for (let round = 0; round < 30; round++) {
        // S3 refuses a tenth of what each of both sends, before either is at its limit.
        for (const it of [small, large]) {
          await it.answer(Math.ceil(it.rate.current * 0.18), Math.ceil(it.rate.current * 0.02));
          await recover(it, (intervals) => intervals > 5);
          expect(it.rate.current).toBeLessThan(4_000);
        }
        shares.push(small.rate.current / large.rate.current);
      }
      expect(shares[0]).toBeLessThan(0.7);
      expect(shares.at(-1)).toBeGreaterThan(0.9);
    });
  });
});

describe('a run starts', () => {
  test('with a quarter of its limit, and doubles it with each interval', async () => {
    const { rate, answer } = controller(1_000, SLOW_START);
    const rates = [rate.current];
    for (let i = 0; i < 3; i++) {
      await answer(Math.ceil(rate.current / 5));
      rates.push(rate.current);
    }
    expect(rates).toEqual([250, 500, 1_000, 1_000]);
  });

  test('with a rate that stops doubling where S3 refuses', async () => {
    const { rate, answer } = controller(1_000, SLOW_START);
    await answer(60);
    await answer(60, 40);
    expect(rate.current).toBeCloseTo(300);
    for (let i = 0; i < 5; i++) {
      await answer(60);
    }
    expect(rate.current).toBeGreaterThan(400);
    expect(rate.current).toBeLessThan(510);
  });
});

test('the rate does not rise while the batch does not use it', async () => {
  const { clock, rate } = controller(1_000, SLOW_START);
  for (let i = 0; i < 50; i++) {
    rate.onAnswer(await rate.acquire(), 1, 0);
    clock.pass(20);
  }
  expect(rate.current).toBe(250);
});

test('a rate does not exceed its ceiling', async () => {
  let ceiling = 10;
  const { rate, take } = controller(100, { ...OPTIONS, getCeiling: () => ceiling });
  expect(await take(11)).toBeCloseTo(1_000, 0);
  ceiling = 1_000;
  expect(rate.current).toBe(100);
});

describe('what S3 delivers', () => {
  test('is unknown at the beginning of a run', async () => {
    const { clock, rate, take } = controller(100);
    expect(rate.delivered).toBe(Infinity);
    await take(1);
    for (let i = 0; i < 20; i++) {
      rate.onAnswer(-1, 1, 0);
      clock.pass(100);
    }
    expect(rate.delivered).toBeLessThan(Infinity);
    rate.allow({ id: 'another', objectsPerSecond: 100 });
    expect(rate.delivered).toBe(Infinity);
  });

  test('is what it lets through, not what it refuses', () => {
    const { clock, rate } = controller(100);
    for (let i = 0; i < 21; i++) {
      rate.onAnswer(-1, 1, 5);
      clock.pass(100);
    }
    expect(rate.delivered).toBeCloseTo(10, -1);
    expect(rate.delivered).toBeLessThan(12);
  });

  test('is the most of three seconds, so a pause does not count', () => {
    const { clock, rate } = controller(100);
    const deliver = (count: number) => {
      for (let i = 0; i < count; i++) {
        clock.pass(1_000 / count);
        rate.onAnswer(-1, 1, 0);
      }
    };
    for (const count of [50, 10, 10]) {
      deliver(count);
    }
    expect(rate.delivered).toBeGreaterThan(40);
    for (const count of [10, 10]) {
      deliver(count);
    }
    expect(rate.delivered).toBeLessThan(12);
  });
});

describe('deletes', () => {
  const DELETES: RateControllerOptions = { ...OPTIONS, atEnd: 'send', maxWait: 2_000 };

  test('wait for as many requests as they have keys', async () => {
    const { rate, clock } = controller(1_000, DELETES);
    const began = clock.now();
    await rate.acquire(1_000);
    expect(clock.now()).toBe(began);
    await rate.acquire(1);
    expect(clock.now() - began).toBeCloseTo(1_000, 0);
  });

  test('wait no longer than the round can spare', async () => {
    const { rate, clock } = controller(10, DELETES);
    const began = clock.now();
    await rate.acquire(1_000);
    await rate.acquire(1_000);
    expect(clock.now() - began).toBe(2_000);
  });

  test('do not wait for keys of a delete that S3 refused before it had refused anything', async () => {
    const { rate, clock } = controller(1_000, DELETES);
    const began = clock.now();
    rate.onAnswer(await rate.acquire(1_000), 500, 500);
    await rate.acquire(100);
    expect(clock.now() - began).toBeLessThan(600);
  });

  test('are sent when the time of the batch ends', async () => {
    const time = simulatedTime();
    const rate = new RateController(time, DELETES);
    const round = new AbortController();
    rate.allow({ id: 'run', objectsPerSecond: 0.001 }, round.signal);
    await rate.acquire();
    const waiting = rate.acquire(10);
    round.abort();
    await waiting;
    await rate.acquire(10);
  });
});

test('who waits for a turn when the round ends waits no longer', async () => {
  const time = simulatedTime();
  const rate = new RateController(time, OPTIONS);
  const round = new AbortController();
  rate.allow({ id: 'run', objectsPerSecond: 0.001 }, round.signal);
  await rate.acquire();
  const waiting = [rate.acquire(), rate.acquire()];
  round.abort();
  for (const turn of waiting) {
    await expect(turn).rejects.toThrow('the round ended');
  }
  await expect(rate.acquire()).rejects.toThrow('the round ended');
  rate.allow({ id: 'another', objectsPerSecond: 10 }, new AbortController().signal);
  await time.until(rate.acquire());
});

test('a request without a caller does not hold up the next round', async () => {
  const time = simulatedTime();
  const rate = new RateController(time, OPTIONS);
  const round = new AbortController();
  rate.allow({ id: 'run', objectsPerSecond: 0.02 }, round.signal);
  await rate.acquire();
  const waiting = rate.acquire();
  for (let i = 0; i < 3; i++) {
    await Promise.resolve();
  }
  const began = time.now();
  round.abort();
  await expect(waiting).rejects.toThrow('the round ended');
  rate.allow({ id: 'another', objectsPerSecond: 10 }, new AbortController().signal);
  await time.until(Promise.all([rate.acquire(), rate.acquire()]));
  expect(time.now() - began).toBeLessThan(1_000);
});
