/** Checks the messages about failures of S3, KMS and IAM. */
import type { S3Call } from '../../../../packages/s3-double/src';
import { listsByMap } from '../../../helpers/default-listing';
import { denyEveryone, Stage, type Trouble, deleteBucket } from '../stage';
import { check, type Row } from '../table';

// A throttled listing is retried many times.
jest.setTimeout(120_000);

const source = ({ sandbox }: Stage) => sandbox.sourceBucket;
const destination = ({ sandbox }: Stage) => sandbox.destinationBucket;
const reports = ({ sandbox }: Stage) => sandbox.reportBucket;
const getKmsKeyId = (stage: Stage) => stage.store.bucket(destination(stage)).encryption!.kmsKeyId!;

const keyDenied: Trouble = (stage) => stage.store.deny({ kmsKeyId: getKmsKeyId(stage) });
const copies = ({ operation }: S3Call) => operation === 'CopyObject';

const ROWS: [string, Row][] = [
  [
    "the source's policy denies reading",
    {
      at: 'ArchiveBatch',
      trouble: denyEveryone(source, 's3:GetObject'),
      subject: /^Archive FAILED, 10 failed/,
      layer: 'IAM',
      code: 'ACCESS_DENIED',
      cause: /ACCESS_DENIED incoming\/\d\d-2026-11-24\.csv\n +.*AccessDenied: .*\(request \w+\)$/m,
      counts: { listed: 20, archived: 10, skipped: 0, conflicting: 0, failed: 10 },
      command: 'start-execution',
    },
  ],
  [
    "the destination's policy denies writing",
    {
      trouble: denyEveryone(destination, 's3:PutObject'),
      subject: /^Archive run of 2026-11-24 failed: IAM/,
      layer: 'IAM',
      code: 'ACCESS_DENIED',
      cause:
        /^Cause: SystemicFailure: ACCESS_DENIED: .*s3:\/\/\S*archive\S*\/archive\/2026\/11\/24\/0\d-2026-11-24\.csv: AccessDenied/m,
      command: 'redrive-execution',
    },
  ],
  [
    "the report bucket's policy denies the ledger",
    {
      trouble: denyEveryone(reports, 's3:PutObject', '/*/ledger/*'),
      subject: /failed: IAM/,
      layer: 'IAM',
      code: 'AccessDenied',
      cause: /^Cause: AccessDenied: .*s3:PutObject.*$/m,
      command: 'redrive-execution',
    },
  ],
  [
    'the destination bucket does not exist',
    {
      at: 'ArchiveBatch',
      trouble: deleteBucket(destination),
      subject: /failed: S3/,
      layer: 'S3',
      code: 'NO_SUCH_BUCKET',
      cause:
        /^Cause: SystemicFailure: NO_SUCH_BUCKET: .*NoSuchBucket: The specified bucket does not exist/m,
      contains: ['a bucket is missing'],
      command: 'redrive-execution',
    },
  ],
  [
    'the report bucket is gone',
    {
      at: 'ArchiveBatch',
      trouble: deleteBucket(reports),
      subject: /failed: S3/,
      layer: 'S3',
      code: 'NoSuchBucket',
      cause: /^Cause: NoSuchBucket: /m,
      command: 'redrive-execution',
    },
  ],
  [
    "the policy of the archive's key denies",
    {
      trouble: keyDenied,
      subject: /failed: KMS/,
      layer: 'KMS',
      code: 'KMS_DENIED',
      cause:
        /^Cause: SystemicFailure: KMS_DENIED: .*not authorized to perform: kms:GenerateDataKey.*arn:aws:kms:/m,
      contains: [
        'check that the KMS key is enabled and that its policy allows',
        /^ +https:\/\/us-east-1\.console\.aws\.amazon\.com\/s3\/buckets\/\S+ledger%2Fday%3D2026-11-24%2Frun%3D\S+$/m,
      ],
      command: 'redrive-execution',
    },
  ],
  [
    "the archive's key is disabled",
    {
      s3: (call) =>
        copies(call)
          ? {
              kind: 'Error',
              status: 400,
              code: 'KMS.DisabledException',
              message: 'arn:aws:kms:us-east-1:123456789012:key/1 is disabled.',
            }
          : undefined,
      subject: /^Archive FAILED, \d+ failed/,
      layer: 'KMS',
      code: 'KMS_DENIED',
      cause:
        /KMS_DENIED incoming\/\d\d-2026-11-24\.csv\n +KMS\.DisabledException: arn:aws:kms:\S+ is disabled\. \(request \w+\)$/m,
      counts: { listed: 20, archived: 0, skipped: 0, conflicting: 0, failed: 20 },
      contains: ['check that it is enabled and that its policy allows'],
      command: 'start-execution',
    },
  ],
  [
    'all copies are throttled',
    {
      keys: ['incoming/00-2026-11-24.csv', 'incoming/01-2026-11-24.csv'],
      s3: (call) => (copies(call) ? { kind: 'SlowDown' } : undefined),
      subject: /^Archive FAILED, 2 failed/,
      layer: 'S3',
      code: 'SLOW_DOWN',
      cause: /SLOW_DOWN incoming\/00-2026-11-24\.csv\n +SlowDown: .*\(request \w+\)$/m,
      contains: ['the next run usually succeeds; if this comes back, lower maxObjectsPerSecond'],
      counts: { listed: 2, archived: 0, skipped: 0, conflicting: 0, failed: 2 },
      command: 'start-execution',
    },
  ],
];

/**
 * What the reader of a map says of a listing. listing.test.ts has what a function says that lists.
 */
const READER_ROWS: [string, Row][] = [
  [
    "the source's policy denies listing",
    {
      trouble: denyEveryone(source, 's3:ListBucket', ''),
      subject: /failed: IAM/,
      layer: 'IAM',
      code: 'States.ItemReaderFailed',
      cause: /^Cause: States\.ItemReaderFailed: .*AccessDenied/m,
      contains: ['state ArchiveObjects'],
      command: 'start-execution',
    },
  ],
  [
    'the source bucket does not exist',
    {
      trouble: deleteBucket(source),
      subject: /failed: S3/,
      layer: 'S3',
      code: 'States.ItemReaderFailed',
      cause: /^Cause: States\.ItemReaderFailed: .*NoSuchBucket/m,
      contains: ['a bucket is missing'],
      command: 'start-execution',
    },
  ],
  [
    'the listing is always throttled',
    {
      s3: ({ operation }) => (operation === 'ListObjectsV2' ? { kind: 'SlowDown' } : undefined),
      subject: /failed: S3/,
      layer: 'S3',
      code: 'States.ItemReaderFailed',
      cause: /^Cause: States\.ItemReaderFailed: .*SlowDown/m,
      contains: ['S3 received more requests than it allows'],
      command: 'start-execution',
    },
  ],
];

let stage: Stage;
beforeAll(async () => {
  stage = await Stage.open();
});
afterAll(() => stage.close());

test.each([...ROWS, ...(listsByMap() ? READER_ROWS : [])])('%s', async (_, row) => {
  await check(stage, row);
});
