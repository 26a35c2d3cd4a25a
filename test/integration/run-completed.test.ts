/**
 * Checks that each run that archived sends one event, which the rules of `onRunCompleted` deliver.
 */
import { RedriveExecutionCommand, SFNClient } from '@aws-sdk/client-sfn';
import { App, Stack } from 'aws-cdk-lib';
import { Match } from 'aws-cdk-lib/aws-events';
import { SnsTopic } from 'aws-cdk-lib/aws-events-targets';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { Topic } from 'aws-cdk-lib/aws-sns';
import type { InvocationHook } from '../../packages/engine/src/lambda/host';
import { S3DatedArchiver } from '../../src';
import { rehearse, type Rehearsal } from '../helpers/run-in-sandbox';

jest.setTimeout(60_000);

const ARCHIVE = { date: '2026-11-24' };
let stage: Rehearsal;
let onInvoke: ((invocation: InvocationHook) => void) | undefined;

beforeAll(async () => {
  stage = await rehearse(
    { allowRestore: true, batchSize: 10, retryPolicy: { maxAttempts: 1 } },
    {
      onInvoke: (invocation) => onInvoke?.(invocation),
      extend: (archiver) => {
        const topic = new Topic(archiver, 'Told');
        archiver.onRunCompleted('Any', { target: new SnsTopic(topic) });
        archiver.onRunCompleted('Archived', {
          target: new SnsTopic(topic),
          eventPattern: { detail: { counts: { archived: Match.greaterThan(3) } } },
        });
      },
    },
  );
});
afterAll(() => stage.close());
afterEach(() => {
  onInvoke = undefined;
  const { s3, sourceBucket } = stage.sandbox;
  for (const key of s3!.store.keys(sourceBucket, 'incoming/')) {
    s3!.store.delete(sourceBucket, key);
  }
});

const put = (count: number, name: string) => {
  for (let i = 0; i < count; i++) {
    stage.put(`incoming/${name}${i}-2026-11-24.csv`);
  }
};
/** The events that a rule has delivered, without the archiver's own messages. */
const delivered = (from: number) =>
  stage.sandbox.published
    .slice(from)
    .filter(({ topicArn }) => topicArn.includes('Told'))
    .map(({ message }) => JSON.parse(message) as { detail: object });

test('a run that archived sends one event with its days, counts, outcome and destination', async () => {
  put(5, 'a');
  const run = await stage.sandbox.run({ input: ARCHIVE, name: 'nightly' });
  const { stateMachineArn, destinationBucket, reportBucket } = stage.sandbox;
  const executionArn = `${stateMachineArn.replace(':stateMachine:', ':execution:')}:nightly`;
  expect(run.events).toEqual([
    expect.objectContaining({
      source: 'cdk-s3-dated-archiver',
      'detail-type': 'S3DatedArchiver Run Completed',
      resources: [executionArn, stateMachineArn],
      detail: {
        archiver: 'Rehearsal/Archiver',
        stateMachineArn,
        executionArn,
        runId: 'nightly',
        dates: { from: '2026-11-24', to: '2026-11-24' },
        outcome: 'CLEAN',
        counts: { listed: 5, archived: 5, skipped: 0, conflicting: 0, failed: 0 },
        bytes: expect.any(Number),
        destination: { bucket: destinationBucket, prefix: 'archive/' },
        report: { bucket: reportBucket, key: expect.stringContaining('nightly/report.json') },
      },
    }),
  ]);
  expect(delivered(0)).toEqual([run.events[0], run.events[0]]);
});

test('dry runs, verifications and restores send none', async () => {
  put(5, 'b');
  for (const input of [
    { ...ARCHIVE, dryRun: true },
    { action: 'verify', ...ARCHIVE },
    { action: 'restore', run: 'nightly' },
  ]) {
    expect(await stage.sandbox.run({ input })).toMatchObject({ status: 'SUCCEEDED', events: [] });
  }
});

test('a run that archived nothing sends one, which a pattern may leave out', async () => {
  const from = stage.sandbox.published.length;
  const run = await stage.sandbox.run({ input: { date: '2026-10-01' } });
  expect(run.events).toEqual([
    expect.objectContaining({
      detail: expect.objectContaining({
        outcome: 'CLEAN',
        counts: expect.objectContaining({ archived: 0 }),
      }),
    }),
  ]);
  expect(delivered(from)).toEqual(run.events);
});

test.each<[string, (kill: () => void, n: number) => void]>([
  [
    'is tried again',
    (kill, n) => {
      if (n % 2 === 1) {
        kill();
      }
    },
  ],
  ['fails for good, and the run is redriven', (kill) => kill()],
])('a run whose ReportRun dies and %s sends one', async (_, die) => {
  put(5, `c${_[0]}`);
  let n = 0;
  onInvoke = ({ logicalId, kill }) => {
    if (logicalId.includes('ReportRun')) {
      die(kill, ++n);
    }
  };
  const run = await stage.sandbox.run({ input: ARCHIVE });
  onInvoke = undefined;
  expect(run.events).toHaveLength(run.status === 'SUCCEEDED' ? 1 : 0);
  const from = stage.sandbox.published.length;
  if (run.status !== 'SUCCEEDED') {
    await redrive();
    expect(delivered(from)).toHaveLength(2);
  }
});

test('a run that fails by its tolerance sends one, and its redrive none', async () => {
  put(5, 'd');
  const allow = stage.sandbox.s3!.store.deny({
    operations: ['CopyObject'],
    keyPrefix: 'archive/2026/11/24/d3',
  });
  const run = await stage.sandbox.run({ input: ARCHIVE });
  expect(run).toMatchObject({ status: 'FAILED', error: 'ToleranceExceeded' });
  expect(run.events).toEqual([
    expect.objectContaining({
      detail: expect.objectContaining({
        outcome: 'FAILED',
        counts: expect.objectContaining({ failed: 1 }),
      }),
    }),
  ]);
  const from = stage.sandbox.published.length;
  await redrive();
  expect(delivered(from)).toEqual([]);
  allow();
});

async function redrive(): Promise<void> {
  const { sandbox } = stage;
  const sfn = new SFNClient({
    endpoint: sandbox.awsEndpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'x', secretAccessKey: 'y' },
  });
  await sfn.send(new RedriveExecutionCommand({ executionArn: sandbox.lastExecution!.arn }));
  await sandbox.settled();
  sfn.destroy();
}

test('without a rule, the state machine sends nothing and may send nothing', async () => {
  const stack = new Stack(new App(), 'Stack');
  new S3DatedArchiver(stack, 'Archiver', { bucket: new Bucket(stack, 'Source') });
  const template = JSON.stringify(App.of(stack)!.synth().getStackByName('Stack').template);
  expect(template).not.toMatch(/putEvents|events:PutEvents|SendRunCompleted|Archived\?/);
});
