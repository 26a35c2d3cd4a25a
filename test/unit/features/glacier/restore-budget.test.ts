/** A run never asks S3 to restore more than its limits, with repeated, lost and parallel calls. */
import { Life } from '../../../../assurance/properties/life';
import { RestoreBudget } from '../../../../src/features/glacier/lambda/restore-budget';
import { BucketClient } from '../../../../src/lambda/s3/bucket-client';
import { budgetOf, type Harness, startHarness } from '../../../helpers/harness';

const LIMITS = { maxObjects: 5, maxBytes: 100 };
const FOLDER = 'runs/2026-11-25/nightly/';
const KEY = `${FOLDER}restore-budget.json`;

let harness: Harness;
beforeEach(async () => {
  harness = await startHarness();
  harness.store.createBucket('reports');
});
afterEach(() => harness.close());

const open = (limits = LIMITS) => new RestoreBudget(limits, FOLDER);
const reports = (life?: Life) =>
  new BucketClient({
    s3: life ? life.of(harness.s3) : harness.s3,
    bucket: 'reports',
    budget: budgetOf(),
  });
const used = () => {
  const { objects, bytes } = JSON.parse(harness.read('reports', KEY)!) as Record<string, number>;
  return { objects, bytes };
};

test('reserves in the order of the objects, up to the limit of objects', async () => {
  expect(await open().reserve(reports(), [1, 1, 1])).toEqual([undefined, undefined, undefined]);
  expect(await open().reserve(reports(), [1, 1, 1])).toEqual([undefined, undefined, 'MAX_OBJECTS']);
  expect(used()).toEqual({ objects: 5, bytes: 5 });
});

test('a large object that does not fit leaves room for those after it', async () => {
  expect(await open().reserve(reports(), [60, 41, 40, 1])).toEqual([
    undefined,
    'MAX_SIZE',
    undefined,
    'MAX_SIZE',
  ]);
  expect(used()).toEqual({ objects: 2, bytes: 100 });
});

test('writes nothing where nothing is left', async () => {
  await open().reserve(reports(), [100]);
  const { etag } = harness.store.get('reports', KEY)!;
  expect(await open().reserve(reports(), [1, 1])).toEqual(['MAX_SIZE', 'MAX_SIZE']);
  expect(harness.store.get('reports', KEY)!.etag).toBe(etag);
});

test('what is given back can be reserved again', async () => {
  const budget = open();
  await budget.reserve(reports(), [20, 20, 20]);
  await budget.giveBack(reports(), 2, 40);
  expect(used()).toEqual({ objects: 1, bytes: 20 });
  expect(await open().reserve(reports(), [80])).toEqual([undefined]);
});

test('batches that reserve at once share what there is', async () => {
  const budgets = Array.from({ length: 20 }, () => open({ maxObjects: 30, maxBytes: 1_000 }));
  const verdicts = await Promise.all(budgets.map((each) => each.reserve(reports(), [1, 1, 1])));
  expect(verdicts.flat().filter((each) => each === undefined)).toHaveLength(30);
  expect(used()).toEqual({ objects: 30, bytes: 30 });
});

test('objects that ask one by one share reservations', async () => {
  const budget = open({ maxObjects: 150, maxBytes: 1_000 });
  const verdicts = await Promise.all(
    Array.from({ length: 200 }, () => budget.reserveOne(reports(), 1)),
  );
  expect(verdicts.filter((each) => each === undefined)).toHaveLength(150);
  expect(used().objects).toBe(150);
  expect(harness.requests.PutObject).toBeLessThan(4);
});

test.each(['LostAnswer', 'HalfAnswer', 'ResetBefore', 'InternalError'] as const)(
  'after %s to any of its requests, it neither reserves nor gives back twice',
  async (kind) => {
    for (let at = 1; at <= 6; at++) {
      harness.store.delete('reports', KEY);
      let calls = 0;
      harness.before = () => (++calls === at ? { kind } : undefined);
      const budget = open();
      expect([at, await budget.reserve(reports(), [10, 10, 10])]).toEqual([
        at,
        [undefined, undefined, undefined],
      ]);
      await budget.giveBack(reports(), 1, 10);
      harness.before = undefined;
      expect([at, used()]).toEqual([at, { objects: 2, bytes: 20 }]);
    }
  },
);

test('an answer that is lost while another batch writes does not give back twice', async () => {
  const budget = open();
  await budget.reserve(reports(), [10, 10, 10]);
  let puts = 0;
  harness.before = ({ operation }) => {
    if (operation !== 'PutObject' || ++puts > 2) {
      return undefined;
    }
    return puts === 1
      ? { kind: 'LostAnswer' }
      : open()
          .reserve(reports(), [1])
          .then(() => undefined);
  };
  await budget.giveBack(reports(), 1, 10);
  expect(puts).toBeGreaterThan(2);
  expect(used()).toEqual({ objects: 3, bytes: 21 });
});

test('what is not known to be unused stays used', async () => {
  const budget = open({ maxObjects: 500, maxBytes: 1_000 });
  await budget.reserve(reports(), [10, 10, 10]);
  let puts = 0;
  harness.before = async ({ operation }) => {
    if (operation !== 'PutObject' || ++puts !== 1) {
      return undefined;
    }
    // More changes than the file has ids of.
    for (let i = 0; i < 100; i++) {
      await open({ maxObjects: 500, maxBytes: 1_000 }).reserve(reports(), [1]);
    }
    return undefined;
  };
  await budget.giveBack(reports(), 1, 10);
  expect(used()).toEqual({ objects: 103, bytes: 130 });
});

test('what is given back to a deleted budget leaves one that can be read', async () => {
  const budget = open();
  await budget.reserve(reports(), [10, 10]);
  harness.store.delete('reports', KEY);
  await budget.giveBack(reports(), 1, 10);
  expect(await open().reserve(reports(), [1])).toEqual([undefined]);
  expect(used()).toEqual({ objects: 1, bytes: 1 });
});

test.each([false, true])(
  'an invocation that dies at any call (its last one executed: %s) leaves its part used, and no more',
  async (isLastExecuted) => {
    for (let calls = 0, isPastTheEnd = false; !isPastTheEnd; calls++) {
      harness.store.delete('reports', KEY);
      await open().reserve(reports(), [10]);
      const life = new Life(calls, isLastExecuted);
      const budget = open();
      isPastTheEnd = await budget
        .reserve(reports(life), [10, 10])
        .then(() => budget.giveBack(reports(life), 1, 10))
        .then(
          () => true,
          () => false,
        );
      await life.quiet();
      const after = used();
      expect(after.objects).toBeGreaterThanOrEqual(isPastTheEnd ? 2 : 1);
      expect(after.objects).toBeLessThanOrEqual(3);
      // It is repeated: nothing beyond the limit is reserved.
      const verdicts = await open().reserve(reports(), [10, 10, 10, 10, 10]);
      const granted = verdicts.filter((each) => each === undefined).length;
      expect(granted).toBe(5 - after.objects);
    }
  },
);

test('a budget that cannot be read reserves nothing', async () => {
  harness.store.put('reports', KEY, '{"objects":-1}');
  await expect(open().reserve(reports(), [1])).rejects.toThrow();
  harness.store.deny({ operations: ['PutObject'], bucket: 'reports' });
  await expect(open().reserve(reports(), [1])).rejects.toMatchObject({ name: 'AccessDenied' });
  await expect(open().reserveOne(reports(), 1)).rejects.toMatchObject({ name: 'AccessDenied' });
});
