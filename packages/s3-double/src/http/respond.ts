import type { ServerResponse } from 'node:http';
import type { Answer } from './context';
import type { Target } from './operation';
import { element, XML_HEADER } from './xml';
import { S3Error } from '../common/errors';

type Headers = Record<string, string | number>;

/**
 * S3's error document. Anything that is not an error of S3's is a defect of the double, and shown
 * as a 500 that says so.
 */
export function errorAnswer(error: unknown, target: Target | undefined, n: number): Answer {
  const s3Error = toS3Error(error);
  const { fields = {}, headers } = s3Error.details;
  const resource = target ? `/${target.bucket}${target.key ? `/${target.key}` : ''}` : '/';
  const details = Object.entries(fields)
    .map(([name, value]) => element(name, value))
    .join('');
  return {
    status: s3Error.status,
    headers,
    body:
      `${XML_HEADER}<Error>${element('Code', s3Error.code)}${element('Message', s3Error.message)}${details}` +
      `${element('Resource', resource)}<RequestId>${requestId(n)}</RequestId><HostId>${HOST_ID}</HostId></Error>`,
  };
}

function toS3Error(error: unknown): S3Error {
  if (error instanceof S3Error) {
    return error;
  }
  if (error instanceof URIError) {
    return new S3Error('InvalidURI');
  }
  return new S3Error('InternalError', {
    message: `the sandbox's S3 failed: ${error instanceof Error ? error.stack : String(error)}`,
  });
}

/** `half`: the connection breaks in the middle of the answer. */
export function respond(
  response: ServerResponse,
  answer: Answer,
  method: string,
  n: number,
  half = false,
): void {
  const { status, body = [] } = answer;
  const xml = typeof body === 'string';
  const own: Headers = answer.foreign
    ? {}
    : { 'x-amz-request-id': requestId(n), 'x-amz-id-2': HOST_ID, Server: 'AmazonS3' };
  const headers: Headers = { ...own, ...answer.headers };
  if (xml) {
    headers['Content-Type'] = 'application/xml';
  }
  if (status !== 204 && status !== 304) {
    headers['Content-Length'] ??= xml
      ? Buffer.byteLength(body)
      : body.reduce((sum, chunk) => sum + chunk.length, 0);
  }
  if (half) {
    breakOff(response, status, headers, xml ? Buffer.from(body) : Buffer.concat(body));
    return;
  }
  response.writeHead(status, headers);
  if (method === 'HEAD' || status === 304) {
    response.end();
  } else if (xml) {
    // Node sends head and text in one packet, which it does not do with a buffer.
    response.end(body);
  } else {
    body.forEach((chunk) => response.write(chunk));
    response.end();
  }
}

/** Promises more than it sends, even where the whole answer would be empty. */
function breakOff(
  response: ServerResponse,
  status: number,
  headers: Headers,
  content: Buffer,
): void {
  response.writeHead(status, { ...headers, 'Content-Length': content.length + 1 });
  response.write(content.subarray(0, Math.ceil(content.length / 2)), () => response.destroy());
}

const HOST_ID = 'sandbox';

function requestId(n: number): string {
  return n.toString(16).toUpperCase().padStart(16, '0');
}
