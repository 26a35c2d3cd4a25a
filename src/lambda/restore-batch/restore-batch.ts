import { toRestoreItems } from './restore-items';
import type { Progress, RestoreEvent } from '../../contract/payloads/batch-payloads';
import { moveBatch } from '../batch/batch-round';
import type { BatchWorker } from '../batch/batch-worker';
import { getBatchPrefix } from '../ledger/part-keys';
import { readArchivedVersions } from '../ledger/read-parts';
import { BucketClient } from '../s3/bucket-client';

/**
 * Runs one round of a restore: the same copies as to the archive, with their ends swapped. Each archived object is copied to its old
 * key, if that is free, on condition of the archived ETag. Nothing is deleted: the archived object stays, so that no run and no other
 * restore can rely on a copy that a restore removes.
 *
 * @param worker its settings are those of the archiver; `sourceLocks`: the archiver's source keeps locks, so an object gets its lock back
 * @param milliseconds the invocation's remaining time
 * @throws LedgerChanged, SystemicFailure
 */
export async function restoreBatch(
  worker: Omit<BatchWorker, 'select'>, { parts, BatchInput }: RestoreEvent, milliseconds: number,
): Promise<Progress> {
  const { s3, clock, settings } = worker;
  const end = clock.now() + milliseconds;
  const reports = new BucketClient({ s3, bucket: settings.reportBucket, budget: { clock, deadline: clock.now() + milliseconds / 4 } });
  const recorded = await readArchivedVersions(reports, parts);
  const { progress, run } = BatchInput;
  if (recorded.length === 0) { return { ...progress, finished: true, rounds: progress.rounds + 1 }; }
  const archiveClass = run.dryRun ? settings.storageClass : undefined;
  const { items, select, hooks } = toRestoreItems(recorded, getBatchPrefix(parts[0].key), run.keys, archiveClass);
  const swapped = {
    ...worker,
    settings: {
      ...settings,
      sourceBucket: settings.destinationBucket,
      destinationBucket: settings.sourceBucket,
      conflictPolicy: 'REPORT' as const,
      // The class of each object is in its line.
      storageClass: undefined,
      destinationKeyArn: settings.sourceKeyArn,
      alertMode: undefined,
    },
    select,
  };
  return moveBatch(swapped, { BatchInput, Items: items }, end - clock.now(), hooks);
}
