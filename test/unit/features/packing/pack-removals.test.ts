import { PackRemovals } from '../../../../src/features/packing/lambda/pack/pack-removals';

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from }, (_, i) => from + i);
}

/** Records what is removed. */
function createRemovals() {
  const removed: (readonly number[])[] = [];
  const removals = new PackRemovals({
    partLines: 10,
    remove: async (indexes) => {
      removed.push(indexes);
    },
  });
  return { removals, removed };
}

const settled = () => new Promise<void>((resolve) => setImmediate(resolve));

test('a part of the ledger is removed when it is full, and the last one at the end', async () => {
  const { removals, removed } = createRemovals();
  for (const from of [0, 4, 8, 12]) {
    removals.add(Promise.resolve(range(from, from + 4)));
  }
  await settled();
  expect(removed).toEqual([range(0, 10)]);
  await removals.end();
  expect(removed).toEqual([range(0, 10), range(10, 16)]);
});

test('a large pack is removed at once', async () => {
  const { removals, removed } = createRemovals();
  removals.add(Promise.resolve(range(0, 40)));
  await settled();
  expect(removed).toEqual([range(0, 40)]);
});

test('packs are taken in their order, however late one is confirmed', async () => {
  const { removals, removed } = createRemovals();
  let confirm!: (indexes: number[]) => void;
  removals.add(new Promise((resolve) => (confirm = resolve)));
  removals.add(Promise.resolve(range(4, 12)));
  await settled();
  expect(removed).toEqual([]);
  confirm(range(0, 4));
  await removals.end();
  expect(removed).toEqual([range(0, 10), range(10, 12)]);
});

test('a pack that fails removes nothing, and stops no other', async () => {
  const { removals, removed } = createRemovals();
  removals.add(Promise.reject(new Error('the round is over')));
  removals.add(Promise.resolve(range(4, 8)));
  await removals.end();
  expect(removed).toEqual([range(4, 8)]);
});

test('one removal follows the other, also after one that failed', async () => {
  const ends: (() => void)[] = [];
  const remove = jest.fn(
    () =>
      new Promise<void>((resolve, reject) => {
        ends.push(ends.length === 0 ? () => reject(new Error('S3 is away')) : resolve);
      }),
  );
  const removals = new PackRemovals({ partLines: 10, remove });
  removals.add(Promise.resolve(range(0, 10)));
  removals.add(Promise.resolve(range(10, 20)));
  await settled();
  expect(remove.mock.calls).toEqual([[range(0, 10)]]);
  ends[0]();
  await settled();
  expect(remove.mock.calls).toEqual([[range(0, 10)], [range(10, 20)]]);
  ends[1]();
  await removals.end();
});
