import { EagerDeletes } from '../../../../src/lambda/batch/eager-deletes';

const UNTHROTTLED = { isThrottled: false, keysPerDelete: 1_000 };
const THROTTLED = { isThrottled: true, keysPerDelete: 500 };

function deletesOf(
  copied: number,
  rate: typeof THROTTLED,
  remove: (indexes: readonly number[]) => Promise<void>,
): EagerDeletes {
  const early = new EagerDeletes(rate, remove);
  for (let index = 0; index < copied; index++) {
    early.add(index);
  }
  return early;
}

test('nothing is deleted early where S3 holds nothing back', async () => {
  const remove = jest.fn(async () => {});
  await deletesOf(2_000, UNTHROTTLED, remove).drain();
  expect(remove).not.toHaveBeenCalled();
});

test(
  'where S3 throttles, as many are deleted at a time as the rate allows, each object once, and ' +
    'what is less waits for the end',
  async () => {
    const removed: (readonly number[])[] = [];
    const early = new EagerDeletes(THROTTLED, async (indexes) => {
      removed.push(indexes);
    });
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
