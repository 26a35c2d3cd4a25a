/**
 * Signature Version 4 for requests that are like one which the SDK has signed.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 */
import { createHash, createHmac } from 'node:crypto';

export interface SignableRequest {
  readonly method: string;
  /** Encoded; S3 signs it as it stands. */
  readonly path: string;
  readonly query?: Record<string, string | string[] | null>;
  /** By their names in lower case. */
  readonly headers: Record<string, string>;
}

export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

/** Answers with the headers of a request, signed now. */
export type Sign = (request: SignableRequest, credentials: Credentials, now: Date) => Record<string, string>;

const ALGORITHM = 'AWS4-HMAC-SHA256';
const AUTHORIZATION = /^AWS4-HMAC-SHA256 Credential=[^/]+\/\d{8}\/([^/]+)\/([^/]+)\/aws4_request, SignedHeaders=([^,]+), Signature=([0-9a-f]{64})$/;

/**
 * Signs as the SDK signed the model: for its region and service, and the same headers but those that belong to one
 * attempt. None where the model's own signature does not come out: then the SDK signs in a way that is not known here.
 */
export function signFromTemplate(model: SignableRequest, credentials: Credentials, ofAttempt: ReadonlySet<string>): Sign | undefined {
  const [, region, service, names, signature] = AUTHORIZATION.exec(model.headers.authorization ?? '') ?? [];
  if (signature === undefined) { return undefined; }
  const query = canonicalQuery(model.query ?? {});
  let known: { readonly of: string; readonly key: Buffer } | undefined;
  const keyOf = (day: string, { secretAccessKey }: Credentials): Buffer => {
    const of = `${day} ${secretAccessKey}`;
    if (known?.of !== of) {
      const key = [day, region, service, 'aws4_request'].reduce<Buffer | string>(hmac, `AWS4${secretAccessKey}`) as Buffer;
      known = { of, key };
    }
    return known.key;
  };
  const signatureOf = ({ method, path, headers }: SignableRequest, signed: readonly string[], by: Credentials): string => {
    const time = headers['x-amz-date'];
    const lines = signed.map((name) => `${name}:${canonicalValue(headers[name])}\n`).join('');
    const request = `${method}\n${path}\n${query}\n${lines}\n${signed.join(';')}\n${headers['x-amz-content-sha256']}`;
    const day = time.slice(0, 8);
    return hmac(keyOf(day, by), `${ALGORITHM}\n${time}\n${day}/${region}/${service}/aws4_request\n${sha256(request)}`).toString('hex');
  };
  if (signatureOf(model, names.split(';'), credentials) !== signature) { return undefined; }

  const signed = names.split(';').filter((name) => !ofAttempt.has(name));
  return (request, by, now) => {
    const time = now.toISOString().replace(/[-:]|\.\d+/g, '');
    const headers: Record<string, string> = { ...request.headers, 'x-amz-date': time };
    if (by.sessionToken !== undefined) { headers['x-amz-security-token'] = by.sessionToken; }
    const scope = `${time.slice(0, 8)}/${region}/${service}/aws4_request`;
    const value = signatureOf({ ...request, headers }, signed, by);
    headers.authorization = `${ALGORITHM} Credential=${by.accessKeyId}/${scope}, SignedHeaders=${signed.join(';')}, Signature=${value}`;
    return headers;
  };
}

export function canonicalQuery(query: Record<string, string | string[] | null>): string {
  const pairs = Object.entries(query).flatMap(([name, value]) => (Array.isArray(value) ? value : [value ?? '']).map((each) => `${encode(name)}=${encode(each)}`));
  return pairs.sort().join('&');
}

/** As Signature Version 4 wants it: everything but letters, digits and `-._~`. */
export function encode(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);
}

function canonicalValue(value: string): string {
  return value.trim().replace(/\s+/g, ' ');
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

function hmac(key: Buffer | string, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}
