import {
  type DefaultRetention,
  GetObjectLockConfigurationCommand,
  type ObjectLockRule,
} from '@aws-sdk/client-s3';
import { type Attribute, known, type Lock } from './attribute';
import { ATTRIBUTES } from '../../contract/object-attributes';
import type { BucketClient, ObjectHead } from '../s3/bucket-client';
import { toS3Error, UNKNOWN_DEFAULT_LOCK, UNKNOWN_LOCK } from '../s3/s3-error';

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
    return !isWithoutObjectLock(error);
  }
}

function isWithoutObjectLock(error: unknown): boolean {
  const status = (error as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode;
  return status === 404 || status === 405 || status === 501;
}

/**
 * Milliseconds. A minute is acceptable, because a round keeps its first answer for minutes, too.
 */
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

const FIELDS = Object.keys(ATTRIBUTES.lock.fields) as (keyof Lock)[];

export const lockRow: Attribute<Lock> = {
  of: (answer) => known(Object.fromEntries(FIELDS.map((field) => [field, answer[field]]))),
  keeps: (source = {}, copy = {}, now) => keepsLock(source, copy, now),
  toInput: (value) => ({ fields: value }),
};

/**
 * At least as long as the source, which may be deleted only then: without the lock, the archived
 * object is not the same.
 */
export function keepsLock(source: Lock, archived: Lock, now: number): boolean {
  const lock = getLock(source, now);
  const isRetained = !lock.ObjectLockRetainUntilDate || isRetainedBy(archived, lock);
  const isLegallyHeld =
    !lock.ObjectLockLegalHoldStatus || archived.ObjectLockLegalHoldStatus === 'ON';
  return isRetained && isLegallyHeld && isHeldUntilEventBy(archived, lock);
}

function isRetainedBy(
  archived: Lock,
  { ObjectLockMode: mode, ObjectLockRetainUntilDate: until }: Lock,
): boolean {
  const isAsStrict = archived.ObjectLockMode === mode || archived.ObjectLockMode === 'COMPLIANCE';
  // A copy request states the date in whole seconds.
  return isAsStrict && toSeconds(archived.ObjectLockRetainUntilDate) >= toSeconds(until);
}

/** Days and years cannot be compared: how long a year is depends on when the hold is released. */
function isHeldUntilEventBy(archived: Lock, lock: Lock): boolean {
  const isAsLong = (
    field: 'ObjectLockEventHoldDurationDays' | 'ObjectLockEventHoldDurationYears',
  ) => (archived[field] ?? 0) >= (lock[field] ?? 0);
  const isHeld =
    archived.ObjectLockEventHold === 'ON' &&
    isAsLong('ObjectLockEventHoldDurationDays') &&
    isAsLong('ObjectLockEventHoldDurationYears');
  return !lock.ObjectLockEventHold || isHeld;
}

const LOCK_PREFIX = 'x-amz-object-lock-';

/**
 * Throws if the object has a lock that this version does not know, which a copy would not have, so
 * the source must stay.
 */
export function assertKnownLocks({ unlisted = [] }: Pick<ObjectHead, 'unlisted'>): void {
  const unknown = unlisted.filter((header) => header.startsWith(LOCK_PREFIX));
  if (unknown.length === 0) {
    return;
  }
  const message =
    `the object has a lock that this version does not know (${unknown.join(', ')}), and a ` +
    'copy would lose it';
  throw Object.assign(new Error(message), { name: UNKNOWN_LOCK });
}

/**
 * Returns the object's lock as parameters of a copy: S3 does not copy it by itself. Retention that
 * has ended is left out.
 */
export function getLock(head: Lock, now: number): Lock {
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
 * Returns a lock that is as strict as both: COMPLIANCE if one of them is, until the later date, and
 * held if one of them is. So the copy's lock is never weaker than its source's.
 */
export function stricter(one: Lock, other: Lock = {}): Lock {
  return { ...one, ...other, ...stricterRetention(one, other), ...longerHold(one, other) };
}

function stricterRetention(one: Lock, other: Lock): Lock {
  if (!one.ObjectLockRetainUntilDate || !other.ObjectLockRetainUntilDate) {
    return {};
  }
  const isLonger = one.ObjectLockRetainUntilDate > other.ObjectLockRetainUntilDate;
  return {
    ObjectLockMode: [one.ObjectLockMode, other.ObjectLockMode].includes('COMPLIANCE')
      ? 'COMPLIANCE'
      : 'GOVERNANCE',
    ObjectLockRetainUntilDate: isLonger
      ? one.ObjectLockRetainUntilDate
      : other.ObjectLockRetainUntilDate,
  };
}

/** A hold has days or years, and a year has 365 or 366 days. */
function longerHold(one: Lock, other: Lock): Lock {
  if (!one.ObjectLockEventHold || !other.ObjectLockEventHold) {
    return {};
  }
  const days = Math.max(
    one.ObjectLockEventHoldDurationDays ?? 0,
    other.ObjectLockEventHoldDurationDays ?? 0,
  );
  const years = Math.max(
    one.ObjectLockEventHoldDurationYears ?? 0,
    other.ObjectLockEventHoldDurationYears ?? 0,
  );
  const hold = (duration: Lock): Lock => ({
    ObjectLockEventHoldDurationDays: undefined,
    ObjectLockEventHoldDurationYears: undefined,
    ...duration,
  });
  return years * 365 >= days
    ? hold({ ObjectLockEventHoldDurationYears: years })
    : hold({ ObjectLockEventHoldDurationDays: Math.max(days, years * 366) });
}

/** Seconds. */
const DAY = 86_400;

/**
 * Reads the lock that the bucket gives to new objects. S3 applies it only if an upload specifies no
 * lock, so an upload that specifies one must state this one, too:
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-lock.html
 *
 * The date is the end of its day in UTC, so that all objects of a day have the same: a few hours
 * more than the bucket would give.
 * @throws an error that says which permission is missing and why
 */
export async function readDefaultLock(bucket: BucketClient): Promise<Lock> {
  try {
    const { ObjectLockConfiguration } = await bucket.request((s3) =>
      s3.send(new GetObjectLockConfigurationCommand({ Bucket: bucket.name })),
    );
    return toDefaultLock(ObjectLockConfiguration?.Rule, bucket.budget.clock.now());
  } catch (error) {
    if (isWithoutObjectLock(error)) {
      return {};
    }
    if (bucket.isAborted || toS3Error(error).kind !== 'denied') {
      throw error;
    }
    const message =
      `${bucket.name} may have a default retention or event hold, which the lock of this object ` +
      'would switch off, and S3 does not let the archiver read it: allow ' +
      `s3:GetBucketObjectLockConfiguration on the bucket. S3 said: ${(error as Error).message}`;
    throw Object.assign(new Error(message), { name: UNKNOWN_DEFAULT_LOCK });
  }
}

function toDefaultLock({ DefaultRetention: retention }: ObjectLockRule = {}, now: number): Lock {
  const hold = retention?.DefaultEventHold;
  return {
    ...(retention?.Mode && {
      ObjectLockMode: retention.Mode,
      ObjectLockRetainUntilDate: toEndOfPeriod(retention, now),
    }),
    ...(hold && {
      ObjectLockEventHold: 'ON' as const,
      ObjectLockEventHoldDurationDays: hold.Days,
      ObjectLockEventHoldDurationYears: hold.Years,
    }),
  };
}

function toEndOfPeriod({ Days = 0, Years = 0 }: DefaultRetention, now: number): Date {
  const end = new Date(now);
  end.setUTCFullYear(end.getUTCFullYear() + Years);
  const seconds = end.getTime() / 1000 + Days * DAY;
  return new Date((Math.floor(seconds / DAY) + 1) * DAY * 1000);
}

function toSeconds(date: Date | undefined): number {
  return Math.floor((date?.getTime() ?? 0) / 1000);
}
