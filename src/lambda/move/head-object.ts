import { HeadObjectCommand, ListObjectsV2Command, type HeadObjectCommandOutput, type S3Client } from '@aws-sdk/client-s3';
import { withRetries, type RetryBudget } from '../s3/retry';
import { toS3Error } from '../s3/s3-error';

/** An object as it stands: its ETag and everything that makes up its identity. */
export type ObjectHead = HeadObjectCommandOutput & { readonly ETag: string };

/**
 * Looks at one object; undefined where there is none.
 *
 * S3 answers 403 for a missing key unless the caller may list the bucket, and our permission to
 * list is bound to a prefix, which a HEAD does not state (HeadObject API reference, "Permissions").
 * Listing that one key states it, and tells *missing* from *denied*.
 */
export async function headObject(s3: S3Client, budget: RetryBudget, bucket: string, key: string, signal?: AbortSignal): Promise<ObjectHead | undefined> {
  try {
    const input = { Bucket: bucket, Key: key, ChecksumMode: 'ENABLED' as const };
    return (await withRetries(budget, () => s3.send(new HeadObjectCommand(input), { abortSignal: signal }))) as ObjectHead;
  } catch (error) {
    const { kind } = toS3Error(error);
    if (kind === 'missing') { return undefined; }
    if (kind === 'denied' && !(await isListed(s3, budget, bucket, key, signal))) { return undefined; }
    throw error;
  }
}

/** Whether a listing shows the key. Where listing is denied, too, it counts as present: nothing may be concluded from it. */
export async function isListed(s3: S3Client, budget: RetryBudget, bucket: string, key: string, signal?: AbortSignal): Promise<boolean> {
  const input = { Bucket: bucket, Prefix: key, MaxKeys: 1 };
  try {
    const answer = await withRetries(budget, () => s3.send(new ListObjectsV2Command(input), { abortSignal: signal }));
    return answer.Contents?.[0]?.Key === key;
  } catch (error) {
    if (toS3Error(error).kind === 'denied') { return true; }
    throw error;
  }
}
