import type { Context } from 'aws-lambda';
import { handler } from '../../../../src/lambda/archive-batch/archive-batch.lambda';
import { initialProgress } from '../../../../src/lambda/plan-run/plan-run';
import { ENVIRONMENT } from '../../../helpers/environment';
import { type Harness, startHarness } from '../../../helpers/harness';

const CONTEXT = {
  functionName: 'archive-batch',
  awsRequestId: 'r1',
  getRemainingTimeInMillis: () => 60_000,
} as Context;
const KEY = 'a-2026-11-24.csv';

interface Item {
  readonly Key: string;
  readonly Etag: string;
  readonly Size: number;
  readonly LastModified: number;
}

const environment = process.env;
let harness: Harness;

beforeEach(async () => {
  harness = await startHarness();
  process.env = {
    ...environment,
    ...ENVIRONMENT,
    AWS_ENDPOINT_URL_S3: harness.endpoint,
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
    SOURCE_BUCKET: 'source',
    DESTINATION_BUCKET: 'archive',
  };
  harness.store.createBucket('reports');
  jest.spyOn(process.stdout, 'write').mockImplementation(() => true);
});
afterEach(async () => {
  jest.restoreAllMocks();
  process.env = environment;
  await harness.close();
});

/**
 * Runs a batch with the one object that the bucket has, or with other items that are made from it.
 */
function run(bucket: string, change: (item: Item) => Item[] = (item) => [item]) {
  process.env.SOURCE_BUCKET = bucket;
  const { etag, size, lastModified } = harness.store.get(bucket, KEY)!;
  const startTime = new Date().toISOString();
  return handler(
    {
      BatchInput: {
        run: {
          id: 'run-1',
          startTime,
          from: '2026-11-24',
          to: '2026-11-24',
          action: 'archive',
          dryRun: false,
          reportPrefix: 'runs/run-1/',
          ledgerPrefix: 'runs/ledger/day=2026-11-24/run=run-1/',
          objectsPerSecond: 1_000,
        },
        progress: initialProgress(),
      },
      Items: change({ Key: KEY, Etag: `"${etag}"`, Size: size, LastModified: lastModified / 1000 }),
    },
    CONTEXT,
  );
}

test('an instance that has seen a bucket without Object Lock asks again for another bucket', async () => {
  harness.put(KEY, 'plain');
  expect(await run('source')).toMatchObject({ counts: { archived: 1 } });

  harness.store.createBucket('vault', { objectLock: true });
  harness.store.put('vault', KEY, 'locked', {
    lock: { mode: 'COMPLIANCE', retainUntil: Date.now() + 86_400_000 },
  });
  harness.store.delete('archive', `archive/2026/11/24/${KEY}`);
  expect(await run('vault')).toMatchObject({
    counts: { archived: 0, failed: 1 },
    problems: [{ code: 'LOCKED' }],
  });
  expect(harness.read('vault', KEY)).toBe('locked');
});

test.each<[string, (item: Item) => Item[], string]>([
  [
    'an ETag that matches any version',
    (item) => [{ ...item, Etag: '*' }],
    'does not name one version',
  ],
  ['a quoted one', (item) => [{ ...item, Etag: '"*"' }], 'does not name one version'],
  ['a list of ETags', (item) => [{ ...item, Etag: '"a","b"' }], 'does not name one version'],
  ['a key twice', (item) => [item, item], 'the same key twice'],
  ['an empty key', (item) => [{ ...item, Key: '' }], 'Invalid length'],
])('items with %s are refused before anything is copied', async (_, change, message) => {
  harness.put(KEY, 'plain');
  await expect(run('source', change)).rejects.toThrow(message);
  expect(harness.requests).toEqual({});
});
