import { Semaphore } from './semaphore';
import { INITIAL_CONCURRENCY } from '../../contract/batches';

/** Copies. Fewer would leave a fast server idle between two answers. */
const MIN_CONCURRENCY = 16;
/**
 * Copies. Each may hold two connections, one of the fast path and one of the SDK's retry, and a Lambda instance has
 * 1,024 file descriptors.
 * https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
 */
export const MAX_CONCURRENCY = 448;
/** Copies. Four good measurements raise the initial concurrency to twice of it. */
const INCREASE = 32;
/** Factor. Small enough to drain a queue within a few measurements, large enough not to leave the server idle. */
const DECREASE_FACTOR = 0.8;
/** Milliseconds. An answer within it is as fast as S3 ever answers, so the limit does not shrink, however fast the fastest one was. */
const FAST_MS = 50;
/**
 * Milliseconds. S3 is no faster than this. A server that is, such as one for tests, has enough to do with few copies. More of them would
 * only wait, and what each of them holds in memory would cost garbage collections.
 */
const LEAST_MS = 10;
/** Factors of the fastest answer: up to the first one nothing queues, above the second one something does. */
const NO_QUEUE_FACTOR = 2;
const QUEUE_FACTOR = 3;

/**
 * Adjusts how many copies run at the same time. While the mean latency stays near the lowest one, the limit grows. When
 * the mean rises, requests queue at the server, in the network or for this function's CPU, and the limit shrinks.
 *
 * This is additive increase and multiplicative decrease (AIMD; Chiu and Jain, "Analysis of the Increase and Decrease
 * Algorithms for Congestion Avoidance in Computer Networks", 1989) with delay as its signal, as in "TCP Vegas: New
 * Techniques for Congestion Detection and Avoidance" (Brakmo, O'Malley and Peterson, 1994).
 */
export class AimdConcurrencyController extends Semaphore {
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
    if (this.count < this.limit) { return; }
    const mean = this.sum / this.count;
    const least = Math.max(LEAST_MS, this.minLatency);
    if (mean <= Math.max(Math.min(FAST_MS, least * QUEUE_FACTOR), least * NO_QUEUE_FACTOR)) {
      this.limit = Math.min(MAX_CONCURRENCY, this.limit + INCREASE);
    } else if (mean > Math.max(FAST_MS, least * QUEUE_FACTOR)) {
      this.limit = Math.max(MIN_CONCURRENCY, Math.floor(this.limit * DECREASE_FACTOR));
    }
    this.count = this.sum = 0;
  }
}
