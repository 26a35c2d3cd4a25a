/** One run of one contender: seeded, measured, counted, judged. */
import type { Contender } from './contenders';
import { selectedNames, type Shape } from './dataset';
import { measure } from './measure';
import type { AllowedRate } from './metered-throttle';
import type { BenchServer } from './server';
import type { WholeResult } from './whole';

export interface Result {
  readonly contender: string;
  readonly kind: Contender['kind'];
  /** Objects that were to be moved. */
  readonly objects: number;
  readonly seconds: number;
  readonly requests: Record<string, number>;
  readonly cpuSeconds: number;
  /** Not known of a contender with a server of its own. */
  readonly serverCpuSeconds?: number;
  /** Writes that were refused with SlowDown. */
  readonly refused: number;
  readonly copyingSeconds: number;
  readonly peakMiB?: number;
  /** What is wrong with the result, by kind. */
  readonly wrong: Record<string, number>;
  readonly exit: number;
  /** What it said, where it did not end well. */
  readonly said: string;
}

export interface Settings {
  readonly concurrency: number;
  readonly objectsPerSecond: number;
  readonly program: string;
  readonly workers: string;
  readonly latencyMs: number;
  readonly allowed?: AllowedRate;
}

export async function race(server: BenchServer, contender: Contender, shape: Shape, settings: Settings): Promise<Result> {
  await server.seed(shape);
  const measured = await measure(contender.command({ endpoint: server.endpoint, shape, ...settings }));
  const base = {
    contender: contender.name,
    kind: contender.kind,
    objects: selectedNames(shape).length,
    peakMiB: measured.peakMiB,
    exit: measured.exit,
    said: measured.exit === 0 ? '' : (measured.stderr || measured.stdout).trim().slice(-500),
  };
  if (contender.ownServer && measured.exit === 0) {
    const { status, ...whole } = JSON.parse(measured.stdout.trimEnd().split('\n').at(-1)!) as WholeResult;
    return { ...base, ...whole, exit: status === 'SUCCEEDED' ? 0 : 1, said: status === 'SUCCEEDED' ? '' : `the run ended ${status}` };
  }
  const { cpuSeconds: serverCpuSeconds, ...usage } = await server.usage();
  return { ...base, ...usage, seconds: measured.seconds, cpuSeconds: measured.cpuSeconds, serverCpuSeconds, wrong: await server.judge(shape) };
}
