import {
  CopyObjectCommand,
  GetObjectCommand,
  type HeadObjectCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import type { ConcurrencyController } from './concurrency-controller';
import { FastCopies } from './fast-copy';
import { FastReads } from './fast-read';
import { FastSender } from './fast-sender';
import type { SendRequest } from './http-client';
import type { RequestCounter } from './request-counter';
import type { WriteRates } from './write-rates';
import { withSend } from '../s3/with-send';

/**
 * Sends copies, and reads of objects that are packed, on the fast path. `concurrency` gets the
 * latency of each copy.
 */
export function withFastPath(
  s3: S3Client,
  rates: WriteRates,
  concurrency: ConcurrencyController,
  sendRequest: SendRequest,
  requests?: RequestCounter,
): S3Client {
  const sender = new FastSender(s3, sendRequest, requests);
  const copies = new FastCopies(s3, rates.copies, concurrency);
  const reads = new FastReads(rates.reads);
  sender.use(copies, (input, output) => copies.learn(input, output));
  sender.use(reads);
  return withSend(s3, (command: unknown, options) => {
    const signal = options?.abortSignal;
    if (command instanceof CopyObjectCommand) {
      return sender.send(copies, command.input, () => s3.send(command, options), signal);
    }
    if (rates.isReading && command instanceof GetObjectCommand) {
      return sender.send(reads, command.input, () => s3.send(command, options), signal);
    }
    return s3.send(command as HeadObjectCommand, options);
  });
}
