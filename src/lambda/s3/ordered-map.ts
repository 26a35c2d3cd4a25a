/**
 * Runs `work` on several items side by side and yields the results in the items' order, so that
 * what is built from them is the same on every run. No more than `concurrency` results wait at any time.
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
      // A rejection that nobody awaits yet would end the process; `await` below still sees it.
      result.catch(() => undefined);
      running.push(result);
      if (running.length >= concurrency) { yield await running.shift()!; }
    }
    while (running.length > 0) { yield await running.shift()!; }
  } finally {
    await Promise.allSettled(running);
  }
}
