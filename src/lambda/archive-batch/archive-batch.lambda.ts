import type { Context } from 'aws-lambda';
import { assertFinished, movePlannedBatch } from './planned-batch';
import { LogMessage } from '../../contract/logs';
import type { BatchEvent, Progress } from '../../contract/payloads/batch-payloads';
import type { Settings } from '../../contract/payloads/settings';
import { moveBatch } from '../batch/batch-round';
import { ObjectLockCheck } from '../move/object-lock';
import { parseBatch } from '../plan/planned-part';
import { readSettings } from '../runtime/environment';
import { createLogger, logErrors, toLogFields } from '../runtime/logging';
import { BucketClient } from '../s3/bucket-client';
import { createSelector } from '../selection/select-objects';
import { createMover } from '../throughput/mover';

const logger = createLogger('archive-batch');
/** The controllers keep what one batch has learned about S3 for the next batch of this function instance. */
const mover = createMover();
const objectLock = new ObjectLockCheck();

/** Moves the selected objects of a batch until the time runs out. */
export async function handler(event: unknown, context: Context): Promise<Progress> {
  const given = parseBatch(event);
  logger.addContext(context);
  logger.appendKeys({ run_id: given.BatchInput.run.id });
  const settings = readSettings(process.env);
  const progress = await logErrors(logger, () => 'part' in given
    ? movePlannedBatch(openReports(settings, context), given, (batch) => archive(settings, batch, context))
    : archive(settings, given, context));
  logger.info('round done', { ...progress, problems: undefined, alert: undefined });
  assertFinished(given, progress);
  return progress;
}

function openReports({ reportBucket: bucket }: Settings, context: Context): BucketClient {
  const deadline = Date.now() + context.getRemainingTimeInMillis();
  return new BucketClient({ s3: mover.s3, bucket, budget: { clock: mover.clock, deadline } });
}

async function archive(settings: Settings, batch: BatchEvent, context: Context): Promise<Progress> {
  const quarter = Math.floor(context.getRemainingTimeInMillis() / 4);
  const budget = { clock: mover.clock, deadline: Date.now() + quarter };
  const source = new BucketClient({ s3: mover.s3, bucket: settings.sourceBucket, budget, signal: AbortSignal.timeout(quarter) });
  const sourceLocks = await objectLock.isEnabled(source);
  return moveBatch({
    ...mover,
    settings,
    select: createSelector(settings, batch.BatchInput.run),
    sourceLocks,
    onProblem: (line) => logger.warn(LogMessage.NOT_ARCHIVED, toLogFields(line)),
  }, batch, context.getRemainingTimeInMillis());
}
