/**
 * Runs `work` on several items at the same time, and yields the results in the items' order. No
 * other item begins while those in work, and the results that wait, have the weight `limit`.
 *
 * @param weigh default: each item weighs 1
 */
export async function* orderedMap<T, R>(
  items: AsyncIterable<T> | Iterable<T>,
  limit: number,
  work: (item: T) => Promise<R>,
  weigh: (item: T) => number = () => 1,
): AsyncGenerator<R> {
  const running: { readonly result: Promise<R>; readonly weight: number }[] = [];
  let load = 0;
  const next = () => {
    const { result, weight } = running.shift()!;
    load -= weight;
    return result;
  };
  try {
    for await (const item of items) {
      const result = work(item);
      // Without this, a rejection that is not awaited yet would end the process. The `await` below
      // still receives it.
      result.catch(() => undefined);
      const weight = weigh(item);
      running.push({ result, weight });
      load += weight;
      while (load >= limit) {
        yield await next();
      }
    }
    while (running.length > 0) {
      yield await next();
    }
  } finally {
    await Promise.allSettled(running.map(({ result }) => result));
  }
}

/**
 * Runs `work` on all items, at most `limit` of them at the same time. Throws the first error, in
 * the order of the items, after all that had begun have ended.
 */
export async function forEachAtOnce<T>(
  items: AsyncIterable<T> | Iterable<T>,
  limit: number,
  work: (item: T) => Promise<unknown>,
): Promise<void> {
  for await (const _ of orderedMap(items, limit, work)) {
    // Only that it has ended matters.
  }
}
