import type { Readable } from 'node:stream';
import type { S3Client } from '@aws-sdk/client-s3';
import { readListResult } from './list-result';

/** What the SDK reads answers with, as far as it is used here. Its types have several versions. */
export interface Protocol {
  deserializeResponse(
    operation: { readonly name: string },
    context: { readonly streamCollector: (stream: Readable) => Promise<Uint8Array> },
    response: { readonly statusCode: number; readonly body: Readable | Uint8Array },
  ): Promise<object>;
}

/**
 * Reads pages of a listing with a parser of our own, and with the SDK's where that is not certain
 * of what it reads. What the headers say, and all other answers, are read by the SDK.
 */
export function readListingsFast(s3: S3Client): S3Client {
  const protocol = s3.config.protocol as unknown as Protocol;
  const readBySdk = protocol.deserializeResponse.bind(protocol);
  protocol.deserializeResponse = async (operation, context, response) => {
    if (operation.name !== 'ListObjectsV2' || response.statusCode !== 200) {
      return readBySdk(operation, context, response);
    }
    const bytes = await context.streamCollector(response.body as Readable);
    const { buffer, byteOffset, byteLength } = bytes;
    const page = readListResult(Buffer.from(buffer, byteOffset, byteLength).toString());
    const body = page ? new Uint8Array() : bytes;
    return Object.assign(await readBySdk(operation, context, { ...response, body }), page);
  };
  return s3;
}
