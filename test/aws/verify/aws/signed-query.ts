/**
 * CloudWatch and Athena, of which the scenarios need four calls: too few for two more clients of
 * the SDK.
 */
import { createHash, createHmac } from 'node:crypto';

export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

/** What the SDK's clients know. */
export interface Signer {
  readonly region: string;
  readonly credentials: () => Promise<Credentials>;
  /** Of tests. Undefined: the endpoint of AWS. */
  readonly endpoint?: string;
}

interface Call {
  readonly service: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Sends a signed request, and returns the text of the answer. */
export async function call(
  { region, credentials, endpoint }: Signer,
  { service, headers, body }: Call,
): Promise<string> {
  const url = new URL(
    endpoint ??
      `https://${service}.${region}.${region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com'}/`,
  );
  const given = { ...headers, host: url.host };
  const signed = sign(await credentials(), {
    region,
    service,
    path: url.pathname,
    headers: given,
    body,
    now: new Date(),
  });
  const answer = await fetch(url, { method: 'POST', headers: signed, body });
  const text = await answer.text();
  if (!answer.ok) {
    const [, ofXml, ofJson] = /<Code>([^<]+)|"__type"\s*:\s*"(?:[^"#]*#)?([^"]+)/.exec(text) ?? [];
    const $response = { statusCode: answer.status, headers: Object.fromEntries(answer.headers) };
    throw Object.assign(new Error(text.slice(0, 500)), {
      name: ofXml ?? ofJson ?? `HTTP ${answer.status}`,
      $response,
    });
  }
  return text;
}

export interface Signable {
  readonly region: string;
  readonly service: string;
  readonly path: string;
  /** With lowercase names. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly now: Date;
}

/**
 * Signature Version 4 of a POST:
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 */
export function sign(
  { accessKeyId, secretAccessKey, sessionToken }: Credentials,
  request: Signable,
): Record<string, string> {
  const { region, service, path, body, now } = request;
  const time = now.toISOString().replace(/[-:]|\.\d+/g, '');
  const scope = [time.slice(0, 8), region, service, 'aws4_request'];
  const headers: Record<string, string> = { ...request.headers, 'x-amz-date': time };
  if (sessionToken !== undefined) {
    headers['x-amz-security-token'] = sessionToken;
  }
  const names = Object.keys(headers).sort();
  const lines = names.map((name) => `${name}:${headers[name]!.trim()}\n`).join('');
  const canonical = `POST\n${path}\n\n${lines}\n${names.join(';')}\n${sha256(body)}`;
  const key = scope.reduce<Buffer | string>(
    (by, part) => createHmac('sha256', by).update(part).digest(),
    `AWS4${secretAccessKey}`,
  );
  const signature = createHmac('sha256', key)
    .update(`AWS4-HMAC-SHA256\n${time}\n${scope.join('/')}\n${sha256(canonical)}`)
    .digest('hex');
  headers.authorization =
    `AWS4-HMAC-SHA256 Credential=${accessKeyId}/${scope.join('/')}, ` +
    `SignedHeaders=${names.join(';')}, Signature=${signature}`;
  return headers;
}

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
