import type { PutObjectCommandInput } from '@aws-sdk/client-s3';
import type { Check, Subject } from './subject';

/** A check gets the server and its own bucket with one object. */
export interface WithObject {
  readonly subject: Subject;
  readonly bucket: string;
  /** The ETag includes its quotes. */
  readonly etag: string;
}

export interface SeededObject {
  readonly key: string;
  readonly content?: string;
  readonly input?: Partial<PutObjectCommandInput>;
}

/**
 * Returns a function that makes checks. They all begin with the same object and share the helpers
 * that `prepare` returns.
 */
export function checkWithObject<T extends object>(
  { key, content, input }: SeededObject,
  prepare: (given: WithObject) => T | Promise<T>,
) {
  return (name: string, page: string, run: (given: WithObject & T) => Promise<void>): Check => ({
    name,
    page,
    run: async (subject) => {
      const bucket = await subject.bucket();
      const { etag } = await subject.put(bucket, key, content, input);
      const given = { subject, bucket, etag };
      await run({ ...given, ...(await prepare(given)) });
    },
  });
}
