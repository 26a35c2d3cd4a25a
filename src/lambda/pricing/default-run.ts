import type { Usage } from './cost';
import { toUsage } from './usage';
import { batchesAtOnce } from '../../contract/batches';
import { ARCHIVE_BATCH_MEMORY } from '../../contract/memory';

/** The defaults of the props. */
const BATCH_SIZE = 1000;
export const OBJECTS_PER_SECOND = 1500;

export interface DefaultRun extends Pick<Usage, 'retrieved' | 'earlyByteDays'> {
  /** Objects below the listed prefix. */
  readonly listed: number;
  /** Objects among them that are archived. */
  readonly archived: number;
  /** The number of copy requests. Default: one per object. */
  readonly copies?: number;
}

/** The usage of a run with default props in which nothing fails. */
export function toDefaultUsage({
  listed,
  archived,
  copies = archived,
  retrieved,
  earlyByteDays,
}: DefaultRun): Usage {
  const batches = Math.ceil(listed / BATCH_SIZE);
  return toUsage({
    listed,
    requests: { CopyObject: copies },
    batches,
    rounds: batches,
    // Each batch works at its share of the rate.
    batchSeconds: archived / (OBJECTS_PER_SECOND / batchesAtOnce(OBJECTS_PER_SECOND)),
    memoryMb: ARCHIVE_BATCH_MEMORY,
    retrieved,
    earlyByteDays,
  });
}
