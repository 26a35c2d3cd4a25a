import type { Context } from 'aws-lambda';
import { BATCH_UNFINISHED } from '../../contract/errors';
import { LogMessage } from '../../contract/logs';
import type { BatchEvent, PlannedBatchEvent, Progress } from '../../contract/payloads';
import { moveBatch } from '../batch/move-batch';
import { ObjectLockCheck } from '../move/object-lock';
import { readProgress, writeProgress } from '../plan/batch-progress';
import { parseBatch, readPlannedBatch } from '../plan/planned-part';
import { assertNoRestore } from '../restore-lock/restore-lock';
import { type ArchiveSettings, readArchiveSettings } from '../runtime/environment';
import { readLockSettings } from '../runtime/lock-settings';
import { createLogger, logErrors, toLogFields } from '../runtime/logging';
import { BucketClient } from '../s3/bucket-client';
import { systemClock } from '../s3/retry';
import { createSelector } from '../selection/select-objects';
import { createMover } from '../throughput/mover';

const logger = createLogger('archive-batch');
/** The controllers keep what one batch has learned about S3 for the next batch of this function instance. */
const mover = createMover(systemClock);
const objectLock = new ObjectLockCheck();

/** Milliseconds. Step Functions waits about as long before it tries a batch again. */
const PROMPT_DELETES = 1_000;

/** Moves the selected objects of a batch until the time runs out. */
export async function handler(event: unknown, context: Context): Promise<Progress> {
  const given = parseBatch(event);
  logger.addContext(context);
  logger.appendKeys({ run_id: given.BatchInput.run.id });
  const settings = readArchiveSettings(process.env);
  const progress = await logErrors(logger, async () => {
    if (!('part' in given)) { return archive(settings, given, context); }
    const batch = await resume(openReports(settings, context), given);
    const after = await archive(settings, await readPlannedBatch(openReports(settings, context), batch), context);
    if (keepsProgress(given) && !after.finished) { await writeProgress(openReports(settings, context), batch, after); }
    return after;
  });
  logger.info('round done', { ...progress, problems: undefined, alert: undefined });
  if (keepsProgress(given) && !progress.finished) {
    throw Object.assign(new Error(`objects are left after round ${progress.rounds}: the state is retried`), { name: BATCH_UNFINISHED });
  }
  return progress;
}

function keepsProgress(given: BatchEvent | PlannedBatchEvent): boolean {
  return 'part' in given && given.retries !== undefined;
}

/** Goes on where an earlier round of the batch ended. */
async function resume(reports: BucketClient, batch: PlannedBatchEvent): Promise<PlannedBatchEvent> {
  const progress = batch.retries ? await readProgress(reports, batch) : undefined;
  return progress ? { ...batch, BatchInput: { ...batch.BatchInput, progress } } : batch;
}

function openReports({ reportBucket: bucket }: ArchiveSettings, context: Context): BucketClient {
  const time = context.getRemainingTimeInMillis();
  const deadline = Date.now() + time;
  return new BucketClient({ s3: mover.s3, bucket, budget: { clock: systemClock, deadline }, signal: AbortSignal.timeout(time) });
}

async function archive(settings: ArchiveSettings, batch: BatchEvent, context: Context): Promise<Progress> {
  const lock = readLockSettings(process.env);
  const quarter = Math.floor(context.getRemainingTimeInMillis() / 4);
  const budget = { clock: systemClock, deadline: Date.now() + quarter };
  const source = new BucketClient({ s3: mover.s3, bucket: settings.sourceBucket, budget, signal: AbortSignal.timeout(quarter) });
  const sourceLocks = await objectLock.isEnabled(source);
  return moveBatch({
    ...mover,
    clock: systemClock,
    settings,
    select: createSelector(settings, batch.BatchInput.run),
    sourceLocks,
    promptDeletes: PROMPT_DELETES,
    checkTurn: lock && ((reports) => assertNoRestore({ reports, key: lock.key })),
    onProblem: (line) => logger.warn(LogMessage.NOT_ARCHIVED, toLogFields(line)),
  }, batch, context.getRemainingTimeInMillis());
}
