/**
 * Redrives failed runs of the synthesized definition and the built bundles after the cause of the
 * failure is removed.
 */
import { RedriveExecutionCommand, SFNClient, StopExecutionCommand } from '@aws-sdk/client-sfn';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import type { InvocationHook } from '../../../packages/engine/src/lambda/host';
import type { RunSummary } from '../../../src/contract/payloads/report-payloads';
import { rehearse, type Rehearsal } from '../../helpers/run-in-sandbox';

jest.setTimeout(60_000);

const KEYS = Array.from(
  { length: 40 },
  (_, i) => `incoming/${String(i).padStart(2, '0')}-2026-11-24.csv`,
);
const archived = (key: string) => `archive/2026/11/24/${key.slice('incoming/'.length)}`;

interface Stage extends Rehearsal {
  readonly sfn: SFNClient;
  readonly executionArn: string;
}

/** Makes an invocation fail, and returns a function that removes the cause. */
type Trouble = (stage: Stage, invocation: InvocationHook) => void | (() => void);

interface Case {
  readonly trouble: Trouble;
  /**
   * The invocation that fails: the first of PlanRun, that of the second batch of ArchiveBatch, or
   * the first of ReportRun.
   */
  readonly at: 'PlanRun' | 'ArchiveBatch' | 'ReportRun';
  readonly status?: string;
  readonly kms?: boolean;
}

const deny =
  (rule: object): Trouble =>
  ({ sandbox }) =>
    sandbox.s3!.store.deny(rule);

const CASES: [string, Case][] = [
  [
    'a bucket policy denies the copies',
    {
      at: 'ArchiveBatch',
      trouble: ({ sandbox: { s3, destinationBucket } }) => {
        const Resource = `arn:aws:s3:::${destinationBucket}/*`;
        s3!.store.putPolicy(destinationBucket, {
          Version: '2012-10-17',
          Statement: [{ Effect: 'Deny', Principal: '*', Action: 's3:PutObject', Resource }],
        });
        return () => s3!.store.putPolicy(destinationBucket, undefined);
      },
    },
  ],
  [
    'the KMS key of the archive is denied',
    {
      at: 'ArchiveBatch',
      kms: true,
      trouble: ({ sandbox: { s3, destinationBucket } }) =>
        s3!.store.deny({ kmsKeyId: s3!.store.bucket(destinationBucket).encryption!.kmsKeyId }),
    },
  ],
  [
    'the ledger may not be written',
    { at: 'ArchiveBatch', trouble: deny({ operations: ['PutObject'], keyPrefix: 'runs/ledger/' }) },
  ],
  ['a function is killed', { at: 'ArchiveBatch', trouble: (_stage, { kill }) => kill() }],
  [
    'the run times out',
    {
      at: 'ArchiveBatch',
      status: 'TIMED_OUT',
      trouble: ({ sandbox }) => {
        sandbox.timeOut('nightly');
      },
    },
  ],
  [
    'somebody stops the run',
    {
      at: 'ArchiveBatch',
      status: 'ABORTED',
      trouble: ({ sfn, executionArn }) => {
        void sfn.send(new StopExecutionCommand({ executionArn, cause: 'lunch' }));
      },
    },
  ],
  ['the planner is killed', { at: 'PlanRun', trouble: (_stage, { kill }) => kill() }],
  ['the reporter is killed', { at: 'ReportRun', trouble: (_stage, { kill }) => kill() }],
  [
    'the report may not be written',
    { at: 'ReportRun', trouble: deny({ operations: ['PutObject'] }) },
  ],
];

let open: Rehearsal | undefined;
afterEach(async () => {
  await open?.close();
});

/**
 * Tells a batch from the others: by its first object, or by the file that a function has planned.
 */
const toBatchName = ({ Items, part }: { Items?: { Key: string }[]; part?: { name: string } }) =>
  Items?.[0].Key ?? part!.name;

async function fail({ trouble, at, kms = false }: Case) {
  let mend = (): void => undefined;
  let batches: string[] = [];
  let stage: Stage | undefined;
  const rehearsal = (open = await rehearse(
    (stack) => ({
      batchSize: 10,
      maxConcurrency: 1,
      retryPolicy: { maxAttempts: 0 },
      ...(kms
        ? {
            destinationBucket: new Bucket(stack, 'Archive', {
              encryptionKey: new Key(stack, 'Key'),
            }),
          }
        : {}),
    }),
    {
      onInvoke: (invocation) => {
        const { logicalId, n, event } = invocation;
        if (logicalId.includes('ArchiveBatch')) {
          batches.push(toBatchName(JSON.parse(event)));
        }
        if (!logicalId.includes(at) || n !== (at === 'ArchiveBatch' ? 2 : 1)) {
          return;
        }
        mend = trouble(stage!, invocation) ?? mend;
      },
    },
  ));
  const { sandbox } = rehearsal;
  const sfn = new SFNClient({
    endpoint: sandbox.awsEndpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'x', secretAccessKey: 'y' },
  });
  stage = {
    ...rehearsal,
    sfn,
    executionArn: `${sandbox.stateMachineArn.replace(':stateMachine:', ':execution:')}:nightly`,
  };
  for (const key of KEYS) {
    rehearsal.put(key);
  }
  const failed = await sandbox.run({
    input: { date: '2026-11-24' },
    name: 'nightly',
    now: '2026-11-25T16:00:00Z',
  });
  const before = batches;
  batches = [];
  mend();
  return { ...stage, failed, batchesBefore: before, batchesAfter: batches };
}

/** Runs the command in the alert, and waits until the execution ends. */
async function redrive({
  sandbox,
  sfn,
  failed,
}: Awaited<ReturnType<typeof fail>>): Promise<RunSummary> {
  const [, executionArn] = /aws stepfunctions redrive-execution .*--execution-arn (\S+)/.exec(
    failed.alerts[0]!.message,
  )!;
  await sfn.send(new RedriveExecutionCommand({ executionArn }));
  await sandbox.settled();
  sfn.destroy();
  const { status, output, error, cause } = sandbox.lastExecution!;
  expect({ status, error, cause }).toEqual({
    status: 'SUCCEEDED',
    error: undefined,
    cause: undefined,
  });
  return JSON.parse(output!) as RunSummary;
}

describe('a run', () => {
  test.each(CASES)('succeeds after a redrive if %s', async (_name, given) => {
    const stage = await fail(given);
    const { sandbox, failed, batchesBefore, batchesAfter } = stage;
    expect(failed.status).toBe(given.status ?? 'FAILED');
    expect(failed.alerts).toHaveLength(1);
    const succeededBefore =
      [...sandbox.records.mapRuns.values()][0]?.executionCounts.succeeded ?? 0;

    const summary = await redrive(stage);
    expect(summary).toMatchObject({
      outcome: 'CLEAN',
      dates: { from: '2026-11-24', to: '2026-11-24' },
      counts: { listed: 40, archived: 40, skipped: 0, conflicting: 0, failed: 0 },
    });
    expect(stage.source()).toEqual([]);
    expect(stage.archive()).toEqual(Object.fromEntries(KEYS.map((key) => [archived(key), key])));
    expect(
      stage
        .ledger()
        .filter(({ status }) => status === 'archived')
        .map(({ key }) => key)
        .sort(),
    ).toEqual(KEYS);

    expect(
      batchesBefore.slice(0, succeededBefore).filter((batch) => batchesAfter.includes(batch)),
    ).toEqual([]);
    expect(batchesAfter).toHaveLength(4 - succeededBefore);
  });
});

describe('objects that are removed before the redrive', () => {
  test.each([
    ['had failed', deny({ operations: ['CopyObject'] })],
    // The killed batch does not even copy an object.
    [
      'were in a batch that was killed',
      ((stage, invocation) => {
        const allow = deny({ operations: ['CopyObject'] })(stage, invocation);
        invocation.kill();
        return allow;
      }) as Trouble,
    ],
  ])('are skipped if they %s, and the counts balance', async (_how, trouble) => {
    const stage = await fail({ at: 'ArchiveBatch', trouble });
    const [, gone] = KEYS.filter((key) => stage.source().includes(key));
    stage.sandbox.s3!.store.delete(stage.sandbox.sourceBucket, gone!);
    expect((await redrive(stage)).counts).toEqual({
      listed: 40,
      archived: 39,
      skipped: 1,
      conflicting: 0,
      failed: 0,
    });
    expect(stage.ledger().filter(({ key }) => key === gone)).toEqual([]);
  });

  test('are skipped if they were the whole batch', async () => {
    const stage = await fail({ at: 'ArchiveBatch', trouble: deny({ operations: ['CopyObject'] }) });
    for (const key of KEYS.slice(10, 20)) {
      stage.sandbox.s3!.store.delete(stage.sandbox.sourceBucket, key);
    }
    expect((await redrive(stage)).counts).toEqual({
      listed: 40,
      archived: 30,
      skipped: 10,
      conflicting: 0,
      failed: 0,
    });
  });
});

test(
  'fails again after a redrive if more objects failed than the tolerance allows, so the alert ' +
    'says to start a new run',
  async () => {
    const stage = await fail({
      at: 'ArchiveBatch',
      trouble: deny({ operations: ['CopyObject'], keyPrefix: archived(KEYS[17]!) }),
    });
    expect(stage.failed).toMatchObject({ status: 'FAILED', error: 'ToleranceExceeded' });
    expect(stage.failed.alerts[0]!.message).not.toContain('redrive-execution');
    await stage.sfn.send(new RedriveExecutionCommand({ executionArn: stage.executionArn }));
    await stage.sandbox.settled();
    stage.sfn.destroy();
    expect(stage.sandbox.lastExecution).toMatchObject({
      status: 'FAILED',
      error: 'ToleranceExceeded',
      redriveCount: 1,
    });
    expect(stage.batchesAfter).toEqual([]);
  },
);
