import { Semaphore } from './semaphore';
import { INITIAL_CONCURRENCY } from '../../contract/batches';

/**
 * How many copies run at the same time at most. A copy may hold two connections, its own and one of
 * the SDK's retry, and an instance has 1,024 file descriptors (Lambda quotas).
 */
export const MAX_CONCURRENCY = 448;
/**
 * How many copies wait at least. With fewer, the server or this function's CPU may be idle for a
 * moment.
 */
const MIN_QUEUE = 48;
/**
 * How many copies wait at most. More of them make nothing faster, and what each of them holds in
 * memory costs garbage collections.
 */
const MAX_QUEUE = 96;
/** Copies that a good measurement adds. Four of them double the initial concurrency. */
const INCREASE = 32;
/**
 * The share of the limit that is left after a queue became too long. It drains the queue within a
 * few measurements, and does not leave the server idle.
 */
const DECREASE_FACTOR = 0.8;
/**
 * The shortest latency that counts, in milliseconds. S3 is no faster. A server for tests may be
 * faster, and few copies at the same time keep it busy.
 */
const LEAST_MS = 10;

/**
 * Adjusts how many copies run at the same time. The fastest answer tells how long a copy takes if
 * it waits for nothing. What the mean latency is above that tells how many wait: at the server, in
 * the network, or for this function's CPU. The limit grows while few wait, and shrinks while many
 * do ("TCP Vegas: New Techniques for Congestion Detection and Avoidance", Brakmo, O'Malley and
 * Peterson, 1994), with the multiplicative decrease of AIMD (Chiu and Jain, 1989), because the
 * first limit may be far too high.
 */
export class ConcurrencyController extends Semaphore {
  private minLatency = Infinity;
  /** Number and sum of the latencies since the last decision. */
  private count = 0;
  private sum = 0;

  constructor() {
    super(INITIAL_CONCURRENCY);
  }

  /** Records the latency of a copy. Every `limit` latencies the limit is decided again. */
  onLatency(milliseconds: number): void {
    this.minLatency = Math.min(this.minLatency, milliseconds);
    this.count++;
    this.sum += milliseconds;
    if (this.count < this.limit) {
      return;
    }
    const queue = this.limit * (1 - (Math.max(LEAST_MS, this.minLatency) * this.count) / this.sum);
    if (queue < MIN_QUEUE) {
      this.limit = Math.min(MAX_CONCURRENCY, this.limit + INCREASE);
    } else if (queue > MAX_QUEUE) {
      this.limit = Math.floor(this.limit * DECREASE_FACTOR);
    }
    this.count = this.sum = 0;
  }
}
