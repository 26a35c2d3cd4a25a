import { createHash, createHmac } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import type { Credentials } from '../lambda/environment';

/** A request whose signature is to be replaced. */
export interface Unsigned {
  readonly method: string;
  /** Path and query as in the request line. */
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
}

export interface Signer {
  /** The server that the request goes to, `HOST:PORT`. */
  readonly host: string;
  readonly credentials: Credentials;
  readonly now: Date;
}

/** Headers that belong to one connection, or that servers on the way may change. */
const UNSIGNED = new Set([
  'accept-encoding',
  'authorization',
  'connection',
  'content-length',
  'expect',
  'keep-alive',
  'te',
  'transfer-encoding',
  'upgrade',
  'user-agent',
  'x-amzn-trace-id',
]);
/** Headers of the signature that the request had, and of its connection. */
const REPLACED = new Set(['authorization', 'expect', 'connection', 'x-amz-security-token']);
/** Parameters of a signature in the query: sigv4-query-string-auth. */
const QUERY_SIGNATURE =
  /^X-Amz-(Algorithm|Credential|Date|Expires|SignedHeaders|Signature|Security-Token)$/i;

/**
 * Signs a request to S3 anew, with other credentials and for another server:
 * https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html. The region is the
 * one of the signature that it had. The hash of the body stays, so the body can be streamed.
 */
export function sign(
  { method, url, headers }: Unsigned,
  { host, credentials, now }: Signer,
): { url: string; headers: Record<string, string> } {
  const [path, given] = splitUrl(url);
  const query = given.filter(([name]) => !QUERY_SIGNATURE.test(name));
  const date = now.toISOString().replace(/[-:]|\.\d+/g, '');
  const sent: Record<string, string> = {};
  for (const name in headers) {
    if (!REPLACED.has(name)) {
      sent[name] = String(headers[name]);
    }
  }
  sent.host = host;
  sent['x-amz-date'] = date;
  sent['x-amz-content-sha256'] ??= 'UNSIGNED-PAYLOAD';
  if (credentials.sessionToken !== undefined) {
    sent['x-amz-security-token'] = credentials.sessionToken;
  }
  const names = Object.keys(sent)
    .filter((name) => !UNSIGNED.has(name))
    .sort();
  const canonicalQuery = query
    .map(([name, value]) => `${encode(name)}=${encode(value)}`)
    .sort()
    .join('&');
  const canonical = [
    method,
    path,
    canonicalQuery,
    ...names.map((name) => `${name}:${sent[name]!.trim().replace(/ +/g, ' ')}`),
    '',
    names.join(';'),
    sent['x-amz-content-sha256'],
  ].join('\n');
  const scope = `${date.slice(0, 8)}/${readRegion(headers, given)}/s3/aws4_request`;
  const signature = hmac(
    getSigningKey(credentials.secretAccessKey, scope),
    ['AWS4-HMAC-SHA256', date, scope, createHash('sha256').update(canonical).digest('hex')].join(
      '\n',
    ),
  ).toString('hex');
  sent.authorization =
    `AWS4-HMAC-SHA256 Credential=${credentials.accessKeyId}/${scope}, ` +
    `SignedHeaders=${names.join(';')}, Signature=${signature}`;
  return { url: canonicalQuery === '' ? path : `${path}?${canonicalQuery}`, headers: sent };
}

/** The unreserved characters of RFC 3986. */
const PLAIN_PATH = /^[\w.~/-]*$/;

/** The path as servers encode it again to check a signature, and the decoded parameters. */
function splitUrl(url: string): [path: string, query: (readonly [string, string])[]] {
  const mark = url.indexOf('?');
  const given = mark < 0 ? url : url.slice(0, mark);
  const path = PLAIN_PATH.test(given)
    ? given
    : given
        .split('/')
        .map((part) => encode(decodeURIComponent(part)))
        .join('/');
  if (mark < 0) {
    return [path, []];
  }
  const query = url
    .slice(mark + 1)
    .split('&')
    .filter((pair) => pair !== '')
    .map((pair) => {
      const [name, ...value] = pair.split('=');
      return [decode(name!), decode(value.join('='))] as const;
    });
  return [path, query];
}

function decode(text: string): string {
  return decodeURIComponent(text.replace(/\+/g, ' '));
}

/** Everything but the unreserved characters of RFC 3986. */
function encode(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

function readRegion(
  { authorization = '' }: IncomingHttpHeaders,
  query: (readonly [string, string])[],
): string {
  const credential =
    /Credential=([^,\s]+)/.exec(authorization)?.[1] ??
    query.find(([name]) => name.toLowerCase() === 'x-amz-credential')?.[1];
  return credential?.split('/')[2] ?? 'us-east-1';
}

let signingKey: { readonly of: string; readonly key: Buffer } | undefined;

/**
 * The key is the same for all requests of a day, and four of the five hashes of a signature are for
 * it.
 */
function getSigningKey(secret: string, scope: string): Buffer {
  const of = `${secret} ${scope}`;
  if (signingKey?.of !== of) {
    signingKey = {
      of,
      key: scope
        .split('/')
        .reduce<string | Buffer>((key, part) => hmac(key, part), `AWS4${secret}`) as Buffer,
    };
  }
  return signingKey.key;
}

function hmac(key: string | Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}
