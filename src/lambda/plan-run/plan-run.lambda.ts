import { S3Client } from '@aws-sdk/client-s3';
import { SFNClient } from '@aws-sdk/client-sfn';
import type { Context } from 'aws-lambda';
import * as v from 'valibot';
import { claimRunFolders } from './claim-folder';
import { compareLedgers } from './compare-ledgers';
import { findPacks } from './find-packs';
import { writeItems, writePartsFile } from './plan-parts';
import { planRun } from './plan-run';
import { findVerifiedRuns, isExecutionRunning } from './verified-runs';
import type { Plan } from '../../contract/payloads/batch-payloads';
import { PlanRunEvent } from '../../contract/payloads/run';
import { listRuns } from '../ledger/run-claims';
import { readSettings } from '../runtime/environment';
import { createLogger, logRun } from '../runtime/logging';
import { BucketClient } from '../s3/bucket-client';
import { createS3Client } from '../s3/bucket-region';
import { retryUnreadableAnswers } from '../s3/readable-answers';
import { systemClock } from '../s3/retry';
import { responseTimeout } from '../s3/timeouts';
import { writePlannedLedgers } from '../verification/planned-ledgers';
import { writePlannedPacks } from '../verification/planned-packs';

const logger = createLogger('plan-run');
const options = { retryMode: 'standard', requestHandler: responseTimeout(5_000) };
const s3 = retryUnreadableAnswers(new S3Client(options));
// The destination may be in another region.
const archiveS3 = createS3Client(options);
const sfn = retryUnreadableAnswers(new SFNClient(options));
/** The function has one minute. */
const CLAIM_MILLISECONDS = 30_000;

export async function handler(event: unknown, context: Context): Promise<Plan> {
  const request = v.parse(PlanRunEvent, event);
  const plan = await logRun(logger, context, request.runId, () => {
    const settings = readSettings(process.env);
    const { reportBucket: bucket, reportPrefix } = settings;
    const budget = { clock: systemClock, deadline: systemClock.now() + CLAIM_MILLISECONDS };
    return planRun(request, settings, {
      claimFolders: (facts) => claimRunFolders({ s3, budget, settings }, request, facts),
      listRuns: () => listRuns(s3, bucket, reportPrefix),
      findVerifiedRuns: (runs) =>
        findVerifiedRuns(
          { s3, bucket, reportPrefix, isRunning: (arn) => isExecutionRunning(sfn, arn) },
          runs,
        ),
      compareLedgers: (runs) => compareLedgers(new BucketClient({ s3, bucket, budget }), runs),
      writeParts: (key, ledgers) => writePartsFile(s3, bucket, key, ledgers),
      writeLedgers: (run, ledgers) => writePlannedLedgers(s3, bucket, run, ledgers),
      findPacks: (days) =>
        findPacks(
          new BucketClient({ s3: archiveS3, bucket: settings.destinationBucket, budget }),
          settings,
          days,
        ),
      writeItems: (key, items) => writeItems(s3, bucket, key, items),
      writePacks: (run, packs) => writePlannedPacks(s3, bucket, run, packs),
    });
  });
  logger.info('run planned', { ...plan, progress: undefined });
  return plan;
}
