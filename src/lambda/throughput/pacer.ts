import type { Clock } from '../s3/retry';

/**
 * How many milliseconds without requests a batch may catch up with, such as those in which it waits
 * for its slowest copy, its ledger and its delete. A longer pause must not become a burst.
 */
const MAX_DEFICIT = 3_000;
/**
 * How many times the rate a batch may use while it catches up. S3 would refuse a burst.
 */
export const CATCH_UP_FACTOR = 2;
/**
 * How many milliseconds late timers wake up, at most. Requests that became due meanwhile are sent
 * at once.
 */
const TIMER_SLACK = 20;

export interface PacerOptions {
  /** What happens to the requests that wait when the batch's time ends. */
  readonly atEnd: 'reject' | 'send';
  /** The longest wait of a request in milliseconds. Unset: no limit. */
  readonly maxWait?: number;
}

/** The rate that the pacer asks for, and the callback that it calls. */
export interface Pace {
  /** Requests a second at the moment. */
  readonly current: number;
  /** Number of the current rate, which a request gets when it is sent. */
  readonly epoch: number;
  /**
   * @param isOverdue whether the request is late, and waits only so that catching up is no burst
   */
  onWait(isOverdue: boolean): void;
}

interface Waiter {
  readonly cost: number;
  readonly isRetry: boolean;
  readonly resolve: (epoch: number) => void;
  readonly reject: (reason: Error) => void;
}

/**
 * Sends requests in their order, evenly spaced. It catches up with time in which none was sent.
 *
 * Retries go first. At a low rate, a retry behind all other requests would not be sent before the
 * round ends. If every request has to be sent twice, no round would then finish any.
 */
export class Pacer {
  private signal?: AbortSignal;
  private waiting: Waiter[] = [];
  private isReleasing = false;
  /** Ends the sleep of `release`, which may be for a request of a round that is over. */
  private wake?: () => void;
  /** When the next request is due. */
  private nextDue = 0;
  /** An overdue request waits until then, so that catching up is no burst. */
  private notBefore = 0;
  /** Whether idle time before the next request does not count. */
  private isFirst = true;
  private isUsed = false;

  constructor(
    private readonly clock: Clock,
    private readonly pace: Pace,
    private readonly options: PacerOptions,
  ) {}

  /**
   * Starts a batch, whose time the signal ends. `isNew`: no time before it is to be caught up with.
   */
  begin(signal: AbortSignal | undefined, isNew: boolean): void {
    this.signal = signal;
    this.wake?.();
    signal?.addEventListener('abort', () => this.end(signal), { once: true });
    // A batch that sent nothing leaves no time to catch up with.
    this.isFirst ||= isNew || !this.isUsed;
    this.isUsed = false;
  }

  /** Resolves with the epoch when the next request may be sent. */
  acquire(cost: number, isRetry = false): Promise<number> {
    return new Promise((resolve, reject) => {
      this.enqueue({ cost, isRetry, resolve, reject });
      if (this.signal?.aborted) {
        return this.end(this.signal);
      }
      if (!this.isReleasing) {
        void this.release();
      }
    });
  }

  private enqueue(waiter: Waiter): void {
    const { waiting } = this;
    if (!waiter.isRetry) {
      waiting.push(waiter);
      return;
    }
    const first = waiting.findIndex(({ isRetry }) => !isRetry);
    waiting.splice(first < 0 ? waiting.length : first, 0, waiter);
  }

  /** Gives up the time to catch up with: there is no catching up with requests that S3 refused. */
  forgive(): void {
    this.nextDue = Math.max(this.nextDue, this.clock.now());
  }

  /** Lets the next request be sent now, independent of earlier requests. */
  restart(): void {
    this.nextDue = this.clock.now();
  }

  /** Sends the waiting requests, each when it is due at the rate of that moment. */
  private async release(): Promise<void> {
    const { maxWait = Infinity } = this.options;
    this.isReleasing = true;
    while (this.waiting.length > 0) {
      const now = this.clock.now();
      if (this.isFirst) {
        this.nextDue = this.notBefore = now;
      }
      this.isFirst = false;
      this.isUsed = true;
      this.nextDue = Math.min(Math.max(this.nextDue, now - MAX_DEFICIT), now + maxWait);
      this.notBefore = Math.min(this.notBefore, now + maxWait);
      const wait = Math.max(this.nextDue, this.notBefore) - now;
      if (wait > 0) {
        this.pace.onWait(this.nextDue <= now);
        await Promise.race([
          this.clock.sleep(wait),
          new Promise<void>((wake) => {
            this.wake = wake;
          }),
        ]);
        continue;
      }
      const { cost, resolve } = this.waiting.shift()!;
      const spacing = (cost * 1_000) / this.pace.current;
      this.nextDue += spacing;
      this.notBefore =
        Math.max(this.notBefore, now - Math.max(TIMER_SLACK, spacing)) + spacing / CATCH_UP_FACTOR;
      resolve(this.pace.epoch);
    }
    this.isReleasing = false;
  }

  private end(signal: AbortSignal): void {
    if (signal !== this.signal) {
      return;
    }
    for (const { resolve, reject } of this.waiting.splice(0)) {
      if (this.options.atEnd === 'reject') {
        reject(outOfTime());
      } else {
        resolve(this.pace.epoch);
      }
    }
  }
}

const outOfTime = () =>
  Object.assign(new Error('the round ended before this request could be sent'), {
    name: 'AbortError',
  });
