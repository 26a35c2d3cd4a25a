import { S3Client } from '@aws-sdk/client-s3';
import {
  type Fault,
  type S3Call,
  type S3Double,
  startS3,
  type S3DoubleOptions,
} from '../../packages/s3-double/src';
import type { MoveContext } from '../../src/lambda/move/move-request';
import { BucketClient, type BucketClientOptions } from '../../src/lambda/s3/bucket-client';
import { retryUnreadableAnswers } from '../../src/lambda/s3/readable-answers';
import { systemClock, type RetryBudget } from '../../src/lambda/s3/retry';

/**
 * A separate S3 for each test, with a source and an archive bucket, and with hooks that a test may
 * set at any time.
 */
export interface Harness extends S3Double {
  readonly s3: S3Client;
  /** The start of the one run that all moves of a test belong to, in epoch milliseconds. */
  readonly runStart: number;
  /** Runs before each request, like the double's hook. */
  before?: (call: S3Call) => Fault | undefined | void | Promise<Fault | undefined>;
  after?: (call: S3Call) => void;
  put(key: string, body?: string): string;
  /** Returns `undefined` if there is no such object. */
  read(bucket: string, key: string): string | undefined;
}

export async function startHarness(options: S3DoubleOptions = {}): Promise<Harness> {
  const double = await startS3({
    ...options,
    hooks: {
      before: (call) => harness.before?.(call) ?? undefined,
      after: (call) => harness.after?.(call),
    },
  });
  const s3 = retryUnreadableAnswers(
    new S3Client({
      endpoint: double.endpoint,
      region: 'us-east-1',
      credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
      maxAttempts: 1,
    }),
  );
  s3.middlewareStack.add((next) => (args) => next(args).catch(inThisRealm), {
    step: 'finalizeRequest',
    priority: 'low',
  });
  double.store.createBucket('source');
  double.store.createBucket('archive');
  const harness: Harness = {
    ...double,
    s3,
    runStart: Date.now(),
    put: (key, body = `content of ${key}`) =>
      `"${double.store.put('source', key, body).etag.replaceAll('"', '')}"`,
    read: (bucket, key) => double.store.get(bucket, key)?.body.bytes().toString(),
    close: async () => {
      s3.destroy();
      await double.close();
    },
  };
  return harness;
}

/**
 * Errors of Node's own modules are not instances of `Error` for code that jest runs. The SDK would
 * wrap them in its own errors.
 */
export function inThisRealm(error: Error): never {
  throw error instanceof Error
    ? error
    : Object.assign(new Error((error as Error).message), error, { name: (error as Error).name });
}

/** Returns a budget that retries without waiting. */
export function budgetOf({ deadline = Date.now() + 60_000 } = {}): RetryBudget {
  return { clock: { now: systemClock.now, sleep: async () => undefined }, deadline };
}

export function bucketClient(
  { s3 }: Pick<Harness, 's3'>,
  bucket: string,
  more: Partial<BucketClientOptions> = {},
): BucketClient {
  return new BucketClient({ s3, bucket, budget: budgetOf(), ...more });
}

/** The parts of a context that a test may change, including its clients' options. */
export interface ContextOptions
  extends
    Partial<Omit<MoveContext, 'source' | 'destination'>>,
    Pick<BucketClientOptions, 'signal'> {
  readonly budget?: RetryBudget;
  readonly destinationBucket?: string;
}

export function moveContext(
  harness: Harness,
  { budget = budgetOf(), signal, destinationBucket = 'archive', ...more }: ContextOptions = {},
): MoveContext {
  return {
    source: bucketClient(harness, 'source', { budget, signal }),
    destination: bucketClient(harness, destinationBucket, { budget, signal }),
    sourceLocks: false,
    conflictPolicy: 'REPORT',
    maxCopyBytes: more.multipartThreshold ?? 5 * 1024 ** 3,
    multipartThreshold: 5 * 1024 ** 3,
    runStart: harness.runStart,
    ...more,
  };
}
