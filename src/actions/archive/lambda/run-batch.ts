import { PutObjectCommand } from '@aws-sdk/client-s3';
import * as v from 'valibot';
import {
  type BatchEvent,
  type PlannedBatchEvent,
  Progress,
} from '../../../contract/payloads/batch-payloads';
import type { PlannedPart } from '../../../contract/payloads/listing';
import type { Run } from '../../../contract/payloads/run';
import { PLAN_FOLDER, PROGRESS_SUFFIX } from '../../../contract/report-places';
import { readPlannedBatch, writePlanFile } from '../../../lambda/plan/planned-part';
import { addRequests } from '../../../lambda/pricing/requests';
import type { BucketClient } from '../../../lambda/s3/bucket-client';
import { readJsonFrom } from '../../../lambda/s3/read-objects';
import { toS3Error } from '../../../lambda/s3/s3-error';
import { toAsciiJson } from '../../../lambda/text/escape';
import type { RequestCounter } from '../../../lambda/throughput/request-counter';

/**
 * Runs one round of a batch. Its objects are in the event, or in a part that a function planned. If
 * objects remain, FinishBatches reads them from such a part, too.
 */
export async function runBatch(
  reports: BucketClient,
  event: BatchEvent | PlannedBatchEvent,
  requests: RequestCounter,
  move: (batch: BatchEvent) => Promise<Progress>,
): Promise<Progress> {
  // An invocation before this one may have died without its result.
  requests.take();
  const batch = 'part' in event ? await readBatch(reports, event) : event;
  const progress = await move(batch);
  if (event.progressFile !== 'write') {
    return progress;
  }
  if (progress.finished) {
    return { ...progress, remaining: null };
  }
  const { run } = batch.BatchInput;
  const part = 'part' in event ? event.part : await writePart(reports, run, batch.Items);
  // The next child counts its own.
  await writeProgress(reports, run, part, { ...progress, requests: {} });
  const sent = addRequests(requests.take(), progress.requests);
  return { ...progress, remaining: part, requests: sent };
}

async function readBatch(reports: BucketClient, event: PlannedBatchEvent): Promise<BatchEvent> {
  const { run, progress } = event.BatchInput;
  const isResumed = event.progressFile === 'read' && progress.rounds === 0;
  const before = isResumed ? await readProgress(reports, run, event.part) : undefined;
  const batch = await readPlannedBatch(reports, event);
  return before ? { ...batch, BatchInput: { run, progress: before } } : batch;
}

/** Another attempt at the batch writes the same file. */
async function writePart(
  reports: BucketClient,
  run: Run,
  items: BatchEvent['Items'],
): Promise<PlannedPart> {
  return { name: await writePlanFile(reports, run, items), objects: items.length };
}

/**
 * Any progress that a round ever had is a right place to go on, as what was done after it is found
 * done: an older one, or none, does no harm.
 */
async function readProgress(
  reports: BucketClient,
  run: Run,
  part: PlannedPart,
): Promise<Progress | undefined> {
  try {
    const parsed = v.safeParse(
      Progress,
      await reports.request((s3) => readJsonFrom(s3, reports.name, toProgressKey(run, part))),
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
  run: Run,
  part: PlannedPart,
  progress: Progress,
): Promise<void> {
  const input = {
    Bucket: reports.name,
    Key: toProgressKey(run, part),
    Body: toAsciiJson(progress),
    ContentType: 'application/json',
  };
  await reports.request((s3) => s3.send(new PutObjectCommand(input)));
}

function toProgressKey({ reportPrefix }: Run, { name }: PlannedPart): string {
  return `${reportPrefix}${PLAN_FOLDER}${name}${PROGRESS_SUFFIX}`;
}
