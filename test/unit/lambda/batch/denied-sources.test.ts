/**
 * What the owner of sources, or a policy about sources, can bring about: those sources fail, and no
 * other object does.
 */
import type { Fault, PutOptions, S3Call } from '../../../../packages/s3-double/src';
import type { Progress } from '../../../../src/contract/payloads/batch-payloads';
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

const run = testRun({ startTime: new Date().toISOString() });

/** Moves what is at the source in one round. */
async function moveAll(): Promise<Progress> {
  const worker = testWorker({ s3: harness.s3, run, environment: { DESTINATION_KEY_ARN: OWN_KEY } });
  return moveBatch(
    worker,
    { BatchInput: { run, progress: initialProgress() }, Items: listSource(harness) },
    300_000,
  );
}

const OWN_KEY = 'arn:aws:kms:us-east-1:123456789012:key/own';
const FOREIGN_KEY = 'arn:aws:kms:us-east-1:999999999999:key/foreign';
const ROLE =
  'User: arn:aws:sts::123456789012:assumed-role/ArchiveBatch/fn is not authorized to perform:';
const OF_BUCKET_POLICY = 'with an explicit deny in a resource-based policy';

interface BadSource {
  /** What each bad source is like. */
  readonly options?: PutOptions;
  /** What its key begins with. */
  readonly folder?: string;
  /** Prepares policies. */
  readonly prepare?: () => unknown;
  /**
   * S3's answer to a request about a bad source. A copy is asked for by the key of its destination.
   */
  readonly answer?: (call: S3Call, quotedKey: string) => Fault | undefined;
}

const denied = (message?: string): Fault => ({
  kind: 'Error',
  status: 403,
  code: 'AccessDenied',
  message,
});
const isRead = ({ operation, bucket }: S3Call) =>
  operation === 'CopyObject' ||
  (bucket === 'source' && ['HeadObject', 'GetObject'].includes(operation));

const TABLE: [string, string, BadSource][] = [
  [
    'a policy denies s3:GetObject by tag',
    'ACCESS_DENIED',
    {
      options: { tags: { scan: 'infected' } },
      answer: (call, key) =>
        isRead(call)
          ? denied(
              `${ROLE} s3:GetObject on resource: "arn:aws:s3:::source/${key}" ${OF_BUCKET_POLICY}`,
            )
          : undefined,
    },
  ],
  [
    'a policy denies s3:GetObject by prefix, and S3 does not say why',
    'ACCESS_DENIED',
    { answer: (call) => (isRead(call) ? denied() : undefined) },
  ],
  [
    'a policy denies s3:GetObject by a key that quotes what KMS says',
    'ACCESS_DENIED',
    {
      folder:
        `in/${ROLE} kms:GenerateDataKey on resource: ${OWN_KEY} rate at which you may call ` +
        'KMS/',
      answer: (call, key) =>
        isRead(call)
          ? denied(
              `${ROLE} s3:GetObject on resource: "arn:aws:s3:::source/${key}" ${OF_BUCKET_POLICY}`,
            )
          : undefined,
    },
  ],
  [
    'another account owns the objects',
    'ACCESS_DENIED',
    {
      answer: (call) =>
        isRead(call) || (call.operation === 'GetObjectTagging' && call.bucket === 'source')
          ? denied()
          : undefined,
    },
  ],
  [
    'a policy denies s3:GetObjectTagging by tag',
    'ACCESS_DENIED',
    {
      options: { tags: { secret: 'yes' } },
      answer: ({ operation, bucket }) =>
        operation === 'CopyObject' || (operation === 'GetObjectTagging' && bucket === 'source')
          ? denied()
          : undefined,
    },
  ],
  [
    'their tags are what the destination denies',
    'ACCESS_DENIED',
    {
      options: { tags: { scan: 'infected' } },
      answer: ({ operation }) =>
        operation === 'CopyObject'
          ? denied(
              `${ROLE} s3:PutObjectTagging on resource: "arn:aws:s3:::archive/x" ` +
                `${OF_BUCKET_POLICY}`,
            )
          : undefined,
    },
  ],
  [
    'a key encrypts them that the archiver may not use',
    'KMS_DENIED',
    {
      options: { serverSideEncryption: 'aws:kms', kmsKeyId: FOREIGN_KEY },
      prepare: () => harness.store.deny({ kmsKeyId: FOREIGN_KEY }),
    },
  ],
  [
    'a key encrypts them that is disabled',
    'KMS_DENIED',
    {
      answer: ({ operation }) =>
        operation === 'CopyObject'
          ? {
              kind: 'Error',
              status: 400,
              code: 'KMS.DisabledException',
              message: `${FOREIGN_KEY} is disabled.`,
            }
          : undefined,
    },
  ],
  ['only their writer has the key (SSE-C)', 'CUSTOMER_KEY', { options: { customerKey: true } }],
  ['they are in GLACIER', 'ARCHIVED_CLASS', { options: { storageClass: 'GLACIER' } }],
  [
    'a policy denies s3:DeleteObject by prefix',
    'ACCESS_DENIED',
    {
      prepare: () =>
        harness.store.deny({
          operations: ['DeleteObject'],
          bucket: 'source',
          keyPrefix: 'in/bad/',
        }),
    },
  ],
];

function putBad(count: number, { folder = 'in/bad/', options, prepare, answer }: BadSource): void {
  const names = new Map<string, string>();
  for (let i = 0; i < count; i++) {
    const name = `bad-${i}-2026-11-24.csv`;
    names.set(name, `${folder}${name}`);
    harness.store.put('source', `${folder}${name}`, `bad ${i}`, options);
  }
  prepare?.();
  harness.before = (call) => {
    const key = names.get(call.key?.split('/').at(-1) ?? '');
    return key === undefined ? undefined : answer?.(call, key);
  };
}

describe.each(TABLE)('where %s', (_, code, bad) => {
  test('ten of them fail, and all others are archived', async () => {
    for (let i = 0; i < 90; i++) {
      harness.put(`in/good/${i}-2026-11-24.csv`);
    }
    putBad(10, bad);
    const { counts, problems } = await moveAll();
    expect(counts).toEqual({ listed: 100, archived: 90, skipped: 0, conflicting: 0, failed: 10 });
    expect(new Set(problems.map((problem) => problem.code))).toEqual(new Set([code]));
  });

  test('the batch ends, although all of its objects are such: the tolerance of the run decides', async () => {
    putBad(30, bad);
    const { counts, finished } = await moveAll();
    expect({ counts, finished }).toEqual({
      counts: { listed: 30, archived: 0, skipped: 0, conflicting: 0, failed: 30 },
      finished: true,
    });
  });
});

test('thirty denied sources among a hundred and fifty others fail alone', async () => {
  for (let i = 0; i < 150; i++) {
    harness.put(`in/good/${i}-2026-11-24.csv`);
  }
  putBad(30, TABLE[0][2]);
  expect((await moveAll()).counts).toMatchObject({ archived: 150, failed: 30 });
});

test('a delete that is denied names the action, the bucket and the key of the source', async () => {
  putBad(1, TABLE.at(-1)![2]);
  const {
    problems: [problem],
  } = await moveAll();
  expect(problem.message).toMatch(
    /^copied, but the source could not be deleted: S3 denied s3:DeleteObject on s3:\/\/source\/in\/bad\/bad-0-2026-11-24\.csv: AccessDenied: /,
  );
});

describe('a setup in which nothing can be copied stops the batch', () => {
  test.each<[string, Partial<Parameters<Harness['store']['deny']>[0]>]>([
    ['because the destination denies it', { operations: ['CopyObject'], bucket: 'archive' }],
    ['because the key of the destination cannot be used', { kmsKeyId: OWN_KEY }],
  ])('%s', async (_, rule) => {
    for (let i = 0; i < 40; i++) {
      harness.put(`in/good/${i}-2026-11-24.csv`);
    }
    harness.store.deny(rule);
    await expect(moveAll()).rejects.toMatchObject({ name: 'SystemicFailure' });
    // Ten objects show that sources can be read.
    expect(harness.requests.GetObject ?? 0).toBeLessThanOrEqual(40);
  });
});
