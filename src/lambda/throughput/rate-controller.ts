import type { DeleteObjectsCommandOutput, S3Client, S3ServiceException } from '@aws-sdk/client-s3';
import { ReasonCode } from '../../contract/reason-codes';
import type { Clock } from '../s3/retry';
import { toS3Error } from '../s3/s3-error';

/**
 * Milliseconds. The time without requests that a batch may catch up with: bulk deletes, the ledger and the handover to
 * the next batch take less than this, and a longer pause must not become a burst.
 */
const MAX_DEFICIT = 1_000;
/** Factor of the rate. A batch that catches up must not exceed it, because S3 would refuse a burst. */
const CATCH_UP_FACTOR = 2;
/** Milliseconds. Timers wake up late by up to this, so requests that became due meanwhile are sent at once. */
const TIMER_SLACK = 20;
/** Milliseconds. The rate is adjusted this often: rarely enough to see several answers, often enough to recover within a second. */
const INTERVAL = 100;
/** Answers. Fewer in an interval say too little about what S3 lets through. */
const MIN_ANSWERS = 4;
/** Milliseconds. An interval ends after this even if answers are few, so that a low rate is adjusted too. */
const MAX_INTERVAL = 1_000;
/** Factor of the rate. An interval lowers it no further, because refusals alone do not say how much S3 would let through. */
const MAX_DECREASE = 0.5;
/** Share of the rate that the first interval without a refusal adds. It is small because the rate may be the one that S3 allows. */
const INITIAL_INCREASE = 0.05;
/** Share of the rate. The increase doubles with each interval without a refusal, up to this, because S3 may allow much more. */
const MAX_INCREASE = 0.4;
/** Share of the batch's limit. The rate never falls below it, so that a batch always makes progress. */
const MIN_SHARE = 0.02;

/** The limit of one batch. */
export interface BatchRate {
  /** The run that the batch belongs to. */
  readonly id: string;
  readonly objectsPerSecond: number;
}

interface Waiter {
  readonly resolve: (epoch: number) => void;
  readonly reject: (reason: Error) => void;
}

/**
 * Holds a batch to its share of the run's request rate. Requests are spaced evenly. A batch catches up with time in which
 * it sent none, also with the time between two batches of a run that the same function instance processes. So all batches
 * together use the rate of the run, and do not exceed it.
 *
 * SlowDown lowers the rate to what S3 let through. Successes raise it again up to the limit: slowly at first, and faster
 * the longer S3 refuses nothing, as in "CUBIC: A New TCP-Friendly High-Speed TCP Variant" (Ha, Rhee and Xu, 2008). The
 * batches do not know of each other. They share what S3 allows because S3 refuses requests of all of them.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/optimizing-performance.html
 */
export class RateController {
  private run?: string;
  private allowed = Infinity;
  private rate = Infinity;
  private increase = INITIAL_INCREASE;
  private signal?: AbortSignal;
  private waiting: Waiter[] = [];
  private releasing = false;
  /** Ends the sleep of `release`, which may be for a request of a round that is over. */
  private wake?: () => void;
  /** When the next request is due. */
  private nextDue = 0;
  /** An overdue request waits until then, so that catching up is no burst. */
  private notBefore = 0;
  /** Whether no time without requests counts before the next one. */
  private isFirst = true;
  /** Whether the batch has sent a request. */
  private used = false;
  /** Number of the current rate. An answer counts only if its request was sent at the current rate. */
  private epoch = 0;
  private since = 0;
  private accepted = 0;
  private refused = 0;
  private throttled = false;

  constructor(private readonly clock: Clock) {}

  /**
   * Starts a batch. A batch of the same run and limit continues with the rate at which the previous one ended.
   *
   * @param signal rejects the requests that wait
   */
  allow({ id, objectsPerSecond }: BatchRate, signal?: AbortSignal): void {
    this.signal = signal;
    this.wake?.();
    signal?.addEventListener('abort', () => this.giveUp(signal), { once: true });
    // A batch that copied nothing leaves no time to catch up with.
    this.isFirst ||= !this.used;
    this.used = false;
    if (id === this.run && objectsPerSecond === this.allowed) { return; }
    this.run = id;
    this.allowed = objectsPerSecond;
    this.isFirst = true;
    this.increase = INITIAL_INCREASE;
    this.throttled = false;
    this.set(objectsPerSecond);
  }

  /** Whether S3 has refused requests of this run. */
  get isThrottled(): boolean {
    return this.throttled;
  }

  /**
   * Records that S3 refused keys of a bulk delete. It does not lower the rate: the deletes ask for fewer keys then, and
   * copies go to another prefix, whose own answers control their rate.
   */
  onDeleteThrottled(): void {
    this.throttled = true;
  }

  /** Requests a second at the moment. */
  get current(): number {
    return this.rate;
  }

  /** Resolves when the next request may be sent, with the number that `onSuccess` or `onSlowDown` needs. */
  acquire(): Promise<number> {
    return new Promise((resolve, reject) => {
      if (this.signal?.aborted) { return reject(outOfTime()); }
      this.waiting.push({ resolve, reject });
      if (!this.releasing) { void this.release(); }
    });
  }

  /** Records any answer but SlowDown: S3 let the request through, even if it failed. */
  onSuccess(epoch: number): void {
    if (epoch !== this.epoch) { return; }
    this.accepted++;
    this.adjust();
  }

  onSlowDown(epoch: number): void {
    if (epoch !== this.epoch) { return; }
    this.refused++;
    this.throttled = true;
    // There is no catching up with requests that S3 refused.
    this.nextDue = Math.max(this.nextDue, this.clock.now());
    this.adjust();
  }

  /** Sends the waiting requests in their order, each when it is due at the rate of that moment. */
  private async release(): Promise<void> {
    this.releasing = true;
    while (this.waiting.length > 0) {
      const now = this.clock.now();
      if (this.isFirst) { this.nextDue = this.notBefore = now; }
      this.isFirst = false;
      this.used = true;
      this.nextDue = Math.max(this.nextDue, now - MAX_DEFICIT);
      const wait = Math.max(this.nextDue, this.notBefore) - now;
      if (wait > 0) {
        await Promise.race([this.clock.sleep(wait), new Promise<void>((wake) => { this.wake = wake; })]);
        continue;
      }
      const spacing = 1_000 / this.rate;
      this.nextDue += spacing;
      this.notBefore = Math.max(this.notBefore, now - Math.max(TIMER_SLACK, spacing)) + spacing / CATCH_UP_FACTOR;
      this.waiting.shift()!.resolve(this.epoch);
    }
    this.releasing = false;
  }

  private giveUp(signal: AbortSignal): void {
    if (signal !== this.signal) { return; }
    for (const { reject } of this.waiting.splice(0)) { reject(outOfTime()); }
  }

  private adjust(): void {
    const now = this.clock.now();
    const answers = this.accepted + this.refused;
    const isEnough = answers >= this.rate * INTERVAL / 1_000 || now - this.since >= MAX_INTERVAL;
    if (now - this.since < INTERVAL || answers < MIN_ANSWERS || !isEnough) { return; }
    if (this.refused > 0) {
      this.increase = INITIAL_INCREASE;
      this.set(Math.max(this.allowed * MIN_SHARE, this.rate * Math.max(MAX_DECREASE, this.accepted / answers)));
    } else {
      const rate = Math.min(this.allowed, this.rate * (1 + this.increase));
      this.increase = Math.min(MAX_INCREASE, this.increase * 2);
      this.set(rate);
    }
  }

  private set(rate: number): void {
    if (rate !== this.rate) { this.epoch++; }
    this.rate = rate;
    this.since = this.clock.now();
    this.accepted = this.refused = 0;
  }
}

const outOfTime = () => Object.assign(new Error('the round ended before this request could be sent'), { name: 'AbortError' });

/** An error without an answer says nothing about the rate. */
function reportOutcome(rate: RateController, epoch: number, error: unknown): void {
  if (toS3Error(error).code === ReasonCode.SLOW_DOWN) {
    rate.onSlowDown(epoch);
  } else if ((error as Partial<S3ServiceException>).$metadata?.httpStatusCode) {
    rate.onSuccess(epoch);
  }
}

const RATE_LIMITED_COMMANDS = new Set(['CopyObjectCommand', 'UploadPartCopyCommand']);

/** Lets each copy of the client, including the SDK's own retries, wait for the controller, and reports refused deletes to it. */
export function limitRate(s3: S3Client, rate: RateController): void {
  s3.middlewareStack.add((next, context) => async (args) => {
    if (context.commandName === 'DeleteObjectsCommand') {
      const answer = await next(args);
      const { Errors: errors = [] } = answer.output as DeleteObjectsCommandOutput;
      if (errors.some(({ Code }) => toS3Error({ name: Code }).code === ReasonCode.SLOW_DOWN)) {
        rate.onDeleteThrottled();
      }
      return answer;
    }
    if (!RATE_LIMITED_COMMANDS.has(context.commandName ?? '')) { return next(args); }
    const epoch = await rate.acquire();
    try {
      const answer = await next(args);
      rate.onSuccess(epoch);
      return answer;
    } catch (error) {
      reportOutcome(rate, epoch, error);
      throw error;
    }
  }, { step: 'finalizeRequest', priority: 'low', name: 'rateController' });
}
