export const SHOWN_ITEMS = 10;

/** Keeps the items with the greatest values, in any order of insertion. Its size is limited. */
export class TopN<T extends { readonly key: string }> {
  /** The greatest first. Items of equal value are in the order of their keys. */
  items: readonly T[] = [];

  constructor(private readonly getValue: (item: T) => number) {}

  add(item: T): void {
    // Nearly all objects of a large run end here.
    if (this.items.length === SHOWN_ITEMS && this.compare(item, this.items[SHOWN_ITEMS - 1]) > 0) {
      return;
    }
    this.items = [...this.items, item].sort((a, b) => this.compare(a, b)).slice(0, SHOWN_ITEMS);
  }

  merge(other: TopN<T>): void {
    for (const item of other.items) {
      this.add(item);
    }
  }

  private compare(a: T, b: T): number {
    return this.getValue(b) - this.getValue(a) || (a.key < b.key ? -1 : 1);
  }
}
