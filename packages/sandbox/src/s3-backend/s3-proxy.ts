import {
  Agent as HttpAgent,
  createServer,
  type IncomingMessage,
  request as httpRequest,
  type ServerResponse,
} from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import type { AddressInfo } from 'node:net';
import {
  type Bill,
  errorAnswer,
  type Fault,
  FaultInjector,
  type FaultPlan,
  newBill,
  parseTarget,
  readAccessKeyId,
  refuseForeignOrigin,
  resetBill,
  respond,
  type S3Call,
  type S3DoubleOptions,
  S3Error,
  toOperation,
} from 'cdk-s3-dated-archiver-s3-double';
import type { Uploads } from './foreign-facts';
import type { Identities } from './identities';
import { answerCaller, type ForeignAnswer, type Outgoing, type Passage } from './s3-proxy-callers';
import { disturb } from './s3-proxy-faults';
import { addRequests, toRequestName } from '../../../../src/lambda/pricing/requests';

export interface S3Proxy {
  readonly endpoint: string;
  readonly requests: Record<string, number>;
  /** The storage class of objects that are read is unknown. */
  readonly bill: Bill;
  resetRequests(): void;
  close(): Promise<void>;
}

/** As for the embedded double: faults by a plan, and hooks before and after each call. */
export interface S3ProxyOptions {
  readonly faults?: FaultPlan;
  /** A caller whose requests meet no planned fault. */
  readonly sparedFromFaults?: string;
  readonly hooks?: S3DoubleOptions['hooks'];
  /**
   * The callers that the sandbox knows. Requests of others go on as they are, with their own
   * signatures.
   */
  readonly callers?: Pick<Passage, 'credentials' | 'guard'> & { readonly identities: Identities };
}

/**
 * Counts the requests to another S3, and gives it an address to which every SDK sends path-style
 * requests. Bodies are streamed. It holds the sandbox's callers to their policies, and signs their
 * requests with the real credentials.
 */
export async function startS3Proxy(target: string, options: S3ProxyOptions = {}): Promise<S3Proxy> {
  const upstream = new Upstream(target);
  const usage: Usage = { requests: {}, bill: newBill() };
  const serve = createService(upstream, usage, options);
  const server = createServer(
    { maxHeaderSize: 32 * 1024, keepAliveTimeout: 120_000 },
    (incoming, response) => {
      // This fails if the client has closed the connection, or if the other S3 does not answer: a
      // network error, too.
      serve(incoming, response).catch(() => response.destroy());
    },
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    ...usage,
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    resetRequests: () => {
      for (const operation of Object.keys(usage.requests)) {
        delete usage.requests[operation];
      }
      resetBill(usage.bill);
    },
    close: () =>
      new Promise((resolve) => {
        upstream.close();
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

type Usage = Pick<S3Proxy, 'requests' | 'bill'>;
type Service = (incoming: IncomingMessage, response: ServerResponse) => Promise<void>;

/** Answers requests: by the S3 behind the proxy, by policies, or with faults. */
function createService(upstream: Upstream, usage: Usage, options: S3ProxyOptions): Service {
  const { callers, hooks } = options;
  const injector = options.faults && new FaultInjector(options.faults);
  const watched = injector !== undefined || hooks !== undefined;
  const uploads: Uploads = new Map();
  let count = 0;
  return async (incoming, response) => {
    const n = ++count;
    const foreign = refuseForeignOrigin(incoming.headers);
    if (foreign) {
      refuse(incoming, response, foreign, n);
      return;
    }
    const operation = countRequest(incoming, usage);
    const caller = callers?.identities.nameOf(readCallersKey(incoming));
    const send = (outgoing: Outgoing) => upstream.send(incoming, response, outgoing);
    const forward = (body?: Buffer) =>
      callers && caller !== undefined
        ? answerCaller(
            { caller, incoming, operation, body, n },
            { ...callers, uploads, host: upstream.host, send },
          )
        : passOn(incoming, send, body);
    if (!watched) {
      pass(await forward(), response);
      return;
    }
    const faultsFor = (call: S3Call) => collectFaults(call, options, injector, caller);
    await disturb({
      incoming,
      response,
      operation,
      n,
      caller,
      forward,
      faultsFor,
      after: hooks?.after,
    });
  };
}

function refuse(
  incoming: IncomingMessage,
  response: ServerResponse,
  message: string,
  n: number,
): void {
  incoming.resume();
  const answer = errorAnswer(new S3Error('AccessDenied', { message }), undefined, n);
  respond(response, answer, incoming.method ?? 'GET', n);
}

/** Counts the request, and returns its operation. */
function countRequest(
  { method = 'GET', url = '/', headers }: IncomingMessage,
  usage: Usage,
): string {
  const { requests, bill } = usage;
  const operation = toOperation(method, url, headers);
  requests[operation] = (requests[operation] ?? 0) + 1;
  const storageClass = headers['x-amz-storage-class'] as string | undefined;
  addRequests(bill.requests, { [toRequestName(operation, storageClass)]: 1 });
  return operation;
}

/** The Host header stays as it was signed. */
async function passOn(
  { url = '/', headers }: IncomingMessage,
  send: (outgoing: Outgoing) => Promise<IncomingMessage>,
  body: Buffer | undefined,
): Promise<ForeignAnswer> {
  const answer = await send({ url, headers, body });
  return { status: answer.statusCode ?? 502, headers: answer.headers, body: answer };
}

/** Those of a hook, and those that are planned. */
async function collectFaults(
  call: S3Call,
  { hooks, sparedFromFaults }: S3ProxyOptions,
  injector: FaultInjector | undefined,
  caller: string | undefined,
): Promise<Fault[]> {
  const hooked = await hooks?.before?.(call);
  const isSpared = caller !== undefined && caller === sparedFromFaults;
  return [...(hooked ? [hooked] : []), ...(isSpared ? [] : (injector?.faultsFor(call) ?? []))];
}

/** The access key that a request is signed with, in its header or in its query. */
function readCallersKey({ url = '/', headers }: IncomingMessage): string | undefined {
  const query = headers.authorization === undefined ? parseTarget(url).query : NO_QUERY;
  return readAccessKeyId({ headers, query });
}

const NO_QUERY: ReadonlyMap<string, string> = new Map();

/** The S3 behind the proxy. */
class Upstream {
  /** `HOST:PORT`, without the port of the protocol. */
  readonly host: string;
  private readonly agent: HttpAgent;
  private readonly request: typeof httpRequest;
  private readonly address: { hostname: string; port?: string };

  constructor(target: string) {
    const { protocol, host, hostname, port } = new URL(target);
    const secure = protocol === 'https:';
    this.host = host;
    this.agent = secure ? new HttpsAgent({ keepAlive: true }) : new HttpAgent({ keepAlive: true });
    this.request = secure ? httpsRequest : httpRequest;
    // A URL has an IPv6 address in brackets; `http.request` expects it without.
    this.address = { hostname: hostname.replace(/^\[(.*)\]$/, '$1'), port: port || undefined };
  }

  /** Sends a request; without a body it streams the caller's. */
  send(
    incoming: IncomingMessage,
    response: ServerResponse,
    { method = incoming.method, url, headers, body }: Outgoing,
  ): Promise<IncomingMessage> {
    return new Promise((resolve, reject) => {
      const outgoing = this.request(
        {
          ...this.address,
          agent: this.agent,
          method,
          path: url,
          headers,
          setHost: false,
        },
        resolve,
      );
      outgoing.on('error', reject);
      incoming.on('error', () => outgoing.destroy());
      response.on('close', () => {
        if (!response.writableFinished) {
          outgoing.destroy();
        }
      });
      if (body || !hasBody(incoming)) {
        outgoing.end(body);
      } else {
        incoming.pipe(outgoing);
      }
    });
  }

  close(): void {
    this.agent.destroy();
  }
}

/**
 * "The presence of a message body in a request is signaled by a Content-Length or Transfer-Encoding
 * header field", RFC 9112, section 6.
 */
function hasBody({ headers }: IncomingMessage): boolean {
  return headers['transfer-encoding'] !== undefined || (headers['content-length'] ?? '0') !== '0';
}

/** Bytes. Most answers are smaller, and one write costs less than a pipe. */
const SMALL = 16 * 1024;

function pass({ status, headers, body }: ForeignAnswer, response: ServerResponse): void {
  const isHead = response.req.method === 'HEAD';
  if (Buffer.isBuffer(body)) {
    // The answer to a HEAD has the length of the object.
    response.writeHead(status, isHead ? headers : withLength(headers, body));
    response.end(body);
    return;
  }
  body.on('error', () => response.destroy());
  response.writeHead(status, headers);
  if (!isHead && Number(headers['content-length']) <= SMALL) {
    let text = '';
    // Node sends head and text in one packet, which it does not do with a buffer. Each character is
    // one byte.
    body
      .setEncoding('latin1')
      .on('data', (chunk: string) => {
        text += chunk;
      })
      .on('end', () => response.end(text, 'latin1'));
  } else {
    body.pipe(response);
  }
}

function withLength(
  { 'transfer-encoding': _chunked, ...headers }: ForeignAnswer['headers'],
  body: Buffer,
): ForeignAnswer['headers'] {
  return { ...headers, 'content-length': body.length };
}
