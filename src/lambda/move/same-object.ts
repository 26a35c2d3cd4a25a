import { createHash } from 'crypto';
import type { Readable } from 'stream';
import { GetObjectCommand, GetObjectTaggingCommand, type S3Client } from '@aws-sdk/client-s3';
import { look, type Sight } from './head-object';
import { keepsLock } from './object-lock';
import { patiently, type Patience } from '../s3/retry';

/** An object at its place, as a look found it. */
export interface Located {
  readonly bucket: string;
  readonly key: string;
  readonly sight: Sight;
}

/**
 * Whether a source, `a`, and an archived object, `b`, are the same: bytes, user metadata, content headers and tags;
 * and whether the archived one is held at least as long.
 *
 * Bytes are proven by ETag where it is the MD5 of the content on both sides, else by a checksum
 * of the full object, else by reading both. Never by size and time.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity.html
 */
export async function sameContent(s3: S3Client, patience: Patience, a: Located, b: Located, signal?: AbortSignal): Promise<boolean> {
  if (a.sight.ContentLength !== b.sight.ContentLength) return false;
  if (describe(a.sight) !== describe(b.sight)) return false;
  // Metadata that HEAD cannot say may differ.
  if (a.sight.MissingMeta || b.sight.MissingMeta) return false;
  if (!keepsLock(a.sight, b.sight, patience.clock.now())) return false;
  const bytes = sameByEtag(a.sight, b.sight) ?? sameByChecksum(a.sight, b.sight) ?? await sameByReading(s3, patience, a, b, signal);
  if (!bytes || !await sameTags(s3, patience, a, b)) return false;
  for (const each of [a, b]) await demandUnchanged(s3, patience, each, signal);
  return true;
}

/**
 * Tags cannot be read under a condition. Those that were compared belong to the objects that were
 * looked at only if these still stand there: a source may be deleted on the strength of the answer.
 *
 * @throws what a failed condition is
 */
async function demandUnchanged(s3: S3Client, patience: Patience, { bucket, key, sight }: Located, signal?: AbortSignal): Promise<void> {
  const now = await look(s3, patience, bucket, key, signal);
  if (now?.ETag === sight.ETag && now.LastModified?.getTime() === sight.LastModified?.getTime()) return;
  throw Object.assign(new Error('the object changed while it was compared'), { name: 'PreconditionFailed' });
}

/** True or false where both ETags are MD5 digests of the content, else undefined. */
export function sameByEtag(a: Sight, b: Sight): boolean | undefined {
  return isMd5(a) && isMd5(b) ? a.ETag === b.ETag : undefined;
}

/** Multipart uploads (`...-2`) and objects under KMS or customer keys have ETags that are no MD5 digest. */
function isMd5(sight: Sight): boolean {
  return /^"?[0-9a-f]{32}"?$/.test(sight.ETag)
    && !sight.ServerSideEncryption?.startsWith('aws:kms')
    && sight.SSECustomerAlgorithm === undefined;
}

const CHECKSUMS = ['ChecksumCRC64NVME', 'ChecksumSHA256', 'ChecksumCRC32C', 'ChecksumCRC32', 'ChecksumSHA1'] as const;

/** A checksum of checksums (COMPOSITE) depends on the parts, not only on the content. */
function sameByChecksum(a: Sight, b: Sight): boolean | undefined {
  if (a.ChecksumType !== 'FULL_OBJECT' || b.ChecksumType !== 'FULL_OBJECT') return undefined;
  const shared = CHECKSUMS.find((name) => a[name] !== undefined && b[name] !== undefined);
  return shared && a[shared] === b[shared];
}

async function sameByReading(s3: S3Client, patience: Patience, a: Located, b: Located, signal?: AbortSignal): Promise<boolean> {
  const [left, right] = await Promise.all([digest(s3, patience, a, signal), digest(s3, patience, b, signal)]);
  return left === right;
}

/** Reads the version that was looked at, or fails with a 412. */
function digest(s3: S3Client, patience: Patience, { bucket, key, sight }: Located, signal?: AbortSignal): Promise<string> {
  return patiently(patience, async () => {
    const answer = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: key, IfMatch: sight.ETag }), { abortSignal: signal });
    const hash = createHash('sha256');
    for await (const chunk of answer.Body as Readable) hash.update(chunk as Buffer);
    return hash.digest('hex');
  });
}

function describe(sight: Sight): string {
  const metadata = Object.entries(sight.Metadata ?? {}).sort(([x], [y]) => (x < y ? -1 : 1));
  return JSON.stringify([
    metadata, sight.ContentType, sight.CacheControl, sight.ContentDisposition, sight.ContentEncoding, sight.ContentLanguage, sight.ExpiresString,
  ]);
}

async function sameTags(s3: S3Client, patience: Patience, a: Located, b: Located): Promise<boolean> {
  // Not by HEAD's TagCount: S3 leaves it out where the caller may not read tags.
  const [left, right] = await Promise.all([tagsOf(s3, patience, a), tagsOf(s3, patience, b)]);
  return left === right;
}

/** The tags as CreateMultipartUpload takes them, in a fixed order. */
export async function tagsOf(s3: S3Client, patience: Patience, { bucket, key }: Pick<Located, 'bucket' | 'key'>): Promise<string> {
  const answer = await patiently(patience, () => s3.send(new GetObjectTaggingCommand({ Bucket: bucket, Key: key })));
  const pairs = (answer.TagSet ?? []).map((tag) => `${encodeURIComponent(tag.Key!)}=${encodeURIComponent(tag.Value!)}`);
  return pairs.sort().join('&');
}
