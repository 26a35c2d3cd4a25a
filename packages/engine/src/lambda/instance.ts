import { type ChildProcess, fork } from 'node:child_process';
import * as path from 'node:path';
import { heapFlags } from './heap-flags';

/** What a handler threw, or what Lambda reports instead. */
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
  /** Milliseconds by which the function's clock is ahead of the machine's. */
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

/**
 * A script that each instance loads first. This repository's tests, which start thousands of them,
 * set it to start them faster.
 */
const preload = () =>
  process.env.SANDBOX_PRELOAD ? ['--require', process.env.SANDBOX_PRELOAD] : [];

/**
 * One execution environment: a process that answers one invocation at a time. Answers and output
 * arrive on different channels; an answer counts once all output before it has been read.
 */
export class Instance {
  readonly process: ChildProcess;
  /** Resolves when the handler is loaded, or cannot be. */
  readonly ready: Promise<{ initMs: number } | { error: FunctionError }>;
  alive = true;
  private settle?: (answer: Answer) => void;
  private uncaught?: FunctionError;
  private killed = false;
  /** What the runtime prints last of the invocation under way, while it has not been read. */
  private endMark = '';
  private tail = '';
  private held?: Answer;

  constructor(options: InstanceOptions) {
    this.process = fork(path.join(__dirname, 'runtime.cjs'), [], {
      cwd: options.directory,
      env: options.env,
      // Without the parent's own flags: no loader of the parent reaches the handler.
      execArgv: [...heapFlags(options.memoryMb), ...preload()],
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    this.process.stdout?.on('data', (chunk: Buffer) => {
      options.onOutput(chunk);
      this.lookForEnd(chunk);
    });
    // Node's own messages, such as those about memory.
    this.process.stderr?.on('data', options.onOutput);
    this.ready = new Promise((resolve) => {
      this.process.on('message', (message: Message) => {
        if (message.kind === 'ready') {
          resolve({ initMs: message.initMs });
        } else if (message.kind === 'result') {
          this.hold({ payload: message.payload });
        } else {
          this.fail(message);
        }
      });
      const ended = (how: string) => {
        this.alive = false;
        const error = this.uncaught ?? {
          errorType: 'Runtime.ExitError',
          errorMessage: `Runtime exited with error: ${how}`,
        };
        resolve({ error });
        this.answer({ error });
      };
      this.process.on('error', (error) => ended(error.message));
      this.process.on('exit', () => {
        this.alive = false;
      });
      // After the exit, when its output is at an end, too.
      this.process.on('close', (code, signal) =>
        ended(
          signal ? `signal: ${signal === 'SIGKILL' ? 'killed' : signal}` : `exit status ${code}`,
        ),
      );
    });
  }

  invoke(invocation: Invocation): Promise<Answer> {
    return new Promise((resolve) => {
      this.settle = resolve;
      this.endMark = `END RequestId: ${invocation.requestId}\n`;
      this.tail = '';
      this.held = undefined;
      this.process.send(invocation, (error) => {
        if (error) {
          this.answer({
            error: {
              errorType: 'Runtime.ExitError',
              errorMessage: `Runtime exited with error: ${error.message}`,
            },
          });
        }
      });
    });
  }

  /**
   * Ends the process at once, in the middle of its work. The invocation fails with `error`, or by
   * default with the error of a crash.
   */
  kill(error?: FunctionError): void {
    this.uncaught ??= error;
    this.alive = false;
    this.killed = true;
    this.process.kill('SIGKILL');
  }

  private fail(message: { error: FunctionError; requestId?: string }): void {
    // Without a request id it is an uncaught error: the process is about to exit.
    if (message.requestId === undefined) {
      this.uncaught = message.error;
    } else {
      this.hold({ error: message.error });
    }
  }

  private hold(answer: Answer): void {
    // An answer that arrives after the kill is too late.
    if (this.killed) {
      return;
    }
    this.held = answer;
    if (this.endMark === '') {
      this.answer(answer);
    }
  }

  private lookForEnd(chunk: Buffer): void {
    if (this.endMark === '') {
      return;
    }
    // The mark is ASCII, and may lie across two chunks.
    const text = this.tail + chunk.toString('latin1');
    if (text.includes(this.endMark)) {
      this.endMark = '';
      if (this.held) {
        this.answer(this.held);
      }
    } else {
      this.tail = text.slice(1 - this.endMark.length);
    }
  }

  private answer(answer: Answer): void {
    this.settle?.(answer);
    this.settle = undefined;
  }
}
