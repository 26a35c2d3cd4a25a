import { S3Client, type S3ClientConfig } from '@aws-sdk/client-s3';
import { retryUnreadableAnswers } from '../../../../src/lambda/s3/readable-answers';

/**
 * An S3 client that retries as often as an AWS service would, also where an answer of status 200 is
 * none of S3's: read as a listing, an empty one would say that nothing is there.
 */
export function createS3Client(config: S3ClientConfig): S3Client {
  // The SDK's notice about the version of Node.js would appear among the output of the command.
  process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';
  return retryUnreadableAnswers(
    new S3Client({
      maxAttempts: 8,
      requestChecksumCalculation: 'WHEN_REQUIRED',
      responseChecksumValidation: 'WHEN_REQUIRED',
      ...config,
    }),
  );
}
