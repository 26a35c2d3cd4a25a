/** Why an object was not archived: the closed set that ledger, report, metrics and alerts share. */
export enum ReasonCode {
  /** The destination holds other content. */
  DESTINATION_EXISTS = 'DESTINATION_EXISTS',
  /** The source was rewritten: after its copy (conflicting), or faster than it could be copied (failed). */
  SOURCE_CHANGED = 'SOURCE_CHANGED',
  ACCESS_DENIED = 'ACCESS_DENIED',
  KMS_DENIED = 'KMS_DENIED',
  NO_SUCH_BUCKET = 'NO_SUCH_BUCKET',
  /** The source is in a class that must be restored before it can be copied. */
  ARCHIVED_CLASS = 'ARCHIVED_CLASS',
  /** The source is under retention or a legal hold, and the destination bucket has no Object Lock to carry it over to. */
  LOCKED = 'LOCKED',
  /** The source is encrypted with a key that its writer keeps (SSE-C), without which it cannot be read. */
  CUSTOMER_KEY = 'CUSTOMER_KEY',
  /** S3 asked to slow down until the retries were used up. */
  SLOW_DOWN = 'SLOW_DOWN',
  /** S3 failed or did not answer until the retries were used up. */
  SERVER_ERROR = 'SERVER_ERROR',
  /** The destination's key would be longer than 1,024 bytes. */
  KEY_TOO_LONG = 'KEY_TOO_LONG',
  /** The batch's rounds were used up before this object's turn. */
  OUT_OF_TIME = 'OUT_OF_TIME',
  /** The batch as a whole failed; the object was found at its source afterwards. */
  BATCH_FAILED = 'BATCH_FAILED',
  /** An answer of S3 that none of the above describes; the message has it. */
  UNEXPECTED = 'UNEXPECTED',
}
