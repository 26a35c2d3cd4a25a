/** Why an object was not archived. The ledger, the report, the metrics and the alerts use these codes and no others. */
export enum ReasonCode {
  /** The destination holds an object with other content. */
  DESTINATION_EXISTS = 'DESTINATION_EXISTS',
  /** The source was overwritten: after it was copied (conflicting), or again and again before it could be copied (failed). */
  SOURCE_CHANGED = 'SOURCE_CHANGED',
  ACCESS_DENIED = 'ACCESS_DENIED',
  KMS_DENIED = 'KMS_DENIED',
  NO_SUCH_BUCKET = 'NO_SUCH_BUCKET',
  /** The source has a storage class from which it must be restored before it can be copied. */
  ARCHIVED_CLASS = 'ARCHIVED_CLASS',
  /** The source has a lock that its copy would lose: the destination bucket has no Object Lock, or this version does not know the lock. */
  LOCKED = 'LOCKED',
  /** The source is encrypted with a key that only its writer has (SSE-C), so the archiver cannot read it. */
  CUSTOMER_KEY = 'CUSTOMER_KEY',
  /** The source and its destination may be one object: the destination bucket is another name of the source bucket. */
  SAME_OBJECT = 'SAME_OBJECT',
  /** The destination holds an object of the same size, and a round has no time to read both objects to compare them. */
  NOT_COMPARED = 'NOT_COMPARED',
  /** S3 answered SlowDown until the retries were used up. */
  SLOW_DOWN = 'SLOW_DOWN',
  /** S3 failed or did not answer until the retries were used up. */
  SERVER_ERROR = 'SERVER_ERROR',
  /** The destination's key would be longer than 1,024 bytes. */
  KEY_TOO_LONG = 'KEY_TOO_LONG',
  /** The batch used up its rounds before it could move this object. */
  OUT_OF_TIME = 'OUT_OF_TIME',
  /** The batch failed as a whole, and ReportRun found the object at its source afterwards. */
  BATCH_FAILED = 'BATCH_FAILED',
  /** The archive holds something else under the key than the ledger says. */
  ARCHIVED_COPY_CHANGED = 'ARCHIVED_COPY_CHANGED',
  /** The archive holds nothing under the key. */
  ARCHIVED_COPY_MISSING = 'ARCHIVED_COPY_MISSING',
  /** The archive holds something under the key, and the ledger does not say enough to prove that it is the object. */
  ARCHIVED_COPY_UNPROVEN = 'ARCHIVED_COPY_UNPROVEN',
  /** Lines of a ledger are gone that its run had counted. */
  LEDGER_LINES_MISSING = 'LEDGER_LINES_MISSING',
  /** The old key of an object that is to be restored holds other content. */
  OLD_KEY_TAKEN = 'OLD_KEY_TAKEN',
  /** The archived copy has a storage class from which it must be restored before it can be copied. */
  ARCHIVED_COPY_IN_GLACIER = 'ARCHIVED_COPY_IN_GLACIER',
  /** Nothing in the ledger proves that the archived object is the one that was archived. */
  UNPROVEN_COPY = 'UNPROVEN_COPY',
  /** S3 returned another error. The message has it. */
  UNEXPECTED = 'UNEXPECTED',
}
