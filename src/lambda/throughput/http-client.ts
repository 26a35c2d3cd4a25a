/**
 * HTTP/1.1 for requests without a body and for short responses, on connections that stay open.
 *
 * It calls undici's `dispatch` because that costs the least CPU of the maintained clients (see "CPU of a copy" in
 * docs/decisions.md). undici parses responses with llhttp, the parser of Node.js.
 */
import { Agent, type Dispatcher, errors } from 'undici';

export interface HttpRequest {
  readonly protocol: string;
  readonly hostname: string;
  readonly port?: number;
  readonly method: string;
  /** Encoded, with the query. */
  readonly path: string;
  readonly headers: Record<string, string>;
}

export interface HttpResponse {
  readonly status: number;
  /** Names are in lower case. */
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

/** The server sent something that is not HTTP/1.1. */
export class UnsupportedResponseError extends Error {}

/**
 * @throws UnsupportedResponseError if the server does not speak HTTP/1.1
 * @throws Error if no complete response came, or if the signal aborted the request
 */
export type SendRequest = (request: HttpRequest, signal?: AbortSignal) => Promise<HttpResponse>;

/** Times are in milliseconds. */
export interface HttpClientOptions {
  readonly connectionTimeout: number;
  /** How long the server may send nothing, before or within its response. */
  readonly socketTimeout: number;
  /**
   * How long a connection is kept without a request.
   *
   * @default 3,000: S3 closes idle connections after some seconds, and a frozen function does not notice it.
   */
  readonly keepAliveTimeout?: number;
  readonly maxConnections: number;
}

/** Bytes. A response to a copy has less than 1,000. */
const MAX_RESPONSE_SIZE = 64 * 1024;

export function createHttpClient(options: HttpClientOptions): SendRequest {
  const { keepAliveTimeout = 3_000 } = options;
  const abortSignals = new AbortSignals();
  let agent = createAgent({ ...options, keepAliveTimeout });
  let active = 0;
  let lastActiveAt = Date.now();

  /** Timers do not run while Lambda freezes a function, so connections that became too old meanwhile are dropped here. */
  const getAgent = (): Agent => {
    if (active === 0 && Date.now() - lastActiveAt > keepAliveTimeout) {
      void agent.destroy();
      agent = createAgent({ ...options, keepAliveTimeout });
    }
    return agent;
  };

  return async (request, signal) => {
    signal?.throwIfAborted();
    const current = getAgent();
    active++;
    try {
      return await dispatch(current, request, (abort) => signal && abortSignals.listen(signal, abort));
    } finally {
      active--;
      lastActiveAt = Date.now();
    }
  };
}

function createAgent({ connectionTimeout, socketTimeout, keepAliveTimeout, maxConnections }: Required<HttpClientOptions>): Agent {
  return new Agent({
    connections: maxConnections,
    pipelining: 1,
    connect: { timeout: connectionTimeout },
    headersTimeout: socketTimeout,
    bodyTimeout: socketTimeout,
    keepAliveTimeout,
    // A server may announce a longer time than this.
    keepAliveMaxTimeout: keepAliveTimeout,
    maxResponseSize: MAX_RESPONSE_SIZE,
    allowH2: false,
  });
}

type Abort = (reason: Error) => void;

/** @param onAbortable receives the function that aborts the request, and returns one that ends the interest in it */
function dispatch(agent: Agent, request: HttpRequest, onAbortable: (abort: Abort) => (() => void) | undefined): Promise<HttpResponse> {
  return new Promise((resolve, reject) => {
    const { protocol, hostname, port, path, method, headers } = request;
    let controller: Dispatcher.DispatchController | undefined;
    let abortReason: Error | undefined;
    const stopListening = onAbortable((reason) => {
      abortReason = reason;
      reject(reason);
      controller?.abort(reason);
    });
    let status = 0;
    let responseHeaders: HttpResponse['headers'] = {};
    const chunks: Buffer[] = [];
    agent.dispatch({ origin: `${protocol}//${hostname}${port === undefined ? '' : `:${port}`}`, path, method: method as Dispatcher.HttpMethod, headers }, {
      onRequestStart(started) {
        controller = started;
        if (abortReason) { started.abort(abortReason); }
      },
      onResponseStart(_, statusCode, received) {
        status = statusCode;
        responseHeaders = received;
      },
      onResponseData(_, chunk) { chunks.push(chunk); },
      onResponseEnd() {
        stopListening?.();
        const response = { status, headers: responseHeaders, body: Buffer.concat(chunks).toString() };
        // undici reuses a connection in the next cycle of the event loop. A request before that opens another connection.
        setImmediate(() => setImmediate(resolve, response));
      },
      onResponseError(_, error) {
        stopListening?.();
        reject(error instanceof errors.HTTPParserError ? new UnsupportedResponseError(error.message) : error);
      },
    });
  });
}

/** Registers one listener on each signal, because one for each request would cost more than the request. */
class AbortSignals {
  private readonly listeners = new WeakMap<AbortSignal, Set<Abort>>();

  /** @returns the function that removes the listener */
  listen(signal: AbortSignal, abort: Abort): () => void {
    let all = this.listeners.get(signal);
    if (!all) {
      const created = all = new Set<Abort>();
      this.listeners.set(signal, created);
      signal.addEventListener('abort', () => {
        for (const each of created) { each(signal.reason as Error); }
      }, { once: true });
    }
    const listeners = all.add(abort);
    return () => { listeners.delete(abort); };
  }
}
