/**
 * The only answer to "is this the copy?", for the move, the reconciliation of a batch, a restore
 * and a verification, so that none of them believes what another one would not. Size and time never
 * decide. https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity.html
 */
import type { ArchivedFacts, ArchivedVersion } from '../../contract/payloads/ledger-line';
import type { PackIndexLine } from '../../contract/payloads/pack-index';
import { ALGORITHMS } from '../attributes/rows';
import type { ObjectHead } from '../s3/bucket-client';

export interface VersionFacts {
  readonly size: number;
  readonly etag?: string;
  /**
   * The ETag is the MD5 digest of the content. Only HeadObject shows that: with SSE-KMS and SSE-C
   * the ETag looks like a digest and is none, and a listing does not say how an object is
   * encrypted. https://docs.aws.amazon.com/AmazonS3/latest/API/API_Object.html ("ETag")
   */
  readonly isMd5: boolean;
  /**
   * The place of the version now or earlier. At one place, another content always has another ETag.
   */
  readonly place?: string;
  /** Checksums of the full object, by their algorithm. */
  readonly checksums: { readonly [algorithm: string]: string | undefined };
}

/**
 * Two different contents do not share one of these by accident. Shorter ones can only prove that
 * contents differ.
 */
const PROVING_ALGORITHMS: ReadonlySet<string> = new Set([
  'CRC64NVME',
  'SHA1',
  'SHA256',
  'SHA512',
  'XXHASH128',
]);
const CHECKSUMS = ALGORITHMS.map((algorithm) => ({
  algorithm,
  field: `Checksum${algorithm}` as const,
}));
export const MD5_ETAG = /^"?[0-9a-f]{32}"?$/;

/** Whether two versions have the same bytes. `unknown`: only reading both would tell. */
export type Decision = 'same' | 'different' | 'unknown';

export function decide(a: VersionFacts, b: VersionFacts): Decision {
  if (a.size !== b.size) {
    return 'different';
  }
  const shared = ALGORITHMS.filter(
    (algorithm) => a.checksums[algorithm] !== undefined && b.checksums[algorithm] !== undefined,
  );
  // Compare checksums before ETags: an attacker can create two contents with the same MD5 digest.
  if (shared.some((algorithm) => a.checksums[algorithm] !== b.checksums[algorithm])) {
    return 'different';
  }
  const areEtagsEqual =
    a.etag !== undefined && b.etag !== undefined && unquote(a.etag) === unquote(b.etag);
  const isOnePlace = a.place !== undefined && a.place === b.place;
  if (areEtagsEqual && (isOnePlace || a.isMd5 || b.isMd5)) {
    return 'same';
  }
  if (a.isMd5 && b.isMd5) {
    return 'different';
  }
  return shared.some((algorithm) => PROVING_ALGORITHMS.has(algorithm)) ? 'same' : 'unknown';
}

/**
 * @param place the bucket and the key, if the version may be compared with what was there at
 * another time
 */
export function fromHead(head: ObjectHead, place?: string): VersionFacts {
  // A checksum of checksums (COMPOSITE) depends on how the object was split into parts, so it
  // proves nothing.
  const checksums =
    head.ChecksumType === 'FULL_OBJECT'
      ? Object.fromEntries(
          CHECKSUMS.map(({ algorithm, field }) => [algorithm, (head as DescribedObject)[field]]),
        )
      : {};
  return { size: head.ContentLength!, etag: head.ETag, isMd5: isMd5(head), place, checksums };
}

export function fromLedger(
  version: Omit<ArchivedVersion, 'destination' | 'day'>,
  place?: string,
): VersionFacts {
  const { size, etag, archivedEtag, checksumAlgorithm, checksumType, checksum, member } = version;
  return {
    // The object at the destination is the pack.
    size: member?.packSize ?? size,
    etag: archivedEtag,
    // A copy keeps the ETag of its source only if both are the digest of the content.
    isMd5:
      archivedEtag !== undefined &&
      MD5_ETAG.test(archivedEtag) &&
      unquote(archivedEtag) === unquote(etag),
    place,
    checksums:
      checksumAlgorithm !== undefined && checksumType === 'FULL_OBJECT'
        ? { [checksumAlgorithm]: checksum }
        : {},
  };
}

/**
 * The object itself, wherever it lies: of a member, what S3 said of its source, and the digest of
 * its bytes.
 */
export function ofObject(version: Omit<ArchivedVersion, 'destination' | 'day'>): VersionFacts {
  const { size, etag, member } = version;
  if (!member) {
    return fromLedger(version);
  }
  return {
    size,
    etag,
    isMd5: false,
    checksums: { SHA256: Buffer.from(member.sha256, 'hex').toString('base64') },
  };
}

/** A member of a pack: what S3 said of its source, and the digest of its bytes. */
export function fromIndex({
  bucket,
  key,
  etag,
  size,
  sha256,
  checksum,
}: PackIndexLine): VersionFacts {
  const said = checksum?.type === 'FULL_OBJECT' ? { [checksum.algorithm]: checksum.value } : {};
  return {
    size,
    etag,
    isMd5: false,
    place: toPlace(bucket, key),
    checksums: { ...said, SHA256: Buffer.from(sha256, 'hex').toString('base64') },
  };
}

/** Names a place, for versions that were there at different times. */
export function toPlace(bucket: string, key: string): string {
  return `${bucket}/${key}`;
}

export function fromListing(
  object: { readonly etag: string; readonly size: number },
  place?: string,
): VersionFacts {
  return { ...object, isMd5: false, place, checksums: {} };
}

/** The common fields of the answers of CopyObject, CompleteMultipartUpload and HeadObject. */
type DescribedObject = { readonly [Field in `Checksum${(typeof ALGORITHMS)[number]}`]?: string } & {
  readonly ETag?: string;
  readonly ChecksumType?: 'COMPOSITE' | 'FULL_OBJECT';
};

/**
 * Reads what an answer of S3 says of an archived object, for the ledger. `versions` are those of
 * the archived object and of its source.
 */
export function toArchivedFacts(
  archived: DescribedObject,
  versions: { readonly archived?: string; readonly source?: string },
): ArchivedFacts {
  // Assignments, because there is one call for each object, and each spread of an optional field is
  // an object more.
  const facts: { -readonly [Field in keyof ArchivedFacts]: ArchivedFacts[Field] } = {};
  if (archived.ETag !== undefined) {
    facts.archivedEtag = archived.ETag;
  }
  const checksum = CHECKSUMS.find(({ field }) => archived[field] !== undefined);
  if (checksum) {
    facts.checksumAlgorithm = checksum.algorithm;
    facts.checksum = archived[checksum.field];
    if (archived.ChecksumType) {
      facts.checksumType = archived.ChecksumType;
    }
  }
  if (versions.source !== undefined) {
    facts.sourceVersionId = versions.source;
  }
  if (versions.archived !== undefined) {
    facts.archivedVersionId = versions.archived;
  }
  return facts;
}

/**
 * It is none after a multipart upload (`...-2`), with any encryption but S3's own, and in directory
 * buckets (S3 Express "Differences").
 */
export function isMd5({
  ETag,
  ServerSideEncryption = 'AES256',
  SSECustomerAlgorithm,
  StorageClass,
}: ObjectHead): boolean {
  return (
    MD5_ETAG.test(ETag) &&
    ServerSideEncryption === 'AES256' &&
    SSECustomerAlgorithm === undefined &&
    StorageClass !== 'EXPRESS_ONEZONE'
  );
}

export function unquote(etag: string): string {
  return etag.replace(/^"|"$/g, '');
}
