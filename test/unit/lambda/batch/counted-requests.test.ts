/**
 * The functions of batches count the requests that S3 bills: the result of a batch has exactly
 * those that the S3 double has answered. Requests that S3 refuses with 503 are not billed.
 */
import type { Context } from 'aws-lambda';
import type { Fault, S3Call } from '../../../../packages/s3-double/src';
import type { Progress } from '../../../../src/contract/payloads/batch-payloads';
import type { ListedObject } from '../../../../src/contract/payloads/listing';
import type { Run } from '../../../../src/contract/payloads/run';
import { handler as archiveBatch } from '../../../../src/lambda/archive-batch/archive-batch.lambda';
import { initialProgress } from '../../../../src/lambda/plan-run/plan-run';
import { handler as restoreBatch } from '../../../../src/lambda/restore-batch/restore-batch.lambda';
import { listSource, testRun } from '../../../helpers/batch-fixtures';
import { TWO_BUCKETS } from '../../../helpers/environment';
import { type Harness, startHarness } from '../../../helpers/harness';
import { PACKING, packed } from '../../../helpers/packed-batches';

const MIB = 1024 ** 2;
const DAY = '2026-11-24';
const environment = process.env;
let harness: Harness;

// The functions keep the client of their first invocation.
beforeAll(async () => {
  harness = await startHarness({ minPartBytes: 1 });
  harness.store.createBucket('reports');
  process.env = {
    ...environment,
    AWS_ENDPOINT_URL_S3: harness.endpoint,
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
  };
});
afterAll(async () => {
  process.env = environment;
  await harness.close();
});
beforeEach(() => {
  jest.spyOn(process.stdout, 'write').mockImplementation(() => true);
  jest.spyOn(process.stderr, 'write').mockImplementation(() => true);
});
afterEach(() => {
  jest.restoreAllMocks();
  harness.before = undefined;
  for (const bucket of ['source', 'archive', 'reports']) {
    harness.store.keys(bucket).forEach((key) => harness.store.delete(bucket, key));
  }
});

const keyOf = (i: number) => `in/${i}-${DAY}.csv`;
const archivedKeyOf = (i: number) => `archive/2026/11/24/${i}-${DAY}.csv`;
const put = (count: number, size?: number) => {
  for (let i = 0; i < count; i++) {
    harness.put(keyOf(i), size === undefined ? undefined : 'x'.repeat(size));
  }
};
const contextOf = (milliseconds: number) =>
  ({
    functionName: 'batch',
    awsRequestId: 'r1',
    getRemainingTimeInMillis: () => milliseconds,
  }) as Context;

interface Invocation {
  readonly more?: Record<string, string>;
  readonly run?: Partial<Run>;
  readonly Items?: ListedObject[];
  readonly progress?: Progress;
  readonly milliseconds?: number;
  readonly progressFile?: 'write';
}

let lastRun: Run;

async function archive({
  more = {},
  run = {},
  Items = listSource(harness),
  progress = initialProgress(),
  milliseconds = 60_000,
  progressFile,
}: Invocation = {}): Promise<Progress> {
  Object.assign(process.env, TWO_BUCKETS);
  for (const name of [...Object.keys(PACKING), ...OPTIONS]) {
    delete process.env[name];
  }
  Object.assign(process.env, more);
  lastRun = testRun({ startTime: new Date().toISOString(), ...run });
  harness.resetRequests();
  return archiveBatch(
    { BatchInput: { run: lastRun, progress }, Items, progressFile },
    contextOf(milliseconds),
  );
}

const OPTIONS = [
  'STORAGE_CLASS',
  'MULTIPART_THRESHOLD_BYTES',
  'KEEPS_SOURCES',
  'GLACIER_SOURCES',
  'CONFLICT_POLICY',
].filter((name) => !(name in TWO_BUCKETS));

/** Refuses each request of the operation once, by its key. */
function refuseOnce(operation: string): (call: S3Call) => Fault | undefined {
  const refused = new Set<string>();
  return (call) => {
    const key = call.key ?? '';
    if (call.operation !== operation || refused.has(key)) {
      return undefined;
    }
    refused.add(key);
    return { kind: 'SlowDown' };
  };
}

type Scenario = readonly [
  name: string,
  prepare: () => void,
  invocation: Invocation,
  expected: Record<string, unknown>,
];

const SCENARIOS: readonly Scenario[] = [
  ['copies', () => put(300), {}, { CopyObject: 300, PutObject: 1 }],
  [
    'copies to another class',
    () => put(20),
    { more: { STORAGE_CLASS: 'GLACIER_IR' } },
    { 'CopyObject@GLACIER_IR': 20, PutObject: 1 },
  ],
  [
    'copies in parts',
    () => put(2, 11 * MIB),
    { more: { STORAGE_CLASS: 'STANDARD_IA', MULTIPART_THRESHOLD_BYTES: String(5 * MIB) } },
    {
      'CreateMultipartUpload@STANDARD_IA': 2,
      'UploadPartCopy@STANDARD_IA': 6,
      'CompleteMultipartUpload@STANDARD_IA': 2,
    },
  ],
  [
    'copies in parts to Glacier',
    () => put(1, 6 * MIB),
    { more: { STORAGE_CLASS: 'DEEP_ARCHIVE', MULTIPART_THRESHOLD_BYTES: String(5 * MIB) } },
    { CreateMultipartUpload: 1, UploadPartCopy: 2, 'CompleteMultipartUpload@DEEP_ARCHIVE': 1 },
  ],
  [
    'conflicts, and objects that the archive holds',
    () => {
      put(40);
      for (let i = 0; i < 10; i++) {
        harness.store.put('archive', archivedKeyOf(i), 'theirs', { storageClass: 'STANDARD_IA' });
      }
      for (let i = 10; i < 25; i++) {
        harness.store.put('archive', archivedKeyOf(i), harness.read('source', keyOf(i))!);
      }
    },
    {},
    { HeadObject: expect.any(Number), 'HeadObject@STANDARD_IA': expect.any(Number) },
  ],
  [
    'packs',
    () => put(50),
    { more: { ...PACKING, STORAGE_CLASS: 'GLACIER_IR' } },
    { GetObject: 50, 'PutObject@GLACIER_IR': 1, 'HeadObject@GLACIER_IR': 1 },
  ],
  [
    'sources in Glacier',
    () => {
      for (let i = 0; i < 5; i++) {
        harness.store.put('source', keyOf(i), 'cold', { storageClass: 'GLACIER' });
      }
    },
    {
      more: {
        GLACIER_SOURCES: JSON.stringify({
          tier: 'Bulk',
          days: 2,
          maxObjects: 1_000,
          maxBytes: MIB,
        }),
      },
    },
    { 'HeadObject@GLACIER': 5, 'RestoreObject@GLACIER/Bulk': 5 },
  ],
  [
    'kept sources',
    () => put(20),
    { more: { KEEPS_SOURCES: 'true' } },
    { CopyObject: 20, ListObjectsV2: expect.any(Number) },
  ],
  [
    'a dry run',
    () => {
      put(20);
      harness.store.put('archive', archivedKeyOf(0), 'theirs');
    },
    { run: { dryRun: true } },
    { ListObjectsV2: expect.any(Number), PutObject: 1 },
  ],
  ['nothing that is selected', () => put(3), { run: { from: '2026-11-20', to: '2026-11-20' } }, {}],
];

test.each(SCENARIOS)('%s', async (_, prepare, invocation, expected) => {
  prepare();
  const Items = invocation.more?.PACKING ? packed(listSource(harness)) : undefined;
  const { requests } = await archive({ ...invocation, ...(Items && { Items }) });
  expect(requests).toEqual(harness.bill.requests);
  expect(requests).toMatchObject(expected);
});

test.each(['CopyObject', 'DeleteObjects', 'PutObject', 'GetObject'])(
  'each %s is refused once, which is not billed',
  async (operation) => {
    put(30);
    harness.before = refuseOnce(operation);
    const isPacking = operation === 'GetObject';
    const { requests, counts } = await archive({
      ...(isPacking && { more: PACKING, Items: packed(listSource(harness)) }),
    });
    expect(counts.archived).toBe(30);
    expect(requests).toEqual(harness.bill.requests);
    expect(harness.requests[operation]).toBeGreaterThan(harness.bill.requests[operation]);
    expect(harness.store.keys('source')).toEqual([]);
  },
);

test('the next round adds to the requests of the round before', async () => {
  put(5);
  const before = { ...initialProgress(), requests: { CopyObject: 7, ListParts: 1 } };
  const { requests } = await archive({ progress: before });
  const { CopyObject, ...others } = harness.bill.requests;
  expect(requests).toEqual({ ...others, CopyObject: CopyObject + 7, ListParts: 1 });
});

test('an invocation does not count what the one before it sent, which left no result', async () => {
  put(5);
  harness.before = ({ operation, key }) =>
    operation === 'PutObject' && key?.includes('/ledger/')
      ? { kind: 'Error', status: 403, code: 'AccessDenied' }
      : undefined;
  await expect(archive()).rejects.toThrow();
  harness.before = undefined;
  const { requests } = await archive();
  expect(requests).toEqual(harness.bill.requests);
});

test('a restore', async () => {
  put(40);
  await archive({ more: { STORAGE_CLASS: 'STANDARD_IA' } });
  const parts = harness.store.keys('reports', lastRun.ledgerPrefix).map((key) => {
    const { etag, size } = harness.store.get('reports', key)!;
    return { key, etag: `"${etag}"`, size };
  });
  harness.store.put('source', keyOf(3), 'written again');
  const run = testRun({
    id: 'back',
    action: 'restore',
    startTime: new Date().toISOString(),
  });
  harness.resetRequests();
  const { requests, counts } = await restoreBatch(
    { parts, BatchInput: { run, progress: initialProgress() } },
    contextOf(60_000),
  );
  expect(counts).toMatchObject({ archived: 39, conflicting: 1 });
  expect(requests).toEqual(harness.bill.requests);
  expect(requests).toMatchObject({ CopyObject: expect.any(Number) as unknown, PutObject: 1 });
});
