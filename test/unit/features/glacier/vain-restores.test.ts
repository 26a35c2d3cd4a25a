import { VainRestores } from '../../../../src/features/glacier/lambda/vain-restores';
import { BucketClient } from '../../../../src/lambda/s3/bucket-client';
import { budgetOf, type Harness, startHarness } from '../../../helpers/harness';

const DAY = '2026-11-24';
const FILE = `runs/not-restored-again/${DAY}.json`;
const SOURCE = { key: 'in/a-2026-11-24.csv', etag: '"1"', day: DAY };

let harness: Harness;
let reports: BucketClient;
beforeEach(async () => {
  harness = await startHarness();
  harness.store.createBucket('reports');
  reports = new BucketClient({ s3: harness.s3, bucket: 'reports', budget: budgetOf() });
});
afterEach(() => harness.close());

const open = (today = '2026-11-25', asksAgain = false) =>
  new VainRestores({ sourceBucket: 'source', reportRoot: 'runs/', today, asksAgain });
const entries = () => Object.keys(JSON.parse(harness.read('reports', FILE) ?? '{}') as object);

test('what fails for a lasting reason is known to later runs', async () => {
  await open().add(reports, [{ ...SOURCE, code: 'ACCESS_DENIED' }]);
  expect(await open('2026-12-24').find(reports, SOURCE)).toEqual({
    at: '2026-11-25',
    code: 'ACCESS_DENIED',
  });
  expect([
    await open('2026-12-25').find(reports, SOURCE),
    await open('2026-11-26', true).find(reports, SOURCE),
    await open().find(reports, { ...SOURCE, etag: '"2"' }),
    await open().find(reports, { ...SOURCE, key: 'in/b-2026-11-24.csv' }),
    await open().find(reports, { ...SOURCE, day: '2026-11-23' }),
  ]).toEqual(Array(5).fill(undefined));
});

test.each([
  'SLOW_DOWN',
  'SERVER_ERROR',
  'OUT_OF_TIME',
  'BATCH_FAILED',
  'SOURCE_CHANGED',
  'ARCHIVED_CLASS',
  'NO_EXPEDITED_CAPACITY',
  'RESTORED_IN_VAIN',
])('%s says nothing about the next time', async (code) => {
  await open().add(reports, [{ ...SOURCE, code }]);
  expect(entries()).toEqual([]);
});

test('batches that write at once keep what each has noted', async () => {
  await Promise.all(
    Array.from({ length: 10 }, (_, i) =>
      open().add(reports, [{ ...SOURCE, key: `in/${i}-${DAY}.csv`, code: 'KMS_DENIED' }]),
    ),
  );
  expect(entries()).toHaveLength(10);
});

test('a repeated batch writes nothing new', async () => {
  await open().add(reports, [{ ...SOURCE, code: 'ACCESS_DENIED' }]);
  const { etag } = harness.store.get('reports', FILE)!;
  await open().add(reports, [{ ...SOURCE, code: 'ACCESS_DENIED' }]);
  expect(harness.store.get('reports', FILE)!.etag).toBe(etag);
});

test('a file is bounded: the oldest are forgotten, and those of more than 30 days', async () => {
  const many = (count: number, name: string) =>
    Array.from({ length: count }, (_, i) => ({
      ...SOURCE,
      key: `in/${name}${i}-${DAY}.csv`,
      code: 'LOCKED',
    }));
  await open('2026-11-01').add(reports, many(10, 'ancient'));
  await open('2026-11-25').add(reports, many(9_995, 'old'));
  expect(entries()).toHaveLength(10_000);
  await open('2026-12-02').add(reports, many(10, 'new'));
  expect(entries()).toHaveLength(10_000);
  const later = open('2026-12-03');
  const found = await Promise.all(many(10, 'new').map((each) => later.find(reports, each)));
  expect(found.filter((each) => each !== undefined)).toHaveLength(10);
  expect(await later.find(reports, many(1, 'ancient')[0])).toBeUndefined();
});

test('what is no such file counts for nothing, and is written anew', async () => {
  harness.store.put('reports', FILE, '["not", "ours"]');
  expect(await open().find(reports, SOURCE)).toBeUndefined();
  await open().add(reports, [{ ...SOURCE, code: 'ACCESS_DENIED' }]);
  expect(entries()).toHaveLength(1);
});
