import type { LedgerLine } from '../../contract/payloads';

export interface SlowKey {
  readonly key: string;
  readonly milliseconds: number;
  readonly size: number;
  readonly status: LedgerLine['status'];
}

const KEPT = 10;

/** The objects that took longest, the slowest first. */
export class Slowest {
  private kept: SlowKey[] = [];

  add(candidate: SlowKey): void {
    // Nearly all objects of a large run end here.
    if (this.kept.length === KEPT && candidate.milliseconds < this.kept[KEPT - 1].milliseconds) { return; }
    this.kept = [...this.kept, candidate].sort((a, b) => b.milliseconds - a.milliseconds || (a.key < b.key ? -1 : 1)).slice(0, KEPT);
  }

  merge(other: Slowest): void {
    for (const each of other.kept) { this.add(each); }
  }

  keys(): SlowKey[] {
    return this.kept;
  }
}
