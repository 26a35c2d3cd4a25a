/**
 * Runs `work` on several items at the same time, and yields the results in the items' order. At
 * most `concurrency` of them are kept.
 */
export async function* orderedMap<T, R>(
  items: AsyncIterable<T> | Iterable<T>,
  concurrency: number,
  work: (item: T) => Promise<R>,
): AsyncGenerator<R> {
  const running: Promise<R>[] = [];
  try {
    for await (const item of items) {
      const result = work(item);
      // Without this, a rejection that nobody awaits yet would end the process. The `await` below
      // still gets it.
      result.catch(() => undefined);
      running.push(result);
      if (running.length >= concurrency) {
        yield await running.shift()!;
      }
    }
    while (running.length > 0) {
      yield await running.shift()!;
    }
  } finally {
    await Promise.allSettled(running);
  }
}
