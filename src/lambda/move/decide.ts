/**
 * The only answer to "is this the copy?". The move, the reconciliation of a batch, a restore and a verification all ask it, so
 * that none of them believes what another one would not.
 *
 * Size and time never decide. https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity.html
 */
import type { ArchivedVersion } from '../../contract/payloads/ledger-line';
import type { ObjectHead } from '../s3/bucket-client';

/** What is known of one version of an object. */
export interface VersionFacts {
  readonly size: number;
  /** Unset: not known. */
  readonly etag?: string;
  /**
   * The ETag is the MD5 digest of the content. Only HeadObject shows that: with SSE-KMS and SSE-C the ETag looks like a digest
   * and is none, and a listing does not say how an object is encrypted.
   * https://docs.aws.amazon.com/AmazonS3/latest/API/API_Object.html ("ETag")
   */
  readonly isMd5: boolean;
  /** Where the version is or was: S3 gives the version another ETag whenever its content at this place changes. */
  readonly place?: string;
  /** Checksums of the full object, by their algorithm. */
  readonly checksums: { readonly [algorithm: string]: string | undefined };
}

export type Decision = 'same' | 'different' | 'unknown';

/** Two different contents do not share one of these by accident. Shorter ones can only prove that contents differ. */
const PROVING_ALGORITHMS: ReadonlySet<string> = new Set(['CRC64NVME', 'SHA1', 'SHA256', 'SHA512', 'XXHASH128']);
const ALGORITHMS = ['CRC64NVME', 'CRC32', 'CRC32C', 'SHA1', 'SHA256', 'SHA512', 'MD5', 'XXHASH64', 'XXHASH3', 'XXHASH128'] as const;
const MD5_ETAG = /^"?[0-9a-f]{32}"?$/;

/** Decides whether two versions have the same bytes. `unknown`: only reading both would tell. */
export function decide(a: VersionFacts, b: VersionFacts): Decision {
  if (a.size !== b.size) { return 'different'; }
  const shared = ALGORITHMS.filter((algorithm) => a.checksums[algorithm] !== undefined && b.checksums[algorithm] !== undefined);
  // Before the ETags: whoever wants to can write two contents that have one MD5 digest.
  if (shared.some((algorithm) => a.checksums[algorithm] !== b.checksums[algorithm])) { return 'different'; }
  const areEtagsEqual = a.etag !== undefined && b.etag !== undefined && unquote(a.etag) === unquote(b.etag);
  const isOnePlace = a.place !== undefined && a.place === b.place;
  if (areEtagsEqual && (isOnePlace || a.isMd5 || b.isMd5)) { return 'same'; }
  if (a.isMd5 && b.isMd5) { return 'different'; }
  return shared.some((algorithm) => PROVING_ALGORITHMS.has(algorithm)) ? 'same' : 'unknown';
}

/** @param place the bucket and the key, if the version may be compared with what was there at another time */
export function fromHead(head: ObjectHead, place?: string): VersionFacts {
  const fields: { readonly [field: string]: unknown } = { ...head };
  // A checksum of checksums (COMPOSITE) depends on how the object was split into parts, so it proves nothing.
  const checksums = head.ChecksumType === 'FULL_OBJECT'
    ? Object.fromEntries(ALGORITHMS.map((algorithm) => [algorithm, fields[`Checksum${algorithm}`] as string | undefined]))
    : {};
  return { size: head.ContentLength!, etag: head.ETag, isMd5: isMd5(head), place, checksums };
}

/** What a line of a ledger says of an archived version, at its destination. */
export function fromLedger(version: Omit<ArchivedVersion, 'destination' | 'day'>, place?: string): VersionFacts {
  const { size, etag, archivedEtag, checksumAlgorithm, checksumType, checksum } = version;
  return {
    size,
    etag: archivedEtag,
    // A copy keeps the ETag of its source only if both are the digest of the content.
    isMd5: archivedEtag !== undefined && MD5_ETAG.test(archivedEtag) && unquote(archivedEtag) === unquote(etag),
    place,
    checksums: checksumAlgorithm !== undefined && checksumType === 'FULL_OBJECT' ? { [checksumAlgorithm]: checksum } : {},
  };
}

/** What a listing says of an object. */
export function fromListing(object: { readonly etag: string; readonly size: number }, place?: string): VersionFacts {
  return { ...object, isMd5: false, place, checksums: {} };
}

/**
 * Whether the ETag is the MD5 digest of the content: it is none after a multipart upload (`...-2`), with any encryption but S3's own,
 * and in directory buckets. https://docs.aws.amazon.com/AmazonS3/latest/userguide/s3-express-differences.html
 */
export function isMd5({ ETag, ServerSideEncryption = 'AES256', SSECustomerAlgorithm, StorageClass }: ObjectHead): boolean {
  return MD5_ETAG.test(ETag) && ServerSideEncryption === 'AES256' && SSECustomerAlgorithm === undefined && StorageClass !== 'EXPRESS_ONEZONE';
}

/** Whether an ETag may be an MD5 digest. */
export function looksLikeMd5(etag: string): boolean {
  return MD5_ETAG.test(etag);
}

function unquote(etag: string): string {
  return etag.replace(/^"|"$/g, '');
}
