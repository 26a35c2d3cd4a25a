import { type ChildProcess, execFile, spawn, type SpawnOptions } from 'node:child_process';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { Credentials } from '../subject';

/** An S3 server that the suite runs against, on loopback. */
export interface Server {
  readonly version: string;
  readonly endpoint: string;
  readonly credentials: Credentials;
  stop(): Promise<void>;
}

export const CREDENTIALS: Credentials = {
  accessKeyId: 'conformance',
  secretAccessKey: 'conformance',
};

/** Servers are installed in this folder, so that the next run finds them. */
export const CACHE =
  process.env.CONFORMANCE_CACHE ?? join(tmpdir(), 'cdk-s3-dated-archiver-conformance');

/** The server's program is missing, and this code does not install it. */
export class NotInstalled extends Error {}

/** Runs a command until it ends, and returns its output. */
export async function run(
  command: string,
  args: string[],
  options: { env?: NodeJS.ProcessEnv; cwd?: string } = {},
): Promise<string> {
  const { stdout } = await promisify(execFile)(command, args, {
    ...options,
    maxBuffer: 64 * 1024 ** 2,
  });
  return stdout.trim();
}

/** A process that runs until it is stopped. It keeps the end of its output. */
export class Daemon {
  private readonly child: ChildProcess;
  private said = '';
  private ended?: string;

  constructor(
    private readonly name: string,
    command: string,
    args: string[],
    options: SpawnOptions = {},
  ) {
    this.child = spawn(command, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
    for (const stream of [this.child.stdout, this.child.stderr]) {
      stream?.on('data', (chunk: Buffer) => {
        this.said = `${this.said}${chunk.toString()}`.slice(-4000);
      });
    }
    this.child.once('error', (error) => {
      this.ended = error.message;
    });
    // No process remains, even if the command itself fails.
    process.once('exit', () => this.child.kill('SIGKILL'));
    this.child.once('exit', (code, signal) => {
      this.ended ??= `status ${code ?? signal}`;
    });
  }

  /** Waits until the condition holds. Throws if the process ends first. */
  async until(what: string, holds: () => Promise<boolean>, seconds = 60): Promise<void> {
    for (const deadline = Date.now() + seconds * 1000; Date.now() < deadline; await sleep(200)) {
      if (this.ended !== undefined) {
        break;
      }
      if (await holds().catch(() => false)) {
        return;
      }
    }
    throw new Error(
      `${this.name} ended or did not get to '${what}' within ${seconds} s ` +
        `(${this.ended ?? 'still running'})\n${this.said}`,
    );
  }

  async stop(): Promise<void> {
    if (this.ended !== undefined) {
      return;
    }
    const exit = new Promise((resolve) => this.child.once('exit', resolve));
    this.child.kill('SIGTERM');
    const budget = setTimeout(() => this.child.kill('SIGKILL'), 5000);
    await exit;
    clearTimeout(budget);
  }
}

/**
 * Returns whether the server responds. Any response counts, because some servers refuse a request
 * without a signature.
 */
export async function answers(endpoint: string): Promise<boolean> {
  await fetch(endpoint, { redirect: 'manual' });
  return true;
}

export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer()
      .once('error', reject)
      .listen(0, '127.0.0.1', () => {
        const address = server.address();
        server.close(() => resolve((address as { port: number }).port));
      });
  });
}
