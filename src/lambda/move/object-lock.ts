import { GetObjectLockConfigurationCommand, type S3Client } from '@aws-sdk/client-s3';
import type { ObjectHead } from './head-object';
import { withRetries, type RetryBudget } from '../s3/retry';

/**
 * Whether a bucket's objects may be under retention or a legal hold. Neither is in a listing, so that
 * in such a bucket every object has to be looked at before it is copied.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-lock.html
 */
export async function hasObjectLock(s3: S3Client, budget: RetryBudget, bucket: string): Promise<boolean> {
  try {
    const answer = await withRetries(budget, () => s3.send(new GetObjectLockConfigurationCommand({ Bucket: bucket })));
    return answer.ObjectLockConfiguration?.ObjectLockEnabled === 'Enabled';
  } catch (error) {
    // "Not found" and "not implemented" say no. Where nothing is said, every object is looked at: that costs requests, and no lock.
    const status = (error as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode;
    return status !== 404 && status !== 405 && status !== 501;
  }
}

/**
 * Whether what holds `source` now holds `archived` at least as long. A source may go only then: to find it archived
 * without its lock is not to find it the same.
 */
export function keepsLock(source: ObjectHead, archived: ObjectHead, now: number): boolean {
  const { ObjectLockMode: mode, ObjectLockRetainUntilDate: until, ObjectLockLegalHoldStatus: hold } = getLock(source, now);
  if (hold && archived.ObjectLockLegalHoldStatus !== 'ON') { return false; }
  if (!until) { return true; }
  const isAsStrict = archived.ObjectLockMode === mode || archived.ObjectLockMode === 'COMPLIANCE';
  // The request of a copy has whole seconds.
  return isAsStrict && seconds(archived.ObjectLockRetainUntilDate) >= seconds(until);
}

/** The lock of an object as the copy's parameters: S3 does not copy it by itself. Retention that has ended is none. */
export function getLock(
  { ObjectLockMode, ObjectLockRetainUntilDate, ObjectLockLegalHoldStatus }: ObjectHead, now: number,
): Pick<ObjectHead, 'ObjectLockMode' | 'ObjectLockRetainUntilDate' | 'ObjectLockLegalHoldStatus'> {
  const retained = ObjectLockRetainUntilDate !== undefined && ObjectLockRetainUntilDate.getTime() > now;
  return {
    ...(retained && { ObjectLockMode, ObjectLockRetainUntilDate }),
    ...(ObjectLockLegalHoldStatus === 'ON' && { ObjectLockLegalHoldStatus }),
  };
}

function seconds(date: Date | undefined): number {
  return Math.floor((date?.getTime() ?? 0) / 1000);
}
