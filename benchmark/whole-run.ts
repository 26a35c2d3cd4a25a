/**
 * Measures a whole run in the sandbox: the synthesized state machine, its children, and each
 * function as a process. The S3 double runs in the sandbox's own process. The last line of output
 * is the result as JSON.
 */
import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { DAY, fill, judge, type Shape } from './dataset';
import { type AllowedRate, meteredThrottle, type ThrottleMeter } from './metered-throttle';
import { getDescendants, getEndedChildrensCpuSeconds } from './processes';
import { batchesAtOnce } from '../src/contract/batches';
import { rehearse } from '../test/helpers/run-in-sandbox';

export interface WholeRunOptions {
  readonly shape: Shape;
  readonly latencyMs: number;
  readonly allowed?: AllowedRate;
  readonly maxObjectsPerSecond: number;
}

export interface WholeRunResult {
  readonly seconds: number;
  readonly requests: Record<string, number>;
  /** Undefined if the rate is not limited. */
  readonly writes?: ReturnType<ThrottleMeter['writes']>;
  readonly copyingSeconds: number;
  /** CPU time of the sandbox, the server in it, and the functions. */
  readonly cpuSeconds: number;
  readonly wrong: Record<string, number>;
  readonly status: string;
}

async function main({
  shape,
  latencyMs,
  allowed,
  maxObjectsPerSecond,
}: WholeRunOptions): Promise<void> {
  const processes = getDescendants(process.pid).length;
  const meter = allowed && meteredThrottle(allowed);
  // With a rate that S3 allows, the run has as many concurrent batches as one with the limit that
  // S3 documents, and a batch takes as long, however low the rate is. Otherwise it is one with
  // default props.
  const maxConcurrency = batchesAtOnce(allowed ? 3_500 : 1_500);
  const batchSize = allowed
    ? Math.min(1_000, Math.ceil((1_000 * maxObjectsPerSecond) / 3_500))
    : 1_000;
  const rehearsal = await rehearse(
    { maxObjectsPerSecond, maxConcurrency, batchSize },
    { s3: { latencyMs, ...meter?.options } },
  );
  const { store } = rehearsal.sandbox.s3!;
  const bucket = rehearsal.sandbox.sourceBucket;
  fill(store, bucket, shape);
  const cpu = process.cpuUsage();
  const childrensCpu = getEndedChildrensCpuSeconds();
  const began = performance.now();
  const { status, requests } = await rehearsal.sandbox.run({ input: { date: DAY } });
  const seconds = (performance.now() - began) / 1000;
  const { user, system } = process.cpuUsage(cpu);
  const wrong = judge(store, bucket, shape);
  await rehearsal.close();
  await onlyRunning(processes);
  const result: WholeRunResult = {
    seconds,
    requests,
    writes: meter?.writes(),
    copyingSeconds: meter?.copyingSeconds() ?? 0,
    cpuSeconds: (user + system) / 1e6 + getEndedChildrensCpuSeconds() - childrensCpu,
    wrong,
    status,
  };
  console.log(JSON.stringify(result));
}

/**
 * Waits for child processes, because the CPU time of a process is known only after it has ended.
 */
async function onlyRunning(processes: number): Promise<void> {
  for (let i = 0; i < 100 && getDescendants(process.pid).length > processes; i++) {
    await sleep(50);
  }
}

void main(JSON.parse(process.argv[2]) as WholeRunOptions);
