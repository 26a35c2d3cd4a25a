import type { IncomingHttpHeaders } from 'node:http';
import type { S3Request } from './context';
import type { Target } from './operation';
import { decodeChunked, isChunked } from '../checksums/aws-chunked';
import { S3Error } from '../common/errors';

const NO_TRAILERS: Record<string, string> = {};
const MAX_KEY_BYTES = 1024;
const NAME = /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/;

export function buildRequest(
  operation: string,
  method: string,
  target: Target,
  headers: IncomingHttpHeaders,
  body: Buffer,
): S3Request {
  checkKey(target.key);
  if (target.bucket && !NAME.test(target.bucket)) {
    throw new S3Error('InvalidBucketName', { fields: { BucketName: target.bucket } });
  }
  const decoded = isChunked(headers) ? decodeChunked(body, headers) : undefined;
  return {
    bucket: target.bucket,
    key: target.key,
    query: target.query,
    operation,
    method,
    headers,
    body: decoded?.body ?? body,
    trailers: decoded?.trailers ?? NO_TRAILERS,
  };
}

/** Keys are at most 1,024 bytes of UTF-8 (page "Naming Amazon S3 objects"). */
export function checkKey(key: string): void {
  // No UTF-16 unit takes more than three bytes.
  if (key.length * 3 > MAX_KEY_BYTES && Buffer.byteLength(key) > MAX_KEY_BYTES) {
    throw new S3Error('KeyTooLongError', {
      fields: { Size: String(Buffer.byteLength(key)), MaxSizeAllowed: String(MAX_KEY_BYTES) },
    });
  }
}

/** A single-valued header. */
export function header(request: Pick<S3Request, 'headers'>, name: string): string | undefined {
  return request.headers[name] as string | undefined;
}

/** Who signed the request; the signature itself is not checked. */
export function readAccessKeyId(
  request: Pick<S3Request, 'headers'> & { readonly query: ReadonlyMap<string, string> },
): string | undefined {
  return (
    /Credential=([^/]+)\//.exec(request.headers.authorization ?? '')?.[1] ??
    request.query.get('X-Amz-Credential')?.split('/')[0]
  );
}

/** An integer parameter of the query within bounds. */
export function integerParameter(
  request: S3Request,
  name: string,
  fallback: number,
  max = 2147483647,
): number {
  const text = request.query.get(name);
  if (text === undefined || text === '') {
    return fallback;
  }
  const value = Number(text);
  if (!/^-?\d+$/.test(text) || value < 0 || value > max) {
    throw new S3Error('InvalidArgument', {
      message: `Argument ${name} must be an integer between 0 and ${max}`,
      fields: { ArgumentName: name, ArgumentValue: text },
    });
  }
  return value;
}
