/** One run of one contender: seeded, measured, counted, judged. */
import type { Contender } from './contenders';
import { selectedNames, type Shape } from './dataset';
import { measure } from './measure';
import type { BenchServer } from './server';

export interface Result {
  readonly contender: string;
  readonly kind: Contender['kind'];
  /** Objects that were to be moved. */
  readonly objects: number;
  readonly seconds: number;
  readonly requests: Record<string, number>;
  readonly cpuSeconds: number;
  readonly serverCpuSeconds: number;
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
}

export async function race(server: BenchServer, contender: Contender, shape: Shape, settings: Settings): Promise<Result> {
  await server.seed(shape);
  const measured = await measure(contender.command({ endpoint: server.endpoint, ...settings }));
  const { requests, cpuSeconds } = await server.usage();
  return {
    contender: contender.name,
    kind: contender.kind,
    objects: selectedNames(shape).length,
    seconds: measured.seconds,
    requests,
    cpuSeconds: measured.cpuSeconds,
    serverCpuSeconds: cpuSeconds,
    peakMiB: measured.peakMiB,
    wrong: await server.judge(shape),
    exit: measured.exit,
    said: measured.exit === 0 ? '' : (measured.stderr || measured.stdout).trim().slice(-500),
  };
}
