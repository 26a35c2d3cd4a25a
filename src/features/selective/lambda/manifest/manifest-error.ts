import { ErrorName, namedError } from '../../../../contract/errors';
import { ReasonCode } from '../../../../contract/payloads/reason-codes';
import { REASON_DESCRIPTIONS } from '../../../../lambda/alerts/reason-text';
import { toS3Error } from '../../../../lambda/s3/s3-error';
import { toUri } from '../../../../lambda/text/format';

export interface FilePlace {
  readonly bucket: string;
  readonly key: string;
}

export function parseUri(uri: string): FilePlace {
  const [, bucket, key] = /^s3:\/\/([^/]+)\/(.*)$/s.exec(uri)!;
  return { bucket, key };
}

/**
 * Names file, line and rule. It never quotes content of the file: a user who starts a run, or gets
 * its messages, may have no permission to read the file.
 */
export function manifestError(file: FilePlace, problem: string, line?: number): Error {
  const uri = toUri(file.bucket, file.key);
  const place = line === undefined ? uri : `${uri}, line ${line}`;
  return namedError(
    ErrorName.INVALID_RUN_INPUT,
    `the run's manifest is wrong: ${place}: ${problem}. No object was touched`,
  );
}

const IN_OBJECT: readonly ReasonCode[] = [ReasonCode.ARCHIVED_CLASS, ReasonCode.CUSTOMER_KEY];

/**
 * Says what to do if S3 does not let a file be read. Another attempt would only repeat it, unless
 * the error is transient.
 */
export function explainUnreadable(file: FilePlace, error: unknown): unknown {
  const failure = toS3Error(error);
  const unreadable = (problem: string) => manifestError(file, `it cannot be read: ${problem}`);
  if (failure.kind === 'missing') {
    return unreadable('there is no such object');
  }
  if (failure.code === ReasonCode.NO_SUCH_BUCKET) {
    return unreadable('there is no such bucket');
  }
  if (IN_OBJECT.includes(failure.code)) {
    return unreadable(REASON_DESCRIPTIONS[failure.code]);
  }
  if (failure.kind === 'ambiguous') {
    return manifestError(file, 'it was replaced while it was read: start a new run');
  }
  if (failure.kind !== 'denied' && failure.code !== ReasonCode.KMS_DENIED) {
    return error;
  }
  const { code, message } = failure;
  const key =
    code === ReasonCode.KMS_DENIED
      ? 'the role of the list-objects function needs kms:Decrypt on the key of the object'
      : 'there is no such object, or the role of the list-objects function has no s3:GetObject ' +
        'for it: put the manifest below reportPrefix of the report bucket, or give its bucket to ' +
        'Listing.selective({ manifestBuckets: [...] }). If the bucket belongs to another ' +
        'account, its policy has to allow the role, too';
  return namedError(
    ErrorName.SYSTEMIC_FAILURE,
    `${code}: the run's manifest ${toUri(file.bucket, file.key)} cannot be read: ${key}. No ` +
      `object was touched. S3 says: ${message}`,
  );
}
