import { getReserve } from '../../contract/batches';

const MiB = 1024 ** 2;
/** The first guess for one CopyObject: 30 seconds a GB, as reported for S3. S3 promises nothing. */
const INITIAL_BYTES_PER_SECOND = (1024 * MiB) / 30;
/**
 * Share of the time in which a round copies. A copy that begins in the other three quarters ends in
 * time.
 */
const SHARE_OF_A_ROUND = 0.25;
/** However slow S3 is: two parts of at least 5 MiB, and not much more requests than objects. */
const MIN_THRESHOLD = 8 * MiB;
/** The time of smaller copies is S3's latency, and says nothing about its throughput. */
const MIN_SAMPLE = 64 * MiB;
/**
 * Share of a new measurement in the mean, as for the round-trip time of TCP (RFC 6298, section 2).
 */
const SMOOTHING = 1 / 8;

/**
 * Measures how fast S3 copies large objects, hence what one CopyObject can copy within a round. An
 * instance keeps it for its next batches.
 */
export class CopyThroughput {
  private bytesPerSecond = INITIAL_BYTES_PER_SECOND;

  /**
   * Records one copied object or part. `isCutOff`: the end of the round ended the copy, so S3
   * copies no faster.
   */
  onCopyTime(bytes: number, milliseconds: number, isCutOff: boolean): void {
    if (bytes < MIN_SAMPLE || milliseconds <= 0) {
      return;
    }
    const measured = (bytes * 1_000) / milliseconds;
    const smoothed = this.bytesPerSecond + (measured - this.bytesPerSecond) * SMOOTHING;
    this.bytesPerSecond = isCutOff ? Math.min(this.bytesPerSecond, measured) : smoothed;
  }

  /**
   * Returns the size above which objects are copied in parts in a round of this length. `maxBytes`
   * is the largest size that one request can copy.
   */
  getMultipartThreshold(milliseconds: number, maxBytes: number): number {
    const seconds = ((milliseconds - getReserve(milliseconds)) / 1_000) * SHARE_OF_A_ROUND;
    return Math.min(maxBytes, Math.max(MIN_THRESHOLD, Math.floor(this.bytesPerSecond * seconds)));
  }
}

/** The threshold for an object that a round left open: one request may not be enough. */
export function getRetryThreshold(threshold: number): number {
  return Math.min(threshold, MIN_THRESHOLD);
}
