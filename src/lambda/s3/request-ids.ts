/**
 * Recognizes an answer that arrives twice, by its request id: AWS gives each request an id of its own. Something on the way
 * that repeats a late answer would otherwise let one request pass for another, such as a copy that was never made.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/RESTCommonResponseHeaders.html
 */
import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { S3Client } from '@aws-sdk/client-s3';

type Headers = Readonly<Record<string, string | string[] | undefined>>;

/**
 * Request ids that are remembered at least. A late answer is as old as the requests before it on its connection, or less,
 * and S3 closes a connection that is idle for some seconds.
 */
const GENERATION = 10_000;

/** Request ids, and the connections on which their answers came. */
export class RequestIds {
  private current = new Map<string, number>();
  private previous = new Map<string, number>();

  /** Records the id. Returns the connection of an earlier answer with the same id, or undefined if the id is new. */
  record({ 'x-amz-request-id': s3, 'x-amzn-requestid': other }: Headers, connection = 0): number | undefined {
    const id = s3 ?? other;
    if (typeof id !== 'string') { return undefined; }
    const earlier = this.current.get(id) ?? this.previous.get(id);
    if (earlier !== undefined) { return earlier; }
    if (this.current.size >= GENERATION) {
      this.previous = this.current;
      this.current = new Map();
    }
    this.current.set(id, connection);
    return undefined;
  }
}

/**
 * Makes the client close a connection on which an answer comes a second time, and send its request again. The answers that
 * follow on that connection would be one request behind, too.
 *
 * A server that gives many requests one id is recognized, because the same id then comes on another connection, too. The
 * ids of such a server say nothing.
 */
export function rejectRepeatedAnswers(client: S3Client): void {
  const ids = new RequestIds();
  const connections = new WeakMap<Socket, number>();
  let last = 0;
  let areUnique = true;
  client.middlewareStack.add((next) => async (args) => {
    const result = await next(args);
    const { headers, body } = result.response as { readonly headers: Headers; readonly body?: Partial<IncomingMessage> };
    const socket = body?.socket;
    if (!socket || !areUnique) { return result; }
    const connection = connections.get(socket) ?? ++last;
    connections.set(socket, connection);
    const earlier = ids.record(headers, connection);
    if (earlier === undefined) { return result; }
    if (earlier !== connection) {
      areUnique = false;
      return result;
    }
    socket.destroy();
    throw Object.assign(new Error('the answer is one to an earlier request, so the result is unknown'), { name: 'RepeatedAnswer', $retryable: {} });
  }, { step: 'deserialize', priority: 'low', name: 'rejectRepeatedAnswers', override: true });
}
