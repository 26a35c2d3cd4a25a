/**
 * The files of a plan. The name of a file is the SHA-256 of its content, so a reader sees a change.
 * An invocation that Step Functions has abandoned, and that still runs, writes either the same
 * files or files that no plan names.
 */
import { GetObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import * as v from 'valibot';
import { ErrorName, namedError } from '../../contract/errors';
import { BatchEvent, PlannedBatchEvent } from '../../contract/payloads/batch-payloads';
import { BatchItems, type ListedObject } from '../../contract/payloads/listing';
import type { Run } from '../../contract/payloads/run';
import { PLAN_FOLDER } from '../../contract/report-places';
import type { BucketClient } from '../s3/bucket-client';
import { toS3Error } from '../s3/s3-error';
import { sha256 } from '../text/hash';
import { parseJsonLines, toJsonLines } from '../text/json';

export function toPartsKey({ reportPrefix }: Pick<Run, 'reportPrefix'>): string {
  return `${reportPrefix}${PLAN_FOLDER}parts.jsonl`;
}

export async function writePlanFile(
  reports: BucketClient,
  run: Pick<Run, 'reportPrefix'>,
  lines: readonly object[],
): Promise<string> {
  const Body = toJsonLines(lines);
  const name = sha256(Body);
  const input = {
    Bucket: reports.name,
    Key: toPlanKey(run, name),
    Body,
    ContentType: 'application/jsonl',
  };
  await reports.request((s3) => s3.send(new PutObjectCommand(input)));
  return name;
}

/** @throws PlanChanged if it is gone, or is not what was planned */
export async function readPlanFile(
  reports: BucketClient,
  run: Pick<Run, 'reportPrefix'>,
  name: string,
): Promise<unknown[]> {
  const key = toPlanKey(run, name);
  const text = await readText(reports, key);
  if (sha256(text) !== name) {
    throw planChanged(
      `s3://${reports.name}/${key} does not have the content that its name says, so ` +
        'another program changed it after it was planned',
    );
  }
  return parseJsonLines(text);
}

async function readText(reports: BucketClient, key: string): Promise<string> {
  try {
    return await reports.requestAbout(key, async (s3) => {
      const answer = await s3.send(new GetObjectCommand({ Bucket: reports.name, Key: key }));
      return answer.Body!.transformToString();
    });
  } catch (error) {
    if (toS3Error(error).kind !== 'missing') {
      throw error;
    }
    throw planChanged(
      `s3://${reports.name}/${key} is gone: another program, or a lifecycle rule of the ` +
        'bucket, deleted it after it was planned',
    );
  }
}

export function parseBatch(event: unknown): BatchEvent | PlannedBatchEvent {
  return typeof event === 'object' && event !== null && 'part' in event
    ? v.parse(PlannedBatchEvent, event)
    : v.parse(BatchEvent, event);
}

export async function readPlannedBatch(
  reports: BucketClient,
  { BatchInput, part, batchArn }: PlannedBatchEvent,
): Promise<BatchEvent> {
  const items: ListedObject[] = v.parse(
    BatchItems,
    await readPlanFile(reports, BatchInput.run, part.name),
  );
  return { BatchInput, Items: items, ...(batchArn !== undefined && { batchArn }) };
}

export function toPlanKey({ reportPrefix }: Pick<Run, 'reportPrefix'>, name: string): string {
  return `${reportPrefix}${PLAN_FOLDER}${name}.jsonl`;
}

function planChanged(problem: string): Error {
  return namedError(
    ErrorName.PLAN_CHANGED,
    `a file of the run's plan, ${problem}. No object was touched because of it: start a new run ` +
      'for the same days',
  );
}
