import type { Context } from 'aws-lambda';
import * as v from 'valibot';
import { verifyBatch } from '../../actions/verify/lambda/verify-batch';
import { LogMessage } from '../../contract/logs';
import { VerifyEvent, type VerifyProgress } from '../../contract/payloads/batch-payloads';
import { readSettings } from '../runtime/environment';
import { createLogger, logRun, toLogFields } from '../runtime/logging';
import { createS3Client } from '../s3/bucket-region';
import { readListingsFast } from '../s3/listing/fast-listing';
import { systemClock } from '../s3/retry';
import { responseTimeout } from '../s3/timeouts';

const logger = createLogger('verify-batch');

/** The destination may be in another region. */
const s3 = createS3Client(
  {
    retryMode: 'standard',
    maxAttempts: 3,
    requestHandler: responseTimeout(30_000),
  },
  readListingsFast,
);

export async function handler(event: unknown, context: Context): Promise<VerifyProgress> {
  const batch = v.parse(VerifyEvent, event);
  const progress = await logRun(logger, context, batch.BatchInput.run.id, () =>
    verifyBatch(
      {
        s3,
        clock: systemClock,
        settings: readSettings(process.env),
        onProblem: (line) => logger.warn(LogMessage.UNACCOUNTED, toLogFields(line)),
      },
      batch,
      context.getRemainingTimeInMillis(),
    ),
  );
  logger.info('round done', { ...progress });
  return progress;
}
