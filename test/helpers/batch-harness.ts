/**
 * What tests of batches have in common: an S3 with the buckets of an archiver, a worker, and the
 * ledger that a batch leaves.
 */
import type { S3Client } from '@aws-sdk/client-s3';
import { listSource, testRun, testWorker } from './batch-fixtures';
import { type Harness, startHarness } from './harness';
import { expectSchema } from './report-schema';
import type { BatchEvent, Progress } from '../../src/contract/payloads/batch-payloads';
import type { LedgerLine } from '../../src/contract/payloads/ledger-line';
import type { ListedObject } from '../../src/contract/payloads/listing';
import type { Run } from '../../src/contract/payloads/run';
import type { BatchWorker } from '../../src/lambda/batch/batch-worker';
import { initialProgress } from '../../src/lambda/plan-run/plan-run';
import type { Environment } from '../../src/lambda/runtime/environment';

export const run = testRun({ id: 'run-1', startTime: new Date().toISOString() });

/**
 * Starts an S3 before each test of a file. After each test, the ledger must keep to the published
 * schema.
 */
export function useBatches() {
  let harness: Harness;
  let problems: LedgerLine[];
  beforeEach(async () => {
    harness = await startHarness({ minPartBytes: 1 });
    harness.store.createBucket('reports');
    problems = [];
  });
  afterEach(() => harness.close());
  afterEach(() => expectSchema(ledger()));

  function ledger(): LedgerLine[] {
    return harness.store.keys('reports', 'runs/ledger/').flatMap((key) =>
      harness
        .read('reports', key)!
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(line) as LedgerLine),
    );
  }

  return {
    get harness() {
      return harness;
    },
    get problems() {
      return problems;
    },
    ledger,
    listed: () => listSource(harness),
    put: (count: number): void => {
      for (let i = 0; i < count; i++) {
        harness.put(`in/d${String(i).padStart(4, '0')}-2026-11-24.csv`);
      }
    },
    workerWith: (environment: Environment = {}, forRun = run): BatchWorker =>
      testWorker({
        s3: harness.s3,
        run: forRun,
        environment,
        onProblem: (line) => problems.push(line),
      }),
    batch: (items: ListedObject[], more: { run?: Run; progress?: Progress } = {}): BatchEvent => ({
      BatchInput: { run: more.run ?? run, progress: more.progress ?? initialProgress() },
      Items: items,
    }),
  };
}

/** A client that gets no answer to a delete. */
export function withLostDeletes(s3: S3Client): S3Client {
  const send = async (command: { constructor: { name: string } }, options: never) => {
    const answer = await s3.send(command as never, options);
    if (command.constructor.name.startsWith('DeleteObject')) {
      throw new Error('dead');
    }
    return answer;
  };
  return Object.create(s3, { send: { value: send } }) as S3Client;
}
