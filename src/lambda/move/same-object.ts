import { createHash } from 'node:crypto';
import type { Readable } from 'node:stream';
import { GetObjectCommand, GetObjectTaggingCommand, type S3Client } from '@aws-sdk/client-s3';
import { headObject, type ObjectHead } from './head-object';
import { keepsLock } from './object-lock';
import { withRetries, type RetryBudget } from '../s3/retry';

/** An object at its place, as a look found it. */
export interface Located {
  readonly bucket: string;
  readonly key: string;
  readonly head: ObjectHead;
}

/**
 * Whether a source, `a`, and an archived object, `b`, are the same: bytes, user metadata, content headers and tags;
 * and whether the archived one is held at least as long.
 *
 * Bytes are proven by ETag where it is the MD5 of the content on both sides, else by a checksum
 * of the full object, else by reading both. Never by size and time.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity.html
 */
export async function isSameObject(s3: S3Client, budget: RetryBudget, a: Located, b: Located, signal?: AbortSignal): Promise<boolean> {
  if (a.head.ContentLength !== b.head.ContentLength) { return false; }
  if (describe(a.head) !== describe(b.head)) { return false; }
  // Metadata that HEAD cannot say may differ.
  if (a.head.MissingMeta || b.head.MissingMeta) { return false; }
  if (!keepsLock(a.head, b.head, budget.clock.now())) { return false; }
  const bytes = sameByEtag(a.head, b.head) ?? sameByChecksum(a.head, b.head) ?? await sameByReading(s3, budget, a, b, signal);
  if (!bytes || !await sameTags(s3, budget, a, b)) { return false; }
  for (const each of [a, b]) { await demandUnchanged(s3, budget, each, signal); }
  return true;
}

/**
 * Tags cannot be read under a condition. Those that were compared belong to the objects that were
 * looked at only if these still stand there: a source may be deleted on the strength of the answer.
 *
 * @throws what a failed condition is
 */
async function demandUnchanged(s3: S3Client, budget: RetryBudget, { bucket, key, head }: Located, signal?: AbortSignal): Promise<void> {
  const now = await headObject(s3, budget, bucket, key, signal);
  if (now?.ETag === head.ETag && now.LastModified?.getTime() === head.LastModified?.getTime()) { return; }
  throw Object.assign(new Error('the object changed while it was compared'), { name: 'PreconditionFailed' });
}

/** True or false where both ETags are MD5 digests of the content, else undefined. */
export function sameByEtag(a: ObjectHead, b: ObjectHead): boolean | undefined {
  return isMd5(a) && isMd5(b) ? a.ETag === b.ETag : undefined;
}

/** Multipart uploads (`...-2`) and objects under KMS or customer keys have ETags that are no MD5 digest. */
function isMd5(head: ObjectHead): boolean {
  return /^"?[0-9a-f]{32}"?$/.test(head.ETag)
    && !head.ServerSideEncryption?.startsWith('aws:kms')
    && head.SSECustomerAlgorithm === undefined;
}

const CHECKSUMS = ['ChecksumCRC64NVME', 'ChecksumSHA256', 'ChecksumCRC32C', 'ChecksumCRC32', 'ChecksumSHA1'] as const;

/** A checksum of checksums (COMPOSITE) depends on the parts, not only on the content. */
function sameByChecksum(a: ObjectHead, b: ObjectHead): boolean | undefined {
  if (a.ChecksumType !== 'FULL_OBJECT' || b.ChecksumType !== 'FULL_OBJECT') { return undefined; }
  const shared = CHECKSUMS.find((name) => a[name] !== undefined && b[name] !== undefined);
  return shared && a[shared] === b[shared];
}

async function sameByReading(s3: S3Client, budget: RetryBudget, a: Located, b: Located, signal?: AbortSignal): Promise<boolean> {
  const [left, right] = await Promise.all([digest(s3, budget, a, signal), digest(s3, budget, b, signal)]);
  return left === right;
}

/** Reads the version that was looked at, or fails with a 412. */
function digest(s3: S3Client, budget: RetryBudget, { bucket, key, head }: Located, signal?: AbortSignal): Promise<string> {
  return withRetries(budget, async () => {
    const answer = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: key, IfMatch: head.ETag }), { abortSignal: signal });
    const hash = createHash('sha256');
    for await (const chunk of answer.Body as Readable) { hash.update(chunk as Buffer); }
    return hash.digest('hex');
  });
}

function describe(head: ObjectHead): string {
  const metadata = Object.entries(head.Metadata ?? {}).sort(([x], [y]) => (x < y ? -1 : 1));
  return JSON.stringify([
    metadata, head.ContentType, head.CacheControl, head.ContentDisposition, head.ContentEncoding, head.ContentLanguage, head.ExpiresString,
  ]);
}

async function sameTags(s3: S3Client, budget: RetryBudget, a: Located, b: Located): Promise<boolean> {
  // Not by HEAD's TagCount: S3 leaves it out where the caller may not read tags.
  const [left, right] = await Promise.all([getTags(s3, budget, a), getTags(s3, budget, b)]);
  return left === right;
}

/** The tags as CreateMultipartUpload takes them, in a fixed order. */
export async function getTags(s3: S3Client, budget: RetryBudget, { bucket, key }: Pick<Located, 'bucket' | 'key'>): Promise<string> {
  const answer = await withRetries(budget, () => s3.send(new GetObjectTaggingCommand({ Bucket: bucket, Key: key })));
  const pairs = (answer.TagSet ?? []).map((tag) => `${encodeURIComponent(tag.Key!)}=${encodeURIComponent(tag.Value!)}`);
  return pairs.sort().join('&');
}
