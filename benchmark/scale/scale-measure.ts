import { spawn } from 'node:child_process';
import * as path from 'node:path';
import { selectedNames, type Shape } from '../dataset';
import { descendants, peakMiB, variable } from '../processes';
import { functionOf, type ScaleRunOptions, type ScaleRunResult } from './scale-run';
import { startServer } from '../server';

export interface ScaleResult extends ScaleRunResult {
  readonly objects: number;
  readonly every: number;
  readonly keyBytes?: number;
  readonly express: boolean;
  /** Objects a second at most; undefined: the construct's own. */
  readonly rate?: number;
  readonly selected: number;
  /** Peak MiB: of the S3 with its objects, of the sandbox, and of the largest instance of each function. */
  readonly memory: Record<string, number>;
  readonly wrong: Record<string, number>;
}

const POLL_MS = 200;

export async function runAtScale(shape: Shape, options: Omit<ScaleRunOptions, 'endpoint'>): Promise<ScaleResult> {
  const server = await startServer({ latencyMs: 0 });
  try {
    await server.seed(shape);
    const { result, memory } = await run({ endpoint: server.endpoint, ...options });
    return {
      objects: shape.objects,
      every: shape.every ?? 2,
      keyBytes: shape.keyBytes,
      express: options.express,
      rate: options.objectsPerSecond,
      selected: selectedNames(shape).length,
      ...result,
      memory: { S3: Math.round(peakMiB(server.pid) ?? 0), ...memory },
      wrong: await server.judge(shape),
    };
  } finally {
    await server.close();
  }
}

async function run(options: ScaleRunOptions): Promise<{ result: ScaleRunResult; memory: Record<string, number> }> {
  const sandbox = spawn(process.execPath, [...process.execArgv, path.join(__dirname, 'scale-run.ts'), JSON.stringify(options)], { stdio: ['ignore', 'pipe', 'inherit'] });
  const memory: Record<string, number> = {};
  const note = (name: string, pid: number) => { memory[name] = Math.max(memory[name] ?? 0, Math.round(peakMiB(pid) ?? 0)); };
  const poll = setInterval(() => {
    note('sandbox', sandbox.pid!);
    for (const pid of descendants(sandbox.pid!)) {
      const name = variable(pid, 'AWS_LAMBDA_FUNCTION_NAME');
      if (name) { note(functionOf(name), pid); }
    }
  }, POLL_MS);
  let output = '';
  sandbox.stdout.on('data', (chunk: Buffer) => { output += chunk.toString(); });
  const exit = await new Promise((resolve) => sandbox.on('close', resolve));
  clearInterval(poll);
  if (exit !== 0) { throw new Error(`the sandbox ended with status ${String(exit)}`); }
  return { result: JSON.parse(output.trimEnd().split('\n').at(-1)!) as ScaleRunResult, memory };
}
