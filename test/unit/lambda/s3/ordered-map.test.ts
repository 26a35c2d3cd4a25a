import { orderedMap } from '../../../../src/lambda/s3/ordered-map';

const tick = () => new Promise((resolve) => setImmediate(resolve));

async function collect<T>(results: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const each of results) {
    all.push(each);
  }
  return all;
}

test('keeps the order, whichever ends first', async () => {
  const results = orderedMap([5, 1, 3, 0], 3, async (ticks) => {
    for (let i = 0; i < ticks; i++) {
      await tick();
    }
    return ticks;
  });
  expect(await collect(results)).toEqual([5, 1, 3, 0]);
});

test('works on as many at once as it may, and no more', async () => {
  let running = 0;
  let most = 0;
  await collect(
    orderedMap(
      Array.from({ length: 20 }, (_, i) => i),
      4,
      async () => {
        most = Math.max(most, ++running);
        await tick();
        running -= 1;
      },
    ),
  );
  expect(most).toBe(4);
});

test('an error ends it, after the others are done', async () => {
  let running = 0;
  const results = orderedMap([0, 1, 2, 3], 3, async (n) => {
    running += 1;
    for (let i = 0; i <= n; i++) {
      await tick();
    }
    running -= 1;
    if (n < 2) {
      throw new Error(`no ${n}`);
    }
  });
  await expect(collect(results)).rejects.toThrow('no 0');
  expect(running).toBe(0);
});
