/** Defaults of props, for the construct and for the command: sizes in bytes, times in seconds. */
const MIB = 1024 ** 2;
const GIB = 1024 ** 3;
const TIB = 1024 ** 4;

export const DEFAULT_DATE_FORMAT = 'yyyy-MM-dd';
export const DEFAULT_LAYOUT = 'yyyy/MM/dd/';
export const HIVE_LAYOUT = "'year='yyyy/'month='MM/'day='dd/";
/** Yesterday. */
export const DEFAULT_SELECTION = { kind: 'daysAgo', days: 1 } as const;
export const DEFAULT_DESTINATION_PREFIX = 'archive/';
export const DEFAULT_REPORT_PREFIX = 'runs/';
export const DEFAULT_TOLERATED_FAILURE_PERCENTAGE = 0;
export const DEFAULT_BATCH_TIMEOUT = 300;
export const DEFAULT_MAX_ATTEMPTS = 6;
/** Of `Listing.selective()`. */
export const DEFAULT_LISTING_CONCURRENCY = 32;
export const DEFAULT_PACKING = { maxObjectSize: MIB, maxPackSize: 256 * MIB } as const;
export const DEFAULT_TIER = 'Standard';

export interface GlacierLimits {
  readonly maxObjects: number;
  readonly maxBytes: number;
}

/** @param mayBeExpedited whether the tier is the expensive one, or may be */
export function getGlacierLimits(mayBeExpedited: boolean): GlacierLimits {
  return mayBeExpedited
    ? { maxObjects: 1_000, maxBytes: 100 * GIB }
    : { maxObjects: 100_000, maxBytes: TIB };
}

/**
 * S3 accepts 3,500 writes per second below a prefix, as long as it has not split it
 * (https://docs.aws.amazon.com/AmazonS3/latest/userguide/optimizing-performance.html). A move
 * within one bucket makes two of them. A move between two buckets makes one in each, so twice the
 * rate leaves the same reserve. This does not apply to a bucket into which others may archive at
 * the same hour.
 */
export function getDefaultRate(hasOwnDestination: boolean): number {
  return hasOwnDestination ? 3_000 : 1_500;
}
