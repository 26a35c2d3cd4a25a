import { Agent as HttpAgent, createServer, IncomingMessage, request as httpRequest, ServerResponse } from 'http';
import { Agent as HttpsAgent, request as httpsRequest } from 'https';
import { AddressInfo } from 'net';
import { operationOf } from './s3';

export interface S3Proxy {
  readonly endpoint: string;
  readonly requests: Record<string, number>;
  close(): Promise<void>;
}

/**
 * Counts the requests to an S3 that is not ours, and gives it an address that every SDK speaks
 * path-style to. Bodies stream through; the Host header stays as it was signed.
 */
export async function startS3Proxy(target: string): Promise<S3Proxy> {
  const { protocol, hostname, port } = new URL(target);
  const secure = protocol === 'https:';
  const agent = secure ? new HttpsAgent({ keepAlive: true }) : new HttpAgent({ keepAlive: true });
  const requests: Record<string, number> = {};
  const server = createServer({ maxHeaderSize: 32 * 1024, keepAliveTimeout: 120_000 }, (incoming: IncomingMessage, response: ServerResponse) => {
    const operation = operationOf(incoming.method ?? 'GET', incoming.url ?? '/', incoming.headers);
    requests[operation] = (requests[operation] ?? 0) + 1;
    const outgoing = (secure ? httpsRequest : httpRequest)({
      agent, hostname, port: port || undefined, method: incoming.method, path: incoming.url, headers: incoming.headers, setHost: false,
    }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
      answer.on('error', () => response.destroy());
    });
    outgoing.on('error', () => response.destroy());
    incoming.on('error', () => outgoing.destroy());
    response.on('close', () => { if (!response.writableFinished) outgoing.destroy(); });
    incoming.pipe(outgoing);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    close: () => new Promise((resolve) => {
      agent.destroy();
      server.close(() => resolve());
      server.closeAllConnections();
    }),
  };
}
