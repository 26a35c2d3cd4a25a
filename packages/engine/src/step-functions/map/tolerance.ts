import type { MapRunCounts } from '../records';

/**
 * Whether the Map Run fails: "the number or percentage of failed items exceeds" what is tolerated,
 * either of them, and timed-out items count as failed (state-map-distributed, "Tolerated failure
 * threshold"). The percentage is of all items, so it is known only when all are listed.
 */
export function exceeds(
  counts: MapRunCounts,
  tolerance: { percentage?: number; count?: number },
  allListed: boolean,
): boolean {
  const failed = counts.failed + counts.timedOut;
  if (failed === 0) {
    return false;
  }
  if (tolerance.percentage === undefined && tolerance.count === undefined) {
    return true;
  }
  if (tolerance.count !== undefined && failed > tolerance.count) {
    return true;
  }
  if (tolerance.percentage === undefined) {
    return false;
  }
  if (tolerance.percentage === 0 && tolerance.count === undefined) {
    return true;
  }
  return allListed && (failed / counts.total) * 100 > tolerance.percentage;
}
