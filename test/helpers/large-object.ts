import { type ContextOptions, type Harness, moveContext } from './harness';
import { Body, type PutOptions } from '../../packages/s3-double/src';
import { copyToArchive } from '../../src/lambda/move/move-object';

export const MiB = 1024 ** 2;
export const KEY = 'in/big-2026-11-24.bin';
export const DESTINATION = 'archive/2026/11/24/big-2026-11-24.bin';

export interface LargeObject {
  /** Puts it to the source, and returns its ETag. */
  put(options?: PutOptions): string;
  /** Copies it to the archive. Everything above 5 MiB goes in parts. */
  copy(
    etag: string,
    more?: ContextOptions,
    resume?: Parameters<typeof copyToArchive>[2],
  ): ReturnType<typeof copyToArchive>;
}

/** An object that is copied in parts. */
export function createLargeObject(getHarness: () => Harness, content: Buffer): LargeObject {
  // One for all tests, since it keeps its digests.
  const body = Body.of(content);
  return {
    put: (options = {}) => `"${getHarness().store.put('source', KEY, body, options).etag}"`,
    copy: (etag, more = {}, resume) =>
      copyToArchive(
        moveContext(getHarness(), { multipartThreshold: 5 * MiB, ...more }),
        { key: KEY, etag, size: content.length, destination: DESTINATION },
        resume,
      ),
  };
}
