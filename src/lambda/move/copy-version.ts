import {
  CopyObjectCommand,
  type CopyObjectCommandInput,
  type CopyObjectCommandOutput,
} from '@aws-sdk/client-s3';
import { isMd5, MD5_ETAG, toArchivedFacts, unquote } from './decide';
import type { MoveContext, MoveRequest } from './move-request';
import {
  canBeCopiedInParts,
  copySource,
  multipartCopy,
  type OpenUpload,
  TAGS_TOO_LARGE,
} from './multipart-copy';
import type { GivenAttribute } from '../../contract/given';
import type { ArchivedFacts } from '../../contract/payloads/ledger-line';
import type { Lock } from '../attributes/attribute';
import { assertKnownLocks, getLock, stricter } from '../attributes/lock';
import { listTags } from '../attributes/tags';
import { type PlacementInput, toPlacementInput } from '../attributes/write-input';
import type { BucketClient, ObjectHead } from '../s3/bucket-client';
import { getCopyPartSize } from '../s3/multipart-parts';

/**
 * Copies one version: with one request if that is large enough for it, and else in parts, which
 * need to be told what CopyObject keeps by itself.
 */
export async function copyVersion(
  context: MoveContext,
  request: MoveRequest,
  resume?: OpenUpload,
): Promise<ArchivedFacts> {
  const { sourceLocks, multipartThreshold, maxCopyBytes } = context;
  const { size } = request;
  const isLarge = size > multipartThreshold;
  const fitsOneRequest = size <= maxCopyBytes;
  const head = isLarge || sourceLocks ? await headVersion(context, request) : undefined;
  const placement = await toPlacement(context, request, head);
  if (!head || !isLarge || (fitsOneRequest && !canBeCopiedInParts(head))) {
    return copyAtOnce(context, request, placement);
  }
  try {
    return await copyInParts(context, request, { head, placement, resume });
  } catch (error) {
    if (!fitsOneRequest || (error as Error).name !== TAGS_TOO_LARGE) {
      throw error;
    }
    return copyAtOnce(context, request, placement);
  }
}

type ToInput = (
  context: MoveContext,
  request: MoveRequest,
  head: ObjectHead | undefined,
) => Promise<PlacementInput>;

/** How a request states what props may give. */
const GIVEN_INPUTS: { readonly [name in GivenAttribute]: ToInput } = { lock: toLockInput };

async function toPlacement(
  context: MoveContext,
  request: MoveRequest,
  head: ObjectHead | undefined,
): Promise<PlacementInput> {
  const { storageClass = context.storageClass } = request;
  const placement = toPlacementInput({ storageClass, keyArn: context.destinationKeyArn });
  for (const toInput of Object.values(GIVEN_INPUTS)) {
    Object.assign(placement, await toInput(context, request, head));
  }
  return placement;
}

async function toLockInput(
  context: MoveContext,
  { day = '' }: MoveRequest,
  head: ObjectHead | undefined,
): Promise<PlacementInput> {
  const { source, sourceLocks, given } = context;
  const now = source.budget.clock.now();
  const own = head && sourceLocks ? getLock(head, now) : {};
  return withDefaultLock(context, given?.lock?.merge(own, { day, now }) ?? own);
}

/** S3 gives its default lock only to an object that states none, so a lock states both. */
export async function withDefaultLock(
  { getDefaultLock }: Pick<MoveContext, 'getDefaultLock'>,
  lock: Lock,
): Promise<Lock> {
  const isStated = Object.values(lock).some((value) => value !== undefined);
  return isStated && getDefaultLock ? stricter(lock, await getDefaultLock()) : lock;
}

async function copyInParts(
  { source, destination, maxCopyBytes, onCopyTime }: MoveContext,
  { key, size, destination: destinationKey }: MoveRequest,
  {
    head,
    ...rest
  }: { head: ObjectHead; placement: PlacementInput; resume: OpenUpload | undefined },
): Promise<ArchivedFacts> {
  return multipartCopy({
    source: { bucket: source, key, head, tags: await listTags({ bucket: source, key }) },
    destination: { bucket: destination, key: destinationKey },
    partSize: getCopyPartSize(size, maxCopyBytes),
    onPartTime: onCopyTime,
    ...rest,
  });
}

async function copyAtOnce(
  { source, destination, onCopyTime }: MoveContext,
  request: MoveRequest,
  placement: PlacementInput,
): Promise<ArchivedFacts> {
  const { key, etag, size, destination: destinationKey } = request;
  const { clock } = source.budget;
  const began = clock.now();
  let answer: CopyObjectCommandOutput;
  try {
    const input: CopyObjectCommandInput = {
      Bucket: destination.name,
      Key: destinationKey,
      CopySource: copySource(source.name, key),
      CopySourceIfMatch: etag,
      IfNoneMatch: '*',
      ...placement,
    };
    answer = await destination.request((s3) => s3.send(new CopyObjectCommand(input)));
  } catch (error) {
    if (source.isAborted) {
      onCopyTime?.(size, clock.now() - began, true);
    }
    throw error;
  }
  onCopyTime?.(size, clock.now() - began, false);
  await confirmCopy(source, destination, request, answer);
  return toArchivedFacts(answer.CopyObjectResult ?? {}, {
    source: answer.CopySourceVersionId,
    archived: answer.VersionId,
  });
}

/**
 * Checks that a success response belongs to this copy. A proxy may deliver the response to another
 * copy, and then the destination may be empty. (The client has already rejected a response that
 * came twice.) A copy has the ETag of its source if both are MD5 digests. Otherwise the object at
 * the destination must have the ETag that the response names, because with a KMS key every object
 * gets a different ETag. If both ETags look like digests and differ, the ETag of the source must
 * also be no digest, as with KMS encryption.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_Object.html ("ETag")
 * @throws ForeignAnswer, which is ambiguous: both ends must be inspected
 */
async function confirmCopy(
  source: BucketClient,
  destination: BucketClient,
  { key, etag, destination: destinationKey }: MoveRequest,
  { CopyObjectResult, $metadata: { httpStatusCode } }: CopyObjectCommandOutput,
): Promise<void> {
  const named = CopyObjectResult?.ETag;
  // The fast path has compared the ETag itself. Its answers have no status
  // (src/lambda/throughput/fast-copy.ts).
  if (httpStatusCode === undefined || named === undefined || unquote(named) === unquote(etag)) {
    return;
  }
  const copy = await destination.head(destinationKey);
  if (!copy || unquote(copy.ETag) !== unquote(named)) {
    throw foreignAnswer(destinationKey);
  }
  if (!isMd5(copy) || !MD5_ETAG.test(etag)) {
    return;
  }
  const head = await source.head(key);
  if (!head || isMd5(head)) {
    throw foreignAnswer(destinationKey);
  }
}

function foreignAnswer(key: string): Error {
  return Object.assign(new Error(`S3 confirmed another copy than that to ${key}`), {
    name: 'ForeignAnswer',
  });
}

/**
 * Throws CopyObject's error if it has another ETag. Undefined: S3 does not describe it, so that
 * CopyObject is to say what is wrong.
 */
async function headVersion(
  { source, sourceLocks, maxCopyBytes }: MoveContext,
  { key, etag, size }: MoveRequest,
): Promise<ObjectHead | undefined> {
  const head = await source.head(key).catch((error) => {
    const status = (error as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode;
    if (status === 400 && !sourceLocks && size <= maxCopyBytes) {
      return 'not described' as const;
    }
    throw error;
  });
  if (head === 'not described') {
    return undefined;
  }
  if (head?.ETag === etag) {
    assertKnownLocks(head);
    return head;
  }
  throw head
    ? Object.assign(new Error('the source has another ETag'), { name: 'PreconditionFailed' })
    : Object.assign(new Error('the source is gone'), { name: 'NoSuchKey' });
}
