import { setMaxListeners } from 'node:events';
import {
  AbortMultipartUploadCommand, CompleteMultipartUploadCommand, CreateMultipartUploadCommand, ListMultipartUploadsCommand, ListPartsCommand,
  UploadPartCopyCommand,
  type ChecksumAlgorithm, type CompletedPart, type CopyPartResult, type CreateMultipartUploadCommandInput, type Part, type S3Client,
} from '@aws-sdk/client-s3';
import { copySource } from './copy-source';
import type { ObjectHead } from './head-object';
import { withRetries, type RetryBudget } from '../s3/retry';
import { toS3Error } from '../s3/s3-error';

const MiB = 1024 ** 2;
/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html */
const MIN_PART_BYTES = 5 * MiB;
const MAX_PARTS = 10_000;
export const PART_CONCURRENCY = 16;
const MAX_COPY_BYTES = 5 * 1024 ** 3;

/** A multipart copy that another round can go on with. */
export interface OpenUpload {
  readonly key: string;
  readonly uploadId: string;
  /** The source's ETag, which every part was pinned to. */
  readonly etag: string;
}

/** Thrown where the round's time ran out in the middle of a copy. */
export class Interrupted extends Error {
  constructor(readonly upload: OpenUpload) {
    super(`interrupted: upload ${upload.uploadId} of ${upload.key}`);
    this.name = 'Interrupted';
  }
}

export interface MultipartCopy {
  readonly source: { readonly bucket: string; readonly key: string; readonly head: ObjectHead; readonly tags: string };
  readonly destination: { readonly bucket: string; readonly key: string };
  /** Storage class and encryption. */
  readonly placement: Partial<CreateMultipartUploadCommandInput>;
  readonly partSize: number;
  readonly resume?: OpenUpload;
}

/** Parts of the preferred size, larger where 10,000 of them would not do. */
export function getPartSize(size: number, preferred: number): number {
  return Math.max(MIN_PART_BYTES, Math.min(preferred, 512 * MiB), Math.ceil(size / MAX_PARTS / MiB) * MiB);
}

/** Requests that are billed for the copy of an object: above 5 GiB, the opening, the parts, and the completion. */
export function copyRequests(size: number): number {
  return size <= MAX_COPY_BYTES ? 1 : Math.ceil(size / getPartSize(size, MAX_COPY_BYTES)) + 2;
}

/**
 * A multipart copy, server side: every part pinned to the source's ETag, completed only where
 * nothing stands at the destination, aborted on failure, left open when `signal` ends the round.
 *
 * A multipart upload copies nothing but bytes: metadata, headers, tags and checksum type are
 * given to it by hand (https://docs.aws.amazon.com/AmazonS3/latest/userguide/CopyingObjectsMPUapi.html).
 *
 * @throws the SDK's errors, a 412 among them, and Interrupted
 */
export async function multipartCopy(s3: S3Client, budget: RetryBudget, copy: MultipartCopy, signal: AbortSignal): Promise<void> {
  const { source, destination } = copy;
  demandWholeMetadata(source.head);
  const upload = await resumable(s3, budget, copy) ?? { uploadId: await open(s3, budget, copy), parts: new Map<number, CompletedPart>() };
  const target = { Bucket: destination.bucket, Key: destination.key, UploadId: upload.uploadId };
  try {
    await copyParts(s3, budget, copy, target, upload.parts, signal);
    const leftovers = await listLeftovers(s3, budget, destination, upload.uploadId);
    const Parts = [...upload.parts.values()].sort((a, b) => a.PartNumber! - b.PartNumber!);
    await withRetries(budget, () => s3.send(new CompleteMultipartUploadCommand({
      ...target, MultipartUpload: { Parts }, MpuObjectSize: source.head.ContentLength, IfNoneMatch: '*', ...wholeChecksum(source.head),
    })));
    for (const uploadId of leftovers) {
      await abortUpload(s3, budget, destination.bucket, { key: destination.key, uploadId });
    }
  } catch (error) {
    if (signal.aborted) {
      throw new Interrupted({ key: destination.key, uploadId: upload.uploadId, etag: source.head.ETag });
    }
    await abortUpload(s3, budget, destination.bucket, { key: destination.key, uploadId: upload.uploadId });
    throw error;
  }
}

/** Best effort: what is left over is for a lifecycle rule (AbortIncompleteMultipartUpload). */
export async function abortUpload(s3: S3Client, budget: RetryBudget, bucket: string, { key, uploadId }: Pick<OpenUpload, 'key' | 'uploadId'>): Promise<void> {
  await withRetries(budget, () => s3.send(new AbortMultipartUploadCommand({ Bucket: bucket, Key: key, UploadId: uploadId })))
    .catch(() => undefined);
}

/**
 * Other uploads of this archiver to the same key: of invocations that were killed, or of a run beside this one. Once this
 * copy is completed none of them can be, so they may go; the other run finds the object archived. Best effort.
 */
async function listLeftovers(s3: S3Client, budget: RetryBudget, { bucket, key }: MultipartCopy['destination'], own: string): Promise<string[]> {
  const answer = await withRetries(budget, () => s3.send(new ListMultipartUploadsCommand({ Bucket: bucket, Prefix: key })))
    .catch(() => undefined);
  const ofKey = (answer?.Uploads ?? []).filter((upload) => upload.Key === key);
  const initiator = ofKey.find((upload) => upload.UploadId === own)?.Initiator?.ID;
  // Somebody else's upload is not ours to abort.
  return ofKey.filter((upload) => upload.UploadId !== own && upload.Initiator?.ID === initiator).map((upload) => upload.UploadId!);
}

/** Where a part lies in the source; beyond its end, where the plan has no such part. */
function getPartRange({ source, partSize }: MultipartCopy, part: number): { first: number; length: number } {
  const first = (part - 1) * partSize;
  return { first, length: Math.min(partSize, source.head.ContentLength! - first) };
}

async function copyParts(
  s3: S3Client, budget: RetryBudget, copy: MultipartCopy,
  target: { Bucket: string; Key: string; UploadId: string }, done: Map<number, CompletedPart>, signal: AbortSignal,
): Promise<void> {
  const { source } = copy;
  const missing: number[] = [];
  for (let part = 1; getPartRange(copy, part).length > 0; part++) { if (!done.has(part)) { missing.push(part); } }

  // One failed part ends the others, so that none is still being written when the upload is aborted.
  const failed = new AbortController();
  const abortSignal = AbortSignal.any([signal, failed.signal]);
  setMaxListeners(0, abortSignal); // a listener for each request under way
  const worker = async () => {
    for (let part = missing.shift(); part !== undefined; part = missing.shift()) {
      const { first, length } = getPartRange(copy, part);
      const answer = await withRetries(budget, () => s3.send(new UploadPartCopyCommand({
        ...target,
        PartNumber: part,
        CopySource: copySource(source.bucket, source.key),
        CopySourceIfMatch: source.head.ETag,
        CopySourceRange: `bytes=${first}-${first + length - 1}`,
      }), { abortSignal }));
      done.set(part, completed(part, answer.CopyPartResult!));
    }
  };
  const workers = Array.from({ length: PART_CONCURRENCY }, () => worker().catch((error) => {
    failed.abort();
    throw error;
  }));
  const outcomes = await Promise.allSettled(workers);
  // The first failure is the cause; the others are its aborts.
  const causes = outcomes.flatMap((outcome) => outcome.status === 'rejected' ? [outcome.reason as Error] : []);
  if (causes.length > 0) { throw causes.find((cause) => cause.name !== 'AbortError') ?? causes[0]; }
}

function completed(
  PartNumber: number, { ETag, ChecksumCRC32, ChecksumCRC32C, ChecksumCRC64NVME, ChecksumSHA1, ChecksumSHA256 }: CopyPartResult | Part,
): CompletedPart {
  return { PartNumber, ETag, ChecksumCRC32, ChecksumCRC32C, ChecksumCRC64NVME, ChecksumSHA1, ChecksumSHA256 };
}

async function open(s3: S3Client, budget: RetryBudget, { source: { head, tags }, destination, placement }: MultipartCopy): Promise<string> {
  const input: CreateMultipartUploadCommandInput = {
    Bucket: destination.bucket,
    Key: destination.key,
    Metadata: head.Metadata,
    ContentType: head.ContentType,
    CacheControl: head.CacheControl,
    ContentDisposition: head.ContentDisposition,
    ContentEncoding: head.ContentEncoding,
    ContentLanguage: head.ContentLanguage,
    Tagging: tags || undefined,
    ChecksumAlgorithm: checksumOf(head)?.algorithm,
    ChecksumType: checksumOf(head) ? head.ChecksumType : undefined,
    ...placement,
  };
  try {
    const answer = await withRetries(budget, () => s3.send(withExpires(new CreateMultipartUploadCommand(input), head.ExpiresString)));
    return answer.UploadId!;
  } catch (error) {
    throw isTooMuchForHeaders(error) ? tagsDoNotFit(error as Error, tags) : error;
  }
}

/** Any text may stand there, `0` or `never`, and CopyObject keeps it; the SDK's parameter is a date. */
function withExpires(command: CreateMultipartUploadCommand, text: string | undefined): CreateMultipartUploadCommand {
  if (!text) { return command; }
  command.middlewareStack.add((next) => (args) => {
    (args.request as { headers: Record<string, string> }).headers.expires = text;
    return next(args);
  }, { name: 'expires', step: 'build' });
  return command;
}

/** S3's own answer, and that of servers which leave it to HTTP. */
function isTooMuchForHeaders(error: unknown): boolean {
  const { name, $metadata } = error as { name?: string; $metadata?: { httpStatusCode?: number } };
  return name === 'RequestHeaderSectionTooLarge' || $metadata?.httpStatusCode === 431;
}

/**
 * All that is given to an upload by hand has to fit into 8 KB of headers, and what may be long is the tags: ten of them have up to
 * 34 KB in them. They could be put to the object once it is completed, but not on condition that it is still ours.
 */
function tagsDoNotFit(refusal: Error, tags: string): Error {
  return Object.assign(new Error(`a multipart upload takes its tags in a header, where these are ${tags.length} bytes, and all headers together may be `
    + `8 KB: fewer or shorter tags can be archived. S3 said: ${refusal.message}`), { name: 'TagsTooLarge' });
}

/** What HEAD cannot say, a multipart copy cannot carry over. */
function demandWholeMetadata({ MissingMeta }: ObjectHead): void {
  if (!MissingMeta) { return; }
  throw Object.assign(new Error(`${MissingMeta} of its user metadata entries cannot be read over HTTP (x-amz-missing-meta), and a multipart copy would lose `
    + 'them: write them anew, or remove them'), { name: 'MissingMeta' });
}

/** The parts of an upload that an earlier round left open, if it is still there, and was for this version of the source and the same plan. */
async function resumable(s3: S3Client, budget: RetryBudget, copy: MultipartCopy) {
  const { resume, destination, source } = copy;
  if (!resume) { return undefined; }
  const isOfThis = resume.key === destination.key && resume.etag === source.head.ETag;
  const parts = isOfThis ? await listParts(s3, budget, destination, resume.uploadId) : [];
  if (!parts) { return undefined; }
  // Settings may have changed between two rounds, and with them the size of a part.
  if (isOfThis && parts.every(({ PartNumber, Size }) => Size === getPartRange(copy, PartNumber!).length)) {
    return { uploadId: resume.uploadId, parts: new Map(parts.map((part) => [part.PartNumber!, completed(part.PartNumber!, part)])) };
  }
  await abortUpload(s3, budget, destination.bucket, resume);
  return undefined;
}

/** Undefined where the upload was aborted meanwhile. */
async function listParts(s3: S3Client, budget: RetryBudget, { bucket, key }: MultipartCopy['destination'], uploadId: string): Promise<Part[] | undefined> {
  const parts: Part[] = [];
  try {
    for (let marker: string | undefined; ;) {
      const input = { Bucket: bucket, Key: key, UploadId: uploadId, PartNumberMarker: marker };
      const page = await withRetries(budget, () => s3.send(new ListPartsCommand(input)));
      parts.push(...page.Parts ?? []);
      if (!page.IsTruncated) { return parts; }
      marker = page.NextPartNumberMarker;
    }
  } catch (error) {
    if (toS3Error(error).kind === 'ambiguous') { return undefined; } // NoSuchUpload
    throw error;
  }
}

const CHECKSUMS: { algorithm: ChecksumAlgorithm; field: 'ChecksumCRC64NVME' | 'ChecksumCRC32C' | 'ChecksumCRC32' | 'ChecksumSHA256' | 'ChecksumSHA1' }[] = [
  { algorithm: 'CRC64NVME', field: 'ChecksumCRC64NVME' },
  { algorithm: 'CRC32C', field: 'ChecksumCRC32C' },
  { algorithm: 'CRC32', field: 'ChecksumCRC32' },
  { algorithm: 'SHA256', field: 'ChecksumSHA256' },
  { algorithm: 'SHA1', field: 'ChecksumSHA1' },
];

/** Multipart uploads have CRCs of the full object or of the parts, SHAs only of the parts (checking-object-integrity). */
function checksumOf(head: ObjectHead) {
  const found = CHECKSUMS.find(({ field }) => head[field] !== undefined);
  return found && (head.ChecksumType === 'COMPOSITE' || found.algorithm.startsWith('CRC')) ? found : undefined;
}

/** Where the source has a checksum of the full object, S3 compares it with what it assembled. */
function wholeChecksum(head: ObjectHead): Record<string, string> {
  const checksum = checksumOf(head);
  return checksum && head.ChecksumType === 'FULL_OBJECT' ? { [checksum.field]: head[checksum.field]!, ChecksumType: 'FULL_OBJECT' } : {};
}
