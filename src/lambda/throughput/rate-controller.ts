import type { DeleteObjectsCommandOutput, S3Client, S3ServiceException } from '@aws-sdk/client-s3';
import { ReasonCode } from '../../contract/reason-codes';
import type { Clock } from '../s3/retry';
import { toS3Error } from '../s3/s3-error';

/** Milliseconds that a batch may make up for: bulk deletes, the ledger and the hand-over to the next batch take as long, or less. */
const MAX_DEFICIT = 1_000;
/** How much faster than its rate it is while it does so. */
const CATCH_UP_FACTOR = 2;
/** Timers wake up late by some milliseconds; what was due in between goes out at once. */
const TIMER_SLACK = 20;
/** The rate is set anew from what S3 answered to the requests of so many milliseconds, */
const INTERVAL = 100;
/** and to so many requests at least, */
const MIN_ANSWERS = 4;
/** but not later than this where answers are few. */
const MAX_INTERVAL = 1_000;
/** Where all requests of an interval were refused, nobody knows how many would not be. */
const MAX_DECREASE = 0.5;
/** Intervals without a refusal raise the rate by little first, for it may be what S3 allows, then by ever more, for S3 may allow much more. */
const INITIAL_INCREASE = 0.05;
const MAX_INCREASE = 0.4;
const MIN_SHARE = 0.02;

/** Of which run, and how many requests a second a batch of it may make. */
export interface Share {
  readonly id: string;
  readonly objectsPerSecond: number;
}

interface Waiting {
  readonly go: (turn: number) => void;
  readonly giveUp: (reason: Error) => void;
}

/**
 * The batch's share of the run's request rate. Requests are spaced evenly by the clock: time in which none went out is
 * made up for, also across the batches of a run that one function instance deals with one after the other. So the
 * batches together use the rate of the run, and do not exceed it.
 *
 * SlowDown lowers the rate to what S3 let through, and success raises it again up to the share (the shape of "CUBIC: A
 * New TCP-Friendly High-Speed TCP Variant", Ha, Rhee and Xu, 2008). All batches see the same S3, which is all that they have to share.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/optimizing-performance.html
 */
export class RateController {
  private run?: string;
  private allowed = Infinity;
  private rate = Infinity;
  private increase = INITIAL_INCREASE;
  private signal?: AbortSignal;
  private waiting: Waiting[] = [];
  private releasing = false;
  /** Ends the sleep of `release`, which may be for a turn of a round that is over. */
  private wake?: () => void;
  /** When the next request is due, and before when it does not go out even if it is overdue. */
  private nextDue = 0;
  private notBefore = 0;
  /** Whether the next request is the first, and whether the batch had one. */
  private isFirst = true;
  private used = false;
  /** Counts the rates: an answer tells of the one under which its request went out. */
  private epoch = 0;
  private since = 0;
  private accepted = 0;
  private refused = 0;
  private throttled = false;

  constructor(private readonly clock: Clock) {}

  /**
   * What a batch may do from now on. The next one of the same run goes on where the last one ended.
   *
   * @param signal ends the waiting for turns
   */
  allow({ id, objectsPerSecond }: Share, signal?: AbortSignal): void {
    this.signal = signal;
    this.wake?.();
    signal?.addEventListener('abort', () => this.giveUp(signal), { once: true });
    // A batch in which nothing was to be copied leaves nothing to be made up for.
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

  /** For keys that a bulk delete was refused: `bulkDelete` asks for fewer then, and copies, which go to another prefix, have answers of their own. */
  onDeleteThrottled(): void {
    this.throttled = true;
  }

  /** Requests a second at the moment. */
  get current(): number {
    return this.rate;
  }

  /** Resolves when the next request may go out. What became of it is reported with the number that this answers. */
  acquire(): Promise<number> {
    return new Promise((go, giveUp) => {
      if (this.signal?.aborted) { return giveUp(outOfTime()); }
      this.waiting.push({ go, giveUp });
      if (!this.releasing) { void this.release(); }
    });
  }

  /** An answer that is not SlowDown, whatever it says: S3 let the request through. */
  onSuccess(epoch: number): void {
    if (epoch !== this.epoch) { return; }
    this.accepted++;
    this.adjust();
  }

  onSlowDown(epoch: number): void {
    if (epoch !== this.epoch) { return; }
    this.refused++;
    this.throttled = true;
    // What S3 did not let through is not owed.
    this.nextDue = Math.max(this.nextDue, this.clock.now());
    this.adjust();
  }

  /** In their order, each when it is due by the rate of that moment. */
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
      this.waiting.shift()!.go(this.epoch);
    }
    this.releasing = false;
  }

  private giveUp(signal: AbortSignal): void {
    if (signal !== this.signal) { return; }
    for (const { giveUp } of this.waiting.splice(0)) { giveUp(outOfTime()); }
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

const outOfTime = () => Object.assign(new Error('the round ended before the turn of this request'), { name: 'AbortError' });

/** Where no answer came, nobody knows. */
function reportOutcome(rate: RateController, turn: number, error: unknown): void {
  if (toS3Error(error).code === ReasonCode.SLOW_DOWN) {
    rate.onSlowDown(turn);
  } else if ((error as Partial<S3ServiceException>).$metadata?.httpStatusCode) {
    rate.onSuccess(turn);
  }
}

const RATE_LIMITED_COMMANDS = new Set(['CopyObjectCommand', 'UploadPartCopyCommand']);

/** Puts the copies of a client under the controller, each attempt of the SDK's own retries counted, too, and tells it of refused deletes. */
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
    const turn = await rate.acquire();
    try {
      const answer = await next(args);
      rate.onSuccess(turn);
      return answer;
    } catch (error) {
      reportOutcome(rate, turn, error);
      throw error;
    }
  }, { step: 'finalizeRequest', priority: 'low', name: 'rateController' });
}
