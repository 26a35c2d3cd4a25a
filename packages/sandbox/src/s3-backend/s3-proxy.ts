import { Agent as HttpAgent, createServer, type IncomingMessage, request as httpRequest, type ServerResponse } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import type { AddressInfo } from 'node:net';
import {
  type Bill, type Fault, FaultInjector, type FaultPlan, newBill, resetBill, type S3DoubleOptions, toOperation,
} from 'cdk-s3-dated-archiver-s3-double';
import { disturb, type Forward } from './s3-proxy-faults';
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
  readonly hooks?: S3DoubleOptions['hooks'];
}

/**
 * Counts the requests to another S3, and gives it an address to which every SDK sends
 * path-style requests. Bodies are streamed; the Host header stays as it was signed.
 */
export async function startS3Proxy(target: string, options: S3ProxyOptions = {}): Promise<S3Proxy> {
  const { protocol, hostname: host, port } = new URL(target);
  // A URL has an IPv6 address in brackets; `http.request` expects it without.
  const hostname = host.replace(/^\[(.*)\]$/, '$1');
  const secure = protocol === 'https:';
  const agent = secure ? new HttpsAgent({ keepAlive: true }) : new HttpAgent({ keepAlive: true });
  const requests: Record<string, number> = {};
  const bill = newBill();
  const injector = options.faults && new FaultInjector(options.faults);
  const watched = injector !== undefined || options.hooks !== undefined;
  let count = 0;
  const server = createServer({ maxHeaderSize: 32 * 1024, keepAliveTimeout: 120_000 }, (incoming: IncomingMessage, response: ServerResponse) => {
    const operation = toOperation(incoming.method ?? 'GET', incoming.url ?? '/', incoming.headers);
    requests[operation] = (requests[operation] ?? 0) + 1;
    addRequests(bill.requests, { [toRequestName(operation, incoming.headers['x-amz-storage-class'] as string | undefined)]: 1 });
    const forward: Forward = (onAnswer, body) => {
      const outgoing = (secure ? httpsRequest : httpRequest)({
        agent, hostname, port: port || undefined, method: incoming.method, path: incoming.url, headers: incoming.headers, setHost: false,
      }, onAnswer);
      outgoing.on('error', () => response.destroy());
      incoming.on('error', () => outgoing.destroy());
      response.on('close', () => { if (!response.writableFinished) { outgoing.destroy(); } });
      if (body) {
        outgoing.end(body);
      } else {
        incoming.pipe(outgoing);
      }
    };
    if (watched) {
      const faultsFor = async (call: Parameters<FaultInjector['faultsFor']>[0]): Promise<Fault[]> => {
        const hooked = await options.hooks?.before?.(call);
        return [...hooked ? [hooked] : [], ...injector?.faultsFor(call) ?? []];
      };
      // This fails only if the client has closed the connection.
      disturb({ incoming, response, operation, n: ++count, forward, faultsFor, after: options.hooks?.after }).catch(() => response.destroy());
    } else {
      forward((answer) => pass(answer, response));
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    bill,
    resetRequests: () => {
      for (const operation of Object.keys(requests)) { delete requests[operation]; }
      resetBill(bill);
    },
    close: () => new Promise((resolve) => {
      agent.destroy();
      server.close(() => resolve());
      server.closeAllConnections();
    }),
  };
}

function pass(answer: IncomingMessage, response: ServerResponse): void {
  response.writeHead(answer.statusCode ?? 502, answer.headers);
  answer.pipe(response);
  answer.on('error', () => response.destroy());
}
