import { decide, fromHead } from './decide';
import type { MoveContext } from './move-request';
import { assertKnownLocks, keepsLock } from './object-lock';
import type { BucketClient, ObjectHead } from '../s3/bucket-client';

export interface Located {
  readonly bucket: BucketClient;
  readonly key: string;
  readonly head: ObjectHead;
}

/**
 * Only reading both would tell whether they are the same, but they are larger than the limit, or
 * the round ended meanwhile.
 */
export class ComparisonUnfinished extends Error {
  constructor({ bucket, key }: Located) {
    super(`not compared: s3://${bucket.name}/${key}`);
    this.name = 'ComparisonUnfinished';
  }
}

/**
 * Whether the source and the archived object are the same: bytes, as `decide` says or else by
 * reading both, user metadata, content headers and tags, and whether the archived object is locked
 * at least as long. A restore, whose objects are recorded, does not ask that of the old key: it
 * deletes nothing, and the archive may have locks that the source never had.
 * @throws ComparisonUnfinished, and an error named SameObject if source and archived object are one
 * object
 */
export async function isSameObject(
  source: Located,
  archived: Located,
  {
    maxBytesToRead = Infinity,
    isRecorded,
  }: Pick<MoveContext, 'maxBytesToRead' | 'isRecorded'> = {},
): Promise<boolean> {
  assertTwoObjects(source, archived);
  const decision = decide(fromHead(source.head), fromHead(archived.head));
  if (decision === 'different') {
    return false;
  }
  if (describeHeaders(source.head) !== describeHeaders(archived.head)) {
    return false;
  }
  // Metadata that HEAD cannot return may differ.
  if (source.head.MissingMeta || archived.head.MissingMeta) {
    return false;
  }
  assertKnownLocks(source.head);
  if (!isRecorded && !keepsLock(source.head, archived.head, source.bucket.budget.clock.now())) {
    return false;
  }
  const hasSameBytes =
    decision === 'same' || (await compareBytes(source, archived, maxBytesToRead));
  if (!hasSameBytes || !(await hasSameTags(source, archived))) {
    return false;
  }
  for (const each of [source, archived]) {
    await assertUnchanged(each);
  }
  return true;
}

/**
 * A bucket may have a second name, such as the alias of an access point. Then an object whose key
 * is its own destination looks like its own copy, and the move would delete the only one. So two
 * objects under one key must differ in their version, or the copy must be later than its source. If
 * both are of one second, nobody can tell, and the source stays.
 */
function assertTwoObjects(a: Located, b: Located): void {
  const differ = (field: 'VersionId' | 'LastModified') => {
    const [left, right] = [a, b].map(({ head }) => head[field]?.valueOf());
    return left !== undefined && right !== undefined && left !== right;
  };
  if (a.key !== b.key || differ('VersionId') || differ('LastModified')) {
    return;
  }
  const message =
    `the source and its destination have the same key "${a.key}", the same version and the same ` +
    'time, so they may be one object ' +
    `under two names of one bucket (${a.bucket.name}, ${b.bucket.name})`;
  throw Object.assign(new Error(message), { name: 'SameObject' });
}

/**
 * S3 cannot read tags under a condition. The tags that were compared belong to the objects that
 * were compared only if both are still there. The caller may delete a source because of the result,
 * so this must be certain.
 * @throws the error of a failed condition
 */
async function assertUnchanged({ bucket, key, head }: Located): Promise<void> {
  const now = await bucket.head(key);
  if (now?.ETag === head.ETag && now.LastModified?.getTime() === head.LastModified?.getTime()) {
    return;
  }
  throw Object.assign(new Error('the object changed while it was compared'), {
    name: 'PreconditionFailed',
  });
}

async function compareBytes(a: Located, b: Located, maxBytesToRead: number): Promise<boolean> {
  if (a.head.ContentLength! > maxBytesToRead) {
    throw new ComparisonUnfinished(a);
  }
  try {
    const [left, right] = await Promise.all(
      [a, b].map(({ bucket, key, head }) => bucket.hash(key, head.ETag)),
    );
    return left === right;
  } catch (error) {
    throw a.bucket.isAborted ? new ComparisonUnfinished(a) : error;
  }
}

function describeHeaders(head: ObjectHead): string {
  const metadata = Object.entries(head.Metadata ?? {}).sort(([x], [y]) => (x < y ? -1 : 1));
  return JSON.stringify([
    metadata,
    head.ContentType,
    head.CacheControl,
    head.ContentDisposition,
    head.ContentEncoding,
    head.ContentLanguage,
    head.ExpiresString,
  ]);
}

async function hasSameTags(a: Located, b: Located): Promise<boolean> {
  // HEAD's TagCount is not used, because S3 leaves it out if the caller may not read tags.
  const [left, right] = await Promise.all([a, b].map(({ bucket, key }) => bucket.getTags(key)));
  return left === right;
}
