import type { S3Client } from '@aws-sdk/client-s3';

type Send = (command: never, options?: { readonly abortSignal?: AbortSignal }) => Promise<unknown>;

/** Returns the same client with another `send`. The original client stays as it is. */
export function withSend(s3: S3Client, send: Send): S3Client {
  return Object.create(s3, { send: { value: send } }) as S3Client;
}
