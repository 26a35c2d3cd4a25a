import { startS3, type S3Double } from 'cdk-s3-dated-archiver-s3-double';
import { seedDemo } from '../../src/demo/seed';
import { accessStore } from '../../src/files/bucket-access';

let double: S3Double;
beforeEach(async () => {
  double = await startS3();
  double.store.createBucket('data');
});
afterEach(() => double.close());

async function keysFor(settings: Record<string, string> = {}, day?: string): Promise<string[]> {
  const objects = await seedDemo(
    accessStore(double.store),
    { bucket: 'data', settings: { SOURCE_PREFIX: 'incoming/', ...settings } },
    new Date('2026-11-25T12:00:00Z'),
    day,
  );
  const keys = double.store.keys('data');
  expect(keys.length).toBe(objects);
  return keys;
}

test("producers' names of the days around yesterday lie below the prefix", async () => {
  const keys = await keysFor();
  expect(keys.every((key) => key.startsWith('incoming/'))).toBe(true);
  for (const day of ['2026-11-22', '2026-11-23', '2026-11-24', '2026-11-25']) {
    expect(keys).toContain(`incoming/gharchive/${day}-0.json.gz`);
  }
  expect(keys.filter((key) => key.includes('2026-11-21'))).toEqual([]);
});

test.each([
  ['{"kind":"daysAgo","days":30}', '2026-10-26'],
  ['{"kind":"olderThan","days":7}', '2026-11-17'],
  ['{"kind":"lastDays","days":3}', '2026-11-24'],
])('with the selection %s, %s is among the days', async (selection, day) => {
  expect(await keysFor({ SELECTION: selection })).toContain(`incoming/gharchive/${day}-0.json.gz`);
});

test('a day that the run is for', async () => {
  expect(await keysFor({}, '2025-02-28')).toContain('incoming/gharchive/2025-02-28-0.json.gz');
});

test.each([
  ['yyyy/MM/dd/', '2026/11/24/'],
  ['yyyy-MM-dd', '2026-11-24/'],
  ["'d='yyyyDDD", 'd=2026328/'],
])('keys begin with %s where the archiver reads it there', async (format, start) => {
  const keys = await keysFor({
    DATE_SOURCE: JSON.stringify({ kind: 'keyPrefix', formats: [format] }),
  });
  expect(keys).toContain(`incoming/${start}gharchive/2026-11-24-0.json.gz`);
});

test('an object was modified on its day', async () => {
  await keysFor();
  expect(
    new Date(
      double.store.get('data', 'incoming/gharchive/2026-11-24-0.json.gz')!.lastModified,
    ).toISOString(),
  ).toMatch(/^2026-11-24T/);
});
