import { GetObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import type { BucketClient } from './bucket-client';
import { backOff } from './retry';
import { toS3Error } from './s3-error';
import { toAsciiJson } from '../text/escape';

/** Others write for a moment only, so later waits are no longer. */
const MAX_BACK_OFF = 3;

/** A version of a JSON object that several functions change at the same time. */
export interface JsonVersion {
  /** Undefined: there is no object. */
  readonly etag?: string;
  readonly value?: unknown;
}

/** Reads the latest version of a JSON object. */
export async function readJsonVersion(bucket: BucketClient, key: string): Promise<JsonVersion> {
  try {
    return await bucket.request(async (s3) => {
      const answer = await s3.send(new GetObjectCommand({ Bucket: bucket.name, Key: key }));
      const text = await bucket.readBody(() => answer.Body!.transformToString());
      return { etag: answer.ETag!, value: JSON.parse(text) as unknown };
    });
  } catch (error) {
    if (toS3Error(error).kind === 'missing') {
      return {};
    }
    throw error;
  }
}

/**
 * Changes a JSON object without losing concurrent changes: every write is conditional on the
 * version that it is based on (compare-and-swap).
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html
 *
 * @param change returns the new value, or undefined to write nothing. It is called again with every
 * newer version. An answer may get lost, so the version may already have its change
 * @param known the version to begin with; if it is not the latest, the first write fails
 * @returns the version as it is now, as far as this function knows
 */
export async function updateJson(
  bucket: BucketClient,
  key: string,
  change: (version: JsonVersion) => unknown,
  known: JsonVersion,
): Promise<JsonVersion> {
  let version = known;
  for (let attempt = 0; ; attempt++) {
    const value = change(version);
    if (value === undefined) {
      return version;
    }
    const input = {
      Bucket: bucket.name,
      Key: key,
      Body: toAsciiJson(value as object),
      ContentType: 'application/json',
      ...(version.etag === undefined ? { IfNoneMatch: '*' } : { IfMatch: version.etag }),
    };
    try {
      const { ETag } = await bucket.request((s3) => s3.send(new PutObjectCommand(input)));
      return { etag: ETag!, value };
    } catch (error) {
      const { kind } = toS3Error(error);
      // `missing`: another program has removed the version.
      const isOutdated = kind === 'ambiguous' || kind === 'missing';
      if (!isOutdated || !(await backOff(bucket.budget, Math.min(attempt, MAX_BACK_OFF)))) {
        throw error;
      }
      version = await readJsonVersion(bucket, key);
    }
  }
}
