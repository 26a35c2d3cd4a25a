import { ReasonCode } from '../../contract/payloads/reason-codes';
import { runbookUrl } from '../../contract/published/documents';

export const REASON_DESCRIPTIONS: Record<ReasonCode, string> = {
  [ReasonCode.DESTINATION_EXISTS]:
    'the archive has different content under this name; compare the two objects, then delete or ' +
    'rename one of them',
  [ReasonCode.SOURCE_CHANGED]:
    'the object was rewritten while it was being archived; find out what still writes to it',
  [ReasonCode.ACCESS_DENIED]:
    'S3 denied the request; check the bucket policies and the role that asked',
  [ReasonCode.EXPIRED_CREDENTIALS]:
    'the temporary credentials of the function had expired; no grant is missing, and the next ' +
    'run gets new ones',
  [ReasonCode.KMS_DENIED]:
    'KMS denied the use of a key; if it is a key of the archiver or of its buckets, check that ' +
    'it is enabled and that its policy allows the role that asked; do not grant any other key, ' +
    'but have the object written again with the key of its bucket',
  [ReasonCode.NO_SUCH_BUCKET]:
    'a bucket does not exist; create it again, or deploy the stack with the right bucket',
  [ReasonCode.ARCHIVED_CLASS]:
    'the object is in a storage class from which S3 cannot copy; restore the object first',
  [ReasonCode.NO_EXPEDITED_CAPACITY]:
    'S3 has no capacity for restores with tier Expedited at this moment; use ' +
    'RetrievalTier.STANDARD or BULK in GlacierSources.restoreFirst(), or buy provisioned ' +
    'capacity; the next run asks again',
  [ReasonCode.RESTORED_IN_VAIN]:
    'an earlier run had S3 restore the object, which S3 bills, and could not archive it; S3 is ' +
    'not asked again for 30 days; fix the reason that the message of the object names, then ' +
    'start a run for its day, which asks S3 again',
  [ReasonCode.LOCKED]:
    'the object has a lock, or retention asks for one, and its copy would have none; enable ' +
    'Object Lock for the destination bucket, or wait until the lock ends; remove a lock that ' +
    'this version does not know; if S3 denied the default lock of the destination, allow ' +
    's3:GetBucketObjectLockConfiguration',
  [ReasonCode.CUSTOMER_KEY]:
    'the object is encrypted with a customer-provided key (SSE-C), which the archiver does not ' +
    'have; rewrite it with another kind of encryption',
  [ReasonCode.SAME_OBJECT]:
    'the destination bucket seems to be another name of the source bucket, so the archived ' +
    'object may be the object itself; do not delete either, but pass the bucket itself as ' +
    'destinationBucket',
  [ReasonCode.NOT_COMPARED]:
    'the archive has an object of the same size under this name, and they are too large to read ' +
    'both; compare them, then delete or rename one of them',
  [ReasonCode.SLOW_DOWN]:
    'S3 asked to slow down until all retries were used up; the next run usually succeeds; if ' +
    'this comes back, lower maxObjectsPerSecond',
  [ReasonCode.SERVER_ERROR]:
    'S3 failed or did not answer until all retries were used up; the next run usually succeeds',
  [ReasonCode.KEY_TOO_LONG]:
    "the name in the archive would be longer than 1,024 bytes; shorten the object's name or the " +
    'layout',
  [ReasonCode.RESERVED_NAME]:
    "the object's file name is that of a pack or of the index in one, so readers of the archive " +
    'would take it for a pack; find out who named it so, and rename it or delete it',
  [ReasonCode.OUT_OF_TIME]:
    'the batch used up its rounds before it reached this object; the next run continues; raise ' +
    'batchTimeout or lower batchSize to avoid this',
  [ReasonCode.BATCH_FAILED]:
    'the whole batch failed; the message of the object has the error of the batch',
  [ReasonCode.ARCHIVED_COPY_CHANGED]:
    'the archive holds something else under this name than the ledger says; find out who wrote ' +
    'it, and whether an older version or a backup has the archived content',
  [ReasonCode.ARCHIVED_COPY_MISSING]:
    'the archive holds nothing under this name; find out who deleted it, and whether an older ' +
    'version or a backup has it',
  [ReasonCode.ARCHIVED_COPY_UNPROVEN]:
    'the archive holds an object of the right size under this name, but the ledger does not say ' +
    'enough of it to prove that it is the one; compare it with what you know of the object',
  [ReasonCode.LEDGER_LINES_MISSING]:
    'the ledger has fewer lines than its run counted, so nothing says which objects they were ' +
    'about; find out who deleted or rewrote parts of the ledger',
  [ReasonCode.OLD_KEY_TAKEN]:
    'the old key holds other content, so the object stays in the archive; rename or remove one ' +
    'of the two',
  [ReasonCode.LATER_VERSION]:
    'a later run archived other content under the same key, and a run for days takes the latest; ' +
    'to get the earlier content, name its run in place of days',
  [ReasonCode.ARCHIVED_COPY_IN_GLACIER]:
    'the archived copy is in an archive storage class; restore it with "aws s3api ' +
    'restore-object", wait until it can be read, and start the restore again',
  [ReasonCode.UNPROVEN_COPY]:
    'the ledger does not prove that what the archive holds under this name is the object, ' +
    'because another program removed the source while it was being archived; compare it with ' +
    'what you know of the object, and copy it back by hand',
  [ReasonCode.UNEXPECTED]:
    'an unexpected response without a separate reason code; the message of the object shows it',
};

/**
 * Advice for causes that pass without a fix: what to do before the same is run again. It follows
 * `Next: `.
 */
const PASSING: { readonly [code: string]: string } = {
  [ReasonCode.EXPIRED_CREDENTIALS]: 'nothing is to be fixed, because each run gets new credentials',
  [ReasonCode.SLOW_DOWN]:
    'wait some minutes, because S3 asked to slow down (if this comes back, lower ' +
    'maxObjectsPerSecond)',
  [ReasonCode.SERVER_ERROR]:
    'wait some minutes, because S3 failed or did not answer (if this comes back, look at the AWS ' +
    'Health Dashboard)',
  [ReasonCode.NO_EXPEDITED_CAPACITY]:
    'wait some hours, because S3 has no capacity for restores with tier Expedited (if this comes ' +
    'back, use RetrievalTier.STANDARD or BULK)',
  [ReasonCode.OUT_OF_TIME]:
    'nothing is to be fixed, because the next run continues (if this comes back, raise ' +
    'batchTimeout or lower batchSize)',
};

/** @param codes why objects failed or conflict */
export function adviseOn(codes: readonly string[]): string {
  const advice = new Set(codes.map((code) => PASSING[code]));
  return advice.has(undefined!) || advice.size === 0 ? 'fix the causes' : [...advice].join('; ');
}

/** Undefined for an unknown code, as ledgers of other versions may have. */
export function describeReason(code: string): string | undefined {
  return (REASON_DESCRIPTIONS as Record<string, string | undefined>)[code];
}

export function reasonUrl(code: string): string {
  return runbookUrl(encodeURIComponent(code.toLowerCase()));
}
