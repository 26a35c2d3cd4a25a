import type { CopyObjectCommandOutput } from '@aws-sdk/client-s3';
import { isMd5, looksLikeMd5, unquote } from './decide';
import type { MoveRequest } from './move-object';
import type { BucketClient } from '../s3/bucket-client';

/**
 * Checks that an answer of success is the answer to this copy. Something on the way may have sent that to another copy, and
 * then nothing may be at the destination. (The client has already rejected an answer that came twice.)
 *
 * A copy has the ETag of its source if both are MD5 digests. Otherwise the object at the destination must have the ETag that
 * the answer names, because a key of KMS gives each object an ETag of its own. If both ETags look like digests and differ,
 * the source must also be one whose ETag is none, such as an object that KMS encrypts.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_Object.html ("ETag")
 *
 * @throws ForeignAnswer, which is ambiguous: both ends must be inspected
 */
export async function confirmCopy(
  source: BucketClient, destination: BucketClient, { key, etag, destination: destinationKey }: MoveRequest,
  { CopyObjectResult, $metadata: { httpStatusCode } }: CopyObjectCommandOutput,
): Promise<void> {
  const named = CopyObjectResult?.ETag;
  // The fast path has compared the ETag itself. Its answers have no status (src/lambda/throughput/fast-copy.ts).
  if (httpStatusCode === undefined || named === undefined || unquote(named) === unquote(etag)) { return; }
  const copy = await destination.head(destinationKey);
  if (!copy || unquote(copy.ETag) !== unquote(named)) { throw foreignAnswer(destinationKey); }
  if (!isMd5(copy) || !looksLikeMd5(etag)) { return; }
  const head = await source.head(key);
  if (!head || isMd5(head)) { throw foreignAnswer(destinationKey); }
}

function foreignAnswer(key: string): Error {
  return Object.assign(new Error(`S3 confirmed another copy than that to ${key}`), { name: 'ForeignAnswer' });
}
