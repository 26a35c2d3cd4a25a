/** Limits the writes to each prefix of the S3 double, and measures how much of the limit a contender used. */
import { performance } from 'node:perf_hooks';
import type { S3DoubleOptions } from '../packages/s3-double/src';

export interface AllowedRate {
  readonly writesPerSecond: number;
  /** Writes that are allowed at once after a pause. A bulk delete counts up to a thousand. */
  readonly burst: number;
  /** The rate is halved for the last `forSeconds` of every `everySeconds`. */
  readonly halving?: { readonly everySeconds: number; readonly forSeconds: number };
}

export interface ThrottleMeter {
  /** Options of the S3 double. */
  readonly options: Pick<S3DoubleOptions, 'throttling' | 'hooks'>;
  /** Seconds from the first copy to the response to the last one. */
  copyingSeconds(): number;
  reset(): void;
}

export function meteredThrottle(rate: AllowedRate): ThrottleMeter {
  let first: number | undefined;
  let last = 0;
  return {
    options: {
      // The throttle's clock starts with the first copy, so the rate changes at the same point for every contender.
      throttling: { ...rate, seconds: () => (first === undefined ? 0 : (performance.now() - first) / 1000) },
      hooks: {
        before: ({ operation }) => {
          if (operation === 'CopyObject') { first ??= performance.now(); }
          return undefined;
        },
        after: ({ operation }) => {
          if (operation === 'CopyObject') { last = performance.now(); }
        },
      },
    },
    copyingSeconds: () => (first === undefined ? 0 : (last - first) / 1000),
    reset: () => { first = undefined; },
  };
}

/** Number of writes that the rate allows in the first `seconds`, without the burst. */
export function allowedWrites({ writesPerSecond, halving }: AllowedRate, seconds: number): number {
  if (!halving) { return writesPerSecond * seconds; }
  const { everySeconds, forSeconds } = halving;
  const whole = Math.floor(seconds / everySeconds);
  const rest = Math.max(0, seconds - whole * everySeconds - (everySeconds - forSeconds));
  return writesPerSecond * (seconds - (whole * forSeconds + rest) / 2);
}
