/** An object and its size, as a dry run shows the largest. */
export interface LargeKey {
  readonly key: string;
  readonly size: number;
}

const KEPT = 10;

/** The largest objects, the largest first. */
export class Largest {
  private kept: LargeKey[] = [];

  add({ key, size }: LargeKey): void {
    // Nearly all objects of a large run end here.
    if (this.kept.length === KEPT && size <= this.kept[KEPT - 1].size) { return; }
    this.kept = [...this.kept, { key, size }].sort((a, b) => b.size - a.size || (a.key < b.key ? -1 : 1)).slice(0, KEPT);
  }

  merge(other: Largest): void {
    for (const each of other.kept) { this.add(each); }
  }

  keys(): LargeKey[] {
    return this.kept;
  }
}
