/** A whole batch behind the guard: the archiver sends nothing that breaks a rule. */
import { moveBatch } from '../../../../src/lambda/batch/batch-round';
import { testRun, testWorker } from '../../../../test/helpers/batch-fixtures';
import { run, useBatches } from '../../../../test/helpers/batch-harness';
import { expectOwners, guardRequests } from '../../src/guard/guard-requests';
import type { RequestLimits } from '../../src/guard/limits';

const batches = useBatches();
const OWNER = '111122223333';
const LIMITS: RequestLimits = {
  source: { bucket: 'source', prefix: 'in/', owner: OWNER },
  destination: { bucket: 'archive', prefix: 'archive/', owner: OWNER },
  reports: { bucket: 'reports', prefix: 'runs/', owner: OWNER },
  isDryRun: false,
};

beforeEach(() => {
  const { store } = batches.harness;
  for (const bucket of ['source', 'archive', 'reports']) {
    store.createBucket(bucket, { account: OWNER });
  }
  const key = (name: string) => `in/${name}-2026-11-24.csv`;
  store.put('source', key('a'), 'plain');
  store.put('source', key('tagged'), 'tagged', { tags: { team: 'x' } });
  store.put('source', key('theirs'), 'mine');
  store.put('archive', 'archive/2026/11/24/theirs-2026-11-24.csv', 'theirs');
  store.put('source', key('again'), 'copied before');
  store.put('archive', 'archive/2026/11/24/again-2026-11-24.csv', 'copied before');
  store.put('source', key('large'), Buffer.alloc(6 * 1024 ** 2));
});

function move(limits: RequestLimits, forRun = run) {
  const s3 = expectOwners(guardRequests(batches.harness.s3, limits), limits);
  const worker = testWorker({ s3, run: forRun });
  return moveBatch(
    { ...worker, settings: { ...worker.settings, multipartThresholdBytes: 5 * 1024 ** 2 } },
    batches.batch(batches.listed(), { run: forRun }),
    60_000,
  );
}

test('what a batch sends passes: copies, parts, comparisons, ledger and deletes', async () => {
  const { counts } = await move(LIMITS);
  expect(counts).toMatchObject({ listed: 5, archived: 4, conflicting: 1, failed: 0 });
  expect(batches.harness.store.keys('source')).toEqual(['in/theirs-2026-11-24.csv']);
  const { CopyObject, UploadPartCopy, CompleteMultipartUpload, DeleteObjects, PutObject } =
    batches.harness.requests;
  const kinds = { CopyObject, UploadPartCopy, CompleteMultipartUpload, DeleteObjects, PutObject };
  expect(Object.values(kinds).every((requests) => requests > 0)).toBe(true);
});

test('what a dry run sends passes, and changes nothing', async () => {
  const before = ['source', 'archive'].map((bucket) => batches.harness.store.keys(bucket));
  const { counts } = await move({ ...LIMITS, isDryRun: true }, testRun({ dryRun: true }));
  expect(counts).toMatchObject({ listed: 5, archived: 4, conflicting: 1, failed: 0 });
  expect(['source', 'archive'].map((bucket) => batches.harness.store.keys(bucket))).toEqual(before);
});

test('settings that lead elsewhere than the limits move nothing', async () => {
  const destination = { ...LIMITS.destination, prefix: 'other/' };
  const { counts } = await move({ ...LIMITS, destination });
  expect(counts).toMatchObject({ listed: 5, archived: 0, failed: 5 });
  expect(batches.harness.store.keys('source')).toHaveLength(5);
});
