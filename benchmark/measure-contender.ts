/**
 * Runs one contender once: creates the objects, measures the run, counts the requests and checks
 * the result.
 */
import type { Contender } from './contenders';
import { selectedNames, type Shape } from './dataset';
import type { AllowedRate, ThrottleMeter } from './metered-throttle';
import { measure } from './run-command';
import type { BenchServer } from './server';
import type { WholeRunResult } from './whole-run';

export interface Result {
  readonly contender: string;
  readonly kind: Contender['kind'];
  /** Number of objects that had to be moved. */
  readonly objects: number;
  readonly seconds: number;
  readonly requests: Record<string, number>;
  readonly cpuSeconds: number;
  /** Unknown if the contender has its own server. */
  readonly serverCpuSeconds?: number;
  /** Undefined if the rate is not limited. */
  readonly writes?: ReturnType<ThrottleMeter['writes']>;
  readonly copyingSeconds: number;
  /** From the first copy to the answer to the last delete. Undefined where it is not timed. */
  readonly movingSeconds?: number;
  readonly peakMiB?: number;
  /** Number of wrong objects, by kind of error. */
  readonly wrong: Record<string, number>;
  readonly exit: number;
  /** Output of a contender that failed. */
  readonly said: string;
}

export interface Settings {
  readonly concurrency: number;
  readonly objectsPerSecond: number;
  readonly program: string;
  readonly workers: string;
  readonly latencyMs: number;
  /** A function lists. Default: the map lists, and hands out 1,000. */
  readonly isSelective?: boolean;
  readonly instances?: number;
  readonly allowed?: AllowedRate;
}

export async function measureContender(
  server: BenchServer,
  contender: Contender,
  shape: Shape,
  settings: Settings,
): Promise<Result> {
  await server.seed(shape);
  const target = { endpoint: server.endpoint, shape, ...settings };
  const prepared = contender.prepare && (await measure(contender.prepare(target))).stdout;
  await server.reset();
  const measured = await measure(contender.command({ ...target, prepared }));
  const exit = contender.statuses?.includes(measured.exit) ? 0 : measured.exit;
  const base = {
    contender: contender.name,
    kind: contender.kind,
    objects: selectedNames(shape).length,
    peakMiB: measured.peakMiB,
    exit,
    said: exit === 0 ? '' : (measured.stderr || measured.stdout).trim().slice(-500),
  };
  if (contender.ownServer && exit === 0) {
    const { status, ...whole } = JSON.parse(
      measured.stdout.trimEnd().split('\n').at(-1)!,
    ) as WholeRunResult;
    return {
      ...base,
      ...whole,
      exit: status === 'SUCCEEDED' ? 0 : 1,
      said: status === 'SUCCEEDED' ? '' : `the run ended ${status}`,
    };
  }
  const { cpuSeconds: serverCpuSeconds, ...usage } = await server.usage();
  const wrong = await server.judge({ ...shape, packed: contender.packs });
  return {
    ...base,
    ...usage,
    seconds: measured.seconds,
    cpuSeconds: measured.cpuSeconds,
    serverCpuSeconds,
    wrong,
  };
}
