import type { WriteRates } from '../throughput/write-rates';

/**
 * Objects. Before each delete comes a PUT of the ledger part, with all lines of the part so far. It
 * costs as much as a copy.
 */
const MIN_OBJECTS = 100;

interface EagerDeletesOptions {
  readonly rate: Pick<WriteRates, 'isThrottled' | 'keysPerDelete'>;
  /** The first object of the round, and the end of the batch. */
  readonly range: { readonly start: number; readonly end: number };
  /** How many objects have their lines in the same part of the ledger. */
  readonly partLines: number;
  /** Whether an object of the round has an outcome. */
  readonly isDone: (index: number) => boolean;
  /**
   * Writes the lines of these objects, and deletes the sources of those that are copied. Sources
   * that it cannot delete are tried again at the end. It may be called again before it is done, for
   * other objects.
   */
  readonly remove: (indexes: readonly number[]) => Promise<void>;
}

/**
 * Deletes sources while other copies of the batch are still in progress:
 *
 * - A large batch has several parts of the ledger. A part is written, and its sources are deleted,
 *   as soon as its objects are settled. So the batch need not wait for this at its end, and sends
 *   no more requests.
 * - If S3 throttles requests, the batch would wait for a bulk delete at its end, and would not use
 *   the rate that S3 allows for copies in the meantime.
 */
export class EagerDeletes {
  /** The objects whose sources are still to be deleted. */
  private copied: number[] = [];
  /** The objects that `remove` has received. */
  private readonly removed = new Set<number>();
  private readonly settled = new Set<number>();
  /** The number of objects of each part that are not settled. */
  private readonly open: number[];
  private readonly removals = new Set<Promise<void>>();

  constructor(private readonly options: EagerDeletesOptions) {
    const { range, partLines, isDone } = options;
    this.open = Array.from(
      { length: Math.ceil(range.end / partLines) },
      (_, part) => this.listPart(part).filter((index) => !isDone(index)).length,
    );
  }

  /** Records a confirmed copy whose source is to be deleted. */
  add(index: number): void {
    const { rate } = this.options;
    this.copied.push(index);
    const isEnough = this.copied.length >= Math.max(MIN_OBJECTS, rate.keysPerDelete);
    if (rate.isThrottled && isEnough && this.removals.size === 0) {
      this.remove(this.copied);
    }
  }

  /** Records that nothing is left to be tried with an object for now: it is done, or put off. */
  settle(index: number): void {
    const { open, options, settled } = this;
    if (open.length < 2 || settled.has(index)) {
      return;
    }
    settled.add(index);
    const part = Math.floor(index / options.partLines);
    open[part] -= 1;
    if (open[part] === 0) {
      this.remove(this.listPart(part).filter(options.isDone));
    }
  }

  /** Resolves when all removals have ended. */
  async drain(): Promise<void> {
    await Promise.all(this.removals);
  }

  private remove(indexes: readonly number[]): void {
    const { options, removals, removed } = this;
    const some = indexes.filter((index) => !removed.has(index));
    some.forEach((index) => removed.add(index));
    this.copied = this.copied.filter((index) => !removed.has(index));
    const removal = options
      .remove(some)
      .catch(() => undefined)
      .finally(() => removals.delete(removal));
    removals.add(removal);
  }

  private listPart(part: number): number[] {
    const { range, partLines } = this.options;
    const start = Math.max(range.start, part * partLines);
    const end = Math.min(range.end, (part + 1) * partLines);
    return Array.from({ length: Math.max(0, end - start) }, (_, i) => start + i);
  }
}
