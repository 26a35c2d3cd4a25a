/** Lets a server answer as late as S3 does, and measures how long all moves take. */
import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import type { S3DoubleOptions } from '../packages/s3-double/src';

type Hooks = NonNullable<S3DoubleOptions['hooks']>;

export interface MoveMeter {
  readonly hooks: Hooks;
  /** Seconds from the first copy to the answer to the last delete. */
  movingSeconds(): number;
  reset(): void;
}

/**
 * Each request has a timer of its own, so none waits for another one.
 *
 * @param drawLatency milliseconds of the next request
 * @param inner other hooks
 */
export function meterMoves(drawLatency: () => number, inner: Hooks = {}): MoveMeter {
  let first: number | undefined;
  let last = 0;
  return {
    hooks: {
      before: async (call) => {
        if (call.operation === 'CopyObject') {
          first ??= performance.now();
        }
        const fault = await inner.before?.(call);
        const milliseconds = drawLatency();
        if (milliseconds > 0) {
          await sleep(milliseconds);
        }
        return fault;
      },
      after: async (call) => {
        await inner.after?.(call);
        if (call.operation === 'DeleteObjects') {
          last = performance.now();
        }
      },
    },
    movingSeconds: () => (first === undefined ? 0 : (last - first) / 1_000),
    reset: () => {
      first = undefined;
    },
  };
}
