import { PutObjectCommand } from '@aws-sdk/client-s3';
import type { ArchivedFacts } from '../../contract/payloads/ledger-line';
import { toArchivedFacts } from '../move/decide';
import type { Lock } from '../move/object-lock';
import type { BucketClient } from '../s3/bucket-client';
import { toS3Error } from '../s3/s3-error';

export interface Content {
  readonly key: string;
  readonly bytes: Buffer;
  /** The SHA-256 of the bytes, in Base64. */
  readonly checksum: string;
  readonly contentType: string;
  readonly storageClass?: string;
  readonly keyArn?: string;
  readonly lock?: Lock;
}

/**
 * Puts an object whose name depends on its content, unless it is there. Returns what S3 says of it,
 * once S3 has confirmed that the object has this SHA-256 and this size: by its answer, or, after a
 * refusal or a lost answer, when it is asked. Undefined: nothing may rely on it. A name proves
 * nothing, because anybody who may write there can use it.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity.html
 */
export async function putContent(
  destination: BucketClient,
  content: Content,
): Promise<ArchivedFacts | undefined> {
  const { key, bytes, checksum, contentType, storageClass, keyArn, lock } = content;
  try {
    const answer = await destination.request((s3) =>
      s3.send(
        new PutObjectCommand({
          Bucket: destination.name,
          Key: key,
          Body: bytes,
          IfNoneMatch: '*',
          ChecksumSHA256: checksum,
          ContentType: contentType,
          StorageClass: storageClass as 'STANDARD' | undefined,
          ...(keyArn !== undefined && {
            ServerSideEncryption: 'aws:kms',
            SSEKMSKeyId: keyArn,
            BucketKeyEnabled: true,
          }),
          ...lock,
        }),
      ),
    );
    if (answer.ChecksumSHA256 === checksum) {
      return toFacts(answer, answer.VersionId);
    }
  } catch (error) {
    if (destination.isAborted) {
      throw error;
    }
    const { kind } = toS3Error(error);
    if (kind === 'denied' || kind === 'final') {
      return undefined;
    }
  }
  return findContent(destination, { key, checksum, size: bytes.length }).catch((error: unknown) => {
    if (destination.isAborted) {
      throw error;
    }
    return undefined;
  });
}

/** Asks for the object. @param etag the version that is expected; unset: any */
export async function findContent(
  destination: BucketClient,
  { key, checksum, size }: Pick<Content, 'key' | 'checksum'> & { readonly size: number },
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
