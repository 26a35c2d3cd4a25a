import type { Context } from 'aws-lambda';
import { runBatch } from '../../actions/archive/lambda/run-batch';
import { LogMessage } from '../../contract/logs';
import type { BatchEvent, Progress } from '../../contract/payloads/batch-payloads';
import type { Settings } from '../../contract/payloads/settings';
import { ObjectLockCheck } from '../attributes/lock';
import { moveBatch } from '../batch/batch-round';
import { parseBatch } from '../plan/planned-part';
import { readSettings } from '../runtime/environment';
import { createLogger, logRun, toLogFields } from '../runtime/logging';
import { createSelector } from '../selection/select-objects';
import { createMover, openBucket } from '../throughput/mover';

const logger = createLogger('archive-batch');
/**
 * The controllers keep what one batch has learned about S3 for the next batch of this function
 * instance.
 */
const mover = createMover();
const objectLock = new ObjectLockCheck();

export async function handler(event: unknown, context: Context): Promise<Progress> {
  const given = parseBatch(event);
  const settings = readSettings(process.env);
  const time = context.getRemainingTimeInMillis();
  const progress = await logRun(logger, context, given.BatchInput.run.id, () =>
    runBatch(openBucket(mover, settings.reportBucket, time), given, mover.requests, (batch) =>
      archive(settings, batch, context),
    ),
  );
  logger.info('round done', {
    ...progress,
    problems: undefined,
    alert: undefined,
    requests: undefined,
  });
  return progress;
}

async function archive(settings: Settings, batch: BatchEvent, context: Context): Promise<Progress> {
  const source = openBucket(
    mover,
    settings.sourceBucket,
    Math.floor(context.getRemainingTimeInMillis() / 4),
  );
  const sourceLocks = await objectLock.isEnabled(source);
  return moveBatch(
    {
      ...mover,
      settings,
      select: createSelector(settings, batch.BatchInput.run),
      sourceLocks,
      onProblem: (line) => logger.warn(LogMessage.NOT_ARCHIVED, toLogFields(line)),
    },
    batch,
    context.getRemainingTimeInMillis(),
  );
}
