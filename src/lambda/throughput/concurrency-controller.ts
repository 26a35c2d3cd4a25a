/** Also how many objects are tried before one reason that all of the first had is taken for that of the whole batch. */
export const INITIAL_CONCURRENCY = 128;
const MIN_CONCURRENCY = 16;
/** Each takes a connection of its own, and a second one where it has to go through the SDK; an instance of Lambda has 1,024 file descriptors. */
export const MAX_CONCURRENCY = 448;
const INCREASE = 32;
const DECREASE_FACTOR = 0.8;
/** Milliseconds. Below it an answer is as fast as S3's get, whatever the fastest one took. */
const FAST_MS = 50;

/**
 * How many copies go side by side: more while S3 answers as fast as it did at its fastest, fewer when answers take
 * longer, for then the server, the network or this function's share of a CPU is what they wait for (additive increase,
 * multiplicative decrease on delay, as in "TCP Vegas", Brakmo, O'Malley and Peterson, 1994).
 */
export class AimdConcurrencyController {
  private limit = INITIAL_CONCURRENCY;
  private active = 0;
  private readonly waiting: (() => void)[] = [];
  private fastest = Infinity;
  /** Of the answers since the limit was set last. */
  private answers = 0;
  private milliseconds = 0;

  /** Copies that may be under way at the moment. */
  get current(): number {
    return this.limit;
  }

  /** Resolves when there is room for one more. */
  async acquire(): Promise<void> {
    if (this.active < this.limit) {
      this.active++;
    } else {
      await new Promise<void>((resolve) => this.waiting.push(resolve));
    }
  }

  /** The place goes to the next that waits, unless the limit has fallen. */
  release(): void {
    this.active--;
    while (this.active < this.limit && this.waiting.length > 0) {
      this.active++;
      this.waiting.shift()!();
    }
  }

  /** Told how long a copy took; decides anew when so many have answered as may be under way. */
  onLatency(milliseconds: number): void {
    this.fastest = Math.min(this.fastest, milliseconds);
    this.answers++;
    this.milliseconds += milliseconds;
    if (this.answers < this.limit) { return; }
    const mean = this.milliseconds / this.answers;
    if (mean <= Math.max(FAST_MS, this.fastest * 2)) {
      this.limit = Math.min(MAX_CONCURRENCY, this.limit + INCREASE);
    } else if (mean > Math.max(FAST_MS, this.fastest * 3)) {
      this.limit = Math.max(MIN_CONCURRENCY, Math.floor(this.limit * DECREASE_FACTOR));
    }
    this.answers = this.milliseconds = 0;
  }
}
