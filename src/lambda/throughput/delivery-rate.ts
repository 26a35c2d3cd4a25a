import type { Clock } from '../s3/retry';

/** Milliseconds. Long enough to contain the pause between two batches, in which nothing is copied. */
const WINDOW = 1_000;
/** Windows. The highest counts, because an instance that waits for something else delivers less than it could. */
const WINDOWS = 3;

/**
 * Measures how many requests a second S3 lets through: the windowed maximum of the delivery rate ("BBR: Congestion-Based
 * Congestion Control", Cardwell and others, 2016).
 */
export class DeliveryRate {
  private since?: number;
  private delivered = 0;
  private rates: number[] = [];

  constructor(private readonly clock: Clock) {}

  /** Requests a second. Infinity until a window has passed. */
  get current(): number {
    return this.rates.length === 0 ? Infinity : Math.max(...this.rates);
  }

  onDelivered(count: number): void {
    const now = this.clock.now();
    // Nobody knows how long the first ones took.
    if (this.since === undefined) {
      this.since = now;
      return;
    }
    this.delivered += count;
    const passed = now - this.since;
    if (passed < WINDOW) { return; }
    this.rates = [...this.rates, this.delivered * 1_000 / passed].slice(-WINDOWS);
    this.since = now;
    this.delivered = 0;
  }

  reset(): void {
    this.since = undefined;
    this.delivered = 0;
    this.rates = [];
  }
}
