/**
 * Reads what the Distributed Map's ResultWriter wrote to the report bucket.
 *
 * The manifest lists result files by the status of the children. For a child that succeeded, a file contains either
 * only its output (COMPACT) or a record with the output as a JSON string (NONE). For a child that failed, it always
 * contains a record, with input, error and cause. Files are JSON Lines or JSON arrays.
 * https://docs.aws.amazon.com/step-functions/latest/dg/input-output-resultwriter.html
 */
import type { S3Client } from '@aws-sdk/client-s3';
import * as v from 'valibot';
import { BatchEvent, Progress } from '../../contract/payloads';
import { readJsonFrom, readJsonObjectsFrom } from '../s3/read-objects';

const Files = v.optional(v.array(v.object({ Key: v.string() })), []);

const Manifest = v.object({
  DestinationBucket: v.optional(v.string()),
  MapRunArn: v.optional(v.string()),
  ResultFiles: v.object({ SUCCEEDED: Files, FAILED: Files, PENDING: Files }),
});

const FinishedRecord = v.object({ Output: v.string() });

const UnfinishedRecord = v.object({
  Input: v.string(),
  Error: v.optional(v.string()),
  Cause: v.optional(v.string()),
});

/** A batch whose child workflow failed, timed out, was stopped or never started. */
export interface UnfinishedBatch {
  readonly event: BatchEvent;
  readonly error?: string;
  readonly cause?: string;
}

export interface MapResults {
  /** The final progress of every batch that succeeded. */
  finished(): AsyncGenerator<Progress>;
  unfinished(): AsyncGenerator<UnfinishedBatch>;
}

export async function readMapResults(s3: S3Client, manifest: { Bucket: string; Key: string }): Promise<MapResults> {
  const { Bucket: bucket, Key: key } = manifest;
  const { ResultFiles: files } = v.parse(Manifest, await readJsonFrom(s3, bucket, key));
  return {
    async *finished() {
      for (const file of files.SUCCEEDED) {
        for await (const record of readJsonObjectsFrom(s3, bucket, file.Key)) { yield toProgress(record); }
      }
    },
    async *unfinished() {
      for (const file of [...files.FAILED, ...files.PENDING]) {
        for await (const record of readJsonObjectsFrom(s3, bucket, file.Key)) { yield toUnfinishedBatch(record); }
      }
    },
  };
}

function toProgress(record: unknown): Progress {
  const output = v.is(FinishedRecord, record) ? JSON.parse(record.Output) : record;
  return v.parse(Progress, output);
}

function toUnfinishedBatch(record: unknown): UnfinishedBatch {
  const { Input, Error: error, Cause: cause } = v.parse(UnfinishedRecord, record);
  return { event: v.parse(BatchEvent, JSON.parse(Input)), error, cause };
}
