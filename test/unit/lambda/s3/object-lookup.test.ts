import { findListed } from '../../../../src/lambda/s3/object-lookup';
import { bucketClient, type Harness, startHarness } from '../../../helpers/harness';

let harness: Harness;
const present = async (keys: string[]) =>
  new Set((await findListed(bucketClient(harness, 'archive'), keys)).keys());
const put = (...keys: string[]) => keys.forEach((key) => harness.store.put('archive', key, 'x'));

beforeAll(async () => {
  harness = await startHarness();
});
beforeEach(() => {
  for (const key of harness.store.keys('archive')) {
    harness.store.bucket('archive').delete(key, 0);
  }
  harness.resetRequests();
});
afterAll(() => harness.close());

test('finds those that are there', async () => {
  put('a/1', 'a/3', 'a/30', 'b/1');
  expect(await present(['a/3', 'a/2', 'a/1', 'a/1', 'a/31'])).toEqual(new Set(['a/1', 'a/3']));
  expect(await present([])).toEqual(new Set());
});

test('the first of all keys, and one of a single letter', async () => {
  put('a', 'b');
  expect(await present(['a', 'b', 'c'])).toEqual(new Set(['a', 'b']));
});

test(
  'keys that XML cannot carry, plus signs, spaces, percent signs, and characters of four ' +
    'bytes',
  async () => {
    const odd = ['x/\u0001', 'x/a+b c%41', 'x/\uffee', 'x/\u{1f600}', 'x/é&<'];
    put(...odd);
    expect(await present([...odd, 'x/a b c%41', 'x/\u{1f601}'])).toEqual(new Set(odd));
  },
);

test('goes past keys that were not asked for', async () => {
  for (let i = 0; i < 3_000; i++) {
    put(`d/m${String(i).padStart(5, '0')}`);
  }
  put('d/z');
  expect(await present(['d/a', 'd/m00001', 'd/z'])).toEqual(new Set(['d/m00001', 'd/z']));
  expect(harness.requests).toEqual({ ListObjectsV2: 2 });
});

test('page by page, where it asked for all of them', async () => {
  const keys = Array.from({ length: 2_500 }, (_, i) => `d/${String(i).padStart(5, '0')}`);
  put(...keys);
  expect((await present(keys)).size).toBe(2_500);
  expect(harness.requests.ListObjectsV2).toBe(3);
});

test('asks for a key that a whole page of others lies in front of', async () => {
  for (let i = 0; i < 1_500; i++) {
    put(`d/3${String(i).padStart(5, '0')}`);
  }
  put('d/4', 'd/5');
  expect(await present(['d/4', 'd/5', 'd/6'])).toEqual(new Set(['d/4', 'd/5']));
  expect(harness.requests.ListObjectsV2).toBeLessThanOrEqual(5);
});

test('throws a denial', async () => {
  const undo = harness.store.deny({ operations: ['ListObjectsV2'] });
  await expect(present(['a'])).rejects.toThrow('Access Denied');
  undo();
});
