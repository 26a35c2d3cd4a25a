import {
  DeleteObjectCommand,
  DeleteObjectsCommand,
  type DeleteObjectsCommandOutput,
} from '@aws-sdk/client-s3';
import { MAX_KEYS_PER_DELETE } from '../../contract/batches';
import { splitInto } from '../../contract/group-by';
import { ReasonCode } from '../../contract/payloads/reason-codes';
import type { BucketClient } from '../s3/bucket-client';
import { forEachAtOnce, orderedMap } from '../s3/ordered-map';
import { backOff } from '../s3/retry';
import { toS3Error, type S3Error } from '../s3/s3-error';

export interface Deletion {
  readonly key: string;
  readonly etag: string;
}

/**
 * - `gone`: the source no longer exists. This function or another program deleted it.
 * - `marked`: it is gone behind a delete marker, because its bucket has versioning.
 * - `changed`: it was rewritten after its copy, and stays.
 * - an error with `isUnanswered`: neither the delete nor a look at the source was answered.
 */
export type DeleteResult =
  | 'gone'
  | 'changed'
  | { readonly kind: 'marked'; readonly versionId: string }
  | (S3Error & { readonly isUnanswered?: true });

const MAX_ATTEMPTS = 8;
const MIN_KEYS_PER_REQUEST = 50;

/**
 * Characters that a DeleteObjects request cannot carry. Its language is XML 1.0, which does not
 * allow them, and which reads a carriage return as a line feed.
 */
// eslint-disable-next-line no-control-regex
const NOT_IN_XML =
  /[\u0000-\u0008\u000b-\u001f\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/;

export function fitsDeleteObjects(key: string): boolean {
  return !NOT_IN_XML.test(key);
}

/** How many bulk deletes are sent at the same time. Their keys wait for the rate. */
const BULK_CONCURRENCY = 8;
/** How many keys are deleted at the same time by requests of their own. */
const SINGLE_CONCURRENCY = 64;

/**
 * Deletes sources, each only if it still has the ETag that was copied
 * (https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-deletes.html). After the
 * deadline of the budget, no more deletes are sent, however many there are, because the caller
 * needs the time that is left. Returns one result for each deletion, in the same order.
 */
export async function bulkDelete(
  source: BucketClient,
  deletions: readonly Deletion[],
): Promise<DeleteResult[]> {
  const results = new Map<Deletion, DeleteResult>();
  const single = deletions.filter(({ key }) => !fitsDeleteObjects(key));
  const bulk = deletions.filter(({ key }) => fitsDeleteObjects(key));
  const deleteInBulk = async () => {
    await forEachAtOnce(splitInto(bulk, MAX_KEYS_PER_DELETE), BULK_CONCURRENCY, (some) =>
      deleteKeys(source, some, results),
    );
  };
  await Promise.all([deleteInBulk(), deleteSingly(source, single, results)]);
  return deletions.map((deletion) => results.get(deletion)!);
}

async function deleteSingly(
  source: BucketClient,
  deletions: readonly Deletion[],
  results: Map<Deletion, DeleteResult>,
): Promise<void> {
  const { clock, deadline } = source.budget;
  let started = 0;
  const answers = orderedMap(
    deletions,
    SINGLE_CONCURRENCY,
    async (deletion): Promise<[Deletion, DeleteResult]> => {
      // The first ones are always sent, as the first request for other keys is.
      const isTooLate = started++ >= SINGLE_CONCURRENCY && clock.now() >= deadline;
      return [deletion, isTooLate ? TOO_LATE : await deleteOne(source, deletion)];
    },
  );
  for await (const [deletion, result] of answers) {
    results.set(deletion, result);
  }
}

const TOO_LATE: S3Error = {
  kind: 'transient',
  code: ReasonCode.OUT_OF_TIME,
  message: 'the time of the round ended before the delete was sent',
};

/**
 * Sends one request, and then others for the keys that S3 asks to try again. It asks for that
 * inside a 200 answer, where the SDK does not look. S3 counts each key as one request of the
 * prefix's rate. So after a refusal, a request has only as many keys as S3 accepted last time, and
 * then twice as many.
 */
async function deleteKeys(
  source: BucketClient,
  deletions: readonly Deletion[],
  results: Map<Deletion, DeleteResult>,
): Promise<void> {
  let left = deletions;
  let maxKeys = MAX_KEYS_PER_DELETE;
  for (let attempt = 0; left.length > 0; attempt++) {
    const requested = new Map(left.slice(0, maxKeys).map((deletion) => [deletion.key, deletion]));
    let answer;
    try {
      const Objects = [...requested.values()].map(({ key, etag }) => ({ Key: key, ETag: etag }));
      answer = await source.request((s3) =>
        s3.send(new DeleteObjectsCommand({ Bucket: source.name, Delete: { Objects } })),
      );
    } catch (error) {
      const failure = toS3Error(error);
      for (const deletion of left) {
        results.set(deletion, failure);
      }
      break;
    }
    const refused = await readAnswer(source, answer, requested, results);
    const done = requested.size - refused.length;
    left = [...left.slice(maxKeys), ...refused];
    maxKeys = refused.length > 0 ? Math.max(MIN_KEYS_PER_REQUEST, done) : maxKeys * 2;
    if (done > 0) {
      attempt = 0;
    }
    if (
      refused.length > 0 &&
      (attempt >= MAX_ATTEMPTS || !(await backOff(source.budget, attempt + 1)))
    ) {
      break;
    }
  }
  await verifyDeletions(
    source,
    left.map((deletion) => [deletion, results.get(deletion)!]),
    results,
  );
}

/** Writes what a 200 answer says into the results, and returns the deletions to request again. */
async function readAnswer(
  source: BucketClient,
  answer: DeleteObjectsCommandOutput,
  requested: ReadonlyMap<string, Deletion>,
  results: Map<Deletion, DeleteResult>,
): Promise<Deletion[]> {
  // Results of an earlier request are out of date.
  for (const deletion of requested.values()) {
    results.delete(deletion);
  }
  const refused = new Set<Deletion>();
  const unclear: [Deletion, DeleteResult][] = [];
  for (const { Key, DeleteMarkerVersionId } of answer.Deleted ?? []) {
    const deletion = requested.get(Key!);
    if (deletion) {
      results.set(deletion, toGone(DeleteMarkerVersionId));
    }
  }
  for (const { Key, Code, Message } of answer.Errors ?? []) {
    const deletion = requested.get(Key!);
    // An error without a key, or for a key that was not requested, says nothing about the requested
    // keys.
    if (!deletion) {
      continue;
    }
    // The status that S3 gives the same error outside of a bulk answer.
    const httpStatusCode = Code === 'AccessDenied' ? 403 : undefined;
    const failure = toS3Error({
      name: Code,
      message: Message,
      $metadata: { ...answer.$metadata, httpStatusCode },
    });
    if (failure.kind === 'missing') {
      results.set(deletion, 'gone');
    } else if (Code === 'PreconditionFailed') {
      unclear.push([deletion, 'changed']);
    } else if (failure.kind === 'denied' || failure.kind === 'final') {
      unclear.push([deletion, failure]);
    } else {
      results.set(deletion, failure);
      refused.add(deletion);
    }
  }
  await verifyDeletions(source, unclear, results);
  // A key that the answer does not mention was not processed, or the answer is not S3's.
  for (const deletion of requested.values()) {
    if (!results.has(deletion)) {
      refused.add(deletion);
      results.set(
        deletion,
        toS3Error({ name: 'InternalError', message: 'S3 did not answer for this key' }),
      );
    }
  }
  return [...refused];
}

async function verifyDeletions(
  source: BucketClient,
  unclear: readonly [Deletion, DeleteResult][],
  results: Map<Deletion, DeleteResult>,
): Promise<void> {
  await Promise.all(
    unclear.map(async ([deletion, assumed]) =>
      results.set(deletion, await verifyDeletion(source, deletion, assumed)),
    ),
  );
}

/**
 * Decides by one HeadObject whether a source is gone after an error. Each error can hide a delete:
 *
 * - S3 may have executed a request, or an earlier attempt, whose answer was lost or is unreadable.
 * - A key that an earlier attempt deleted looks denied to a caller who may not list the bucket
 *   (`BucketClient.head`).
 * - If S3 says that the source was rewritten, the current version may be the delete marker of an
 *   earlier attempt, which has no ETag.
 *
 * @param assumed the result if the source is unchanged since its copy, or if HeadObject is denied
 */
async function verifyDeletion(
  source: BucketClient,
  { key, etag }: Deletion,
  assumed: DeleteResult,
): Promise<DeleteResult> {
  try {
    const head = await source.head(key);
    if (!head) {
      return 'gone';
    }
    return head.ETag === etag ? assumed : 'changed';
  } catch (error) {
    const failure = toS3Error(error);
    // S3 did not answer, or the credentials of this invocation have expired: this says nothing
    // about the object.
    const isNoAnswer =
      failure.kind === 'transient' || failure.code === ReasonCode.EXPIRED_CREDENTIALS;
    return isNoAnswer || source.isAborted ? { ...failure, isUnanswered: true } : assumed;
  }
}

function toGone(deleteMarkerVersionId: string | undefined): DeleteResult {
  return deleteMarkerVersionId === undefined
    ? 'gone'
    : { kind: 'marked', versionId: deleteMarkerVersionId };
}

async function deleteOne(source: BucketClient, { key, etag }: Deletion): Promise<DeleteResult> {
  for (let attempt = 0; ; attempt++) {
    try {
      const answer = await source.request((s3) =>
        s3.send(new DeleteObjectCommand({ Bucket: source.name, Key: key, IfMatch: etag })),
      );
      return toGone(answer.DeleteMarker ? answer.VersionId : undefined);
    } catch (error) {
      const failure = toS3Error(error);
      if (failure.kind === 'missing') {
        return 'gone';
      }
      const isChanged = (error as Error).name === 'PreconditionFailed';
      // A 409 means that another request for the key was in progress.
      if (
        failure.kind === 'ambiguous' &&
        !isChanged &&
        attempt < MAX_ATTEMPTS &&
        (await backOff(source.budget, attempt))
      ) {
        continue;
      }
      return verifyDeletion(source, { key, etag }, isChanged ? 'changed' : failure);
    }
  }
}
