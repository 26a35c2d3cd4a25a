import type { Context } from 'aws-lambda';
import * as v from 'valibot';
import { restoreBatch } from '../../actions/restore/lambda/restore-batch';
import { getTarget } from '../../contract/actions';
import { LogMessage } from '../../contract/logs';
import { type Progress, RestoreEvent } from '../../contract/payloads/batch-payloads';
import { hasObjectLock } from '../attributes/lock';
import { readSettings } from '../runtime/environment';
import { createLogger, logRun, toLogFields } from '../runtime/logging';
import { createMover, openBucket } from '../throughput/mover';

const logger = createLogger('restore-batch');
const mover = createMover();

export async function handler(event: unknown, context: Context): Promise<Progress> {
  const batch = v.parse(RestoreEvent, event);
  const progress = await logRun(logger, context, batch.BatchInput.run.id, () =>
    restore(batch, context),
  );
  logger.info('round done', { ...progress, problems: undefined, requests: undefined });
  return progress;
}

async function restore(batch: RestoreEvent, context: Context): Promise<Progress> {
  const settings = readSettings(process.env);
  // An invocation before this one may have died without its result.
  mover.requests.take();
  // Without allowRestore, it may not even ask about the source.
  const mayLock = getTarget(batch.BatchInput.run) === 'source';
  const source = openBucket(
    mover,
    settings.sourceBucket,
    Math.floor(context.getRemainingTimeInMillis() / 4),
  );
  return restoreBatch(
    {
      ...mover,
      settings,
      sourceLocks: mayLock && (await hasObjectLock(source)),
      onProblem: (line) => logger.warn(LogMessage.NOT_ARCHIVED, toLogFields(line)),
    },
    batch,
    context.getRemainingTimeInMillis(),
  );
}
