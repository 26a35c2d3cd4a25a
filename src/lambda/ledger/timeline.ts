import type { BatchDigest, LedgerLine } from '../../contract/payloads/ledger-line';

const MAX_BUCKETS = 120;

/** Counts objects over time. The length of the intervals doubles whenever there would be too many of them. */
export class Timeline {
  private width = 1_000;
  private buckets: { archived: number; notArchived: number }[] = [];

  /** @param at milliseconds since the start of the run; a negative number, from a clock that differs, counts as 0 */
  add(at: number, status: LedgerLine['status']): void {
    this.count(at, status === 'archived' ? 1 : 0, status === 'archived' ? 0 : 1);
  }

  toDigest(): BatchDigest['timeline'] {
    const first = Math.max(0, this.buckets.findIndex(({ archived, notArchived }) => archived + notArchived > 0));
    const used = this.buckets.slice(first);
    return { width: this.width, first, archived: used.map(({ archived }) => archived), notArchived: used.map(({ notArchived }) => notArchived) };
  }

  mergeDigest({ width, first, archived, notArchived }: BatchDigest['timeline']): void {
    while (this.width < width) { this.widen(); }
    archived.forEach((count, index) => this.count((first + index) * width, count, notArchived[index]));
  }

  throughput() {
    return {
      secondsPerBucket: this.width / 1000,
      archived: this.buckets.map(({ archived }) => archived),
      notArchived: this.buckets.map(({ notArchived }) => notArchived),
    };
  }

  private count(at: number, archived: number, notArchived: number): void {
    while (at >= this.width * MAX_BUCKETS) { this.widen(); }
    const index = Math.max(0, Math.floor(at / this.width));
    while (this.buckets.length <= index) { this.buckets.push({ archived: 0, notArchived: 0 }); }
    this.buckets[index].archived += archived;
    this.buckets[index].notArchived += notArchived;
  }

  private widen(): void {
    const before = this.buckets;
    this.width *= 2;
    this.buckets = [];
    before.forEach(({ archived, notArchived }, index) => this.count(index * this.width / 2, archived, notArchived));
  }
}
