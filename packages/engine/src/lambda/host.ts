import { randomBytes, randomUUID } from 'node:crypto';
import type { FunctionSpec } from './function-spec';
import { type Answer, type FunctionError, Instance } from './instance';
import { FunctionLog } from './logs';
import { utf8Length } from '../common/json';
import { Semaphore } from '../common/semaphore';

/** A running invocation, for tests that observe it or make it fail. */
export interface InvocationHook {
  readonly functionName: string;
  readonly logicalId: string;
  readonly requestId: string;
  /** Number of this invocation of the function, from 1. */
  readonly n: number;
  readonly event: string;
  readonly pid: number;
  /** Kills the instance, as if its machine were lost. */
  kill(): void;
  /** Ends it as if its timeout had passed, which the state machine's Retry covers. */
  timeOut(): void;
}

export interface HostOptions {
  /** The variables of a new instance, which has this number, from 1. It gets no others. */
  readonly environment: (spec: FunctionSpec, instance: number) => Record<string, string>;
  /** Maximum number of concurrent processes per function; further invocations wait. */
  readonly maxInstances: number;
  /** Milliseconds by which the functions' clock is ahead of the machine's. */
  readonly clockOffset: () => number;
  readonly logDir?: string;
  readonly onInvoke?: (invocation: InvocationHook) => void;
}

export interface FunctionUsage {
  invocations: number;
  coldStarts: number;
  errors: number;
  /** Billed duration: whole milliseconds of invocations and init phases. */
  milliseconds: number;
  initMs: number[];
  readonly memoryMb: number;
  /** Bytes sent to its log group: its output and Lambda's own lines. */
  logBytes: number;
}

/** "Lambda quotas", gettingstarted-limits: response payload of a synchronous invocation. */
const MAX_RESPONSE_BYTES = 6 * 1024 ** 2 + 100;
/**
 * "Lambda execution environments", lambda-runtime-environment: 10 seconds on AWS; here several
 * instances may share two cores.
 */
const INIT_SECONDS = 60;

/**
 * `platform.start` and `platform.report`: "Using Lambda advanced logging controls",
 * monitoring-cloudwatchlogs-advanced.
 */
const PLATFORM_LOG_BYTES = 800;

/**
 * Runs one function as Lambda would: starts instances when needed, reuses them, and ends those that
 * take too long.
 */
export class FunctionHost {
  readonly log: FunctionLog;
  readonly usage: FunctionUsage;
  private readonly idle: Instance[] = [];
  private readonly all = new Set<Instance>();
  private readonly semaphore: Semaphore;
  private running = 0;

  constructor(
    readonly spec: FunctionSpec,
    private readonly options: HostOptions,
  ) {
    this.log = new FunctionLog(spec.name, options.logDir);
    this.semaphore = new Semaphore(options.maxInstances);
    this.usage = {
      invocations: 0,
      coldStarts: 0,
      errors: 0,
      milliseconds: 0,
      initMs: [],
      memoryMb: spec.memoryMb,
      logBytes: 0,
    };
  }

  async invoke(event: string): Promise<Answer> {
    if (this.running >= (this.spec.reservedConcurrency ?? Infinity)) {
      return { error: { errorType: 'TooManyRequestsException', errorMessage: 'Rate Exceeded.' } };
    }
    this.running++;
    await this.semaphore.acquire();
    const requestId = randomUUID();
    try {
      const answer = checked(await this.invokeInstance(requestId, event), requestId);
      if ('error' in answer) {
        this.usage.errors++;
      }
      return answer;
    } finally {
      this.running--;
      this.semaphore.release();
    }
  }

  async close(): Promise<void> {
    for (const instance of this.all) {
      instance.kill();
    }
    await this.log.close();
  }

  private async invokeInstance(requestId: string, event: string): Promise<Answer> {
    const n = ++this.usage.invocations;
    const instance = this.takeIdle() ?? this.start();
    const initialized = await this.initialized(instance);
    if ('error' in initialized) {
      return initialized;
    }
    const begun = Date.now();
    const timeoutMs = this.spec.timeoutSeconds * 1000;
    const { name: functionName, logicalId, arn: functionArn } = this.spec;
    const deadline = begun + timeoutMs;
    const answer = instance.invoke({
      requestId,
      event,
      deadline,
      functionArn,
      traceId: traceId(),
      clockOffset: this.options.clockOffset(),
    });
    const timeout = `Task timed out after ${this.spec.timeoutSeconds.toFixed(2)} seconds`;
    this.options.onInvoke?.({
      functionName,
      logicalId,
      requestId,
      n,
      event,
      pid: instance.process.pid!,
      kill: () => instance.kill(),
      timeOut: () => instance.kill(timedOut(timeout)),
    });
    const result = await orTimeout(answer, timeoutMs, timeout, instance);
    this.usage.milliseconds += Math.max(1, Date.now() - begun);
    this.usage.logBytes += PLATFORM_LOG_BYTES;
    if (instance.alive) {
      this.idle.push(instance);
    } else {
      this.all.delete(instance);
    }
    return result;
  }

  private takeIdle(): Instance | undefined {
    let instance = this.idle.pop();
    while (instance && !instance.alive) {
      instance = this.idle.pop();
    }
    return instance;
  }

  private start(): Instance {
    const env = this.options.environment(this.spec, ++this.usage.coldStarts);
    const instance = new Instance({
      directory: this.spec.directory,
      memoryMb: this.spec.memoryMb,
      env,
      onOutput: (chunk) => {
        this.log.write(chunk);
        this.usage.logBytes += chunk.length;
      },
    });
    this.all.add(instance);
    void instance.ready.then((ready) => {
      if (!('initMs' in ready)) {
        return;
      }
      this.usage.initMs.push(ready.initMs);
      this.usage.milliseconds += Math.ceil(ready.initMs);
    });
    return instance;
  }

  private async initialized(
    instance: Instance,
  ): Promise<{ initMs: number } | { error: FunctionError }> {
    const ready = await orTimeout(
      instance.ready,
      INIT_SECONDS * 1000,
      `Init phase timed out after ${INIT_SECONDS} seconds`,
      instance,
    );
    if ('error' in ready) {
      instance.kill();
      this.all.delete(instance);
    }
    return ready;
  }
}

/** After the timeout the instance is gone, as Lambda resets it; its output until then is read. */
async function orTimeout<T>(
  answer: Promise<T>,
  milliseconds: number,
  text: string,
  instance: Instance,
): Promise<T> {
  const timer = setTimeout(() => instance.kill(timedOut(text)), milliseconds);
  try {
    return await answer;
  } finally {
    clearTimeout(timer);
  }
}

function timedOut(errorMessage: string): FunctionError {
  return { errorType: 'Sandbox.Timedout', errorMessage };
}

/** Adds the request id to Lambda's own errors, and refuses an answer above the limit. */
function checked(answer: Answer, requestId: string): Answer {
  if ('payload' in answer) {
    if (utf8Length(answer.payload) <= MAX_RESPONSE_BYTES) {
      return answer;
    }
    const errorMessage =
      `Response payload size exceeded maximum allowed payload size (${MAX_RESPONSE_BYTES} ` +
      'bytes).';
    return { error: { errorType: 'Function.ResponseSizeTooLarge', errorMessage } };
  }
  const { errorType, errorMessage } = answer.error;
  const ofLambda = ['Sandbox.Timedout', 'Runtime.ExitError'].includes(errorType);
  return ofLambda
    ? { error: { errorType, errorMessage: `RequestId: ${requestId} Error: ${errorMessage}` } }
    : answer;
}

function traceId(): string {
  const seconds = Math.floor(Date.now() / 1000).toString(16);
  return `Root=1-${seconds}-${randomBytes(12).toString('hex')};Parent=${randomBytes(8).toString('hex')};Sampled=1`;
}
