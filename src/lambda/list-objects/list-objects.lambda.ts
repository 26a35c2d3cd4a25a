import type { Context } from 'aws-lambda';
import * as v from 'valibot';
import { ErrorName, namedError } from '../../contract/errors';
import { ListObjectsEvent, type RunListing } from '../../contract/payloads/listing';
import { ReasonCode } from '../../contract/payloads/reason-codes';
import { createPackPlanner } from '../../features/packing/lambda/pack/plan-packs';
import { listObjects } from '../../features/selective/lambda/list-objects';
import { planManifest } from '../../features/selective/lambda/manifest/plan-manifest';
import { readSettings } from '../runtime/environment';
import { createLogger, logRun } from '../runtime/logging';
import { createS3Client } from '../s3/bucket-region';
import { readListingsFast } from '../s3/listing/fast-listing';
import { systemClock } from '../s3/retry';
import { toS3Error } from '../s3/s3-error';
import { responseTimeout } from '../s3/timeouts';
import { createSelector } from '../selection/select-objects';

const logger = createLogger('list-objects');
/** The source, and a manifest, may be in another region. */
const s3 = createS3Client(
  {
    retryMode: 'standard',
    maxAttempts: 3,
    requestHandler: responseTimeout(30_000),
  },
  readListingsFast,
);

export async function handler(event: unknown, context: Context): Promise<RunListing> {
  const request = v.parse(ListObjectsEvent, event);
  const listing = await logRun(logger, context, request.run.id, () => {
    const settings = readSettings(process.env);
    const select = createSelector(settings, request.run);
    const time = context.getRemainingTimeInMillis();
    const openGrouping = createPackPlanner(settings);
    const plan = { s3, clock: systemClock, settings, select, openGrouping };
    return request.run.manifest
      ? planManifest(plan, request, time)
      : listObjects(plan, request, time).catch(explain);
  });
  logger.info('round done', { ...listing.progress, skipped: undefined });
  return listing;
}

const IN_SETUP: readonly string[] = [
  ReasonCode.ACCESS_DENIED,
  ReasonCode.EXPIRED_CREDENTIALS,
  ReasonCode.KMS_DENIED,
  ReasonCode.NO_SUCH_BUCKET,
];

function explain(error: unknown): never {
  const { code, message } = toS3Error(error);
  throw IN_SETUP.includes(code)
    ? namedError(ErrorName.SYSTEMIC_FAILURE, `${code}: the source could not be listed: ${message}`)
    : error;
}
