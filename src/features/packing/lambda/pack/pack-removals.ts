interface PackRemovalsOptions {
  /** How many objects have their lines in the same part of the ledger. */
  readonly partLines: number;
  /**
   * Writes down that these objects are archived, and deletes their sources. Sources that it cannot
   * delete are tried again at the end of the round.
   */
  readonly remove: (indexes: readonly number[]) => Promise<void>;
}

/**
 * Removes the sources of packs while other packs are built. A small pack would take a part of the
 * ledger, a look and a delete for a few objects, one after the other. So its objects wait for those
 * of the packs behind it, until their part of the ledger is full or no pack follows.
 *
 * One removal follows the other, because two of them may be of one part.
 */
export class PackRemovals {
  /** Objects of packs that S3 has confirmed, and whose sources are not removed yet. */
  private collected: number[] = [];
  private inOrder: Promise<void> = Promise.resolve();
  private removals: Promise<void> = Promise.resolve();

  constructor(private readonly options: PackRemovalsOptions) {}

  /**
   * Takes the packs in their order, each as soon as it and those before it are confirmed.
   *
   * @param packed the indexes of the objects of a pack, once it is confirmed
   */
  add(packed: Promise<readonly number[]>): void {
    this.inOrder = this.inOrder.then(async () => this.collect(await packed)).catch(() => undefined);
  }

  /** Removes what is left, and resolves when all removals have ended. */
  async end(): Promise<void> {
    await this.inOrder;
    this.remove(this.collected.splice(0));
    await this.removals;
  }

  private collect(indexes: readonly number[]): void {
    this.collected.push(...indexes);
    const next = (this.collected.at(-1) ?? -1) + 1;
    const firstOfOpenPart = next - (next % this.options.partLines);
    const full = this.collected.filter((index) => index < firstOfOpenPart);
    this.collected = this.collected.filter((index) => index >= firstOfOpenPart);
    this.remove(full);
  }

  private remove(indexes: readonly number[]): void {
    if (indexes.length === 0) {
      return;
    }
    this.removals = this.removals.then(() => this.options.remove(indexes)).catch(() => undefined);
  }
}
