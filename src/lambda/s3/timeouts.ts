/**
 * Time limits for requests that S3 does not answer. The SDK sets none, and its `requestTimeout`
 * alone only logs a warning.
 */
import type { S3Client } from '@aws-sdk/client-s3';
import { withSend } from './with-send';

const CONNECTION_TIMEOUT = 3_000;

/** The time limits of a connection, in milliseconds. */
export interface ConnectionTimeouts {
  readonly connectionTimeout: number;
  /** How long no byte may arrive. */
  readonly socketTimeout: number;
}

/** The time limits of a connection and of an answer, in milliseconds. */
export interface ResponseTimeouts {
  readonly connectionTimeout: number;
  readonly requestTimeout: number;
  /** Otherwise, the SDK only logs a warning. */
  readonly throwOnRequestTimeout: boolean;
}

/**
 * Limits the time without a byte, and not the time without an answer: while S3 works on a copy,
 * perhaps for minutes, it sends white space (API reference).
 */
export function idleTimeout(milliseconds: number): ConnectionTimeouts {
  return { connectionTimeout: CONNECTION_TIMEOUT, socketTimeout: milliseconds };
}

/**
 * Gives up a request if no answer has begun after this time. The caller may read the answer as
 * slowly as it likes.
 */
export function responseTimeout(milliseconds: number): ResponseTimeouts {
  return {
    connectionTimeout: CONNECTION_TIMEOUT,
    requestTimeout: milliseconds,
    throwOnRequestTimeout: true,
  };
}

/**
 * Returns a client whose requests end with the signal. A request with its own signal ends with that
 * signal.
 */
export function withAbortSignal(s3: S3Client, signal: AbortSignal): S3Client {
  return withSend(s3, (command, options) => s3.send(command, { abortSignal: signal, ...options }));
}

/**
 * Returns a client that gives up each request after half of the milliseconds that are left, so that
 * there is always time for one more.
 */
export function withHalvingTimeout(s3: S3Client, left: () => number): S3Client {
  return withSend(s3, async (command, options) => {
    const milliseconds = Math.max(0, Math.floor(left() / 2));
    const timeout = AbortSignal.timeout(milliseconds);
    try {
      return await s3.send(command, {
        abortSignal: options?.abortSignal
          ? AbortSignal.any([timeout, options.abortSignal])
          : timeout,
      });
    } catch (error) {
      // The SDK's own name for a request with an unknown result, which may be sent again.
      throw timeout.aborted && !options?.abortSignal?.aborted
        ? Object.assign(new Error(`S3 did not answer within ${milliseconds} ms`), {
            name: 'TimeoutError',
          })
        : error;
    }
  });
}
