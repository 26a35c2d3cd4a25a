import { GetObjectLockConfigurationCommand } from '@aws-sdk/client-s3';
import type { BucketClient, ObjectHead } from '../s3/bucket-client';
import { UNKNOWN_LOCK } from '../s3/s3-error';

/** A listing shows no locks, so they are read: https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-lock.html */
export async function hasObjectLock(bucket: BucketClient): Promise<boolean> {
  try {
    await bucket.request((s3) => s3.send(new GetObjectLockConfigurationCommand({ Bucket: bucket.name })));
    // A bucket without Object Lock has no configuration. Anything else with status 200 is not S3's answer.
    return true;
  } catch (error) {
    // "Not found" and "not implemented" mean no. Everything else counts as yes: that costs requests, but loses no lock.
    const status = (error as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode;
    return status !== 404 && status !== 405 && status !== 501;
  }
}

/** Milliseconds. A round, too, goes on for minutes with the answer that it began with. */
const MAX_ANSWER_AGE = 60_000;

/** Remembers for a minute that a bucket has no Object Lock, which can be enabled while an instance lives. Another answer is not remembered. */
export class ObjectLockCheck {
  private without?: { readonly bucket: string; readonly until: number };

  async isEnabled(bucket: BucketClient): Promise<boolean> {
    const now = bucket.budget.clock.now();
    if (this.without?.bucket === bucket.name && now < this.without.until) { return false; }
    const isEnabled = await hasObjectLock(bucket);
    this.without = isEnabled ? undefined : { bucket: bucket.name, until: now + MAX_ANSWER_AGE };
    return isEnabled;
  }
}

/** At least as long as the source, which may be deleted only then: without the lock, the archived object is not the same. */
export function keepsLock(source: ObjectHead, archived: ObjectHead, now: number): boolean {
  const { ObjectLockMode: mode, ObjectLockRetainUntilDate: until, ObjectLockLegalHoldStatus: hold } = getLock(source, now);
  if (hold && archived.ObjectLockLegalHoldStatus !== 'ON') { return false; }
  if (!until) { return true; }
  const isAsStrict = archived.ObjectLockMode === mode || archived.ObjectLockMode === 'COMPLIANCE';
  // A copy request states the date in whole seconds.
  return isAsStrict && toSeconds(archived.ObjectLockRetainUntilDate) >= toSeconds(until);
}

/** Throws if the object has a lock that this version does not know, which a copy would not have, so the source must stay. */
export function assertKnownLocks({ unknownLocks }: ObjectHead): void {
  if (!unknownLocks) { return; }
  const message = `the object has a lock that this version does not know (${unknownLocks.join(', ')}), and a copy would lose it`;
  throw Object.assign(new Error(message), { name: UNKNOWN_LOCK });
}

/** Returns the object's lock as parameters of a copy: S3 does not copy it by itself. Retention that has ended is left out. */
export function getLock(
  { ObjectLockMode, ObjectLockRetainUntilDate, ObjectLockLegalHoldStatus }: ObjectHead, now: number,
): Pick<ObjectHead, 'ObjectLockMode' | 'ObjectLockRetainUntilDate' | 'ObjectLockLegalHoldStatus'> {
  const isRetained = ObjectLockRetainUntilDate !== undefined && ObjectLockRetainUntilDate.getTime() > now;
  return {
    ...(isRetained && { ObjectLockMode, ObjectLockRetainUntilDate }),
    ...(ObjectLockLegalHoldStatus === 'ON' && { ObjectLockLegalHoldStatus }),
  };
}

function toSeconds(date: Date | undefined): number {
  return Math.floor((date?.getTime() ?? 0) / 1000);
}
