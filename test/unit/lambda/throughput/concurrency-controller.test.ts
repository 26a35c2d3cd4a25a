import {
  DISTRIBUTIONS,
  describeLatency,
  drawLatencies,
  randomFrom,
} from '../../../../benchmark/latencies';
import {
  ConcurrencyController,
  MAX_CONCURRENCY,
} from '../../../../src/lambda/throughput/concurrency-controller';

const SEED = 20_261_201;

/** Tasks that take `latency(active)` of a clock of their own. */
async function load(
  tasks: number,
  latency: (active: number) => number,
  it = new ConcurrencyController(),
) {
  const timers: { at: number; go: () => void }[] = [];
  let now = 0;
  let active = 0;
  let most = 0;
  let done = 0;
  const task = async () => {
    await it.acquire();
    active++;
    most = Math.max(most, active);
    const begun = now;
    await new Promise<void>((go) => timers.push({ at: now + latency(active), go }));
    it.onLatency(now - begun);
    active--;
    done++;
    it.release();
  };
  const all = Array.from({ length: tasks }, task);
  while (done < tasks) {
    await new Promise((resolve) => setImmediate(resolve));
    timers.sort((a, b) => a.at - b.at);
    const next = timers.shift();
    if (!next) {
      continue;
    }
    now = Math.max(now, next.at);
    next.go();
  }
  await Promise.all(all);
  return { it, most };
}

test('rises to the most while answers are as fast as the fastest', async () => {
  const { it, most } = await load(9_000, () => 80);
  expect(it.limit).toBe(MAX_CONCURRENCY);
  expect(most).toBe(MAX_CONCURRENCY);
});

test.each<[string, (active: number) => number]>([
  ['a server that does one thing at a time', (active) => 40 + active * 4],
  ['a server that gets slower and slower', (active) => (active === 1 ? 10 : 10 + active * 100)],
  ['a server that does 64 things at a time', (active) => Math.max(30, (active / 64) * 30)],
  ['a server that is faster than S3', (active) => active / 7],
])('settles where some copies wait, and not many: %s', async (_, latency) => {
  const { it } = await load(6_000, latency);
  const queue = it.limit * (1 - Math.max(10, latency(1)) / latency(it.limit));
  expect(queue).toBeGreaterThanOrEqual(48 * 0.8);
  expect(queue).toBeLessThanOrEqual(96);
});

test('does not starve where one answer was far faster than the others', async () => {
  let answers = 0;
  const { it } = await load(6_000, () => (answers++ === 0 ? 10 : 100));
  expect(it.limit).toBeGreaterThanOrEqual(48);
});

describe('the limit is never below what the rate needs, by Little’s law,', () => {
  test.each(DISTRIBUTIONS.map((latency) => [describeLatency(latency), latency] as const))(
    `where answers vary: %s, seed ${SEED}`,
    async (_, latency) => {
      for (const rate of [750, 1_500]) {
        const draw = drawLatencies(latency, randomFrom(SEED));
        const mean = Array.from({ length: 100_000 }, draw).reduce((a, b) => a + b) / 100_000;
        const { it } = await load(9_000, draw, new ConcurrencyController({ current: rate }));
        expect(it.limit).toBeGreaterThanOrEqual((rate / 1_000) * mean * 1.25);
        expect(it.limit).toBeLessThanOrEqual(MAX_CONCURRENCY);
      }
    },
  );

  test('and follows a rate that S3 lowers', async () => {
    const rate = { current: 1_500 };
    const draw = drawLatencies({ least: 30, median: 150, p99: 600 }, randomFrom(SEED));
    const { it } = await load(6_000, draw, new ConcurrencyController(rate));
    const before = it.limit;
    rate.current = 300;
    await load(6_000, draw, it);
    expect(it.limit).toBeLessThan(before / 2);
    expect(it.limit).toBeGreaterThanOrEqual(300 * 0.18 * 1.25);
  });

  test('unless no concurrency reaches the rate', async () => {
    const it = new ConcurrencyController({ current: 1_000_000 });
    await load(9_000, (active) => 40 + active * 4, it);
    expect(it.limit).toBeLessThan(200);
  });
});

test('a fast answer of a batch before the last one is out of date', async () => {
  const it = new ConcurrencyController();
  await load(1, () => 10, it);
  for (let batch = 0; batch < 10; batch++) {
    await load(1_000, () => 100, it);
  }
  expect(it.limit).toBe(MAX_CONCURRENCY);
});

test('no more copies enter than may, and each that leaves lets one in', async () => {
  const it = new ConcurrencyController();
  let inside = 0;
  for (let i = 0; i < 140; i++) {
    void it.acquire().then(() => {
      inside++;
    });
  }
  await new Promise((resolve) => setImmediate(resolve));
  expect(inside).toBe(128);
  it.release();
  await new Promise((resolve) => setImmediate(resolve));
  expect(inside).toBe(129);
});
