import type { S3Client } from '@aws-sdk/client-s3';
import { claimRunFolders } from './claim-folder';
import { compareLedgers } from './compare-ledgers';
import { writeItems, writePartsFile } from './plan-parts';
import type { PlanPorts } from './plan-run';
import { writePlannedLedgers } from '../../actions/verify/lambda/planned-ledgers';
import { findVerifiedRuns } from '../../actions/verify/lambda/verified-runs';
import type { PlanRunEvent } from '../../contract/payloads/run';
import type { Settings } from '../../contract/payloads/settings';
import { findPacks } from '../../features/packing/lambda/unpack/find-packs';
import { writePlannedPacks } from '../../features/packing/lambda/unpack/planned-packs';
import { listRuns } from '../ledger/run-claims';
import { findPreviousStart, toLaterRun } from '../plan/earlier-reports';
import { BucketClient } from '../s3/bucket-client';
import type { RetryBudget } from '../s3/retry';
import { withAbortSignal } from '../s3/timeouts';

export interface PlanClients {
  /** The destination may be in another region. */
  readonly s3: S3Client;
  readonly isRunning: (executionArn: string) => Promise<boolean>;
  readonly budget: RetryBudget;
  /** Earlier reports are only compared with: a run can do without them. */
  readonly onUnread: (error: Error) => void;
}

const LOOK_BACK_MILLISECONDS = 10_000;

export function createPlanPorts(
  { s3, isRunning, budget, onUnread }: PlanClients,
  settings: Settings,
  event: PlanRunEvent,
): PlanPorts {
  const { reportBucket: bucket, reportPrefix } = settings;
  const archive = new BucketClient({ s3, bucket: settings.destinationBucket, budget });
  return {
    claimFolders: (facts) => claimRunFolders({ s3, budget, settings }, event, facts),
    findPreviousStart: () =>
      findPreviousStart(
        withAbortSignal(s3, AbortSignal.timeout(LOOK_BACK_MILLISECONDS)),
        bucket,
        toLaterRun(reportPrefix, event.executionId, event.startTime),
      ).catch((error: Error) => {
        onUnread(error);
        return undefined;
      }),
    listRuns: () => listRuns(s3, bucket, reportPrefix),
    findVerifiedRuns: (runs) =>
      findVerifiedRuns(
        { s3, bucket, reportPrefix, isRunning, now: () => budget.clock.now() },
        runs,
      ),
    compareLedgers: (runs) => compareLedgers(new BucketClient({ s3, bucket, budget }), runs),
    writeParts: (key, ledgers) => writePartsFile(s3, bucket, key, ledgers),
    writeLedgers: (run, ledgers) => writePlannedLedgers(s3, bucket, run, ledgers),
    findPacks: (days) => findPacks(archive, settings, days),
    writeItems: (key, items) => writeItems(s3, bucket, key, items),
    writePacks: (run, packs) => writePlannedPacks(s3, bucket, run, packs),
  };
}
