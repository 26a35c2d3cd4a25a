import { CATCH_UP_FACTOR, type Pace, Pacer, type PacerOptions } from './pacer';
import type { Clock } from '../s3/retry';

/**
 * How many milliseconds pass between two adjustments of the rate: enough to see several answers,
 * and few enough to recover soon.
 */
const INTERVAL = 100;
/** Fewer answers in an interval say too little about what S3 lets through. */
const MIN_ANSWERS = 4;
/**
 * An interval ends after this number of milliseconds even if there are few answers, so that a low
 * rate is adjusted, too.
 */
const MAX_INTERVAL = 1_000;
/**
 * The share of the rate that is left at least after an interval. S3 may refuse everything for a
 * moment.
 */
const MAX_DECREASE = 0.3;
/**
 * Share of the batch's limit at which a run starts. S3 may allow less, so the rate starts low and
 * doubles with each interval (slow start).
 */
const INITIAL_SHARE = 0.25;
/**
 * Share of the batch's limit that the rate gains in the first second after it has come back to the
 * one that S3 refused: CUBIC's constant C. It is eight times as much in two seconds, because S3 may
 * allow much more.
 */
const GROWTH = 0.2;
/**
 * Share of the batch's limit. The rate never falls below it, so that a batch always makes progress.
 */
const MIN_SHARE = 0.02;

/**
 * If this number of intervals in a row has a few refusals each, these do not come from the rate:
 * each interval has lowered the rate to what S3 let through.
 */
const INTERVALS_OF_NOISE = 5;
/** If a larger share of the answers are refusals, the rate falls, however steady they are. */
const MAX_NOISE = 0.08;

export interface BatchRate {
  readonly id: string;
  readonly objectsPerSecond: number;
}

export interface RateControllerOptions extends PacerOptions {
  /**
   * Returns a rate that this one does not exceed, and starts with. Unset: the limit of the batch
   * alone, with a slow start.
   */
  readonly getCeiling?: () => number;
  /**
   * How many times the limit of the batch the rate may be until S3 refuses something.
   *
   * @default 1
   */
  readonly lead?: number;
}

/**
 * Holds a batch to its share of the run's request rate at one prefix. Requests are spaced evenly. A
 * batch catches up with time in which it sent none, also between two batches of a run in one
 * instance. So all batches together use the rate of the run, and do not exceed it.
 *
 * A run starts with a quarter of its limit, and doubles the rate until S3 refuses a request or the
 * limit is reached: slow start ("Congestion Avoidance and Control", Jacobson, 1988). A refusal
 * lowers the rate to what S3 let through, the delivery rate ("BBR: Congestion-Based Congestion
 * Control", Cardwell and others, 2016). From there it follows CUBIC ("CUBIC: A New TCP-Friendly
 * High-Speed TCP Variant", Ha, Rhee and Xu, 2008): soon back near the rate that S3 refused, hardly
 * above it for a while, and faster and faster the longer S3 refuses nothing. If S3 refuses before
 * the rate is back there, S3 allows less than before, and half of the way back is enough (fast
 * convergence). Unlike CUBIC, as AWS SDKs use it in their adaptive retry mode, it does not go below
 * what S3 let through: S3 has no queue that must drain.
 *
 * The gain of the rate depends on the time and on the limit, not on the rate itself. So batches
 * with different rates come to equal ones ("Analysis of the Increase and Decrease Algorithms for
 * Congestion Avoidance in Computer Networks", Chiu and Jain, 1989). If a larger rate gained more,
 * one batch would starve next to another one, and its share would be unused while the other one
 * writes its ledger.
 *
 * The rate does not rise while the batch does not use it ("Updating TCP to Support Rate-Limited
 * Traffic", RFC 7661). A few refusals that persist at any rate have another cause, and do not lower
 * the rate any further, as with the loss threshold of BBR, version 2 ("BBR v2: A Model-based
 * Congestion Control", IETF 104, 2019).
 *
 * The batches do not know of each other. They share what S3 allows because S3 refuses requests of
 * all of them. https://docs.aws.amazon.com/AmazonS3/latest/userguide/optimizing-performance.html
 */
export class RateController implements Pace {
  private run?: string;
  private allowed = Infinity;
  private rate = Infinity;
  /** The rate that S3 refused, or half of the way back to it: CUBIC's W_max. */
  private plateau = Infinity;
  /** Seconds without a refusal since the rate was back at the plateau. Negative: until then. */
  private sincePlateau = 0;
  private measured = measureFrom(0);
  /** All answers of the last intervals, and of the current one, at any rate. */
  private intervals: { answers: number; refused: number }[] = [];
  private interval = { answers: 0, refused: 0 };
  private delivery: DeliveryRate;
  private readonly pacer: Pacer;
  /** The keys of requests that were sent, and are to be sent once more. */
  private readonly retries = new Set<string>();

  /**
   * Number of the current rate. An answer counts only if its request was sent at the current rate.
   */
  epoch = 0;
  isThrottled = false;

  constructor(
    private readonly clock: Clock,
    private readonly options: RateControllerOptions,
  ) {
    this.delivery = new DeliveryRate(clock);
    this.pacer = new Pacer(clock, this, options);
  }

  /**
   * Starts a batch, whose time the signal ends. One of the same run and limit continues with the
   * rate at which the previous one ended.
   */
  allow({ id, objectsPerSecond }: BatchRate, signal?: AbortSignal): void {
    const isNew = id !== this.run || objectsPerSecond !== this.allowed;
    this.pacer.begin(signal, isNew);
    this.retries.clear();
    if (!isNew) {
      return;
    }
    this.run = id;
    this.allowed = objectsPerSecond;
    this.isThrottled = false;
    this.intervals = [];
    this.interval = { answers: 0, refused: 0 };
    this.delivery = new DeliveryRate(this.clock);
    this.set(this.options.getCeiling ? this.limit : objectsPerSecond * INITIAL_SHARE);
  }

  private get limit(): number {
    return this.isThrottled ? this.allowed : this.allowed * (this.options.lead ?? 1);
  }

  get current(): number {
    return Math.min(this.rate, this.options.getCeiling?.() ?? Infinity);
  }

  /** Requests a second that S3 has let through lately. Infinity at the beginning of a run. */
  get delivered(): number {
    return this.delivery.current;
  }

  /**
   * Resolves when the next request, which S3 counts `cost` times, may be sent, with the number that
   * `onAnswer` needs. If it is for a key of `expectRetry`, it is sent before all others.
   */
  acquire(cost = 1, key?: string): Promise<number> {
    return this.pacer.acquire(cost, key !== undefined && this.retries.delete(key));
  }

  /** The request for a key did not succeed, and may be sent once more. */
  expectRetry(key: string): void {
    this.retries.add(key);
  }

  onWait(isOverdue: boolean): void {
    this.measured.isLimiting = true;
    this.measured.isCatchingUp &&= isOverdue;
  }

  /**
   * Records how many of the requests for which an answer counts S3 let through, even if they
   * failed, and how many it refused with SlowDown.
   */
  onAnswer(epoch: number, accepted: number, refused: number): void {
    const { measured } = this;
    this.delivery.onDelivered(accepted);
    this.interval.answers += accepted + refused;
    this.interval.refused += refused;
    // Until the first refusal, a delete has so many keys at once that the refused ones say nothing
    // about the rate.
    if (refused > 0 && !this.isThrottled) {
      this.isThrottled = true;
      this.rate = Math.min(this.current, this.allowed);
      this.plateau = this.rate;
      this.sincePlateau = 0;
      this.pacer.restart();
      return;
    }
    if (epoch !== this.epoch) {
      return;
    }
    // S3 began to refuse. The rate that it accepted before proves nothing about the rate that it
    // accepts now.
    if (refused > 0 && measured.refused === 0) {
      measured.accepted = 0;
      measured.since = this.clock.now();
    }
    measured.accepted += accepted;
    measured.refused += refused;
    if (refused > 0) {
      this.pacer.forgive();
    }
    this.adjust();
  }

  private adjust(): void {
    const { accepted, refused, since, isCatchingUp, isLimiting } = this.measured;
    const passed = this.clock.now() - since;
    const answers = accepted + refused;
    const isEnough = answers >= (this.current * INTERVAL) / 1_000 || passed >= MAX_INTERVAL;
    if (passed < INTERVAL || answers < MIN_ANSWERS || !isEnough) {
      return;
    }
    this.intervals = [...this.intervals, this.interval].slice(-INTERVALS_OF_NOISE);
    this.interval = { answers: 0, refused: 0 };
    if (refused > 0 && !this.isNoise()) {
      const delivered = this.current * Math.max(MAX_DECREASE, accepted / answers);
      this.lower(Math.max(this.allowed * MIN_SHARE, delivered));
    } else if (isLimiting && this.rate === this.current) {
      // At twice the rate, a batch soon uses what S3 saved for it meanwhile.
      this.sincePlateau += passed / 1_000 / (isCatchingUp ? CATCH_UP_FACTOR : 1);
      this.set(Math.min(this.limit, this.isThrottled ? this.toCubic() : this.rate * 2));
    } else {
      this.set(this.rate);
    }
  }

  private lower(rate: number): void {
    const { current } = this;
    this.plateau = current < this.plateau ? (current + rate) / 2 : current;
    this.sincePlateau = -Math.cbrt((this.plateau - rate) / (this.allowed * GROWTH));
    this.set(rate);
  }

  private toCubic(): number {
    return Math.max(this.rate, this.plateau + this.allowed * GROWTH * this.sincePlateau ** 3);
  }

  /**
   * Whether the refusals do not come from the rate: they are few, and every interval has some at
   * any rate.
   */
  private isNoise(): boolean {
    const sum = (field: 'answers' | 'refused') =>
      this.intervals.reduce((total, each) => total + each[field], 0);
    return (
      this.intervals.length === INTERVALS_OF_NOISE &&
      this.intervals.every(({ refused }) => refused > 0) &&
      sum('refused') <= MAX_NOISE * sum('answers')
    );
  }

  private set(rate: number): void {
    if (rate !== this.rate) {
      this.epoch++;
    }
    this.rate = rate;
    this.measured = measureFrom(this.clock.now());
  }
}

/**
 * How many milliseconds a measurement takes. That is longer than the pause between two batches, in
 * which nothing is copied.
 */
const WINDOW = 1_000;
/**
 * How many measurements are kept. The highest one counts, because an instance that waits for
 * something else delivers less than it could.
 */
const WINDOWS = 3;

/**
 * How many requests a second S3 lets through: the windowed maximum of the delivery rate ("BBR",
 * Cardwell and others, 2016).
 */
class DeliveryRate {
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
    // The time that the first answers took is unknown.
    if (this.since === undefined) {
      this.since = now;
      return;
    }
    this.delivered += count;
    const passed = now - this.since;
    if (passed < WINDOW) {
      return;
    }
    this.rates = [...this.rates, (this.delivered * 1_000) / passed].slice(-WINDOWS);
    this.since = now;
    this.delivered = 0;
  }
}

/** The answers since the rate was set. */
interface Measurement {
  /** Epoch milliseconds. */
  since: number;
  accepted: number;
  refused: number;
  /** Whether a request had to wait, so only the rate limits the batch. */
  isLimiting: boolean;
  /** Whether all requests that had to wait were overdue. */
  isCatchingUp: boolean;
}

function measureFrom(since: number): Measurement {
  return { since, accepted: 0, refused: 0, isLimiting: false, isCatchingUp: true };
}
