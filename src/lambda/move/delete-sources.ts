import { DeleteObjectCommand, DeleteObjectsCommand, type S3Client } from '@aws-sdk/client-s3';
import { headObject } from './head-object';
import { withRetries, backOff, type RetryBudget } from '../s3/retry';
import { toS3Error, type S3Error } from '../s3/s3-error';

/** A source whose copy is confirmed, and the ETag that was copied. */
export interface Deletion {
  readonly key: string;
  readonly etag: string;
}

/** `gone`: the source does not exist any more, whoever removed it. `changed`: it was rewritten after its copy, and stays. */
export type DeleteResult = 'gone' | 'changed' | S3Error;

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteObjects.html */
const MAX_KEYS_PER_REQUEST = 1_000;
const MAX_ATTEMPTS = 8;
const MIN_KEYS_PER_REQUEST = 50;

/** Characters that XML 1.0, the language of the request, cannot carry; a carriage return is read back as a line feed. */
// eslint-disable-next-line no-control-regex
const NOT_IN_XML = /[\u0000-\u0008\u000b-\u001f\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/;

/**
 * Deletes sources in bulk, each only while it still has the ETag that was copied
 * (https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-deletes.html).
 * The answer has one entry per deletion, in their order.
 */
export async function bulkDelete(s3: S3Client, budget: RetryBudget, bucket: string, deletions: readonly Deletion[]): Promise<DeleteResult[]> {
  const results = new Map<Deletion, DeleteResult>();
  const single = deletions.filter(({ key }) => NOT_IN_XML.test(key));
  const bulk = deletions.filter(({ key }) => !NOT_IN_XML.test(key));
  for (let start = 0; start < bulk.length; start += MAX_KEYS_PER_REQUEST) {
    await deleteKeys(s3, budget, bucket, bulk.slice(start, start + MAX_KEYS_PER_REQUEST), results);
  }
  for (const deletion of single) { results.set(deletion, await deleteOne(s3, budget, bucket, deletion)); }
  return deletions.map((deletion) => results.get(deletion)!);
}

/**
 * One request, and again for the keys that S3 asks to try again: inside its 200, where the SDK does not look. S3 counts each
 * key as a request of its prefix's rate, so after a refusal no more keys are asked for than it let through, and then twice as many.
 */
async function deleteKeys(
  s3: S3Client, budget: RetryBudget, bucket: string, deletions: readonly Deletion[], results: Map<Deletion, DeleteResult>,
): Promise<void> {
  let left = deletions;
  let most: number = MAX_KEYS_PER_REQUEST;
  for (let attempt = 0; left.length > 0; attempt++) {
    const open = new Map(left.slice(0, most).map((deletion) => [deletion.key, deletion]));
    let answer;
    try {
      const Objects = [...open.values()].map(({ key, etag }) => ({ Key: key, ETag: etag }));
      answer = await withRetries(budget, () => s3.send(new DeleteObjectsCommand({ Bucket: bucket, Delete: { Objects } })));
    } catch (error) {
      const failure = toS3Error(error);
      const decide = async (deletion: Deletion) => (isUnclear(failure) ? verifyDeletion(s3, budget, bucket, deletion, failure) : failure);
      await Promise.all(left.map(async (deletion) => results.set(deletion, await decide(deletion))));
      return;
    }

    // What an earlier answer said of them is out of date.
    for (const deletion of open.values()) { results.delete(deletion); }
    const again = new Map<string, Deletion>();
    const unclear: [Deletion, DeleteResult][] = [];
    for (const { Key } of answer.Deleted ?? []) {
      const deletion = open.get(Key!);
      if (deletion) { results.set(deletion, 'gone'); }
    }
    for (const { Key, Code, Message } of answer.Errors ?? []) {
      const deletion = open.get(Key!);
      // Of a key that was not asked for, or of none: it says nothing about those that were.
      if (!deletion) { continue; }
      const failure = toS3Error({ name: Code, message: Message, $metadata: { ...answer.$metadata, httpStatusCode: httpStatus(Code) } });
      if (failure.kind === 'missing') {
        results.set(deletion, 'gone');
      } else if (Code === 'PreconditionFailed' || failure.kind === 'denied') {
        unclear.push([deletion, failure.kind === 'denied' ? failure : 'changed']);
      } else {
        results.set(deletion, failure);
        if (failure.kind !== 'final') { again.set(deletion.key, deletion); }
      }
    }
    await Promise.all(unclear.map(async ([deletion, otherwise]) => {
      results.set(deletion, await verifyDeletion(s3, budget, bucket, deletion, otherwise));
    }));
    // A key that the answer does not mention was not dealt with.
    for (const [key, deletion] of open) {
      if (!results.has(deletion)) {
        again.set(key, deletion);
        results.set(deletion, toS3Error({ name: 'InternalError', message: 'S3 did not answer for this key' }));
      }
    }
    const done = open.size - again.size;
    left = [...left.slice(most), ...again.values()];
    most = again.size > 0 ? Math.max(MIN_KEYS_PER_REQUEST, done) : most * 2;
    if (done > 0) { attempt = 0; }
    if (again.size > 0 && (attempt >= MAX_ATTEMPTS || !(await backOff(budget, attempt + 1)))) { return; }
  }
}

/** The request may have been executed although no answer came, and what an earlier attempt deleted looks denied to who may not list (`look`). */
function isUnclear({ kind }: S3Error): boolean {
  return kind === 'transient' || kind === 'denied';
}

/**
 * One look decides, where a look is still answered. Also of what S3 calls rewritten: in a versioned bucket it may be the delete
 * marker of an earlier attempt, whose answer was lost, that has another ETag (none).
 *
 * @param otherwise what it is if the source stands there as it was, or cannot be seen
 */
async function verifyDeletion(s3: S3Client, budget: RetryBudget, bucket: string, { key, etag }: Deletion, otherwise: DeleteResult): Promise<DeleteResult> {
  try {
    const source = await headObject(s3, budget, bucket, key);
    if (!source) { return 'gone'; }
    return source.ETag === etag ? otherwise : 'changed';
  } catch {
    return otherwise;
  }
}

/** The status that S3 gives the same error when it stands alone. */
function httpStatus(code: string | undefined): number | undefined {
  return code === 'AccessDenied' ? 403 : undefined;
}

async function deleteOne(s3: S3Client, budget: RetryBudget, bucket: string, { key, etag }: Deletion): Promise<DeleteResult> {
  for (let attempt = 0; ; attempt++) {
    try {
      await withRetries(budget, () => s3.send(new DeleteObjectCommand({ Bucket: bucket, Key: key, IfMatch: etag })));
      return 'gone';
    } catch (error) {
      const failure = toS3Error(error);
      if (failure.kind === 'missing') { return 'gone'; }
      if ((error as Error).name === 'PreconditionFailed') {
        return verifyDeletion(s3, budget, bucket, { key, etag }, 'changed');
      }
      // A 409: another request for the key was under way.
      if (failure.kind === 'ambiguous' && attempt < MAX_ATTEMPTS && await backOff(budget, attempt)) { continue; }
      return isUnclear(failure) ? verifyDeletion(s3, budget, bucket, { key, etag }, failure) : failure;
    }
  }
}
