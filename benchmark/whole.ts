/**
 * A whole run through the sandbox: the synthesized state machine, its children, all functions as processes, with the
 * embedded S3 in the sandbox's own process. Prints what it took as JSON in its last line.
 */
import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { DAY, fill, judge, type Shape } from './dataset';
import { type AllowedRate, meteredThrottle } from './metered-throttle';
import { descendants, endedChildrensCpuSeconds } from './processes';
import { batchesAtOnce } from '../src/contract/batches';
import { rehearse } from '../test/helpers/run-in-sandbox';

export interface WholeOptions {
  readonly shape: Shape;
  readonly latencyMs: number;
  readonly allowed?: AllowedRate;
  readonly maxObjectsPerSecond: number;
}

export interface WholeResult {
  readonly seconds: number;
  readonly requests: Record<string, number>;
  readonly refused: number;
  readonly copyingSeconds: number;
  /** Of the sandbox, the server in it, and the functions. */
  readonly cpuSeconds: number;
  readonly wrong: Record<string, number>;
  readonly status: string;
}

async function main({ shape, latencyMs, allowed, maxObjectsPerSecond }: WholeOptions): Promise<void> {
  const processes = descendants(process.pid).length;
  const meter = allowed && meteredThrottle(allowed);
  // As many batches at once as with default props, whose rate is not the one here.
  const rehearsal = await rehearse({ maxObjectsPerSecond, maxConcurrency: batchesAtOnce(1_500) }, { s3: { latencyMs, ...meter?.options } });
  const { store, faultsInjected } = rehearsal.sandbox.s3!;
  const bucket = rehearsal.sandbox.sourceBucket;
  fill(store, bucket, shape);
  const cpu = process.cpuUsage();
  const childrensCpu = endedChildrensCpuSeconds();
  const began = performance.now();
  const { status, requests } = await rehearsal.sandbox.run({ input: { date: DAY } });
  const seconds = (performance.now() - began) / 1000;
  const { user, system } = process.cpuUsage(cpu);
  const wrong = judge(store, bucket, shape);
  await rehearsal.close();
  await onlyRunning(processes);
  const result: WholeResult = {
    seconds,
    requests,
    refused: (faultsInjected.SlowDown ?? 0) + (faultsInjected.KeySlowDown ?? 0),
    copyingSeconds: meter?.copyingSeconds() ?? 0,
    cpuSeconds: (user + system) / 1e6 + endedChildrensCpuSeconds() - childrensCpu,
    wrong,
    status,
  };
  console.log(JSON.stringify(result));
}

/** What a process used is known when it has ended, and been seen to. */
async function onlyRunning(processes: number): Promise<void> {
  for (let i = 0; i < 100 && descendants(process.pid).length > processes; i++) { await sleep(50); }
}

void main(JSON.parse(process.argv[2]) as WholeOptions);
