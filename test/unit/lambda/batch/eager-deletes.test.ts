import { EagerDeletes } from '../../../../src/lambda/batch/eager-deletes';

const UNTHROTTLED = { isThrottled: false, keysPerDelete: 1_000 };
const THROTTLED = { isThrottled: true, keysPerDelete: 500 };

type Remove = (indexes: readonly number[]) => Promise<void>;

function createDeletes(
  remove: Remove,
  {
    rate = UNTHROTTLED,
    start = 0,
    end = 1_000,
    isDone = () => true,
  }: {
    rate?: typeof THROTTLED;
    start?: number;
    end?: number;
    isDone?: (index: number) => boolean;
  } = {},
): EagerDeletes {
  return new EagerDeletes({ rate, range: { start, end }, partLines: 1_000, isDone, remove });
}

function deletesOf(copied: number, rate: typeof THROTTLED, remove: Remove): EagerDeletes {
  const early = createDeletes(remove, { rate });
  for (let index = 0; index < copied; index++) {
    early.add(index);
  }
  return early;
}

/** Deletes of objects that have an outcome as soon as they are settled. */
function settling(round: { start?: number; end: number }, rate = UNTHROTTLED) {
  const done = new Set<number>();
  const removed: (readonly number[])[] = [];
  const early = createDeletes(
    async (indexes) => {
      removed.push(indexes);
    },
    { ...round, rate, isDone: (index) => done.has(index) },
  );
  const settle = (index: number, isCopied = true) => {
    done.add(index);
    if (isCopied) {
      early.add(index);
    }
    early.settle(index);
  };
  return { early, done, removed, settle };
}

function range(start: number, end: number): number[] {
  return Array.from({ length: end - start }, (_, i) => start + i);
}

test('a batch with one part of the ledger deletes nothing early where S3 holds nothing back', async () => {
  const { early, removed, settle } = settling({ end: 1_000 });
  range(0, 1_000).forEach((index) => settle(index));
  await early.drain();
  expect(removed).toEqual([]);
});

test('a part is removed as soon as all of its objects are settled, in whatever order', async () => {
  const { early, removed, settle } = settling({ end: 2_500 });
  range(0, 999).forEach((index) => settle(index));
  range(1_000, 2_000).forEach((index) => settle(index));
  await early.drain();
  expect(removed).toEqual([range(1_000, 2_000)]);
  settle(999);
  range(2_000, 2_500).forEach((index) => settle(index));
  await early.drain();
  expect(removed).toEqual([range(1_000, 2_000), range(0, 1_000), range(2_000, 2_500)]);
});

test('an object that is put off holds nothing back, and its outcome is not written early', async () => {
  const { early, removed, settle } = settling({ end: 2_000 });
  early.settle(7);
  range(0, 1_000)
    .filter((index) => index !== 7)
    .forEach((index) => settle(index));
  await early.drain();
  expect(removed).toEqual([range(0, 1_000).filter((index) => index !== 7)]);
  // It ends when its part is removed.
  settle(7);
  await early.drain();
  expect(removed).toHaveLength(1);
});

test('what is no copy is written with its part', async () => {
  const { early, removed, settle } = settling({ end: 2_000 });
  range(0, 1_000).forEach((index) => settle(index, index % 2 === 0));
  await early.drain();
  expect(removed).toEqual([range(0, 1_000)]);
});

test('a later round writes nothing of what the rounds before finished', async () => {
  const { early, removed, settle } = settling({ start: 1_300, end: 3_000 });
  range(1_300, 3_000).forEach((index) => settle(index));
  await early.drain();
  expect(removed).toEqual([range(1_300, 2_000), range(2_000, 3_000)]);
});

test('what was done before the copies, as packed objects are, is not waited for', async () => {
  const removed: (readonly number[])[] = [];
  const early = createDeletes(
    async (indexes) => {
      removed.push(indexes);
    },
    { end: 2_000, isDone: (index) => index !== 1_500 },
  );
  early.settle(1_500);
  await early.drain();
  expect(removed).toEqual([range(1_000, 2_000).filter((index) => index !== 1_500)]);
});

test('where S3 throttles, a part does not remove again what was removed before it', async () => {
  const { early, removed, settle } = settling({ end: 2_000 }, THROTTLED);
  for (const index of range(0, 2_000)) {
    settle(index);
    await early.drain();
  }
  expect(removed.filter(({ length }) => length > 0)).toEqual([
    range(0, 500),
    range(500, 1_000),
    range(1_000, 1_500),
    range(1_500, 2_000),
  ]);
});

test(
  'where S3 throttles, as many are deleted at a time as the rate allows, each object once, and ' +
    'what is less waits for the end',
  async () => {
    const removed: (readonly number[])[] = [];
    const early = createDeletes(
      async (indexes) => {
        removed.push(indexes);
      },
      { rate: THROTTLED },
    );
    for (let index = 0; index < 1_200; index++) {
      early.add(index);
      await early.drain();
    }
    expect(removed.map(({ length }) => length)).toEqual([500, 500]);
    expect(new Set(removed.flat()).size).toBe(1_000);
  },
);

test('a hundred at least are deleted at a time, because a PUT of their ledger lines comes first', async () => {
  const remove = jest.fn(async () => {});
  const low = { isThrottled: true, keysPerDelete: 20 };
  await deletesOf(99, low, remove).drain();
  expect(remove).not.toHaveBeenCalled();
  await deletesOf(100, low, remove).drain();
  expect(remove).toHaveBeenCalledTimes(1);
});

test('one delete is sent after the other: S3 holds them back already', async () => {
  let end = () => {};
  const remove = jest.fn(
    () =>
      new Promise<void>((resolve) => {
        end = resolve;
      }),
  );
  const early = deletesOf(1_200, THROTTLED, remove);
  expect(remove).toHaveBeenCalledTimes(1);
  end();
  await early.drain();
  early.add(1_200);
  expect(remove).toHaveBeenLastCalledWith(Array.from({ length: 701 }, (_, i) => 500 + i));
});

test('what cannot be deleted early is no error: the end tries again', async () => {
  await expect(
    deletesOf(500, THROTTLED, async () => {
      throw new Error('no answer');
    }).drain(),
  ).resolves.toBeUndefined();
});
