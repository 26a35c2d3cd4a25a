import type { IncomingMessage, ServerResponse } from 'node:http';

export interface Refusal {
  readonly status: number;
  readonly code: string;
  readonly message: string;
}

/** What to say about a call of a service that is not here. */
export function describeUnsimulated(
  { method, url, headers }: IncomingMessage,
  body: string,
  service: string,
): string {
  const action =
    String(headers['x-amz-target'] ?? '').split('.')[1] ??
    (isForm(headers) ? new URLSearchParams(body).get('Action') : undefined) ??
    `${method} ${url}`;
  return (
    `The sandbox does not simulate ${action} of the service ${service}. It has S3, Step ` +
    'Functions and SNS, and answers every other ' +
    'call with this error, so that a trial run never reaches AWS. Replace this call in the ' +
    'trial, or test it elsewhere.'
  );
}

/**
 * Answers with an error that every SDK understands, in the protocol of the request:
 * https://smithy.io/2.0/aws/protocols/index.html
 */
export function refuse(response: ServerResponse, request: IncomingMessage, refusal: Refusal): void {
  const { status, code, message } = refusal;
  const [type, content] = encode(request, refusal);
  response
    .writeHead(status, {
      'content-type': type,
      'x-amzn-errortype': code,
      ...(type === CBOR ? { 'smithy-protocol': 'rpc-v2-cbor' } : {}),
    })
    .end(content ?? JSON.stringify({ __type: code, message }));
}

const CBOR = 'application/cbor';
/** Services with the protocol restXml, by the name that requests are signed for. */
const REST_XML = /\/(s3|s3-outposts|route53|cloudfront)\/aws4_request/;

function encode(
  { headers }: IncomingMessage,
  { code, message }: Refusal,
): [type: string, content?: string | Buffer] {
  if (headers['smithy-protocol'] === 'rpc-v2-cbor') {
    return [CBOR, toCbor({ __type: code, message })];
  }
  if (
    headers['x-amz-target'] === undefined &&
    (isForm(headers) || REST_XML.test(headers.authorization ?? ''))
  ) {
    const error = `<Error><Type>Sender</Type><Code>${code}</Code><Message>${escapeXml(message)}</Message></Error>`;
    return ['text/xml', `<ErrorResponse>${error}<RequestId>sandbox</RequestId></ErrorResponse>`];
  }
  return ['application/json'];
}

/** RFC 8949: a map of texts. */
function toCbor(map: Record<string, string>): Buffer {
  const text = (value: string) => {
    const bytes = Buffer.from(value);
    // Major type 3 with a length of four bytes.
    const head = Buffer.from([0x7a, 0, 0, 0, 0]);
    head.writeUInt32BE(bytes.length, 1);
    return Buffer.concat([head, bytes]);
  };
  const entries = Object.entries(map);
  return Buffer.concat([Buffer.from([0xa0 + entries.length]), ...entries.flat().map(text)]);
}

function isForm(headers: IncomingMessage['headers']): boolean {
  return String(headers['content-type'] ?? '').startsWith('application/x-www-form-urlencoded');
}

export function escapeXml(text: string): string {
  return text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;');
}
