import type { SkippedObjects } from '../../src/contract/payloads/outcomes';
import { nothingSkipped } from '../../src/lambda/selection/skipped-objects';

/** What is known of skipped objects, of which the test gives only a part. */
export function skippedObjects(given: Partial<SkippedObjects> = {}): SkippedObjects {
  return { ...nothingSkipped(), ...given };
}
