/** Runs the archive-batch bundle in its own process, as on Lambda, and measures its memory. */
import { type ChildProcess, fork } from 'node:child_process';
import * as path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { heapFlags } from '../../packages/sandbox/src/internal';
import type { BatchEvent, Progress } from '../../src/contract/payloads/batch-payloads';
import type { Run } from '../../src/contract/payloads/run';
import { ENVIRONMENT } from '../../test/helpers/environment';
import { getPeakMiB } from '../processes';

const BUNDLE = path.resolve(__dirname, '../../assets/lambda/archive-batch/archive-batch.lambda');
const RUNTIME = path.resolve(__dirname, '../../packages/engine/src/lambda/runtime.cjs');
const LOOK_EVERY_MS = 5;
/** The day whose objects the run archives. */
export const DAY = '2026-11-24';

export const RUN: Run = {
  id: 'memory',
  startTime: new Date().toISOString(),
  from: DAY,
  to: DAY,
  action: 'archive',
  dryRun: false,
  reportPrefix: 'runs/memory/',
  ledgerPrefix: 'runs/ledger/',
  objectsPerSecond: 100_000,
};

export interface MeasuredFunction {
  /** The address of the S3 double. */
  readonly s3: string;
  /** What differs from the environment of an archiver with default props. */
  readonly environment?: Readonly<Record<string, string>>;
  /**
   * The heap has Lambda's flags for it, and a process that takes more is killed. Unset: no limit.
   */
  readonly memoryMb?: number;
}

export interface Measured {
  readonly baseMb: number;
  readonly peakMb: number;
  readonly seconds: number;
  /** Undefined: the process was killed. */
  readonly progress?: Progress;
}

/** Calls the function once. */
export async function measureFunction(
  { s3, environment, memoryMb = Infinity }: MeasuredFunction,
  event: BatchEvent,
): Promise<Measured> {
  const child = fork(RUNTIME, [], {
    cwd: BUNDLE,
    env: toEnvironment(s3, environment),
    execArgv: memoryMb === Infinity ? [] : heapFlags(memoryMb),
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  try {
    await answer(child, 'ready');
    const baseMb = getPeakMiB(child.pid!)!;
    let peakMb = baseMb;
    let isRunning = true;
    const look = () => {
      peakMb = Math.max(peakMb, getPeakMiB(child.pid!) ?? 0);
    };
    const watching = (async () => {
      for (; isRunning; await sleep(LOOK_EVERY_MS)) {
        look();
        if (peakMb > memoryMb) {
          child.kill('SIGKILL');
        }
      }
    })();
    const began = process.hrtime.bigint();
    const result = answer(child, 'result');
    child.send({
      requestId: '1',
      event: JSON.stringify(event),
      deadline: Date.now() + 900_000,
      functionArn: 'arn',
      traceId: 'trace',
      clockOffset: 0,
    });
    const payload = await result;
    const seconds = Number(process.hrtime.bigint() - began) / 1e9;
    look();
    isRunning = false;
    await watching;
    const isKilled = payload === undefined || peakMb > memoryMb;
    return { baseMb, peakMb, seconds, ...(!isKilled && { progress: JSON.parse(payload) }) };
  } finally {
    child.kill('SIGKILL');
  }
}

function toEnvironment(s3: string, more: MeasuredFunction['environment']): NodeJS.ProcessEnv {
  return {
    PATH: process.env.PATH,
    ...ENVIRONMENT,
    SOURCE_BUCKET: 'source',
    DESTINATION_BUCKET: 'archive',
    ...more,
    _HANDLER: 'index.handler',
    LAMBDA_TASK_ROOT: BUNDLE,
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'memory',
    AWS_SECRET_ACCESS_KEY: 'memory',
    AWS_ENDPOINT_URL_S3: s3,
    AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
  };
}

interface Message {
  readonly kind: string;
  readonly payload?: string;
  readonly error?: { readonly errorMessage: string };
}

/** The payload of the next message, which must be of this kind. Undefined: a signal came first. */
function answer(child: ChildProcess, kind: string): Promise<string | undefined> {
  return new Promise((resolve, reject) => {
    child.once('message', (message: Message) =>
      message.kind === kind
        ? resolve(message.payload)
        : reject(new Error(message.error?.errorMessage)),
    );
    child.once('exit', (code, signal) =>
      signal ? resolve(undefined) : reject(new Error(`the function ended: ${code}`)),
    );
  });
}

/** Prints each check, and their count. */
export function report(checks: readonly (readonly [met: boolean, what: string])[]): void {
  checks.forEach(([met, what]) => console.log(`${met ? 'ok     ' : 'FAILED '} ${what}`));
  const failed = checks.filter(([met]) => !met).length;
  console.log(`${checks.length - failed} passed, ${failed} failed`);
  process.exitCode = failed > 0 ? 1 : 0;
}
