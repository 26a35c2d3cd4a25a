import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Answer } from '../http/context';

/** An answer as it was sent. */
interface EarlierAnswer {
  readonly answer: Answer;
  readonly method: string;
  /** Number of its request. */
  readonly n: number;
}

/** Keeps the latest answer of each connection. */
export class EarlierAnswers {
  private readonly latest = new WeakMap<Socket, EarlierAnswer>();

  get({ socket }: ServerResponse): EarlierAnswer | undefined {
    return socket ? this.latest.get(socket) : undefined;
  }

  set({ socket }: ServerResponse, earlier: EarlierAnswer): void {
    if (socket) {
      this.latest.set(
        socket,
        earlier.method === 'HEAD' ? { ...earlier, answer: withoutLength(earlier.answer) } : earlier,
      );
    }
  }
}

/**
 * The answer to a HEAD announces a body that it does not have. A client would wait for it in the
 * answer to another request.
 */
function withoutLength(answer: Answer): Answer {
  const { 'Content-Length': _, ...headers } = answer.headers ?? {};
  return { ...answer, headers };
}

/** Waits until the client has closed the connection, for at most `ms` milliseconds. */
export function closed(response: ServerResponse, ms?: number): Promise<void> {
  return new Promise((resolve) => {
    if (response.destroyed || !response.socket || response.socket.destroyed) {
      resolve();
      return;
    }
    const timer = ms === undefined ? undefined : setTimeout(resolve, ms);
    response.once('close', () => {
      clearTimeout(timer);
      resolve();
    });
  });
}
