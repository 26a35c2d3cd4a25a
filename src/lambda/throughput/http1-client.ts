/**
 * HTTP/1.1 for requests without a body and answers that are short, on connections that stay open. Node's own client and the
 * SDK's handler around it take more CPU for such a request than everything else that a copy needs.
 *
 * It knows what S3 answers, and no more. Of anything else it says that no answer came, which is what its caller has to reckon with anyway.
 */
import * as net from 'node:net';
import * as tls from 'node:tls';

export interface ShortRequest {
  readonly protocol: string;
  readonly hostname: string;
  readonly port?: number;
  readonly method: string;
  /** With the query. */
  readonly path: string;
  readonly headers: Record<string, string>;
}

export interface ShortAnswer {
  readonly status: number;
  readonly body: string;
}

/** An answer that is no such answer as S3 gives. */
export class UnknownAnswer extends Error {}

/**
 * @throws UnknownAnswer where the server speaks another HTTP than is known here
 * @throws Error where no whole answer came, or the signal aborted it
 */
export type SendShort = (request: ShortRequest, signal?: AbortSignal) => Promise<ShortAnswer>;

/** Milliseconds. */
export interface ShortHttpOptions {
  readonly connectionTimeout: number;
  readonly requestTimeout: number;
  /** Longer than this a connection is not kept without a request: S3 may have closed it, and a frozen function has not heard of it. Default: 3,000. */
  readonly idleTimeout?: number;
}

/** More than a copy's answer has. */
const MOST_BYTES = 64 * 1024;
/** A control character would begin another line, and a space in the path another word. */
const NOT_IN_HEADER = /[^\x20-\x7e]/;
const NOT_IN_PATH = /[^\x21-\x7e]/;

/** As many connections as requests are under way at once. */
export function shortHttp({ connectionTimeout, requestTimeout, idleTimeout = 3_000 }: ShortHttpOptions): SendShort {
  const idle = new Map<string, Connection[]>();
  const aborting = new WeakMap<AbortSignal, Set<Connection>>();

  /** Those under way that the signal ends. One listener for all: one for each would cost more than the request. */
  const underWay = (signal: AbortSignal): Set<Connection> => {
    let connections = aborting.get(signal);
    if (!connections) {
      const all = connections = new Set<Connection>();
      aborting.set(signal, all);
      signal.addEventListener('abort', () => all.forEach((each) => each.fail(new Error('aborted'))), { once: true });
    }
    return connections;
  };

  return async (request, signal) => {
    if (signal?.aborted) { throw new Error('aborted'); }
    const head = headOf(request);
    const place = `${request.protocol}//${request.hostname}:${request.port ?? ''}`;
    let kept = idle.get(place);
    if (!kept) { idle.set(place, kept = []); }
    let connection = kept.pop();
    while (connection && !connection.isFresh(idleTimeout)) {
      connection.close();
      connection = kept.pop();
    }
    connection ??= new Connection(request, connectionTimeout, requestTimeout);
    const active = signal && underWay(signal);
    active?.add(connection);
    try {
      const answer = await connection.ask(head);
      if (connection.isReusable) { kept.push(connection); }
      return answer;
    } finally {
      active?.delete(connection);
    }
  };
}

function headOf({ method, path, headers }: ShortRequest): string {
  let lines = `${method} ${path} HTTP/1.1\r\n`;
  if (NOT_IN_PATH.test(path)) { throw new Error('the path is not encoded'); }
  for (const name in headers) {
    if (NOT_IN_HEADER.test(headers[name])) {
      throw new Error(`the header ${name} has characters that no header can have`);
    }
    lines += `${name}: ${headers[name]}\r\n`;
  }
  return `${lines}content-length: 0\r\nconnection: keep-alive\r\n\r\n`;
}

class Connection {
  isReusable = true;
  private readonly socket: net.Socket;
  private received = '';
  private idleSince = 0;
  private resolve?: (answer: ShortAnswer) => void;
  private reject?: (error: Error) => void;

  constructor({ protocol, hostname, port }: ShortRequest, connectionTimeout: number, requestTimeout: number) {
    const host = hostname.replace(/^\[|\]$/g, '');
    const isTls = protocol === 'https:';
    this.socket = isTls
      ? tls.connect({ host, port: port ?? 443, servername: net.isIP(host) ? undefined : host, ALPNProtocols: ['http/1.1'] })
      : net.connect({ host, port: port ?? 80 });
    const timer = setTimeout(() => this.fail(new Error(`no connection after ${connectionTimeout} ms`)), connectionTimeout);
    this.socket.once(isTls ? 'secureConnect' : 'connect', () => clearTimeout(timer));
    this.socket.setNoDelay(true).setTimeout(requestTimeout)
      .on('data', (chunk: Buffer) => this.read(chunk))
      .on('timeout', () => this.fail(new Error(`no answer for ${requestTimeout} ms`)))
      .on('error', (error) => this.fail(error))
      .on('close', () => {
        clearTimeout(timer);
        this.fail(new Error('the connection was closed'));
      });
  }

  ask(head: string): Promise<ShortAnswer> {
    return new Promise((resolve, reject) => {
      this.resolve = resolve;
      this.reject = reject;
      this.socket.ref();
      this.socket.write(head, 'latin1');
    });
  }

  isFresh(milliseconds: number): boolean {
    return this.isReusable && Date.now() - this.idleSince < milliseconds;
  }

  close(): void {
    this.isReusable = false;
    this.socket.destroy();
  }

  fail(error: Error): void {
    this.close();
    this.reject?.(error);
    this.resolve = this.reject = undefined;
  }

  private read(chunk: Buffer): void {
    this.received += chunk.toString('latin1');
    if (this.received.length > MOST_BYTES) { return this.fail(new Error('the answer is longer than expected')); }
    let parsed: ParsedAnswer | undefined;
    try {
      parsed = parse(this.received);
    } catch (error) {
      return this.fail(error as Error);
    }
    if (!parsed) { return undefined; }
    const { resolve } = this;
    // Nothing may come that was not asked for.
    if (!resolve || parsed.rest > 0) { return this.fail(new Error('bytes beyond the answer')); }
    this.received = '';
    this.resolve = this.reject = undefined;
    this.idleSince = Date.now();
    // A connection that nobody waits for does not keep the process alive.
    this.socket.unref();
    if (parsed.isLast) { this.close(); }
    return resolve({ status: parsed.status, body: Buffer.from(parsed.body, 'latin1').toString() });
  }
}

interface ParsedAnswer extends ShortAnswer {
  /** The connection ends with it. */
  readonly isLast: boolean;
  /** Bytes after it. */
  readonly rest: number;
}

/**
 * Undefined where more is to come. Message format and chunks: RFC 9112, sections 2 and 7.
 *
 * @throws UnknownAnswer
 */
function parse(text: string): ParsedAnswer | undefined {
  const end = text.indexOf('\r\n\r\n');
  if (end === -1) { return undefined; }
  const head = text.slice(0, end + 2).toLowerCase();
  const status = Number(/^http\/1\.1 ([2-5]\d\d) /.exec(head)?.[1]);
  if (!status) { throw new UnknownAnswer('not an answer of HTTP/1.1'); }
  const isLast = /\r\nconnection: *close *\r\n/.test(head);
  const start = end + 4;
  if (/\r\ntransfer-encoding: *chunked *\r\n/.test(head)) {
    const chunks = joinChunks(text, start);
    return chunks && { status, body: chunks.body, isLast, rest: text.length - chunks.end };
  }
  const length = /\r\ncontent-length: *(\d+) *\r\n/.exec(head)?.[1];
  if (length === undefined) { throw new UnknownAnswer('an answer without a length'); }
  const stop = start + Number(length);
  return text.length < stop ? undefined : { status, body: text.slice(start, stop), isLast, rest: text.length - stop };
}

/** Undefined where more is to come. Without trailers, which S3 sends none of. */
function joinChunks(text: string, start: number): { body: string; end: number } | undefined {
  let body = '';
  for (let at = start; ;) {
    const line = text.indexOf('\r\n', at);
    if (line === -1) { return undefined; }
    const size = /^[0-9a-f]{1,8}$/i.exec(text.slice(at, line).replace(/;.*/, '').trim())?.[0];
    if (size === undefined) { throw new UnknownAnswer('a chunk without a size'); }
    const length = parseInt(size, 16);
    at = line + 2;
    if (text.length < at + length + 2) { return undefined; }
    if (text.slice(at + length, at + length + 2) !== '\r\n') {
      throw new UnknownAnswer(length === 0 ? 'trailers after the chunks' : 'a chunk of another size');
    }
    if (length === 0) { return { body, end: at + 2 }; }
    body += text.slice(at, at + length);
    at += length + 2;
  }
}
