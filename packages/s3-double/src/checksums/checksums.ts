import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { crc32c, crc64nvme } from './crc';

/** The algorithms that the double computes; S3 has more. */
export type ChecksumAlgorithm = 'CRC32' | 'CRC32C' | 'CRC64NVME' | 'SHA1' | 'SHA256';
export type ChecksumType = 'FULL_OBJECT' | 'COMPOSITE';

export const CHECKSUM_ALGORITHMS: readonly ChecksumAlgorithm[] = [
  'CRC64NVME',
  'CRC32',
  'CRC32C',
  'SHA1',
  'SHA256',
];

/** An object's checksum. A full-object value is computed from its body when asked for. */
export interface Checksum {
  readonly algorithm: ChecksumAlgorithm;
  readonly type: ChecksumType;
  /** Composite ones only: base64 with `-` and the number of parts. */
  readonly composite?: string;
}

/**
 * What S3 adds where the client sends no checksum (page "Checking object integrity in Amazon S3").
 */
export const DEFAULT_CHECKSUM: Checksum = { algorithm: 'CRC64NVME', type: 'FULL_OBJECT' };

/** The checksum's header, as `x-amz-checksum-crc32`. */
export function checksumHeader(algorithm: ChecksumAlgorithm): string {
  return `x-amz-checksum-${algorithm.toLowerCase()}`;
}

/** The checksum's name in XML, as `ChecksumCRC32`. */
export function checksumElement(algorithm: ChecksumAlgorithm): string {
  return `Checksum${algorithm}`;
}

/** Base64 of the checksum of the chunks put together. */
export function computeChecksum(algorithm: ChecksumAlgorithm, chunks: Iterable<Buffer>): string {
  switch (algorithm) {
    case 'CRC32': {
      let crc = 0;
      for (const chunk of chunks) {
        crc = crc32(chunk, crc);
      }
      const digest = Buffer.alloc(4);
      digest.writeUInt32BE(crc);
      return digest.toString('base64');
    }
    case 'CRC32C':
      return crc32c(chunks).toString('base64');
    case 'CRC64NVME':
      return crc64nvme(chunks).toString('base64');
    case 'SHA1':
      return hash('sha1', chunks);
    case 'SHA256':
      return hash('sha256', chunks);
  }
}

/** S3's checksum of checksums, for parts uploaded one by one. */
export function compositeChecksum(algorithm: ChecksumAlgorithm, parts: string[]): string {
  const digests = parts.map((part) => Buffer.from(part, 'base64'));
  return `${computeChecksum(algorithm, digests)}-${parts.length}`;
}

function hash(name: string, chunks: Iterable<Buffer>): string {
  const digest = createHash(name);
  for (const chunk of chunks) {
    digest.update(chunk);
  }
  return digest.digest('base64');
}
