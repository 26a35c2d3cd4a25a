/**
 * Batches whose time runs short, however a run lists: FinishBatches goes on with them. Their
 * functions have little time, and may start few copies a second.
 */
import { RedriveExecutionCommand, SFNClient } from '@aws-sdk/client-sfn';
import type { CfnFunction } from 'aws-cdk-lib/aws-lambda';
import type { InvocationHook } from '../../../packages/engine/src/lambda/host';
import { AlertMode, type S3DatedArchiverProps } from '../../../src';
import type { RunSummary } from '../../../src/contract/payloads/report-payloads';
import { listsByMap } from '../../helpers/default-listing';
import { rehearse, type Rehearsal } from '../../helpers/run-in-sandbox';

// Each run has to wait for the rate.
jest.setTimeout(300_000);

const KEYS = Array.from({ length: 60 }, (_, i) => `incoming/${100 + i}-2026-11-24.csv`);
const DATED = { date: '2026-11-24' };
const SECONDS = 5;

let it: Rehearsal;
let onInvoke: ((invocation: InvocationHook, state: string) => void) | undefined;
afterEach(() => {
  onInvoke = undefined;
  return it.close();
});

async function start(props: Partial<S3DatedArchiverProps> = {}, seconds = SECONDS): Promise<void> {
  it = await rehearse(
    {
      batchSize: 30,
      maxConcurrency: 2,
      maxObjectsPerSecond: 12,
      toleratedFailurePercentage: 0,
      ...props,
    },
    {
      onInvoke: (invocation) => {
        const { progressFile } = JSON.parse(invocation.event) as { progressFile?: string };
        onInvoke?.(invocation, progressFile ?? '');
      },
      extend: (archiver) => {
        archiver.onRunCompleted('Completed');
        (archiver.handler.node.defaultChild as CfnFunction).timeout = seconds;
      },
    },
  );
  KEYS.forEach((key) => {
    it.put(key);
  });
}

function expectAllArchived(): void {
  expect(it.source()).toEqual([]);
  expect(Object.values(it.archive()).sort()).toEqual([...KEYS].sort());
  const archived = it.ledger().filter(({ status }) => status === 'archived');
  expect(new Set(archived.map(({ key }) => key))).toEqual(new Set(KEYS));
}

/** The files of the plan that batches leave. Others are PlanRun's, or ListObjects'. */
const leftFiles = () =>
  it.sandbox
    .s3!.store.keys(it.sandbox.reportBucket)
    .filter((key) => /\/plan\/[0-9a-f]{64}\./.test(key));

const ARCHIVED = { listed: 60, archived: 60, skipped: 0, conflicting: 0, failed: 0 };

/** Redrives the run as its message says. */
async function redrive(message: string): Promise<Pick<RunSummary, 'counts'> & { status: string }> {
  const [, executionArn] = /redrive-execution .*--execution-arn (\S+)/.exec(message)!;
  const sfn = new SFNClient({
    endpoint: it.sandbox.awsEndpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'x', secretAccessKey: 'y' },
  });
  await sfn.send(new RedriveExecutionCommand({ executionArn }));
  await it.sandbox.settled();
  sfn.destroy();
  const { status, output } = it.sandbox.lastExecution!;
  return { status, counts: (JSON.parse(output!) as RunSummary).counts };
}

test('all objects are archived and counted once, and no function fails', async () => {
  await start();
  const rounds: string[] = [];
  onInvoke = ({ logicalId }, progressFile) => {
    if (logicalId.includes('ArchiveBatch')) {
      rounds.push(progressFile);
    }
  };
  const run = await it.sandbox.run({ input: DATED });
  expect(run).toMatchObject({ status: 'SUCCEEDED', counts: ARCHIVED, alerts: [] });
  expectAllArchived();
  // Two batches, each of which has a child in both maps.
  expect(run.children).toBe(4);
  expect(rounds.slice(0, 2)).toEqual(['write', 'write']);
  expect(new Set(rounds.slice(2))).toEqual(new Set(['read']));
  expect([...it.sandbox.functionUsage().values()].filter(({ errors }) => errors > 0)).toEqual([]);
  // The first answer of ReportRun is no end of the run.
  expect(run.events).toHaveLength(1);
  // The objects and the progress of each batch.
  expect(leftFiles()).toHaveLength(4);
});

test('a batch that has time leaves no file, and is one state', async () => {
  await start({ maxObjectsPerSecond: 10_000 }, 60);
  const run = await it.sandbox.run({ input: DATED });
  expect(run).toMatchObject({ status: 'SUCCEEDED', counts: ARCHIVED, children: 2 });
  expectAllArchived();
  expect(leftFiles().filter((key) => key.endsWith('.progress.json'))).toEqual([]);
  // PlanRun, Action, the map, ReportRun, Archived?, SendRunCompleted, Outcome and Succeed, where a
  // function lists also ListObjects and Listed?. A batch has its start and its state.
  const ofRun = listsByMap() ? 8 : 10;
  expect(run.transitions).toBe(ofRun + 2 * 2);
});

test('a batch that is killed before it answers is invoked again, and FinishBatches goes on', async () => {
  await start();
  const killed = new Set<string>();
  onInvoke = ({ kill, event, logicalId }, progressFile) => {
    if (logicalId.includes('ArchiveBatch') && progressFile === 'write' && !killed.has(event)) {
      killed.add(event);
      setTimeout(kill, 700);
    }
  };
  const run = await it.sandbox.run({ input: DATED });
  expect(run).toMatchObject({ status: 'SUCCEEDED', counts: ARCHIVED, alerts: [] });
  expect(killed.size).toBe(2);
  expectAllArchived();
});

test('a batch that failed before it left anything is redriven, and then its time runs short', async () => {
  await start({ retryPolicy: { maxAttempts: 0 } });
  let isBroken = true;
  onInvoke = ({ kill }, progressFile) => {
    if (progressFile === 'write' && isBroken) {
      kill();
    }
  };
  const failed = await it.sandbox.run({ input: DATED, name: 'nightly' });
  expect(failed.status).toBe('FAILED');
  const [{ message }] = failed.alerts;
  expect(message).toContain('(state ArchiveObjects)');
  isBroken = false;
  expect(await redrive(message)).toEqual({ status: 'SUCCEEDED', counts: ARCHIVED });
  expectAllArchived();
});

test('a function that is killed while it goes on is invoked again, and counts nothing twice', async () => {
  await start();
  let kills = 0;
  onInvoke = ({ kill }, progressFile) => {
    if (progressFile === 'read' && ++kills <= 2) {
      setTimeout(kill, 300);
    }
  };
  const run = await it.sandbox.run({ input: DATED });
  expect(run).toMatchObject({ status: 'SUCCEEDED', counts: ARCHIVED });
  expect(kills).toBeGreaterThan(2);
  expectAllArchived();
});

test('a batch that dies in FinishBatches is reconciled, and its objects are told', async () => {
  await start({ toleratedFailurePercentage: 100, retryPolicy: { maxAttempts: 0 } });
  onInvoke = ({ kill }, progressFile) => {
    if (progressFile === 'read') {
      kill();
    }
  };
  const run = await it.sandbox.run({ input: DATED });
  const left = it.source().length;
  expect(left).toBeGreaterThan(0);
  expect(run).toMatchObject({
    status: 'SUCCEEDED',
    counts: { listed: 60, archived: 60 - left, skipped: 0, conflicting: 0, failed: left },
  });
  expect(Object.keys(it.archive())).toHaveLength(60 - left);
  const failed = it.ledger().filter(({ status }) => status === 'failed');
  expect(new Set(failed.map(({ code }) => code))).toEqual(new Set(['BATCH_FAILED']));
  expect(run.alerts).toHaveLength(1);
});

test('a failed FinishBatches fails the run with one message, and a redrive goes on there', async () => {
  await start({ retryPolicy: { maxAttempts: 0 } });
  const invoked: string[] = [];
  let isBroken = true;
  onInvoke = ({ kill, logicalId }, progressFile) => {
    if (logicalId.includes('ArchiveBatch')) {
      invoked.push(progressFile);
    }
    if (progressFile === 'read' && isBroken) {
      kill();
    }
  };
  const failed = await it.sandbox.run({ input: DATED, name: 'nightly' });
  expect(failed).toMatchObject({
    status: 'FAILED',
    error: 'States.ExceedToleratedFailureThreshold',
  });
  expect(failed.alerts).toHaveLength(1);
  const [{ message }] = failed.alerts;
  expect(message).toContain('(state FinishBatches)');
  isBroken = false;
  invoked.length = 0;
  expect(await redrive(message)).toEqual({ status: 'SUCCEEDED', counts: ARCHIVED });
  expect(new Set(invoked)).toEqual(new Set(['read']));
  expectAllArchived();
});

test('with messages of batches, a batch goes on in its own child', async () => {
  await start({ alertMode: AlertMode.PER_BATCH });
  const run = await it.sandbox.run({ input: DATED });
  expect(run).toMatchObject({ status: 'SUCCEEDED', counts: ARCHIVED, children: 2 });
  expectAllArchived();
});
