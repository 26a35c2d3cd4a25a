/** Most tasks need not wait, and then share one promise. */
const ADMITTED = Promise.resolve();

/**
 * Limits how many tasks run at the same time. Tasks that must wait start in the order in which they
 * asked.
 */
export class Semaphore {
  private active = 0;
  private readonly waiting: (() => void)[] = [];

  constructor(private maxActive: number) {}

  get limit(): number {
    return this.maxActive;
  }

  /** A higher limit admits waiting tasks at once; a lower one lets running tasks finish. */
  set limit(maxActive: number) {
    this.maxActive = maxActive;
    this.admit();
  }

  /** Resolves when there is room for one more. The caller must call `release` afterwards. */
  acquire(): Promise<void> {
    if (this.waiting.length === 0 && this.active < this.maxActive) {
      this.active++;
      return ADMITTED;
    }
    return new Promise((resolve) => this.waiting.push(resolve));
  }

  release(): void {
    this.active--;
    this.admit();
    if (this.active === 0) {
      this.onIdle();
    }
  }

  async run<T>(task: () => Promise<T>): Promise<T> {
    await this.acquire();
    try {
      return await task();
    } finally {
      this.release();
    }
  }

  /** Called when the last task has ended and none waits. */
  protected onIdle(): void {}

  private admit(): void {
    while (this.active < this.maxActive && this.waiting.length > 0) {
      this.active++;
      this.waiting.shift()!();
    }
  }
}
