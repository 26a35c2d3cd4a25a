/**
 * Checks the messages about single objects that fail or conflict, and about a report that cannot be
 * written.
 */
import { denyEveryone, Stage, type Trouble } from './stage';
import { check, type Row } from './table';
import { listsByMap } from '../../helpers/default-listing';

const key = (n: string) => `archive/2026/11/24/${n}-2026-11-24.csv`;
const copyDenied =
  (n: string): Trouble =>
  ({ store }) =>
    store.deny({ operations: ['CopyObject'], keyPrefix: key(n) });
const oneLess = { listed: 20, archived: 19, skipped: 0, conflicting: 0, failed: 1 };
const counted = [
  /^Listed: +20$/m,
  /^Archived: +19 \(\d+ bytes\)$/m,
  /^Skipped: +0 /m,
  /^Conflicting: +0$/m,
  /^Failed: +1$/m,
];

/** The second batch crashes. */
const crash: Trouble = (_stage, invocation) => invocation!.kill();

/** Someone deletes a ledger part while the run is in progress. */
const deleteLedgerPart: Trouble = ({ store, sandbox, executionArn }) => {
  const ledger = `runs/ledger/day=2026-11-24/run=${executionArn.split(':').pop()}/`;
  const [part] = store.keys(sandbox.reportBucket).filter((each) => each.startsWith(ledger));
  store.delete(sandbox.reportBucket, part!);
};

const WITHIN: [string, Row][] = [
  [
    'an object fails',
    {
      trouble: copyDenied('07'),
      status: 'SUCCEEDED',
      subject: /^Archive incomplete, 1 failed: 2026-11-24/,
      layer: 'IAM',
      code: 'ACCESS_DENIED',
      cause: /ACCESS_DENIED incoming\/07-2026-11-24\.csv\n +AccessDenied: .*\(request \w+\)$/m,
      contains: [
        '1 of 20 objects for these days was not archived.',
        'runbook.md#access_denied',
        ...counted,
      ],
      counts: oneLess,
      command: 'start-execution',
      repaired: { listed: 1, archived: 1 },
    },
  ],
  [
    'an object conflicts',
    {
      trouble: ({ rehearsal, store, sandbox }) => {
        rehearsal.putArchived(key('07'), 'other');
        return () => {
          store.delete(sandbox.destinationBucket, key('07'));
        };
      },
      status: 'SUCCEEDED',
      subject: /^Archive incomplete, 1 conflicting: 2026-11-24/,
      layer: 'S3',
      code: 'DESTINATION_EXISTS',
      cause:
        /DESTINATION_EXISTS incoming\/07-2026-11-24\.csv\n +the destination holds other content$/m,
      contains: ['compare the two objects, then delete or rename one of them'],
      counts: { ...oneLess, conflicting: 1, failed: 0 },
      command: 'start-execution',
    },
  ],
  [
    'a whole batch crashes',
    {
      at: 'ArchiveBatch',
      trouble: crash,
      status: 'SUCCEEDED',
      subject: /^Archive incomplete, 10 failed: 2026-11-24/,
      layer: 'Lambda',
      code: 'BATCH_FAILED',
      cause: /BATCH_FAILED incoming\/10-2026-11-24\.csv\n +Runtime\.ExitError: .*signal: killed$/m,
      counts: { listed: 20, archived: 10, skipped: 0, conflicting: 0, failed: 10 },
      command: 'start-execution',
    },
  ],
];

const BEYOND: [string, Row][] = [
  [
    'one object fails, which is one too many',
    {
      trouble: copyDenied('07'),
      subject: /^Archive FAILED, 1 failed: 2026-11-24/,
      layer: 'IAM',
      code: 'ACCESS_DENIED',
      cause: /ACCESS_DENIED incoming\/07-2026-11-24\.csv\n +AccessDenied: .*\(request \w+\)$/m,
      contains: [
        '1 of 20 objects for these days failed. This is more than the tolerated 0%.',
        ...counted,
      ],
      counts: oneLess,
      command: 'start-execution',
      repaired: { listed: 1, archived: 1 },
    },
  ],
  [
    "the report bucket's policy denies the report",
    {
      at: 'ReportRun',
      trouble: denyEveryone(({ sandbox }) => sandbox.reportBucket, 's3:PutObject'),
      subject: /^Archive run of 2026-11-24 failed: IAM/,
      layer: 'IAM',
      code: 'AccessDenied',
      cause: /^Cause: AccessDenied: .*s3:PutObject/m,
      contains: [
        'while it was writing its report',
        listsByMap()
          ? 'Listed objects in these batches: 20 in total, 20 done, 0 failed, 0 not finished'
          : 'Batches: 2 in total, 2 done, 0 failed, 0 not finished',
      ],
      command: 'redrive-execution',
    },
  ],
  [
    'a part of the ledger is missing',
    {
      at: 'ReportRun',
      trouble: deleteLedgerPart,
      subject: /^Archive run of 2026-11-24 failed: ledger/,
      layer: 'ledger',
      code: 'LedgerUnbalanced',
      cause:
        /^Cause: LedgerUnbalanced: the ledger lacks 10 objects, because a part of it is missing: s3:\/\/\S+\.jsonl$/m,
      command: 'start-execution',
    },
  ],
];

describe('within the tolerance', () => {
  let stage: Stage;
  beforeAll(async () => {
    stage = await Stage.open({ toleratedFailurePercentage: 50 });
  });
  afterAll(() => stage.close());

  test.each(WITHIN)('%s', async (_, row) => {
    await check(stage, row);
  });
});

describe('without a tolerance', () => {
  let stage: Stage;
  beforeAll(async () => {
    stage = await Stage.open();
  });
  afterAll(() => stage.close());

  test('a clean run sends nothing', async () => {
    const { summary, alerts } = await stage.play({});
    expect([summary.status, alerts]).toEqual(['SUCCEEDED', []]);
  });

  test.each(BEYOND)('%s', async (_, row) => {
    await check(stage, row);
  });
});
