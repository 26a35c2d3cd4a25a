import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  buildRequest,
  closed,
  describeCall,
  element,
  type Fault,
  isKeyFault,
  KEY_FAULTS,
  makeUnreadable,
  parseTarget,
  refusal,
  respond,
  type S3Call,
  XML_HEADER,
  XMLNS,
} from 'cdk-s3-dated-archiver-s3-double';
import { readAll } from './read-all';
import type { ForeignAnswer } from './s3-proxy-callers';

export interface Disturbed {
  readonly incoming: IncomingMessage;
  readonly response: ServerResponse;
  readonly operation: string;
  /** Number of the request. */
  readonly n: number;
  /** Logical id of the caller, if the sandbox knows it. */
  readonly caller?: string;
  /** Has the request answered, by the S3 behind the proxy or by policies. */
  readonly forward: (body: Buffer) => Promise<ForeignAnswer>;
  readonly faultsFor: (call: S3Call) => Promise<Fault[]>;
  readonly after?: (call: S3Call) => void | Promise<void>;
}

/**
 * Forwards a request, or makes it fail before or after. Requests and answers are read whole, which
 * is fine for tests. A key cannot be removed from a signed request: if a
 * DeleteObjects should fail for some keys, it fails for all keys and is not forwarded.
 * The proxy has no StaleAnswer: it does not know which answer a connection had before.
 */
export async function disturb({
  incoming,
  response,
  operation,
  n,
  caller,
  forward,
  faultsFor,
  after,
}: Disturbed): Promise<void> {
  const method = incoming.method ?? 'GET';
  const body = await readAll(incoming);
  const request = buildRequest(
    operation,
    method,
    parseTarget(incoming.url ?? '/'),
    incoming.headers,
    body,
  );
  const described = describeCall(request, n);
  // As with the embedded S3, whose callers sign with their logical ids.
  const call = caller === undefined ? described : { ...described, accessKeyId: caller };
  const faults = await faultsFor(call);
  for (const { kind, ms } of faults) {
    if (kind === 'Latency') {
      await sleep(ms ?? 0);
    }
  }
  const keyFault =
    operation === 'DeleteObjects' ? faults.find(({ kind }) => isKeyFault(kind)) : undefined;
  const fault = faults.find(({ kind }) => kind !== 'Latency' && !isKeyFault(kind));
  if (fault?.kind === 'ResetBefore') {
    response.destroy();
    return;
  }
  const answerForKeys = keyFault && {
    status: 200,
    body: allKeysRefused(call.keys ?? [], KEY_FAULTS[keyFault.kind]),
  };
  const isForwarded = keyFault?.kind === 'KeyUnnamed' && keyFault.executed !== false;
  const refused = fault ? refusal(fault, request, n) : isForwarded ? undefined : answerForKeys;
  if (refused) {
    respond(response, refused, method, n);
    return;
  }
  if (fault?.kind === 'LateOperation') {
    await closed(response, fault.ms);
  }
  const { body: content, ...answer } = await forward(body);
  const whole = Buffer.isBuffer(content) ? content : await readAll(content);
  await after?.(call);
  if (fault?.kind === 'LateAnswer') {
    await closed(response, fault.ms);
  }
  const own = { status: answer.status, body: whole.toString() };
  const unreadable = fault ? makeUnreadable(fault.kind, own, n) : answerForKeys;
  if (fault?.kind === 'LostAnswer') {
    response.destroy();
  } else if (unreadable && unreadable !== own) {
    respond(response, unreadable, method, n);
  } else {
    send(response, { ...answer, body: whole }, method, fault?.kind === 'HalfAnswer');
  }
}

function send(
  response: ServerResponse,
  { status, headers, body }: ForeignAnswer & { body: Buffer },
  method: string,
  half: boolean,
): void {
  const { 'transfer-encoding': chunked, ...rest } = headers;
  if (half) {
    response.writeHead(status, { ...rest, 'content-length': body.length + 1 });
    response.write(body.subarray(0, Math.ceil(body.length / 2)), () => response.destroy());
    return;
  }
  // The answer to a HEAD has the length of the object.
  const length =
    method === 'HEAD' || status === 204 || status === 304 ? {} : { 'content-length': body.length };
  response.writeHead(status, { ...rest, ...length });
  response.end(body);
}

/** Without a code, the answer names no key. */
function allKeysRefused(keys: string[], code: string | undefined): string {
  const errors =
    code === undefined
      ? []
      : keys.map(
          (key) =>
            `<Error>${element('Key', key)}${element('Code', code)}${element('Message', 'refused by the proxy')}</Error>`,
        );
  return `${XML_HEADER}<DeleteResult ${XMLNS}>${errors.join('')}</DeleteResult>`;
}
