import type { S3Client } from '@aws-sdk/client-s3';
import type { Clock } from './retry';
import { failureOf } from './s3-failure';
import { ReasonCode } from '../contract/reason-codes';

/** A cut answers for all requests that were under way with it. */
const CUT_INTERVAL = 1_000;
const CUT = 0.7;
/** A second of success gives this share of the allowed rate back. */
const RISE_PER_SECOND = 0.1;
const LEAST_SHARE = 0.02;

/**
 * The batch's share of the run's request rate: spaced evenly, lowered at once when S3 answers
 * SlowDown, raised step by step when it does not (additive increase, multiplicative decrease).
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/optimizing-performance.html
 */
export class RateController {
  private allowed = Infinity;
  private rate = Infinity;
  private next = 0;
  private lastCut = -Infinity;
  private lastRise = 0;

  constructor(private readonly clock: Clock) {}

  /** Starts anew with this many requests a second. */
  allow(perSecond: number): void {
    this.allowed = this.rate = perSecond;
    this.next = this.lastRise = this.clock.now();
    this.lastCut = -Infinity;
  }

  /** Requests a second at the moment. */
  get current(): number {
    return this.rate;
  }

  /** Resolves when the next request may go out. */
  async turn(): Promise<void> {
    const now = this.clock.now();
    const mine = Math.max(now, this.next);
    this.next = mine + 1_000 / this.rate;
    if (mine > now) await this.clock.sleep(mine - now);
  }

  slowDown(): void {
    const now = this.clock.now();
    if (now - this.lastCut < CUT_INTERVAL) return;
    this.lastCut = this.lastRise = now;
    this.rate = Math.max(this.allowed * LEAST_SHARE, this.rate * CUT);
  }

  succeeded(): void {
    if (this.rate >= this.allowed) return;
    const now = this.clock.now();
    this.rate = Math.min(this.allowed, this.rate + this.allowed * RISE_PER_SECOND * (now - this.lastRise) / 1_000);
    this.lastRise = now;
  }
}

const COUNTED = new Set(['CopyObjectCommand', 'UploadPartCopyCommand']);

/** Puts the copies of a client under the controller, each attempt of the SDK's own retries counted, too. */
export function govern(s3: S3Client, rate: RateController): void {
  s3.middlewareStack.add((next, context) => async (args) => {
    if (!COUNTED.has(context.commandName ?? '')) return next(args);
    await rate.turn();
    try {
      const answer = await next(args);
      rate.succeeded();
      return answer;
    } catch (error) {
      if (failureOf(error).code === ReasonCode.SLOW_DOWN) rate.slowDown();
      throw error;
    }
  }, { step: 'finalizeRequest', priority: 'low', name: 'rateController' });
}
