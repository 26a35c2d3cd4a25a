/** Limits for requests that are not answered. The SDK has none, and its `requestTimeout` alone does no more than warn. */
import type { S3Client } from '@aws-sdk/client-s3';

const CONNECTION = 3_000;

/**
 * Options of a client that gives a connection up after so many milliseconds without a byte. S3 sends white space while it
 * works on a copy or a completion (CopyObject and CompleteMultipartUpload API reference), which may take minutes.
 */
export function idleTimeout(milliseconds: number) {
  return { connectionTimeout: CONNECTION, socketTimeout: milliseconds };
}

/** Options of a client that gives a request up whose answer has not begun after so many milliseconds. The rest of it is read as slowly as its reader likes. */
export function responseTimeout(milliseconds: number) {
  return { connectionTimeout: CONNECTION, requestTimeout: milliseconds, throwOnRequestTimeout: true };
}

type Send = (command: never, options?: { readonly abortSignal?: AbortSignal }) => Promise<unknown>;

/** The client, whose requests end with the signal at the latest; a signal that a request has itself must follow from it. */
export function withAbortSignal(s3: S3Client, signal: AbortSignal): S3Client {
  return withSend(s3, (command, options) => s3.send(command, { abortSignal: signal, ...options }));
}

/**
 * The client, whose requests are given up after half of the time that is left. However many are not answered, there is
 * always time for one more.
 *
 * @param left milliseconds
 */
export function withHalvingTimeout(s3: S3Client, left: () => number): S3Client {
  return withSend(s3, async (command) => {
    const milliseconds = Math.max(0, Math.floor(left() / 2));
    const signal = AbortSignal.timeout(milliseconds);
    try {
      return await s3.send(command, { abortSignal: signal });
    } catch (error) {
      // As the SDK calls it: what became of the request is unknown, and it may be made again.
      throw signal.aborted ? Object.assign(new Error(`S3 did not answer within ${milliseconds} ms`), { name: 'TimeoutError' }) : error;
    }
  });
}

function withSend(s3: S3Client, send: Send): S3Client {
  return Object.create(s3, { send: { value: send } }) as S3Client;
}
