import { PutObjectCommand, type PutObjectCommandInput } from '@aws-sdk/client-s3';
import type { ArchivedFacts } from '../../../../contract/payloads/ledger-line';
import { type Placement, toPlacementInput } from '../../../../lambda/attributes/write-input';
import { toArchivedFacts } from '../../../../lambda/move/decide';
import type { BucketClient } from '../../../../lambda/s3/bucket-client';
import { type S3Error, toS3Error } from '../../../../lambda/s3/s3-error';

export interface Content extends Placement {
  readonly key: string;
  readonly bytes: Buffer;
  /** The digest of the bytes, in hexadecimal digits. */
  readonly sha256: string;
  readonly contentType: string;
  /** Stated even if it is S3's default: policies may demand that requests say it. */
  readonly storageClass: string;
}

/** What S3 confirmed, the failure of a setup that does not allow the upload, or nothing. */
export type PutResult =
  | { readonly status: 'confirmed'; readonly facts: ArchivedFacts }
  | { readonly status: 'refused'; readonly refusal: S3Error }
  | { readonly status: 'not confirmed' };

/**
 * Puts an object whose name depends on its content, unless it is there. It is confirmed once S3 has
 * said that the object has this SHA-256 and this size: by its answer, or, after a lost answer or a
 * failed condition, when it is asked. Nothing may rely on it before. A name proves nothing, because
 * anybody who may write there can use it.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity.html
 */
export async function putContent(destination: BucketClient, content: Content): Promise<PutResult> {
  const { key, bytes, sha256 } = content;
  const checksum = Buffer.from(sha256, 'hex').toString('base64');
  const input = { ...toInput(destination.name, content), ChecksumSHA256: checksum };
  try {
    const answer = await destination.request((s3) =>
      s3.send(withDigest(new PutObjectCommand(input), sha256)),
    );
    if (answer.ChecksumSHA256 === checksum) {
      return { status: 'confirmed', facts: toFacts(answer, answer.VersionId) };
    }
  } catch (error) {
    if (destination.isAborted) {
      throw error;
    }
    const refusal = toS3Error(error);
    if (refusal.kind === 'denied' || refusal.kind === 'final') {
      return { status: 'refused', refusal };
    }
  }
  try {
    const facts = await findContent(destination, { key, checksum, size: bytes.length });
    return facts ? { status: 'confirmed', facts } : { status: 'not confirmed' };
  } catch (error) {
    if (destination.isAborted) {
      throw error;
    }
    return { status: 'not confirmed' };
  }
}

function toInput(Bucket: string, content: Content): PutObjectCommandInput {
  const { key, bytes, contentType } = content;
  return {
    Bucket,
    Key: key,
    Body: bytes,
    IfNoneMatch: '*',
    ContentType: contentType,
    ...toPlacementInput(content),
  };
}

/** The signature is of the body's SHA-256, too. The SDK would compute it once more. */
function withDigest(command: PutObjectCommand, sha256: string): PutObjectCommand {
  command.middlewareStack.add(
    (next) => (args) => {
      (args.request as HttpRequest).headers['x-amz-content-sha256'] = sha256;
      return next(args);
    },
    { step: 'build' },
  );
  return command;
}

interface HttpRequest {
  readonly headers: Record<string, string>;
}

interface Expected {
  readonly key: string;
  /** The SHA-256 of the bytes, in Base64. */
  readonly checksum: string;
  readonly size: number;
}

/** Asks for the object. @param etag the version that is expected; unset: any */
export async function findContent(
  destination: BucketClient,
  { key, checksum, size }: Expected,
  etag?: string,
): Promise<ArchivedFacts | undefined> {
  const head = await destination.head(key);
  const isContent =
    head?.ChecksumSHA256 === checksum &&
    head.ContentLength === size &&
    head.ChecksumType !== 'COMPOSITE';
  return isContent && (etag === undefined || head.ETag === etag)
    ? toFacts(head, head.VersionId)
    : undefined;
}

function toFacts(
  answer: Parameters<typeof toArchivedFacts>[0],
  archived: string | undefined,
): ArchivedFacts {
  return {
    ...toArchivedFacts({ ETag: answer.ETag, ChecksumSHA256: answer.ChecksumSHA256 }, { archived }),
    checksumType: 'FULL_OBJECT',
  };
}
