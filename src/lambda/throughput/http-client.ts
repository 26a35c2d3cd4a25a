/**
 * undici's `dispatch` costs the least CPU of the maintained clients ("CPU of a copy" in
 * docs/decisions.md). Node.js has the same parser.
 */
import type { Agent, Dispatcher } from 'undici';

// The whole package has fetch, WebSocket and caches too: 250 kB more in the bundle, and twice the
// time to load it.
// eslint-disable-next-line @typescript-eslint/no-require-imports
const UndiciAgent = require('undici/lib/dispatcher/agent') as typeof Agent;

export interface HttpRequest {
  readonly protocol: string;
  readonly hostname: string;
  readonly port?: number;
  readonly method: string;
  /** Encoded, with the query. */
  readonly path: string;
  readonly headers: Record<string, string>;
  /** Bytes. A larger response is an error. */
  readonly maxResponseSize: number;
}

export interface HttpResponse {
  readonly status: number;
  /** Names are in lower case. */
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Buffer;
  /**
   * The time since the request went to an open connection. So a handshake does not count as the
   * server's time.
   */
  readonly milliseconds: number;
}

export class UnsupportedResponseError extends Error {}

/**
 * @throws UnsupportedResponseError if the server does not speak HTTP/1.1, and Error if no complete
 * response came or the signal aborted
 */
export type SendRequest = (request: HttpRequest, signal?: AbortSignal) => Promise<HttpResponse>;

/** Times are in milliseconds. */
export interface HttpClientOptions {
  readonly connectionTimeout: number;
  /** How long the server may send nothing, before or within its response. */
  readonly socketTimeout: number;
  /**
   * @default 3,000: S3 closes idle connections after some seconds, and a frozen function does not
   * notice it.
   */
  readonly keepAliveTimeout?: number;
  readonly maxConnections: number;
}

/** The name of undici's error for a response that is not HTTP/1.1. */
const PARSER_ERROR = 'HTTPParserError';

export function createHttpClient(options: HttpClientOptions): SendRequest {
  const { connectionTimeout, socketTimeout, keepAliveTimeout = 3_000, maxConnections } = options;
  const createAgent = () =>
    new UndiciAgent({
      connections: maxConnections,
      pipelining: 1,
      connect: { timeout: connectionTimeout },
      headersTimeout: socketTimeout,
      bodyTimeout: socketTimeout,
      keepAliveTimeout,
      // A server may announce a longer time than this.
      keepAliveMaxTimeout: keepAliveTimeout,
      allowH2: false,
    });
  const bySignal = new WeakMap<AbortSignal, Set<Exchange>>();
  let agent = createAgent();
  let active = 0;
  let lastActiveAt = Date.now();
  const onEnd = () => {
    active--;
    lastActiveAt = Date.now();
  };

  return (request, signal) =>
    new Promise((resolve, reject) => {
      signal?.throwIfAborted();
      // Timers do not run while Lambda freezes a function, so connections that became too old
      // meanwhile are dropped here.
      if (active === 0 && Date.now() - lastActiveAt > keepAliveTimeout) {
        void agent.destroy();
        agent = createAgent();
      }
      active++;
      const exchange = new Exchange(
        resolve,
        reject,
        onEnd,
        request.maxResponseSize,
        signal && getActive(bySignal, signal),
      );
      const { protocol, hostname, port, path, method, headers } = request;
      const origin = `${protocol}//${hostname}${port === undefined ? '' : `:${port}`}`;
      agent.dispatch({ origin, path, method: method as Dispatcher.HttpMethod, headers }, exchange);
    });
}

/**
 * The active requests of a signal. One listener ends all of them, because one for each would cost
 * more than the request.
 */
function getActive(
  bySignal: WeakMap<AbortSignal, Set<Exchange>>,
  signal: AbortSignal,
): Set<Exchange> {
  const known = bySignal.get(signal);
  if (known) {
    return known;
  }
  const created = new Set<Exchange>();
  bySignal.set(signal, created);
  signal.addEventListener(
    'abort',
    () => created.forEach((exchange) => exchange.abort(signal.reason as Error)),
    { once: true },
  );
  return created;
}

/**
 * One request and its response. A class costs less than closures: there is one for each object that
 * is archived.
 */
class Exchange implements Dispatcher.DispatchHandler {
  private controller?: Dispatcher.DispatchController;
  private abortReason?: Error;
  private status = 0;
  private headers: HttpResponse['headers'] = {};
  private readonly chunks: Buffer[] = [];
  private size = 0;
  private sentAt = 0;

  constructor(
    private readonly resolve: (response: HttpResponse) => void,
    private readonly reject: (error: Error) => void,
    private readonly onEnd: () => void,
    private readonly maxSize: number,
    private readonly siblings: Set<Exchange> | undefined,
  ) {
    siblings?.add(this);
  }

  /** It may still wait for a connection, and is then aborted before it is sent. */
  abort(reason: Error): void {
    this.abortReason = reason;
    this.controller?.abort(reason);
    this.reject(reason);
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.controller = controller;
    this.sentAt = performance.now();
    if (this.abortReason) {
      controller.abort(this.abortReason);
    }
  }

  onResponseStart(
    _: Dispatcher.DispatchController,
    status: number,
    headers: HttpResponse['headers'],
  ): void {
    this.status = status;
    this.headers = headers;
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.size += chunk.length;
    if (this.size > this.maxSize) {
      controller.abort(new Error(`the response has more than ${this.maxSize} bytes`));
    }
    this.chunks.push(chunk);
  }

  onResponseEnd(): void {
    this.end();
    const milliseconds = performance.now() - this.sentAt;
    const body = this.chunks.length === 1 ? this.chunks[0] : Buffer.concat(this.chunks);
    const respond = () =>
      this.resolve({ status: this.status, headers: this.headers, body, milliseconds });
    // undici reuses a connection in the next cycle of the event loop. A request before that would
    // open another one.
    setImmediate(() => setImmediate(respond));
  }

  onResponseError(_: Dispatcher.DispatchController, error: Error): void {
    this.end();
    this.reject(error.name === PARSER_ERROR ? new UnsupportedResponseError(error.message) : error);
  }

  private end(): void {
    this.siblings?.delete(this);
    this.onEnd();
  }
}
