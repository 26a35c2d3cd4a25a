/** Keys of one delete: with a thousand, S3 would count a thousand requests of one moment. */
const AT_A_TIME = 500;

/**
 * Deletes sources while other copies of the batch go on. One bulk delete at the end is the fewest requests, but where S3
 * holds requests back, the batch would wait for it and leave unused what S3 lets it copy meanwhile.
 */
export class EagerDeletes {
  private copied: number[] = [];
  private underWay?: Promise<void>;

  /** @param remove settles what it can; what it cannot is tried again at the end */
  constructor(private readonly isHeldBack: () => boolean, private readonly remove: (indexes: readonly number[]) => Promise<void>) {}

  add(index: number): void {
    this.copied.push(index);
    if (this.underWay || this.copied.length < AT_A_TIME || !this.isHeldBack()) { return; }
    this.underWay = this.remove(this.copied.splice(0)).catch(() => undefined).finally(() => { this.underWay = undefined; });
  }

  /** Resolves when nothing is under way. */
  async settled(): Promise<void> {
    await this.underWay;
  }
}
