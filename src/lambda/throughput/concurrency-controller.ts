import { CATCH_UP_FACTOR } from './pacer';
import { Semaphore } from './semaphore';
import { INITIAL_CONCURRENCY } from '../../contract/batches';

/**
 * How many copies run at the same time at most. Each has a connection. The SDK has others for what
 * it retries, and each of both buckets some for deletes, inspections and the ledger. An instance
 * has 1,024 file descriptors (Lambda quotas). 576 copies are 2,900 a second if S3 takes 200 ms.
 */
export const MAX_CONCURRENCY = 576;
/** To each bucket. Other requests wait for one. */
export const MAX_SDK_CONNECTIONS = 256;
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

export interface GrantedRate {
  /** Requests a second that may be sent at the moment. Infinity: nothing limits them. */
  readonly current: number;
}

/**
 * Adjusts the number of concurrent copies. The latency of the fastest answer is that of a copy
 * without waiting. The mean latency above it shows how many copies wait: at the server, in the
 * network, or for this function's CPU. The limit grows while few wait, and shrinks while many do
 * ("TCP Vegas: New Techniques for Congestion Detection and Avoidance", Brakmo, O'Malley and
 * Peterson, 1994), with the multiplicative decrease of AIMD (Chiu and Jain, 1989), because the
 * first limit may be far too high.
 *
 * Varying latencies look like a queue, but S3 has none: it refuses requests that it has no time
 * for. So the limit is never below what the granted rate needs, which is rate times mean latency
 * ("A Proof for the Queuing Formula: L = λW", Little, 1961).
 */
export class ConcurrencyController extends Semaphore {
  /** The fastest answers of this batch and of the previous one. */
  private fastest = Infinity;
  private fastestBefore = Infinity;
  /** Number and sum of the latencies since the last decision. */
  private count = 0;
  private sum = 0;

  constructor(private readonly rate: GrantedRate = { current: Infinity }) {
    super(INITIAL_CONCURRENCY);
  }

  /** Records the latency of a copy. Every `limit` latencies the limit is decided again. */
  onLatency(milliseconds: number): void {
    this.fastest = Math.min(this.fastest, milliseconds);
    this.count++;
    this.sum += milliseconds;
    if (this.count < this.limit) {
      return;
    }
    const mean = this.sum / this.count;
    this.count = this.sum = 0;
    const fastest = Math.min(this.fastest, this.fastestBefore);
    const limit = Math.max(this.avoidQueue(fastest, mean), this.toNeeded(fastest, mean));
    this.limit = Math.min(MAX_CONCURRENCY, Math.ceil(limit));
  }

  /**
   * A batch begins without a queue, so its fastest answer is one that waited for nothing, as BBR
   * drains the queue to measure ("BBR: Congestion-Based Congestion Control", Cardwell and others,
   * 2016). That of an older batch may be out of date.
   */
  protected override onIdle(): void {
    if (this.fastest < Infinity) {
      this.fastestBefore = this.fastest;
      this.fastest = Infinity;
    }
  }

  private avoidQueue(fastest: number, mean: number): number {
    const queue = this.limit * (1 - Math.max(LEAST_MS, fastest) / mean);
    if (queue < MIN_QUEUE) {
      return this.limit + INCREASE;
    }
    return queue > MAX_QUEUE ? Math.floor(this.limit * DECREASE_FACTOR) : this.limit;
  }

  /**
   * The pacer may send more than the rate while it catches up. A rate that no concurrency reaches
   * says nothing about what is needed.
   */
  private toNeeded(fastest: number, mean: number): number {
    const perMs = this.rate.current / 1_000;
    return perMs * fastest > MAX_CONCURRENCY ? 0 : perMs * CATCH_UP_FACTOR * mean;
  }
}
