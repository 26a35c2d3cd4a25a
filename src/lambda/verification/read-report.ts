import type { S3Client } from '@aws-sdk/client-s3';
import * as v from 'valibot';
import { isMissing, readJsonFrom } from '../s3/read-objects';

/** Reads some fields of a report. Returns `undefined` if the run failed before its report, or if the file is not a report. */
export async function readReport<T extends v.GenericSchema>(
  schema: T, s3: S3Client, bucket: string, key: string,
): Promise<v.InferOutput<T> | undefined> {
  try {
    const parsed = v.safeParse(schema, await readJsonFrom(s3, bucket, key));
    return parsed.success ? parsed.output : undefined;
  } catch (error) {
    if (error instanceof SyntaxError || await isMissing(s3, bucket, key, error)) { return undefined; }
    throw error;
  }
}
