import type { BatchDigest, LedgerLine } from '../../contract/payloads/ledger-line';

const MAX_BUCKETS = 120;

/** Objects by intervals of the same length. */
export interface Throughput {
  readonly secondsPerBucket: number;
  readonly archived: number[];
  readonly notArchived: number[];
}

/**
 * Counts objects over time. The length of the intervals doubles whenever there would be too many of
 * them.
 */
export class Timeline {
  private width = 1_000;
  private archived: number[] = [];
  private notArchived: number[] = [];

  /**
   * @param at milliseconds since the start of the run; a negative number, from a clock that
   * differs, counts as 0
   */
  add(at: number, status: LedgerLine['status']): void {
    this.count(at, status === 'archived' ? 1 : 0, status === 'archived' ? 0 : 1);
  }

  toDigest(): BatchDigest['timeline'] {
    const first = Math.max(
      0,
      this.archived.findIndex((count, index) => count + this.notArchived[index] > 0),
    );
    return {
      width: this.width,
      first,
      archived: this.archived.slice(first),
      notArchived: this.notArchived.slice(first),
    };
  }

  mergeDigest({ width, first, archived, notArchived }: BatchDigest['timeline']): void {
    while (this.width < width) {
      this.widen();
    }
    archived.forEach((count, index) =>
      this.count((first + index) * width, count, notArchived[index]),
    );
  }

  throughput(): Throughput {
    return {
      secondsPerBucket: this.width / 1000,
      archived: [...this.archived],
      notArchived: [...this.notArchived],
    };
  }

  private count(at: number, archived: number, notArchived: number): void {
    while (at >= this.width * MAX_BUCKETS) {
      this.widen();
    }
    const index = Math.max(0, Math.floor(at / this.width));
    while (this.archived.length <= index) {
      this.archived.push(0);
      this.notArchived.push(0);
    }
    this.archived[index] += archived;
    this.notArchived[index] += notArchived;
  }

  private widen(): void {
    const { archived, notArchived } = this;
    this.width *= 2;
    this.archived = [];
    this.notArchived = [];
    archived.forEach((count, index) =>
      this.count((index * this.width) / 2, count, notArchived[index]),
    );
  }
}
