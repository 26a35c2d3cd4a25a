import { ConcurrencyController } from '../../../../src/lambda/throughput/concurrency-controller';

/** Tasks that take `latency(active)` of a clock of their own. */
async function load(tasks: number, latency: (active: number) => number) {
  const it = new ConcurrencyController();
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
  const { it, most } = await load(6_000, () => 80);
  expect(it.limit).toBe(448);
  expect(most).toBe(448);
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
