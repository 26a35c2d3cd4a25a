/** HTTP on the connections of an SDK client, for a request without a body and an answer that is short. */
import * as http from 'http';
import * as https from 'https';
import type { Socket } from 'net';
import type { S3Client } from '@aws-sdk/client-s3';

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
  readonly body: Buffer;
}

/** @throws Error where no whole answer came, or the signal aborted it */
export type SendShort = (request: ShortRequest, signal?: AbortSignal) => Promise<ShortAnswer>;

/** What the SDK's own handler says of itself, once it has sent its first request. */
interface Configured {
  httpHandlerConfigs(): HandlerConfig;
}

interface HandlerConfig {
  readonly httpAgent?: http.Agent;
  readonly httpsAgent?: https.Agent;
  /** Milliseconds, as the following. */
  readonly connectionTimeout?: number;
  readonly requestTimeout?: number;
}

/** The SDK's agents and time-outs, without the rest of its request handler, which costs more CPU than the request does. */
export function shortHttp(s3: S3Client): SendShort {
  return ({ protocol, headers, ...request }, signal) => new Promise((resolve, reject) => {
    const { httpAgent, httpsAgent, connectionTimeout, requestTimeout: timeout } = (s3.config.requestHandler as unknown as Configured).httpHandlerConfigs();
    const [send, agent] = protocol === 'https:' ? [https.request, httpsAgent] : [http.request, httpAgent];
    // A flat list of names and values goes out as it is.
    const flat = Object.entries({ ...headers, 'content-length': '0' }).flat();
    const sent = send({ ...request, agent, timeout, signal, headers: flat as unknown as http.OutgoingHttpHeaders }, (answer) => {
      const chunks: Buffer[] = [];
      answer.on('data', (chunk: Buffer) => chunks.push(chunk))
        .on('end', () => resolve({ status: answer.statusCode!, body: chunks.length === 1 ? chunks[0] : Buffer.concat(chunks) }))
        .on('error', reject);
    });
    sent.on('socket', (socket: Socket) => {
      if (connectionTimeout && socket.connecting) limitConnecting(sent, socket, connectionTimeout);
    }).on('timeout', () => sent.destroy(new Error(`no answer for ${timeout} ms`))).on('error', reject).end();
  });
}

function limitConnecting(sent: http.ClientRequest, socket: Socket, milliseconds: number): void {
  const timer = setTimeout(() => sent.destroy(new Error(`no connection after ${milliseconds} ms`)), milliseconds);
  const done = () => clearTimeout(timer);
  socket.once('connect', done).once('close', done);
}
