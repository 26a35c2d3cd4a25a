/**
 * HTTP with Signature Version 4 and nothing else: the least that an SDK does ("Create a signed AWS
 * API request", IAM User Guide).
 */
import { createHash, createHmac } from 'node:crypto';
import * as http from 'node:http';

export interface SignedRequest {
  readonly method: string;
  /** Encoded. */
  readonly path: string;
  /** Encoded and sorted. */
  readonly query?: string;
  readonly headers?: Record<string, string>;
  readonly body?: string;
}

export interface HttpAnswer {
  readonly status: number;
  readonly body: string;
}

const REGION = 'us-east-1';
const ACCESS_KEY = 'bench';
const SECRET_KEY = 'benchbench';

export function signedHttp(
  endpoint: string,
  sockets: number,
): (request: SignedRequest) => Promise<HttpAnswer> {
  const { hostname, port, host } = new URL(endpoint);
  const agent = new http.Agent({ keepAlive: true, maxSockets: sockets });
  let day = '';
  let signingKey: Buffer;

  const sign = ({
    method,
    path,
    query = '',
    headers = {},
    body = '',
  }: SignedRequest): Record<string, string> => {
    const time = new Date().toISOString().replace(/[-:]|\.\d+/g, '');
    if (!time.startsWith(day) || day === '') {
      day = time.slice(0, 8);
      signingKey = [day, REGION, 's3', 'aws4_request'].reduce<Buffer | string>(
        (key, part) => hmac(key, part),
        `AWS4${SECRET_KEY}`,
      ) as Buffer;
    }
    const signed: Record<string, string> = {
      host,
      'x-amz-content-sha256': sha256(body),
      'x-amz-date': time,
      ...headers,
    };
    const names = Object.keys(signed).sort();
    const canonical = [
      method,
      path,
      query,
      ...names.map((name) => `${name}:${signed[name]}`),
      '',
      names.join(';'),
      signed['x-amz-content-sha256'],
    ].join('\n');
    const scope = `${day}/${REGION}/s3/aws4_request`;
    const signature = hmac(
      signingKey,
      ['AWS4-HMAC-SHA256', time, scope, sha256(canonical)].join('\n'),
    ).toString('hex');
    return {
      ...signed,
      authorization:
        `AWS4-HMAC-SHA256 Credential=${ACCESS_KEY}/${scope}, SignedHeaders=${names.join(';')}, ` +
        `Signature=${signature}`,
    };
  };

  return (request) =>
    new Promise((resolve, reject) => {
      const { method, path, query, body } = request;
      const headers = {
        ...sign(request),
        ...(body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) }),
      };
      http
        .request(
          { hostname, port, agent, method, path: query ? `${path}?${query}` : path, headers },
          (response) => {
            let text = '';
            response
              .setEncoding('utf8')
              .on('data', (chunk: string) => {
                text += chunk;
              })
              .on('error', reject)
              .on('end', () => resolve({ status: response.statusCode!, body: text }));
          },
        )
        .on('error', reject)
        .end(body);
    });
}

/** Encodes a key as Signature Version 4 requires it. */
export function encodeKey(key: string): string {
  return key
    .split('/')
    .map((part) =>
      encodeURIComponent(part).replace(
        /[!'()*]/g,
        (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`,
      ),
    )
    .join('/');
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

function hmac(key: Buffer | string, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}
