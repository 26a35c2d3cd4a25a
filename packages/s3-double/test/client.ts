import { S3Client } from '@aws-sdk/client-s3';
import type { S3Double } from '../src';

/** Returns a client that does not retry. */
export function clientOf(double: S3Double, region = 'us-east-1'): S3Client {
  return new S3Client({
    endpoint: double.endpoint,
    region,
    forcePathStyle: true,
    credentials: { accessKeyId: 'AKIATEST', secretAccessKey: 'secret' },
    maxAttempts: 1,
  });
}
