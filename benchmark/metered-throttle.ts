/**
 * Limits the writes to each prefix of the S3 double, and measures how much of the limit a contender
 * used.
 */
import { performance } from 'node:perf_hooks';
import type { S3DoubleOptions } from '../packages/s3-double/src';

export interface AllowedRate {
  readonly writesPerSecond: number;
  /** Writes that are allowed at once after a pause. A bulk delete counts up to a thousand. */
  readonly burst: number;
  /** The rate is halved for the last `forSeconds` of every `everySeconds`. */
  readonly halving?: { readonly everySeconds: number; readonly forSeconds: number };
}

/**
 * Writes that the throttle let through and refused. Each key of a DeleteObjects is one, as it is
 * for S3.
 */
export interface Writes {
  granted: number;
  refused: number;
}

export interface ThrottleMeter {
  /** Options of the S3 double. */
  readonly options: Pick<S3DoubleOptions, 'throttling' | 'hooks'>;
  /** Writes since the last reset: those to the archive, and those to the source. */
  writes(): { readonly copies: Writes; readonly deletes: Writes };
  /** Seconds from the first copy to the response to the last one. */
  copyingSeconds(): number;
  reset(): void;
}

export function meteredThrottle(rate: AllowedRate): ThrottleMeter {
  let first: number | undefined;
  let last = 0;
  let copies: Writes = { granted: 0, refused: 0 };
  let deletes: Writes = { granted: 0, refused: 0 };
  return {
    options: {
      // The throttle's clock starts with the first copy, so the rate changes at the same point for
      // every contender.
      throttling: {
        ...rate,
        onWrite: (operation, isGranted) => {
          (operation.startsWith('Delete') ? deletes : copies)[isGranted ? 'granted' : 'refused']++;
        },
        seconds: () => (first === undefined ? 0 : (performance.now() - first) / 1000),
      },
      hooks: {
        before: ({ operation }) => {
          if (operation === 'CopyObject') {
            first ??= performance.now();
          }
          return undefined;
        },
        after: ({ operation }) => {
          if (operation === 'CopyObject') {
            last = performance.now();
          }
        },
      },
    },
    writes: () => ({ copies, deletes }),
    copyingSeconds: () => (first === undefined ? 0 : (last - first) / 1000),
    reset: () => {
      first = undefined;
      copies = { granted: 0, refused: 0 };
      deletes = { granted: 0, refused: 0 };
    },
  };
}

/** The rate is halved after so many seconds, and stays so. */
export function halvedAfter(seconds: number): AllowedRate['halving'] {
  const everySeconds = 1_000_000;
  return { everySeconds, forSeconds: everySeconds - seconds };
}

/** Number of writes that the rate allows in the first `seconds`, without the burst. */
export function allowedWrites({ writesPerSecond, halving }: AllowedRate, seconds: number): number {
  if (!halving) {
    return writesPerSecond * seconds;
  }
  const { everySeconds, forSeconds } = halving;
  const whole = Math.floor(seconds / everySeconds);
  const rest = Math.max(0, seconds - whole * everySeconds - (everySeconds - forSeconds));
  return writesPerSecond * (seconds - (whole * forSeconds + rest) / 2);
}
