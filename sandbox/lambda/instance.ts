import { ChildProcess, fork } from 'child_process';
import * as path from 'path';

/** What a handler threw, or what Lambda says in its place. */
export interface FunctionError {
  readonly errorType: string;
  readonly errorMessage: string;
  readonly trace?: string[];
}

export type Answer = { readonly payload: string } | { readonly error: FunctionError };

export interface Invocation {
  readonly requestId: string;
  readonly event: string;
  readonly deadline: number;
  readonly functionArn: string;
  readonly traceId: string;
  /** What the function's clock is ahead of the machine's, in milliseconds. */
  readonly clockOffset: number;
}

type Message =
  | { kind: 'ready'; initMs: number }
  | { kind: 'init-error' | 'error'; error: FunctionError; requestId?: string }
  | { kind: 'result'; requestId: string; payload: string };

export interface InstanceOptions {
  readonly directory: string;
  readonly memoryMb: number;
  readonly env: Record<string, string>;
  readonly onOutput: (chunk: Buffer) => void;
}

/** One execution environment: a process that answers one invocation at a time. */
export class Instance {
  readonly process: ChildProcess;
  /** Resolves when the handler is loaded, or cannot be. */
  readonly ready: Promise<{ initMs: number } | { error: FunctionError }>;
  alive = true;
  private settle?: (answer: Answer) => void;
  private uncaught?: FunctionError;

  constructor(options: InstanceOptions) {
    this.process = fork(path.join(__dirname, 'runtime.cjs'), [], {
      cwd: options.directory,
      env: options.env,
      // Without the parent's own flags: no loader of the sandbox reaches the handler.
      execArgv: [`--max-old-space-size=${options.memoryMb}`, '--enable-source-maps'],
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    this.process.stdout?.on('data', options.onOutput);
    this.process.stderr?.on('data', options.onOutput);
    this.ready = new Promise((resolve) => {
      this.process.on('message', (message: Message) => {
        if (message.kind === 'ready') resolve({ initMs: message.initMs });
        else if (message.kind === 'init-error') resolve({ error: message.error });
        else if (message.kind === 'result') this.answer({ payload: message.payload });
        else this.fail(message);
      });
      const ended = (how: string) => {
        this.alive = false;
        const error = this.uncaught ?? { errorType: 'Runtime.ExitError', errorMessage: `Runtime exited with error: ${how}` };
        resolve({ error });
        this.answer({ error });
      };
      this.process.on('error', (error) => ended(error.message));
      this.process.on('exit', (code, signal) => ended(signal ? `signal: ${signal === 'SIGKILL' ? 'killed' : signal}` : `exit status ${code}`));
    });
  }

  invoke(invocation: Invocation): Promise<Answer> {
    return new Promise((resolve) => {
      this.settle = resolve;
      this.process.send(invocation, (error) => {
        if (error) this.answer({ error: { errorType: 'Runtime.ExitError', errorMessage: `Runtime exited with error: ${error.message}` } });
      });
    });
  }

  /** Ends the process at once, in the middle of whatever it does. */
  kill(): void {
    this.alive = false;
    this.process.kill('SIGKILL');
  }

  private fail(message: { error: FunctionError; requestId?: string }): void {
    // Without a request id it is an error that nobody caught: the process is about to exit.
    if (message.requestId === undefined) this.uncaught = message.error;
    else this.answer({ error: message.error });
  }

  private answer(answer: Answer): void {
    this.settle?.(answer);
    this.settle = undefined;
  }
}
