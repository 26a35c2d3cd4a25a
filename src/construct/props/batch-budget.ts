/** How often and how long the archive-batch function may be invoked for one batch. */
import { Token } from 'aws-cdk-lib';
import { getPlannedBatchSize, MAX_BATCH_SIZE } from '../../contract/batches';
import type { RetryPolicy } from '../../retry-policy';

export type RetrySeconds = { readonly [field in keyof RetryPolicy]-?: number };

export const MIN_BATCH_TIMEOUT = 30;

/**
 * If a value is known only when the stack is deployed, a planned batch has no more objects than one
 * of the map's own listing.
 */
export function toPlannedBatchSize(
  timeout: number,
  maxObjectsPerSecond: number,
  maxConcurrency?: number,
): number {
  return [timeout, maxObjectsPerSecond, maxConcurrency].some((each) => Token.isUnresolved(each))
    ? MAX_BATCH_SIZE
    : getPlannedBatchSize(timeout, maxObjectsPerSecond, maxConcurrency);
}
