import { CreateBucketCommand, S3Client, type S3ServiceException } from '@aws-sdk/client-s3';
import { type S3Double, startS3 } from '../../../../packages/s3-double/src';
import type { Replay } from '../replay';

/** An S3 double with one bucket, as the recorded tests expect it. */
export interface S3Subject {
  readonly s3: S3Client;
  readonly Bucket: string;
  readonly double: S3Double;
  /** Creates another bucket, with Object Lock if that is asked for. */
  bucket(options?: { lock?: boolean }): Promise<string>;
}

/** Which type an object without one has. */
export const CONTENT_TYPE = {
  fields: ['ContentType'],
  reason: 'the SDK of this repository sends a type, the one of the recorder does not',
};

export type S3Replay = Replay<S3Subject>;

/** Returns a response in the form in which the recordings have it. */
export async function readResponse(
  response: Promise<any>,
): Promise<{ seen: unknown; output: any }> {
  try {
    const output = await response;
    const { $metadata, Body, ...fields } = output;
    return {
      output,
      seen: {
        ...fields,
        ...(Body && { Body: await Body.transformToString() }),
        HTTPStatusCode: $metadata.httpStatusCode,
      },
    };
  } catch (error) {
    const {
      $metadata,
      $response: _response,
      $fault: _fault,
      name,
      message,
      stack: _stack,
      ...fields
    } = error as S3ServiceException;
    if ($metadata?.httpStatusCode === undefined) {
      throw error;
    }
    return {
      output: undefined,
      seen: {
        Error: { ...fields, Code: name, Message: message },
        HTTPStatusCode: $metadata.httpStatusCode,
      },
    };
  }
}

export async function openS3(): Promise<S3Subject & { close(): Promise<void> }> {
  const double = await startS3();
  const s3 = new S3Client({
    endpoint: double.endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    forcePathStyle: true,
    maxAttempts: 1,
  });
  double.store.createBucket('bucket');
  let buckets = 0;
  return {
    s3,
    double,
    Bucket: 'bucket',
    bucket: async ({ lock = false } = {}) => {
      const name = `bucket-${++buckets}`;
      await s3.send(new CreateBucketCommand({ Bucket: name, ObjectLockEnabledForBucket: lock }));
      return name;
    },
    close: async () => {
      s3.destroy();
      await double.close();
    },
  };
}
