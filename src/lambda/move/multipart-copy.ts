import { setMaxListeners } from 'node:events';
import {
  AbortMultipartUploadCommand,
  type CompletedPart,
  CompleteMultipartUploadCommand,
  type CopyPartResult,
  CreateMultipartUploadCommand,
  type CreateMultipartUploadCommandInput,
  ListPartsCommand,
  type Part,
  UploadPartCopyCommand,
} from '@aws-sdk/client-s3';
import { toArchivedFacts } from './decide';
import type { Located } from './subject';
import type { ArchivedFacts } from '../../contract/payloads/ledger-line';
import { copyAnnotations } from '../attributes/annotations';
import { readAnswer } from '../attributes/answer';
import type { Entries } from '../attributes/attribute';
import { toQuery } from '../attributes/tags';
import {
  findUnwritable,
  type PlacementInput,
  toWriteInput,
  withHeaders,
} from '../attributes/write-input';
import type { BucketClient, ObjectHead } from '../s3/bucket-client';
import { listUploads } from '../s3/listing/list-page';
import { getPartRange, PART_CONCURRENCY } from '../s3/multipart-parts';
import { toS3Error } from '../s3/s3-error';
import { encodeKey } from '../text/escape';

export interface OpenUpload {
  readonly key: string;
  readonly uploadId: string;
  readonly etag: string;
}

export class Interrupted extends Error {
  constructor(readonly upload: OpenUpload) {
    super(`interrupted: upload ${upload.uploadId} of ${upload.key}`);
    this.name = 'Interrupted';
  }
}

interface MultipartCopy {
  readonly source: Located & { readonly tags: Entries };
  readonly destination: Destination;
  readonly placement: PlacementInput;
  readonly partSize: number;
  readonly resume?: OpenUpload;
  readonly onPartTime?: (bytes: number, milliseconds: number, isCutOff: boolean) => void;
}

type Destination = Omit<Located, 'head'>;

/** Name of the error for tags that a multipart upload cannot carry over. CopyObject can. */
export const TAGS_TOO_LARGE = 'TagsTooLarge';

/**
 * Whether a copy in parts can keep all metadata and the checksum of the object, as CopyObject does.
 */
export function canBeCopiedInParts(head: ObjectHead): boolean {
  return (
    explainUnwritable(head) === undefined &&
    (getChecksum(head) !== undefined || CHECKSUMS.every(({ field }) => head[field] === undefined))
  );
}

/** Why a multipart upload cannot be given all that CopyObject keeps. Undefined: it can. */
function explainUnwritable(head: ObjectHead): string | undefined {
  if (head.unlisted) {
    return `this version does not know what ${head.unlisted.join(', ')} is`;
  }
  return findUnwritable(readAnswer(head));
}

interface Upload {
  readonly uploadId: string;
  readonly parts: Map<number, CompletedPart>;
}

/**
 * Copies an object in parts, inside S3. The source's ETag is the condition of every part. The
 * upload is completed only if nothing is at the destination. It is aborted after a failure, and
 * left open if the signal ends the round. A multipart upload copies only bytes: metadata, headers,
 * tags and checksum type have to be passed
 * (https://docs.aws.amazon.com/AmazonS3/latest/userguide/CopyingObjectsMPUapi.html).
 * @throws the SDK's errors, including a 412, and Interrupted
 */
export async function multipartCopy(copy: MultipartCopy): Promise<ArchivedFacts> {
  const {
    source,
    destination: { bucket, key },
  } = copy;
  const unwritable = explainUnwritable(source.head);
  if (unwritable !== undefined) {
    throw Object.assign(new Error(`a multipart copy would lose something: ${unwritable}`), {
      name: 'MissingMeta',
    });
  }
  const upload = (await resumeUpload(copy)) ?? {
    uploadId: await createUpload(copy),
    parts: new Map<number, CompletedPart>(),
  };
  const { uploadId, parts } = upload;
  try {
    await copyParts(copy, upload);
    const leftovers = await listLeftovers(copy.destination, uploadId);
    const Parts = [...parts.values()].sort((a, b) => a.PartNumber! - b.PartNumber!);
    const answer = await bucket.request((s3) =>
      s3.send(
        new CompleteMultipartUploadCommand({
          Bucket: bucket.name,
          Key: key,
          UploadId: uploadId,
          MultipartUpload: { Parts },
          MpuObjectSize: source.head.ContentLength,
          IfNoneMatch: '*',
          ...getFullChecksum(source.head),
        }),
      ),
    );
    for (const leftover of leftovers) {
      await abortUpload(bucket, { key, uploadId: leftover });
    }
    await copyAnnotations(source, { bucket, key, etag: answer.ETag! });
    return toArchivedFacts(answer, { source: source.head.VersionId, archived: answer.VersionId });
  } catch (error) {
    if (bucket.isAborted) {
      throw new Interrupted({ key, uploadId, etag: source.head.ETag });
    }
    await abortUpload(bucket, { key, uploadId });
    throw error;
  }
}

/** Best effort: a lifecycle rule (AbortIncompleteMultipartUpload) removes what is left. */
export async function abortUpload(
  destination: BucketClient,
  { key, uploadId }: Pick<OpenUpload, 'key' | 'uploadId'>,
): Promise<void> {
  await destination
    .request((s3) =>
      s3.send(
        new AbortMultipartUploadCommand({ Bucket: destination.name, Key: key, UploadId: uploadId }),
      ),
    )
    .catch(() => undefined);
}

/**
 * Lists other uploads of this archiver to the same key, of invocations that were killed or of
 * another run at the same time. None of them can be completed once this copy is, so they can be
 * aborted. The other run then finds the object archived. Best effort.
 */
async function listLeftovers({ bucket, key }: Destination, ownUploadId: string): Promise<string[]> {
  const uploads = await bucket.request((s3) => listUploads(s3, bucket.name, key)).catch(() => []);
  const initiator = uploads.find((upload) => upload.UploadId === ownUploadId)?.Initiator?.ID;
  // Uploads of other programs must not be aborted.
  return uploads
    .filter((upload) => upload.UploadId !== ownUploadId && upload.Initiator?.ID === initiator)
    .map((upload) => upload.UploadId!);
}

async function copyParts(
  { source, destination: { bucket, key }, partSize, onPartTime }: MultipartCopy,
  { uploadId, parts }: Upload,
): Promise<void> {
  const size = source.head.ContentLength!;
  const missing: number[] = [];
  for (let part = 1; getPartRange(size, partSize, part).length > 0; part++) {
    if (!parts.has(part)) {
      missing.push(part);
    }
  }

  // One failed part ends the others, so that none is still being written when the upload is
  // aborted.
  const failed = new AbortController();
  const signal = AbortSignal.any([...(bucket.signal ? [bucket.signal] : []), failed.signal]);
  setMaxListeners(0, signal); // one listener for each open request
  const client = bucket.with({ signal });
  const worker = async () => {
    for (let part = missing.shift(); part !== undefined; part = missing.shift()) {
      const { first, length } = getPartRange(size, partSize, part);
      const began = bucket.budget.clock.now();
      const answer = await client.request((s3) =>
        s3.send(
          new UploadPartCopyCommand({
            Bucket: bucket.name,
            Key: key,
            UploadId: uploadId,
            PartNumber: part,
            CopySource: copySource(source.bucket.name, source.key),
            CopySourceIfMatch: source.head.ETag,
            CopySourceRange: `bytes=${first}-${first + length - 1}`,
          }),
        ),
      );
      onPartTime?.(length, bucket.budget.clock.now() - began, false);
      parts.set(part, toCompletedPart(part, answer.CopyPartResult!));
    }
  };
  const workers = Array.from({ length: PART_CONCURRENCY }, () =>
    worker().catch((error) => {
      failed.abort();
      throw error;
    }),
  );
  const outcomes = await Promise.allSettled(workers);
  // The first failure is the cause. The others only failed because it aborted them.
  const errors = outcomes.flatMap((outcome) =>
    outcome.status === 'rejected' ? [outcome.reason as Error] : [],
  );
  if (errors.length > 0) {
    throw errors.find(({ name }) => name !== 'AbortError') ?? errors[0];
  }
}

function toCompletedPart(
  PartNumber: number,
  {
    ETag,
    ChecksumCRC32,
    ChecksumCRC32C,
    ChecksumCRC64NVME,
    ChecksumSHA1,
    ChecksumSHA256,
  }: CopyPartResult | Part,
): CompletedPart {
  return {
    PartNumber,
    ETag,
    ChecksumCRC32,
    ChecksumCRC32C,
    ChecksumCRC64NVME,
    ChecksumSHA1,
    ChecksumSHA256,
  };
}

async function createUpload({
  source: { head, tags },
  destination: { bucket, key },
  placement,
}: MultipartCopy): Promise<string> {
  const { fields, headers } = toWriteInput({ ...readAnswer(head), tags });
  const input: CreateMultipartUploadCommandInput = {
    Bucket: bucket.name,
    Key: key,
    ...fields,
    ChecksumAlgorithm: getChecksum(head)?.algorithm,
    ChecksumType: getChecksum(head) ? head.ChecksumType : undefined,
    ...placement,
  };
  try {
    const answer = await bucket.request((s3) =>
      s3.send(withHeaders(new CreateMultipartUploadCommand(input), headers)),
    );
    return answer.UploadId!;
  } catch (error) {
    throw explainRefusal(error as Error, toQuery(tags));
  }
}

/**
 * All headers have 8 KB, and ten tags up to 34 KB. Tags that are added after the upload have no
 * condition that the object is still ours.
 */
function explainRefusal(
  refusal: Error & { readonly $metadata?: { readonly httpStatusCode?: number } },
  tags: string,
): Error {
  // Some servers answer with the HTTP status only.
  if (
    refusal.name !== 'RequestHeaderSectionTooLarge' &&
    refusal.$metadata?.httpStatusCode !== 431
  ) {
    return refusal;
  }
  return Object.assign(
    new Error(
      `a multipart upload takes the tags in a header. These tags have ${tags.length} bytes, and ` +
        'all headers together may have ' +
        `8 KB: use fewer or shorter tags. S3 said: ${refusal.message}`,
    ),
    { name: TAGS_TOO_LARGE },
  );
}

/**
 * Returns the upload that an earlier round left open, if it exists and was for the same version of
 * the source and the same part size.
 */
async function resumeUpload({
  resume,
  source,
  destination,
  partSize,
}: MultipartCopy): Promise<Upload | undefined> {
  if (!resume) {
    return undefined;
  }
  const isForSameVersion = resume.key === destination.key && resume.etag === source.head.ETag;
  const parts = isForSameVersion ? await listParts(destination, resume.uploadId) : [];
  // It was aborted, or an earlier round completed it: both ends must be inspected before all is
  // copied again.
  if (!parts) {
    throw Object.assign(new Error(`upload ${resume.uploadId} has ended`), { name: 'NoSuchUpload' });
  }
  // Settings may have changed between two rounds, and the part size with them.
  const isExpectedPart = ({ PartNumber, Size }: Part) =>
    Size === getPartRange(source.head.ContentLength!, partSize, PartNumber!).length;
  if (isForSameVersion && parts.every(isExpectedPart)) {
    return {
      uploadId: resume.uploadId,
      parts: new Map(
        parts.map((part) => [part.PartNumber!, toCompletedPart(part.PartNumber!, part)]),
      ),
    };
  }
  await abortUpload(destination.bucket, resume);
  return undefined;
}

/** Undefined if the upload was aborted in the meantime. */
async function listParts(
  { bucket, key }: Destination,
  uploadId: string,
): Promise<Part[] | undefined> {
  const parts: Part[] = [];
  try {
    for (let marker: string | undefined; ;) {
      const input = { Bucket: bucket.name, Key: key, UploadId: uploadId, PartNumberMarker: marker };
      const page = await bucket.request((s3) => s3.send(new ListPartsCommand(input)));
      parts.push(...(page.Parts ?? []));
      if (!page.IsTruncated) {
        return parts;
      }
      marker = page.NextPartNumberMarker;
    }
  } catch (error) {
    if (toS3Error(error).kind === 'ambiguous') {
      return undefined;
    } // NoSuchUpload
    throw error;
  }
}

const CHECKSUMS = (['CRC64NVME', 'CRC32C', 'CRC32', 'SHA256', 'SHA1'] as const).map(
  (algorithm) => ({ algorithm, field: `Checksum${algorithm}` as const }),
);

/**
 * That the copy can have, too: a CRC of the full object or of the parts, but a SHA of the parts
 * only ("Checking object integrity").
 */
function getChecksum(head: ObjectHead) {
  const found = CHECKSUMS.find(({ field }) => head[field] !== undefined);
  return found && (head.ChecksumType === 'COMPOSITE' || found.algorithm.startsWith('CRC'))
    ? found
    : undefined;
}

/**
 * The source's checksum of the full object, if there is one. S3 compares it with the object that it
 * assembled.
 */
function getFullChecksum(head: ObjectHead): Record<string, string> {
  const checksum = getChecksum(head);
  return checksum && head.ChecksumType === 'FULL_OBJECT'
    ? { [checksum.field]: head[checksum.field]!, ChecksumType: 'FULL_OBJECT' }
    : {};
}

/**
 * S3 decodes it once, and SDK v3 sends it unchanged. Without encoding, `+`, `%`, `?` or `é` would
 * name another object (API_CopyObject).
 */
export function copySource(bucket: string, key: string): string {
  return `${bucket}/${encodeKey(key)}`;
}
