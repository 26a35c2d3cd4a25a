/** A round of a batch that ListObjects has planned. */
import { BATCH_UNFINISHED } from '../../contract/errors';
import type { BatchEvent, PlannedBatchEvent, Progress } from '../../contract/payloads/batch-payloads';
import { readProgress, writeProgress } from '../plan/batch-progress';
import { readPlannedBatch } from '../plan/planned-part';
import type { BucketClient } from '../s3/bucket-client';

/** Reads the objects of the batch, and goes on where the round before it ended. */
export async function movePlannedBatch(
  reports: BucketClient, event: PlannedBatchEvent, move: (batch: BatchEvent) => Promise<Progress>,
): Promise<Progress> {
  const before = event.retries ? await readProgress(reports, event) : undefined;
  const batch = await readPlannedBatch(reports, event);
  const progress = await move(before ? { ...batch, BatchInput: { ...batch.BatchInput, progress: before } } : batch);
  if (event.retries !== undefined && !progress.finished) { await writeProgress(reports, event, progress); }
  return progress;
}

/** Throws BatchUnfinished if the state is to be retried, because objects are left. */
export function assertFinished(event: BatchEvent | PlannedBatchEvent, { finished, rounds }: Progress): void {
  if (finished || !('part' in event) || event.retries === undefined) { return; }
  throw Object.assign(new Error(`objects are left after round ${rounds}, so the state is retried`), { name: BATCH_UNFINISHED });
}
