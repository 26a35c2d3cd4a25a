import { Semaphore } from '../../../../src/lambda/throughput/semaphore';

const settled = () => new Promise((resolve) => setImmediate(resolve));

/**
 * Acquires `count` times and returns the numbers of the calls that were admitted, in that order.
 */
function acquireAll(semaphore: Semaphore, count: number): number[] {
  const admitted: number[] = [];
  for (let i = 0; i < count; i++) {
    void semaphore.acquire().then(() => admitted.push(i));
  }
  return admitted;
}

test(
  'admits as many as the limit, and one more for each release, in the order in which they ' +
    'asked',
  async () => {
    const semaphore = new Semaphore(2);
    const admitted = acquireAll(semaphore, 5);
    await settled();
    expect(admitted).toEqual([0, 1]);
    semaphore.release();
    await settled();
    expect(admitted).toEqual([0, 1, 2]);
    semaphore.release();
    semaphore.release();
    await settled();
    expect(admitted).toEqual([0, 1, 2, 3, 4]);
  },
);

test('a higher limit admits waiting tasks at once', async () => {
  const semaphore = new Semaphore(1);
  const admitted = acquireAll(semaphore, 4);
  semaphore.limit = 3;
  await settled();
  expect(semaphore.limit).toBe(3);
  expect(admitted).toEqual([0, 1, 2]);
});

test('under a lower limit nothing is admitted until enough tasks have finished', async () => {
  const semaphore = new Semaphore(3);
  const admitted = acquireAll(semaphore, 4);
  semaphore.limit = 1;
  semaphore.release();
  semaphore.release();
  await settled();
  expect(admitted).toEqual([0, 1, 2]);
  semaphore.release();
  await settled();
  expect(admitted).toEqual([0, 1, 2, 3]);
});

test('run returns what the task returns, and makes room after a failure', async () => {
  const semaphore = new Semaphore(1);
  const failed = semaphore.run(async () => {
    throw new Error('broken');
  });
  const next = semaphore.run(async () => 'done');
  await expect(failed).rejects.toThrow('broken');
  await expect(next).resolves.toBe('done');
});

test('run never runs more tasks at once than the limit', async () => {
  const semaphore = new Semaphore(3);
  let active = 0;
  let mostActive = 0;
  await Promise.all(
    Array.from({ length: 20 }, () =>
      semaphore.run(async () => {
        mostActive = Math.max(mostActive, ++active);
        await settled();
        active--;
      }),
    ),
  );
  expect(mostActive).toBe(3);
});
