/** Reads what an answer of S3 says of an archived object, so that the ledger can keep it. No request is sent for this. */
import type { ArchivedFacts } from '../../contract/payloads/ledger-line';

/** The most usual first. S3 answers with one of them. */
const ALGORITHMS = ['CRC64NVME', 'CRC32', 'CRC32C', 'SHA256', 'SHA1', 'SHA512', 'MD5', 'XXHASH64', 'XXHASH3', 'XXHASH128'] as const;
const CHECKSUMS = ALGORITHMS.map((algorithm) => ({ algorithm, field: `Checksum${algorithm}` as const }));

/** The fields that the answers of CopyObject, CompleteMultipartUpload and HeadObject have in common. */
export type DescribedObject = {
  readonly ETag?: string;
  readonly ChecksumType?: 'COMPOSITE' | 'FULL_OBJECT';
} & { readonly [Field in `Checksum${typeof ALGORITHMS[number]}`]?: string };

/** The versions of the archived object and of its source, where the buckets have versioning. */
export interface Versions {
  readonly archived?: string;
  readonly source?: string;
}

/** @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity.html about checksums and their types */
export function toArchivedFacts(archived: DescribedObject, versions: Versions): ArchivedFacts {
  // Assignments, because there is one call for each object, and each spread of an optional field is an object more.
  const facts: { -readonly [Field in keyof ArchivedFacts]: ArchivedFacts[Field] } = {};
  if (archived.ETag !== undefined) { facts.archivedEtag = archived.ETag; }
  const checksum = CHECKSUMS.find(({ field }) => archived[field] !== undefined);
  if (checksum) {
    facts.checksumAlgorithm = checksum.algorithm;
    facts.checksum = archived[checksum.field];
    if (archived.ChecksumType) { facts.checksumType = archived.ChecksumType; }
  }
  if (versions.source !== undefined) { facts.sourceVersionId = versions.source; }
  if (versions.archived !== undefined) { facts.archivedVersionId = versions.archived; }
  return facts;
}
