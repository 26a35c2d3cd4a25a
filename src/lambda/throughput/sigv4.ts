/**
 * Signature Version 4 for requests that are like one that the SDK has signed. A signature takes 11
 * us here, 20 with aws4 and 28 with the SDK's signer ("CPU of a copy" in docs/decisions.md). Delete
 * this module once a maintained signer needs 15 us or less.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 */
import { createHash, createHmac, hash } from 'node:crypto';
import { encode } from '../text/escape';

export interface SignableRequest {
  readonly method: string;
  /** Encoded. S3 signs it without another encoding. */
  readonly path: string;
  readonly query?: Record<string, string | string[] | null>;
  /** The names are in lower case. */
  readonly headers: Record<string, string>;
}

export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

/**
 * Adds the time and the signature to the headers of the request, and returns them. There is one
 * request for each object, so they are not copied.
 */
export type Sign = (
  request: SignableRequest,
  credentials: Credentials,
  now: Date,
) => Record<string, string>;

const ALGORITHM = 'AWS4-HMAC-SHA256';
const AUTHORIZATION =
  /^AWS4-HMAC-SHA256 Credential=[^/]+\/\d{8}\/([^/]+)\/([^/]+)\/aws4_request, SignedHeaders=([^,]+), Signature=([0-9a-f]{64})$/;

/**
 * Signs as the SDK signed the template. Undefined: the template's own signature does not come out,
 * so the SDK signs in an unknown way.
 */
export function signFromTemplate(
  template: SignableRequest,
  credentials: Credentials,
  perAttemptHeaders: ReadonlySet<string>,
): Sign | undefined {
  const [, region, service, names, signature] =
    AUTHORIZATION.exec(template.headers.authorization ?? '') ?? [];
  if (signature === undefined) {
    return undefined;
  }
  const query = toCanonicalQuery(template.query ?? {});
  const scope = `${region}/${service}/aws4_request`;
  const getSigningKey = cacheSigningKey(region, service);
  const toLines = rememberLines(template.headers);
  const getSignature = (
    { method, path, headers }: SignableRequest,
    signed: readonly string[],
    list: string,
    by: Credentials,
  ): string => {
    const time = headers['x-amz-date'];
    const day = time.slice(0, 8);
    const request = `${method}\n${path}\n${query}\n${toLines(headers, signed)}\n${list}\n${headers['x-amz-content-sha256']}`;
    return hmac(
      getSigningKey(day, by),
      `${ALGORITHM}\n${time}\n${day}/${scope}\n${sha256(request)}`,
    ).toString('hex');
  };
  if (getSignature(template, names.split(';'), names, credentials) !== signature) {
    return undefined;
  }

  const signed = names.split(';').filter((name) => !perAttemptHeaders.has(name));
  const list = signed.join(';');
  return (request, by, now) => {
    const { headers } = request;
    const time = now.toISOString().replace(/[-:]|\.\d+/g, '');
    headers['x-amz-date'] = time;
    if (by.sessionToken !== undefined) {
      headers['x-amz-security-token'] = by.sessionToken;
    }
    const value = getSignature(request, signed, list, by);
    headers.authorization =
      `${ALGORITHM} Credential=${by.accessKeyId}/${time.slice(0, 8)}/${scope}, ` +
      `SignedHeaders=${list}, Signature=${value}`;
    return headers;
  };
}

function cacheSigningKey(
  region: string,
  service: string,
): (day: string, credentials: Credentials) => Buffer {
  let cached: { readonly id: string; readonly key: Buffer } | undefined;
  return (day, { secretAccessKey }) => {
    const id = `${day} ${secretAccessKey}`;
    if (cached?.id !== id) {
      const key = [day, region, service, 'aws4_request'].reduce<Buffer | string>(
        hmac,
        `AWS4${secretAccessKey}`,
      ) as Buffer;
      cached = { id, key };
    }
    return cached.key;
  };
}

/** Most headers are those of the template, so their canonical form is known. */
function rememberLines(
  template: SignableRequest['headers'],
): (headers: SignableRequest['headers'], names: readonly string[]) => string {
  const toLine = (name: string, value: string) => `${name}:${value.trim().replace(/\s+/g, ' ')}\n`;
  const known = { ...template };
  const lines = new Map(Object.entries(known).map(([name, value]) => [name, toLine(name, value)]));
  return (headers, names) => {
    let text = '';
    for (const name of names) {
      text += headers[name] === known[name] ? lines.get(name)! : toLine(name, headers[name]);
    }
    return text;
  };
}

export function toCanonicalQuery(query: Record<string, string | string[] | null>): string {
  const pairs = Object.entries(query).flatMap(([name, value]) =>
    [value ?? ''].flat().map((each) => `${encode(name)}=${encode(each)}`),
  );
  return pairs.sort().join('&');
}

/**
 * `hash` takes half of the time. The sandbox also runs where Node.js is older than 20.12 and has
 * none.
 */
const sha256: (text: string) => string = hash
  ? (text) => hash('sha256', text)
  : (text) => createHash('sha256').update(text).digest('hex');

function hmac(key: Buffer | string, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}
