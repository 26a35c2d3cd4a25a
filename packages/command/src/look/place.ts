import { checkBucket } from '../../../../src/contract/checks/check-bucket';
import { checkPrefix } from '../../../../src/contract/checks/check-prefix';

/** A prefix in a bucket. */
export interface Place {
  readonly bucket: string;
  /** Empty, or with a slash at its end. */
  readonly prefix: string;
}

/** @throws an error that says what to write */
export function parsePlace(what: string, uri: string): Place {
  const [, bucket, prefix = ''] = /^s3:\/\/([^/]+)\/?(.*)$/su.exec(uri) ?? [];
  if (bucket === undefined) {
    throw new Error(
      `${what} is '${uri}', but must be a bucket and a prefix: write s3://BUCKET/PREFIX/`,
    );
  }
  checkBucket(what, bucket);
  checkPrefix(`the prefix of ${what}`, prefix);
  return { bucket, prefix };
}

export const isSame = (one: Place, other: Place): boolean =>
  one.bucket === other.bucket && one.prefix === other.prefix;
