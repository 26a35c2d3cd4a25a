import { PutObjectCommand } from '@aws-sdk/client-s3';
import * as v from 'valibot';
import {
  type BatchEvent,
  type PlannedBatchEvent,
  Progress,
} from '../../contract/payloads/batch-payloads';
import { PLAN_FOLDER, PROGRESS_SUFFIX } from '../../contract/report-places';
import { readPlannedBatch } from '../plan/planned-part';
import type { BucketClient } from '../s3/bucket-client';
import { readJsonFrom } from '../s3/read-objects';
import { toS3Error } from '../s3/s3-error';
import { toAsciiJson } from '../text/escape';

export async function movePlannedBatch(
  reports: BucketClient,
  event: PlannedBatchEvent,
  move: (batch: BatchEvent) => Promise<Progress>,
): Promise<Progress> {
  const isFirstRound = event.BatchInput.progress.rounds === 0;
  const before =
    event.progressFile === 'read' && isFirstRound ? await readProgress(reports, event) : undefined;
  const batch = await readPlannedBatch(reports, event);
  const progress = await move(
    before ? { ...batch, BatchInput: { ...batch.BatchInput, progress: before } } : batch,
  );
  if (event.progressFile !== 'write') {
    return progress;
  }
  if (progress.finished) {
    return { ...progress, remaining: null };
  }
  await writeProgress(reports, event, progress);
  return { ...progress, remaining: event.part };
}

/**
 * Any progress that a round ever had is a right place to go on, as what was done after it is found
 * done: an older one, or none, does no harm.
 */
async function readProgress(
  reports: BucketClient,
  batch: PlannedBatchEvent,
): Promise<Progress | undefined> {
  try {
    const parsed = v.safeParse(
      Progress,
      await reports.request((s3) => readJsonFrom(s3, reports.name, toProgressKey(batch))),
    );
    return parsed.success ? parsed.output : undefined;
  } catch (error) {
    // S3 answers 403 for a missing key to those who may not list it.
    if (['missing', 'denied'].includes(toS3Error(error).kind)) {
      return undefined;
    }
    throw error;
  }
}

async function writeProgress(
  reports: BucketClient,
  batch: PlannedBatchEvent,
  progress: Progress,
): Promise<void> {
  const input = {
    Bucket: reports.name,
    Key: toProgressKey(batch),
    Body: toAsciiJson(progress),
    ContentType: 'application/json',
  };
  await reports.request((s3) => s3.send(new PutObjectCommand(input)));
}

function toProgressKey({ BatchInput: { run }, part }: PlannedBatchEvent): string {
  return `${run.reportPrefix}${PLAN_FOLDER}${part.name}${PROGRESS_SUFFIX}`;
}
