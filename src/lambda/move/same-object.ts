import { keepsLock } from './object-lock';
import type { BucketClient, ObjectHead } from '../s3/bucket-client';

/** An object in its bucket, as HeadObject described it. */
export interface Located {
  readonly bucket: BucketClient;
  readonly key: string;
  readonly head: ObjectHead;
}

/**
 * Whether the source and the archived object are the same: bytes, user metadata, content headers and tags, and whether
 * the archived object is locked at least as long.
 *
 * Bytes are proven to be the same by the ETags if both are the MD5 of the content, else by a checksum of the full
 * object, else by reading both. Size and time prove nothing.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity.html
 */
export async function isSameObject(source: Located, archived: Located): Promise<boolean> {
  if (source.head.ContentLength !== archived.head.ContentLength) { return false; }
  if (describeHeaders(source.head) !== describeHeaders(archived.head)) { return false; }
  // Metadata that HEAD cannot return may differ.
  if (source.head.MissingMeta || archived.head.MissingMeta) { return false; }
  if (!keepsLock(source.head, archived.head, source.bucket.budget.clock.now())) { return false; }
  const areProvenSame = compareEtags(source.head, archived.head) ?? compareChecksums(source.head, archived.head);
  const hasSameBytes = areProvenSame ?? await compareBytes(source, archived);
  if (!hasSameBytes || !await hasSameTags(source, archived)) { return false; }
  for (const each of [source, archived]) { await assertUnchanged(each); }
  return true;
}

/**
 * S3 cannot read tags under a condition. So the tags that were compared belong to the objects that were compared only
 * if both objects are still there. The caller may delete a source because of the result, so this must be certain.
 *
 * @throws the error of a failed condition
 */
async function assertUnchanged({ bucket, key, head }: Located): Promise<void> {
  const now = await bucket.head(key);
  if (now?.ETag === head.ETag && now.LastModified?.getTime() === head.LastModified?.getTime()) { return; }
  throw Object.assign(new Error('the object changed while it was compared'), { name: 'PreconditionFailed' });
}

/** True or false if both ETags are MD5 digests of the content, else undefined. */
function compareEtags(a: ObjectHead, b: ObjectHead): boolean | undefined {
  return isMd5(a) && isMd5(b) ? a.ETag === b.ETag : undefined;
}

/** The ETag is no MD5 digest after a multipart upload (`...-2`), and with a KMS or customer key. */
function isMd5(head: ObjectHead): boolean {
  return /^"?[0-9a-f]{32}"?$/.test(head.ETag)
    && !head.ServerSideEncryption?.startsWith('aws:kms')
    && head.SSECustomerAlgorithm === undefined;
}

const CHECKSUMS = ['ChecksumCRC64NVME', 'ChecksumSHA256', 'ChecksumCRC32C', 'ChecksumCRC32', 'ChecksumSHA1'] as const;

/**
 * True or false if both have the same kind of checksum of the full object, else undefined. A checksum of checksums
 * (COMPOSITE) depends on how the object was split into parts, so it proves nothing.
 */
function compareChecksums(a: ObjectHead, b: ObjectHead): boolean | undefined {
  if (a.ChecksumType !== 'FULL_OBJECT' || b.ChecksumType !== 'FULL_OBJECT') { return undefined; }
  const shared = CHECKSUMS.find((name) => a[name] !== undefined && b[name] !== undefined);
  return shared && a[shared] === b[shared];
}

async function compareBytes(a: Located, b: Located): Promise<boolean> {
  const [left, right] = await Promise.all([a, b].map(({ bucket, key, head }) => bucket.hash(key, head.ETag)));
  return left === right;
}

function describeHeaders(head: ObjectHead): string {
  const metadata = Object.entries(head.Metadata ?? {}).sort(([x], [y]) => (x < y ? -1 : 1));
  return JSON.stringify([
    metadata, head.ContentType, head.CacheControl, head.ContentDisposition, head.ContentEncoding, head.ContentLanguage, head.ExpiresString,
  ]);
}

async function hasSameTags(a: Located, b: Located): Promise<boolean> {
  // HEAD's TagCount is not used, because S3 leaves it out if the caller may not read tags.
  const [left, right] = await Promise.all([a, b].map(({ bucket, key }) => bucket.getTags(key)));
  return left === right;
}
