import type { S3Client } from '@aws-sdk/client-s3';
import {
  ConcurrencyController,
  MAX_CONCURRENCY,
  MAX_SDK_CONNECTIONS,
} from './concurrency-controller';
import { CopyThroughput } from './copy-throughput';
import { withFastPath } from './fast-path';
import { createHttpClient } from './http-client';
import { countAttempts, RequestCounter } from './request-counter';
import { limitRate, withPacedDeletes, WriteRates } from './write-rates';
import { BucketClient } from '../s3/bucket-client';
import { createS3Client } from '../s3/bucket-region';
import { type Clock, systemClock } from '../s3/retry';
import { idleTimeout } from '../s3/timeouts';

/**
 * The tools with which a function instance moves objects: a client, the controllers of rate and
 * concurrency, and its measurements.
 */
export interface Mover {
  /** It waits for `rate`, and sends copies and reads on the fast path. */
  readonly s3: S3Client;
  readonly clock: Clock;
  readonly rate: WriteRates;
  readonly concurrency: ConcurrencyController;
  readonly copyThroughput: CopyThroughput;
  /** Counts what `s3` sends. */
  readonly requests: RequestCounter;
}

/** Opens a bucket for requests that all end within this time. */
export function openBucket(
  { s3, clock }: Mover,
  bucket: string,
  milliseconds: number,
): BucketClient {
  return new BucketClient({
    s3,
    bucket,
    budget: { clock, deadline: clock.now() + milliseconds },
    signal: AbortSignal.timeout(milliseconds),
  });
}

export function createMover(): Mover {
  const rate = new WriteRates(systemClock);
  const concurrency = new ConcurrencyController(rate.copies);
  const requests = new RequestCounter();
  const timeouts = idleTimeout(60_000);
  const s3 = createS3Client(
    {
      retryMode: 'standard',
      maxAttempts: 3,
      requestHandler: {
        ...timeouts,
        httpAgent: { maxSockets: MAX_SDK_CONNECTIONS },
        httpsAgent: { maxSockets: MAX_SDK_CONNECTIONS },
      },
    },
    (client) => {
      limitRate(client, rate);
      countAttempts(client, requests);
      const fast = withFastPath(
        client,
        rate,
        concurrency,
        createHttpClient({ ...timeouts, maxConnections: MAX_CONCURRENCY }),
        requests,
      );
      return withPacedDeletes(fast, rate);
    },
  );
  const copyThroughput = new CopyThroughput();
  return { s3, clock: systemClock, rate, concurrency, copyThroughput, requests };
}
