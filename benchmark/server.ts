import { fork } from 'node:child_process';
import * as path from 'node:path';
import type { Shape } from './dataset';
import type { Order, ServerOptions, ServerUsage } from './server-process';

export interface BenchServer {
  readonly endpoint: string;
  readonly pid: number;
  seed(shape: Shape): Promise<void>;
  /** Forgets what was counted. */
  reset(): Promise<void>;
  judge(shape: Shape): Promise<Record<string, number>>;
  usage(): Promise<ServerUsage>;
  close(): Promise<void>;
}

type Ask = Order extends infer T ? (T extends Order ? Omit<T, 'id'> : never) : never;

export async function startServer(options: ServerOptions): Promise<BenchServer> {
  const server = fork(path.join(__dirname, 'server-process.ts'), [JSON.stringify(options)], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const waiting = new Map<number, (value: unknown) => void>();
  const ended = new Promise<void>((resolve) => server.once('exit', () => resolve()));
  server.on('message', ({ id, value }: { id: number; value: unknown }) => waiting.get(id)?.(value));
  const endpoint = await new Promise<unknown>((resolve, reject) => {
    waiting.set(0, resolve);
    server.once('exit', (code) => reject(new Error(`the S3 server ended with status ${code}`)));
  });
  let last = 0;
  const ask = async (order: Ask): Promise<unknown> => {
    const id = ++last;
    const answered = new Promise((resolve) => waiting.set(id, resolve));
    server.send({ id, ...order });
    const value = await answered;
    waiting.delete(id);
    return value;
  };
  return {
    endpoint: endpoint as string,
    pid: server.pid!,
    seed: async (shape) => {
      await ask({ do: 'seed', shape });
    },
    reset: async () => {
      await ask({ do: 'reset' });
    },
    judge: async (shape) => (await ask({ do: 'judge', shape })) as Record<string, number>,
    usage: async () => (await ask({ do: 'usage' })) as ServerUsage,
    close: async () => {
      server.disconnect();
      await ended;
    },
  };
}
