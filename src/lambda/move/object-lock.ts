import { GetObjectLockConfigurationCommand } from '@aws-sdk/client-s3';
import type { BucketClient, ObjectHead } from '../s3/bucket-client';
import { UNKNOWN_LOCK } from '../s3/s3-error';

/** Retention, legal hold and event hold, as HeadObject and CopyObject name them. */
export type Lock = Pick<
  ObjectHead,
  | 'ObjectLockMode'
  | 'ObjectLockRetainUntilDate'
  | 'ObjectLockLegalHoldStatus'
  | 'ObjectLockEventHold'
  | 'ObjectLockEventHoldDurationDays'
  | 'ObjectLockEventHoldDurationYears'
>;

/**
 * A listing shows no locks, so they are read:
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-lock.html
 */
export async function hasObjectLock(bucket: BucketClient): Promise<boolean> {
  try {
    await bucket.request((s3) =>
      s3.send(new GetObjectLockConfigurationCommand({ Bucket: bucket.name })),
    );
    // A bucket without Object Lock has no configuration. Anything else with status 200 is not S3's
    // answer.
    return true;
  } catch (error) {
    // "Not found" and "not implemented" mean no. Everything else counts as yes: that costs
    // requests, but loses no lock.
    const status = (error as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode;
    return status !== 404 && status !== 405 && status !== 501;
  }
}

/** Milliseconds. A round, too, goes on for minutes with the answer that it began with. */
const MAX_ANSWER_AGE = 60_000;

/**
 * Remembers for a minute that a bucket has no Object Lock, which can be enabled while an instance
 * lives. Another answer is not remembered.
 */
export class ObjectLockCheck {
  private without?: { readonly bucket: string; readonly until: number };

  async isEnabled(bucket: BucketClient): Promise<boolean> {
    const now = bucket.budget.clock.now();
    if (this.without?.bucket === bucket.name && now < this.without.until) {
      return false;
    }
    const isEnabled = await hasObjectLock(bucket);
    this.without = isEnabled ? undefined : { bucket: bucket.name, until: now + MAX_ANSWER_AGE };
    return isEnabled;
  }
}

/**
 * At least as long as the source, which may be deleted only then: without the lock, the archived
 * object is not the same.
 */
export function keepsLock(source: ObjectHead, archived: ObjectHead, now: number): boolean {
  const lock = getLock(source, now);
  const isRetained = !lock.ObjectLockRetainUntilDate || isRetainedBy(archived, lock);
  const isLegallyHeld =
    !lock.ObjectLockLegalHoldStatus || archived.ObjectLockLegalHoldStatus === 'ON';
  return isRetained && isLegallyHeld && isHeldUntilEventBy(archived, lock);
}

function isRetainedBy(
  archived: ObjectHead,
  { ObjectLockMode: mode, ObjectLockRetainUntilDate: until }: Lock,
): boolean {
  const isAsStrict = archived.ObjectLockMode === mode || archived.ObjectLockMode === 'COMPLIANCE';
  // A copy request states the date in whole seconds.
  return isAsStrict && toSeconds(archived.ObjectLockRetainUntilDate) >= toSeconds(until);
}

/** Days and years cannot be compared: how long a year is depends on when the hold is released. */
function isHeldUntilEventBy(archived: ObjectHead, lock: Lock): boolean {
  const isAsLong = (
    field: 'ObjectLockEventHoldDurationDays' | 'ObjectLockEventHoldDurationYears',
  ) => (archived[field] ?? 0) >= (lock[field] ?? 0);
  const isHeld =
    archived.ObjectLockEventHold === 'ON' &&
    isAsLong('ObjectLockEventHoldDurationDays') &&
    isAsLong('ObjectLockEventHoldDurationYears');
  return !lock.ObjectLockEventHold || isHeld;
}

/**
 * Throws if the object has a lock that this version does not know, which a copy would not have, so
 * the source must stay.
 */
export function assertKnownLocks({ unknownLocks }: ObjectHead): void {
  if (!unknownLocks) {
    return;
  }
  const message =
    `the object has a lock that this version does not know (${unknownLocks.join(', ')}), and a ` +
    'copy would lose it';
  throw Object.assign(new Error(message), { name: UNKNOWN_LOCK });
}

/**
 * Returns the object's lock as parameters of a copy: S3 does not copy it by itself. Retention that
 * has ended is left out.
 */
export function getLock(head: ObjectHead, now: number): Lock {
  const {
    ObjectLockMode,
    ObjectLockRetainUntilDate,
    ObjectLockLegalHoldStatus,
    ObjectLockEventHold,
  } = head;
  const { ObjectLockEventHoldDurationDays, ObjectLockEventHoldDurationYears } = head;
  const isRetained =
    ObjectLockRetainUntilDate !== undefined && ObjectLockRetainUntilDate.getTime() > now;
  return {
    ...(isRetained && { ObjectLockMode, ObjectLockRetainUntilDate }),
    ...(ObjectLockLegalHoldStatus === 'ON' && { ObjectLockLegalHoldStatus }),
    ...(ObjectLockEventHold === 'ON' && {
      ObjectLockEventHold,
      ObjectLockEventHoldDurationDays,
      ObjectLockEventHoldDurationYears,
    }),
  };
}

/**
 * Returns the stricter of both: COMPLIANCE if one of them is, until the later date. So the copy's
 * lock is never weaker than its source's.
 */
export function withRetention(lock: Lock, retention: Lock = {}): Lock {
  if (!retention.ObjectLockRetainUntilDate || !lock.ObjectLockRetainUntilDate) {
    return { ...lock, ...retention };
  }
  const isLonger = lock.ObjectLockRetainUntilDate > retention.ObjectLockRetainUntilDate;
  return {
    ...lock,
    ObjectLockMode: [lock.ObjectLockMode, retention.ObjectLockMode].includes('COMPLIANCE')
      ? 'COMPLIANCE'
      : 'GOVERNANCE',
    ObjectLockRetainUntilDate: isLonger
      ? lock.ObjectLockRetainUntilDate
      : retention.ObjectLockRetainUntilDate,
  };
}

function toSeconds(date: Date | undefined): number {
  return Math.floor((date?.getTime() ?? 0) / 1000);
}
