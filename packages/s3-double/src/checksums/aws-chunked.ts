import type { IncomingHttpHeaders } from 'node:http';
import { S3Error } from '../common/errors';

/**
 * Whether a body is framed in chunks with signatures or trailers (page "Signature calculations ...
 * in multiple chunks").
 */
export function isChunked(headers: IncomingHttpHeaders): boolean {
  return (
    String(headers['x-amz-content-sha256'] ?? '').startsWith('STREAMING-') ||
    String(headers['content-encoding'] ?? '')
      .split(',')
      .some((coding) => coding.trim() === 'aws-chunked')
  );
}

/**
 * The content of an aws-chunked body, and its trailing headers. Signatures of chunks are not
 * checked.
 */
export function decodeChunked(
  framed: Buffer,
  headers: IncomingHttpHeaders,
): { body: Buffer; trailers: Record<string, string> } {
  const chunks: Buffer[] = [];
  let position = 0;
  for (;;) {
    const lineEnd = framed.indexOf('\r\n', position);
    if (lineEnd < 0) {
      throw new S3Error('IncompleteBody');
    }
    const size = parseInt(framed.toString('latin1', position, lineEnd).split(';')[0], 16);
    if (Number.isNaN(size)) {
      throw new S3Error('IncompleteBody');
    }
    position = lineEnd + 2;
    if (size === 0) {
      break;
    }
    chunks.push(framed.subarray(position, position + size));
    position += size + 2;
  }
  const body = Buffer.concat(chunks);
  const declared = headers['x-amz-decoded-content-length'];
  if (declared !== undefined && Number(declared) !== body.length) {
    throw new S3Error('IncompleteBody');
  }
  return { body, trailers: parseTrailers(framed.toString('latin1', position)) };
}

function parseTrailers(text: string): Record<string, string> {
  const trailers: Record<string, string> = {};
  for (const line of text.split(/\r?\n/)) {
    const colon = line.indexOf(':');
    if (colon > 0) {
      trailers[line.slice(0, colon).trim().toLowerCase()] = line.slice(colon + 1).trim();
    }
  }
  return trailers;
}
