import type { MapRunRecord } from '../records';
import type { MapProgress } from '../world';

export function describeMapProgress(
  { itemCounts, executionCounts }: MapRunRecord,
  read: Pick<MapProgress, 'total' | 'bytes' | 'archived'>,
): MapProgress {
  return {
    ...read,
    listed: itemCounts.total,
    runningItems: itemCounts.running,
    done: itemCounts.succeeded + itemCounts.failed + itemCounts.timedOut + itemCounts.aborted,
    failed: itemCounts.failed + itemCounts.timedOut,
    running: executionCounts.running,
    childrenFailed: executionCounts.failed + executionCounts.timedOut,
  };
}

/** What a child says of the objects of its batch. */
export function countArchived(output = 'null'): number {
  const { counts } = (JSON.parse(output) ?? {}) as { counts?: { archived?: unknown } };
  return Number(counts?.archived ?? 0);
}
