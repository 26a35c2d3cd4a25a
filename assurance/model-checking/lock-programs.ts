/** The programs around the lock of a restore (src/lambda/restore-lock). Each stands for one invocation. */
import { RUN_START } from './client';
import { moveOne, type Outcomes, ROUND, type Program, type Surroundings } from './programs';
import { ARCHIVE, REPORTS, SOURCE, WAIT_SECONDS } from './s3-model';
import type { BatchEvent, Progress } from '../../src/contract/payloads/batch-payloads';
import type { Run } from '../../src/contract/payloads/run';
import type { BatchWorker } from '../../src/lambda/batch/batch-worker';
import { moveBatch } from '../../src/lambda/batch/move-batch';
import { initialProgress } from '../../src/lambda/plan-run/plan-run';
import { planWayBack } from '../../src/lambda/restore-batch/way-back';
import { assertHeld, assertNoRestore, type LockPlace, readLock, releaseLock, releaseOwnLock, takeLock } from '../../src/lambda/restore-lock/restore-lock';
import { BucketClient } from '../../src/lambda/s3/bucket-client';
import { AimdConcurrencyController } from '../../src/lambda/throughput/concurrency-controller';
import { CopyThroughput } from '../../src/lambda/throughput/copy-throughput';
import { WriteRates } from '../../src/lambda/throughput/write-rates';

export const LOCK_KEY = 'runs/restore-lock.json';
/** The execution that restores. */
const RESTORE = 'arn:aws:states:eu-west-1:111122223333:execution:archiver:restore';
export const LOCK_PLACE = { key: LOCK_KEY };

function placeOf({ s3, clock }: Surroundings): LockPlace {
  return { reports: new BucketClient({ s3, bucket: REPORTS, budget: { clock, deadline: RUN_START + ROUND } }), key: LOCK_KEY };
}

/** PlanRun of a restore takes the lock, whoever has it. In truth it refuses while the holder runs, but nothing rests on that. */
export const takeTheLock: Program = async (surroundings) => {
  const place = placeOf(surroundings);
  const seen = await readLock(place);
  const times = { startTime: '2026-11-25T01:00:00Z', latestEnd: '2026-11-26T01:00:00Z' };
  await takeLock(place, seen, { executionArn: RESTORE, runId: 'restore', ...times }, WAIT_SECONDS);
  return {};
};

/** ReportRun or ExplainFailure gives the lock back, at any time. */
export const giveBack: Program = async (surroundings) => {
  await releaseOwnLock(placeOf(surroundings), RESTORE);
  return {};
};

/** PlanRun of a run that archives takes the restore for dead. */
export const takeOver: Program = async (surroundings) => {
  const place = placeOf(surroundings);
  await releaseLock(place, await readLock(place));
  return {};
};

/** A round that archives one object. */
export const archiveOne: Program = async (surroundings) => {
  await assertNoRestore(placeOf(surroundings));
  return moveOne(surroundings, surroundings.items[0], RUN_START + ROUND);
};

/** A round that restores one object. */
export const restoreOne: Program = async (surroundings) => {
  await assertHeld(placeOf(surroundings), RESTORE);
  const { items: [{ key, etag, size }], destinationOf, archivedEtag = etag } = surroundings;
  const swapped = { ...surroundings, destinationOf: () => key };
  return moveOne(swapped, { key: destinationOf(key), etag: archivedEtag, size }, RUN_START + ROUND, { source: ARCHIVE, destination: SOURCE });
};

const BOTH: Pick<Run, 'startTime' | 'from' | 'to' | 'dryRun' | 'objectsPerSecond'> = {
  startTime: new Date(RUN_START).toISOString(), from: '2026-11-24', to: '2026-11-24', dryRun: false, objectsPerSecond: 1_000,
};
const ARCHIVE_RUN: Run = { ...BOTH, id: 'run', reportPrefix: 'runs/2026-11-25/run/', ledgerPrefix: 'runs/ledger/day=2026-11-24/run=run/' };
const RESTORE_RUN: Run = { ...BOTH, id: 'restore', reportPrefix: 'runs/2026-11-25/restore/', ledgerPrefix: 'runs/ledger/day=2026-11-24/run=restore/' };

/** The rounds of a child workflow that archives the object, each with its look. */
export const archiveBatch: Program = async (surroundings) => {
  const { items: [{ key, etag, size }], destinationOf } = surroundings;
  const select = () => ({ selected: true, date: '2026-11-24', destinationKey: destinationOf(key) }) as const;
  const Items = [{ Key: key, Etag: etag, Size: size, LastModified: 0 }];
  return runRounds(surroundings, { sourceBucket: SOURCE, destinationBucket: ARCHIVE }, ARCHIVE_RUN, Items, {
    select, checkTurn: () => assertNoRestore(placeOf(surroundings)),
  });
};

/** The rounds of a child workflow that restores it. */
export const restoreBatch: Program = async (surroundings) => {
  const { items: [{ key, etag, size }], destinationOf, archivedEtag = etag } = surroundings;
  const { items, ...way } = planWayBack([
    { v: 2, key, destination: destinationOf(key), status: 'archived', etag, archivedEtag, size, day: '2026-11-24', at: 0 },
  ], 'runs/ledger/day=2026-11-24/run=nightly/batch-', undefined, undefined);
  return runRounds(surroundings, { sourceBucket: ARCHIVE, destinationBucket: SOURCE }, RESTORE_RUN, items, {
    ...way, checkTurn: () => assertHeld(placeOf(surroundings), RESTORE),
  });
};

async function runRounds(
  { s3, clock, withTimers }: Surroundings, buckets: { sourceBucket: string; destinationBucket: string }, run: Run,
  Items: BatchEvent['Items'], more: Pick<BatchWorker, 'select' | 'back' | 'checkTurn'>,
): Promise<Outcomes> {
  const worker: BatchWorker = {
    s3,
    rate: new WriteRates(clock),
    concurrency: new AimdConcurrencyController(),
    copyThroughput: new CopyThroughput(),
    clock,
    settings: { ...buckets, layout: { flatten: false }, reportBucket: REPORTS, conflictPolicy: 'REPORT', maxRounds: 10, multipartThresholdBytes: Infinity } as BatchWorker['settings'],
    sourceLocks: false,
    promptDeletes: -1,
    onProblem: () => undefined,
    ...more,
  };
  let progress: Progress = initialProgress();
  while (!progress.finished) {
    progress = await withTimers(() => moveBatch(worker, { BatchInput: { run, progress }, Items }, ROUND));
  }
  const [{ Key: key, Etag: etag, Size: size }] = Items;
  return progress.counts.archived > 0 ? { [key]: { status: 'archived', destination: key, etag, size } } : {};
}
