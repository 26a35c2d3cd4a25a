import { AimdConcurrencyController } from '../../../../src/lambda/throughput/concurrency-controller';

/** Tasks that take `latency(active)` of a clock of their own. */
async function load(tasks: number, latency: (active: number) => number) {
  const it = new AimdConcurrencyController();
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
    if (!next) { continue; }
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

test('stays where answers begin to queue', async () => {
  // A server that does one thing at a time: so many milliseconds for each that is under way.
  const { it } = await load(3_000, (active) => 40 + active * 4);
  expect(it.limit).toBeGreaterThanOrEqual(16);
  expect(it.limit).toBeLessThan(128);
});

test('falls to the least, and no lower, where they get slower and slower', async () => {
  const { it } = await load(2_000, (active) => (active === 1 ? 10 : 10 + active * 100));
  expect(it.limit).toBe(16);
});

test('answers within 50 ms do not lower it, whatever the fastest took', async () => {
  const { it } = await load(6_000, (active) => Math.min(50, active));
  expect(it.limit).toBe(128);
});

test('answers within 30 ms raise it, whatever the fastest took', async () => {
  const { it } = await load(6_000, (active) => Math.min(30, active));
  expect(it.limit).toBe(448);
});

test('answers within 50 ms raise it if the fastest took 20 ms', async () => {
  const { it } = await load(6_000, (active) => Math.max(20, Math.min(50, active)));
  expect(it.limit).toBe(448);
});

test('no more copies enter than may, and each that leaves lets one in', async () => {
  const it = new AimdConcurrencyController();
  let inside = 0;
  for (let i = 0; i < 140; i++) { void it.acquire().then(() => { inside++; }); }
  await new Promise((resolve) => setImmediate(resolve));
  expect(inside).toBe(128);
  it.release();
  await new Promise((resolve) => setImmediate(resolve));
  expect(inside).toBe(129);
});
