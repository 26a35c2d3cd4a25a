/**
 * Two runs move the same objects at the same time, as a scheduled one and one that a user starts
 * by hand.
 */
import type { S3Call } from '../../../../packages/s3-double/src';
import type { LedgerLine } from '../../../../src/contract/payloads/ledger-line';
import type { ListedObject } from '../../../../src/contract/payloads/listing';
import { moveBatch } from '../../../../src/lambda/batch/batch-round';
import { initialProgress } from '../../../../src/lambda/plan-run/plan-run';
import { listSource, testRun, testWorker } from '../../../helpers/batch-fixtures';
import { type Harness, startHarness } from '../../../helpers/harness';

let harness: Harness;
beforeEach(async () => {
  harness = await startHarness();
  harness.store.createBucket('reports');
});
afterEach(() => harness.close());

const COUNT = 40;
const OF_OBJECTS = new Set(['CopyObject', 'HeadObject', 'GetObject', 'GetObjectTagging']);

/** Whether S3 finds what a request reads. A copy is asked for by the key of its destination. */
function isThere({ operation, bucket, key = '' }: S3Call): boolean {
  if (operation === 'CopyObject') {
    return harness.store.get('source', key.replace('archive/2026/11/24/', 'in/')) !== undefined;
  }
  return harness.store.get(bucket!, key) !== undefined;
}

async function moveAs(id: string, items: readonly ListedObject[]) {
  const run = testRun({ id, startTime: new Date().toISOString() });
  const problems: LedgerLine[] = [];
  const worker = testWorker({ s3: harness.s3, run, onProblem: (line) => problems.push(line) });
  const { counts, finished } = await moveBatch(
    worker,
    { BatchInput: { run, progress: initialProgress() }, Items: [...items] },
    300_000,
  );
  return { counts, finished, problems };
}

test.each<[string, (key: string, i: number) => unknown]>([
  ['are plain', (key) => harness.put(key)],
  [
    'are in buckets with versioning',
    (key, i) => {
      if (i === 0) {
        for (const bucket of ['source', 'archive']) {
          harness.store.createBucket(bucket, { versioning: 'Enabled' });
        }
      }
      harness.put(key);
    },
  ],
  [
    'are encrypted by KMS',
    (key) =>
      harness.store.put('source', key, `content of ${key}`, { serverSideEncryption: 'aws:kms' }),
  ],
  [
    'were uploaded in parts and have tags',
    (key) =>
      harness.store.put('source', key, `content of ${key}`, { partSize: 8, tags: { a: 'b' } }),
  ],
])('fails no object, sends no message and archives each once: they %s', async (_, put) => {
  for (let i = 0; i < COUNT; i++) {
    put(`in/${i}-2026-11-24.csv`, i);
  }
  const items = listSource(harness);
  // The roles may list under a prefix only. So S3 answers 403 for what is not there.
  harness.before = (call) =>
    OF_OBJECTS.has(call.operation) && !isThere(call)
      ? { kind: 'Error', status: 403, code: 'AccessDenied' }
      : undefined;
  const runs = await Promise.all([
    moveAs('scheduled', items),
    moveAs('by-hand', [...items].reverse()),
  ]);
  for (const { counts, finished, problems } of runs) {
    expect({ finished, problems }).toEqual({ finished: true, problems: [] });
    expect(counts).toMatchObject({ listed: COUNT, conflicting: 0, failed: 0 });
  }
  expect(runs[0].counts.archived + runs[1].counts.archived).toBeGreaterThanOrEqual(COUNT);
  expect(harness.store.keys('source')).toEqual([]);
  expect(harness.store.keys('archive')).toHaveLength(COUNT);
});
