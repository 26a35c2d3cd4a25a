import type { S3Client } from '@aws-sdk/client-s3';
import { clientOf } from './client';
import { type S3Double, type S3DoubleOptions, startS3 } from '../src';

export interface StartedDouble {
  readonly double: S3Double;
  readonly client: S3Client;
}

let latest: StartedDouble | undefined;

/**
 * Starts a double with one object in a bucket named `bucket`. The one that a test started last is
 * closed after the test.
 */
export async function startDouble(
  key: string,
  options: S3DoubleOptions = {},
): Promise<StartedDouble> {
  const double = await startS3(options);
  double.store.createBucket('bucket');
  double.store.put('bucket', key, 'content');
  latest = { double, client: clientOf(double) };
  return latest;
}

afterEach(async () => {
  latest?.client.destroy();
  await latest?.double.close();
  latest = undefined;
});
