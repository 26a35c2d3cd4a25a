import { S3Client } from '@aws-sdk/client-s3';
import type { Context } from 'aws-lambda';
import * as v from 'valibot';
import { listObjects } from './list-objects';
import { ListObjectsEvent, type RunListing } from '../../contract/payloads';
import { readListSettings } from '../runtime/environment';
import { createLogger, logErrors } from '../runtime/logging';
import { retryUnreadableAnswers } from '../s3/readable-answers';
import { systemClock } from '../s3/retry';
import { responseTimeout } from '../s3/timeouts';
import { createSelector } from '../selection/select-objects';

const logger = createLogger('list-objects');
const s3 = retryUnreadableAnswers(new S3Client({ retryMode: 'standard', maxAttempts: 3, requestHandler: responseTimeout(30_000) }));

/** Lists and selects until the time runs out. */
export async function handler(event: unknown, context: Context): Promise<RunListing> {
  const request = v.parse(ListObjectsEvent, event);
  logger.addContext(context);
  logger.appendKeys({ run_id: request.run.id });
  const listing = await logErrors(logger, () => {
    const settings = readListSettings(process.env);
    return listObjects({ s3, clock: systemClock, settings, select: createSelector(settings, request.run) }, request, context.getRemainingTimeInMillis());
  });
  logger.info('round done', { ...listing.progress, stragglers: undefined });
  return listing;
}
