import type { WriteRates } from '../throughput/write-rates';

/**
 * Objects. Before each delete comes a PUT of the ledger part, with all lines of the batch so far.
 * It costs as much as a copy.
 */
const MIN_OBJECTS = 100;

/**
 * Deletes sources while other copies of the batch are still in progress. One bulk delete at the end
 * takes the fewest requests. But if S3 throttles requests, the batch would wait for that delete,
 * and would not use the rate that S3 allows for copies in the meantime.
 */
export class EagerDeletes {
  private copied: number[] = [];
  private running?: Promise<void>;

  /**
   * @param remove deletes the sources at these indexes; those that it cannot delete are tried again
   * at the end
   */
  constructor(
    private readonly rate: Pick<WriteRates, 'isThrottled' | 'keysPerDelete'>,
    private readonly remove: (indexes: readonly number[]) => Promise<void>,
  ) {}

  add(index: number): void {
    this.copied.push(index);
    if (
      this.running ||
      !this.rate.isThrottled ||
      this.copied.length < Math.max(MIN_OBJECTS, this.rate.keysPerDelete)
    ) {
      return;
    }
    this.running = this.remove(this.copied.splice(0))
      .catch(() => undefined)
      .finally(() => {
        this.running = undefined;
      });
  }

  async drain(): Promise<void> {
    await this.running;
  }
}
