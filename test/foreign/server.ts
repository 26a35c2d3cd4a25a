import { ChildProcess, spawn } from 'child_process';
import { createServer } from 'net';
import * as path from 'path';
import { setTimeout as sleep } from 'timers/promises';

/** An S3 server of somebody else, from PyPI. */
export interface ForeignServer {
  readonly name: string;
  readonly endpoint: string;
  stop(): Promise<void>;
}

/** The servers that can be started, and how, given a port of the loopback interface. */
const COMMANDS: Record<string, (port: number) => { args: string[]; environment: NodeJS.ProcessEnv }> = {
  moto_server: port => ({ args: ['-H', '127.0.0.1', '-p', String(port)], environment: {} }),
  // It would listen on every interface.
  ministack: port => ({ args: [], environment: { BIND_HOST: '127.0.0.1', GATEWAY_PORT: String(port) } }),
};

export const SERVERS = Object.keys(COMMANDS);

/** `programs`: the folder that the server's command is in. */
export async function startServer(name: string, programs: string): Promise<ForeignServer> {
  const port = await freePort();
  const { args, environment } = COMMANDS[name](port);
  const server = spawn(path.join(programs, name), args, { env: { ...process.env, ...environment }, stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  server.stderr.on('data', (chunk: Buffer) => { said = `${said}${chunk.toString()}`.slice(-2_000); });
  const endpoint = `http://127.0.0.1:${port}`;
  try {
    await answered(endpoint, server);
  } catch (error) {
    await stop(server);
    throw new Error(`${name} does not start: ${(error as Error).message}\n${said}`);
  }
  return { name, endpoint, stop: () => stop(server) };
}

async function answered(endpoint: string, server: ChildProcess): Promise<void> {
  for (let i = 0; i < 300; i++) {
    if (server.exitCode !== null) throw new Error(`it ended with status ${server.exitCode}`);
    try {
      await fetch(endpoint);
      return;
    } catch {
      await sleep(200);
    }
  }
  throw new Error('it has not answered for a minute');
}

async function stop(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null) return;
  const ended = new Promise(resolve => server.once('exit', resolve));
  server.kill('SIGKILL');
  await ended;
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject).listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve((address as { port: number }).port));
    });
  });
}
