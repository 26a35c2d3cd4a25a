/** A rate of writes that the embedded S3 allows each prefix, and how much of it a contender used. */
import { performance } from 'node:perf_hooks';
import type { S3DoubleOptions } from '../packages/s3-double/src';

export interface AllowedRate {
  readonly writesPerSecond: number;
  /** Writes at once after a pause: a bulk delete is up to a thousand. */
  readonly burst: number;
  /** The rate is halved for the last `forSeconds` of every `everySeconds`. */
  readonly halving?: { readonly everySeconds: number; readonly forSeconds: number };
}

export interface ThrottleMeter {
  /** For the embedded S3. */
  readonly options: Pick<S3DoubleOptions, 'throttling' | 'hooks'>;
  /** From the first copy to the answer to the last. */
  copyingSeconds(): number;
  reset(): void;
}

export function meteredThrottle(rate: AllowedRate): ThrottleMeter {
  let first: number | undefined;
  let last = 0;
  return {
    options: {
      // The throttle's clock begins with the first copy: a rate that changes midway changes midway for every contender.
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

/** Writes that the rate comes to in the first seconds, without the burst. */
export function allowedWrites({ writesPerSecond, halving }: AllowedRate, seconds: number): number {
  if (!halving) { return writesPerSecond * seconds; }
  const { everySeconds, forSeconds } = halving;
  const whole = Math.floor(seconds / everySeconds);
  const rest = Math.max(0, seconds - whole * everySeconds - (everySeconds - forSeconds));
  return writesPerSecond * (seconds - (whole * forSeconds + rest) / 2);
}
