/**
 * Why an object was not archived: the only codes of ledger, report, metrics and alerts.
 * `alerts/reason-text.ts` says what each means.
 */
export enum ReasonCode {
  DESTINATION_EXISTS = 'DESTINATION_EXISTS',
  /**
   * The source was overwritten: after it was copied (conflicting), or again and again before it
   * could be copied (failed).
   */
  SOURCE_CHANGED = 'SOURCE_CHANGED',
  ACCESS_DENIED = 'ACCESS_DENIED',
  /** The temporary credentials of an invocation. The next one gets others. */
  EXPIRED_CREDENTIALS = 'EXPIRED_CREDENTIALS',
  KMS_DENIED = 'KMS_DENIED',
  NO_SUCH_BUCKET = 'NO_SUCH_BUCKET',
  ARCHIVED_CLASS = 'ARCHIVED_CLASS',
  /** S3 has no capacity for restores with tier Expedited at this moment. */
  NO_EXPEDITED_CAPACITY = 'NO_EXPEDITED_CAPACITY',
  /** Restored by S3 for an earlier run, which could not archive it. S3 is not asked again. */
  RESTORED_IN_VAIN = 'RESTORED_IN_VAIN',
  /**
   * The source has a lock that its copy would lose: the destination bucket has no Object Lock, or
   * this version does not know the lock.
   */
  LOCKED = 'LOCKED',
  CUSTOMER_KEY = 'CUSTOMER_KEY',
  SAME_OBJECT = 'SAME_OBJECT',
  NOT_COMPARED = 'NOT_COMPARED',
  SLOW_DOWN = 'SLOW_DOWN',
  SERVER_ERROR = 'SERVER_ERROR',
  KEY_TOO_LONG = 'KEY_TOO_LONG',
  /** With packing: the object would have the name of a pack, or of the index in one. */
  RESERVED_NAME = 'RESERVED_NAME',
  OUT_OF_TIME = 'OUT_OF_TIME',
  BATCH_FAILED = 'BATCH_FAILED',
  ARCHIVED_COPY_CHANGED = 'ARCHIVED_COPY_CHANGED',
  ARCHIVED_COPY_MISSING = 'ARCHIVED_COPY_MISSING',
  ARCHIVED_COPY_UNPROVEN = 'ARCHIVED_COPY_UNPROVEN',
  LEDGER_LINES_MISSING = 'LEDGER_LINES_MISSING',
  OLD_KEY_TAKEN = 'OLD_KEY_TAKEN',
  LATER_VERSION = 'LATER_VERSION',
  ARCHIVED_COPY_IN_GLACIER = 'ARCHIVED_COPY_IN_GLACIER',
  UNPROVEN_COPY = 'UNPROVEN_COPY',
  UNEXPECTED = 'UNEXPECTED',
}
