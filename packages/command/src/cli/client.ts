import type { S3Client, S3ClientConfig } from '@aws-sdk/client-s3';
import { createS3Client } from '../../../../src/lambda/s3/bucket-region';
import { readListingsFast } from '../../../../src/lambda/s3/listing/fast-listing';
import { responseTimeout } from '../../../../src/lambda/s3/timeouts';

/**
 * A client with the credentials that the AWS CLI would use. A bucket in another region is asked
 * there.
 */
export function createClient(config: S3ClientConfig): S3Client {
  return createS3Client(
    {
      retryMode: 'standard',
      maxAttempts: 3,
      requestHandler: responseTimeout(30_000),
      ...config,
    },
    readListingsFast,
  );
}
