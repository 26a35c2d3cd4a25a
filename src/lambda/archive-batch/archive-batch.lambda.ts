import { S3Client } from '@aws-sdk/client-s3';
import type { Context } from 'aws-lambda';
import * as v from 'valibot';
import { archiveBatch } from './archive-batch';
import { LogMessage } from '../../contract/logs';
import { BatchEvent, type Progress } from '../../contract/payloads';
import { ObjectLockCheck } from '../move/object-lock';
import { readArchiveSettings } from '../runtime/environment';
import { createLogger, logErrors, toLogFields } from '../runtime/logging';
import { BucketClient } from '../s3/bucket-client';
import { withBucketRegions } from '../s3/bucket-region';
import { retryUnreadableAnswers } from '../s3/readable-answers';
import { systemClock } from '../s3/retry';
import { idleTimeout } from '../s3/timeouts';
import { createSelector } from '../selection/select-objects';
import { AimdConcurrencyController, MAX_CONCURRENCY } from '../throughput/concurrency-controller';
import { withFastCopies } from '../throughput/fast-copy';
import { createHttpClient } from '../throughput/http-client';
import { limitRate, withPacedDeletes, WriteRates } from '../throughput/write-rates';

const logger = createLogger('archive-batch');
/** The controllers keep what one batch has learned about S3 for the next batch of this function instance. */
const rate = new WriteRates(systemClock);
const concurrency = new AimdConcurrencyController();
const objectLock = new ObjectLockCheck();
const timeouts = idleTimeout(60_000);
/** @param region of the bucket that the client sends requests to. Default: the function's. */
function createClient(region?: string): S3Client {
  const client = retryUnreadableAnswers(new S3Client({
    ...region !== undefined && { region },
    retryMode: 'standard',
    maxAttempts: 3,
    requestHandler: { ...timeouts, httpAgent: { maxSockets: MAX_CONCURRENCY }, httpsAgent: { maxSockets: MAX_CONCURRENCY } },
  }));
  limitRate(client, rate);
  const fast = withFastCopies(client, rate.copies, concurrency, createHttpClient({ ...timeouts, maxConnections: MAX_CONCURRENCY }));
  return withPacedDeletes(fast, rate);
}

/** The destination may be in another region. */
const s3 = withBucketRegions(createClient(), createClient);

/** Milliseconds. Step Functions waits about as long before it tries a batch again. */
const PROMPT_DELETES = 1_000;

/** Moves the selected objects of a batch until the time runs out. */
export async function handler(event: unknown, context: Context): Promise<Progress> {
  const batch = v.parse(BatchEvent, event);
  logger.addContext(context);
  logger.appendKeys({ run_id: batch.BatchInput.run.id });
  const progress = await logErrors(logger, () => archive(batch, context));
  logger.info('round done', { ...progress, problems: undefined, alert: undefined });
  return progress;
}

async function archive(batch: BatchEvent, context: Context): Promise<Progress> {
  const settings = readArchiveSettings(process.env);
  const quarter = Math.floor(context.getRemainingTimeInMillis() / 4);
  const budget = { clock: systemClock, deadline: Date.now() + quarter };
  const source = new BucketClient({ s3, bucket: settings.sourceBucket, budget, signal: AbortSignal.timeout(quarter) });
  const sourceLocks = await objectLock.isEnabled(source);
  return archiveBatch({
    s3,
    rate,
    concurrency,
    clock: systemClock,
    settings,
    select: createSelector(settings, batch.BatchInput.run),
    sourceLocks,
    promptDeletes: PROMPT_DELETES,
    onProblem: (line) => logger.warn(LogMessage.NOT_ARCHIVED, toLogFields(line)),
  }, batch, context.getRemainingTimeInMillis());
}
