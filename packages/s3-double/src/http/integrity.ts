import { createHash } from 'node:crypto';
import type { S3Request } from './context';
import { header } from './request';
import {
  CHECKSUM_ALGORITHMS,
  type ChecksumAlgorithm,
  checksumHeader,
} from '../checksums/checksums';
import { S3Error } from '../common/errors';
import type { Body } from '../store/body';

/**
 * Refuses a body that differs from the digests sent with it (page "Checking object integrity for
 * data uploads").
 */
export function checkIntegrity(request: S3Request, body: Body): void {
  const md5 = header(request, 'content-md5');
  if (md5 !== undefined) {
    if (Buffer.from(md5, 'base64').length !== 16) {
      throw new S3Error('InvalidDigest', { fields: { 'Content-MD5': md5 } });
    }
    if (md5 !== createHash('md5').update(request.body).digest('base64')) {
      throw new S3Error('BadDigest', { fields: { ExpectedDigest: md5 } });
    }
  }
  const algorithm = sentChecksum(request);
  const sent = algorithm && checksumValue(request, algorithm);
  if (algorithm && sent !== body.checksum(algorithm)) {
    throw new S3Error('BadDigest', {
      message: `The ${algorithm} you specified did not match the calculated checksum.`,
    });
  }
}

/** The algorithm of the checksum that came with the request, in a header or behind the body. */
export function sentChecksum(request: S3Request): ChecksumAlgorithm | undefined {
  return CHECKSUM_ALGORITHMS.find((algorithm) => checksumValue(request, algorithm) !== undefined);
}

/** The algorithm that a request names without sending a value. */
export function namedChecksum(request: S3Request): ChecksumAlgorithm | undefined {
  const name =
    header(request, 'x-amz-checksum-algorithm') ?? header(request, 'x-amz-sdk-checksum-algorithm');
  if (name === undefined) {
    return undefined;
  }
  const algorithm = CHECKSUM_ALGORITHMS.find((known) => known === name.toUpperCase());
  if (!algorithm) {
    throw new S3Error('InvalidRequest', {
      message:
        'Checksum algorithm provided is unsupported. Please try again with any of the valid types.',
    });
  }
  return algorithm;
}

function checksumValue(request: S3Request, algorithm: ChecksumAlgorithm): string | undefined {
  const name = checksumHeader(algorithm);
  return header(request, name) ?? request.trailers[name];
}
