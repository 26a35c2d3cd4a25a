import { getReserve } from '../../contract/batches';
import type { Clock } from '../s3/retry';

/**
 * Until when a round does what, in epoch milliseconds. Each step leaves time for those behind it.
 * The reserve begins when no copy is started any more: its first half is for copies in progress,
 * its second half for deletes and the ledger.
 */
export class RoundDeadlines {
  readonly began: number;
  /** No copy is started after this. */
  readonly startCopies: number;
  /** Copies in progress are cut off then. */
  readonly copies: number;
  /** No delete is sent again after this. */
  readonly deletes: number;
  /** No other request is sent again after this. */
  readonly requests: number;
  private readonly startedAt = performance.now();

  /** @param milliseconds the invocation's remaining time */
  constructor(
    clock: Clock,
    readonly milliseconds: number,
  ) {
    const reserve = getReserve(milliseconds);
    this.began = clock.now();
    const end = this.began + milliseconds;
    this.startCopies = end - reserve;
    this.copies = end - reserve / 2;
    this.deletes = end - reserve / 3;
    this.requests = end - Math.min(1_000, reserve / 10);
  }

  /** The invocation's remaining time by the real clock, which tests do not control. */
  get left(): number {
    return this.milliseconds - (performance.now() - this.startedAt);
  }
}
