import { spawn } from 'node:child_process';
import * as path from 'node:path';
import { selectedNames, type Shape } from '../dataset';
import { getDescendants, getPeakMiB, getVariable } from '../processes';
import { toFunctionName, type GrowthRunOptions, type GrowthRunResult } from './growth-run';
import { startServer } from '../server';

export interface GrowthResult extends GrowthRunResult {
  readonly objects: number;
  readonly every: number;
  readonly keyBytes?: number;
  /** Maximum objects a second. Undefined: the construct's own. */
  readonly rate?: number;
  readonly isSelective?: boolean;
  readonly selected: number;
  /**
   * Peak MiB of the S3 double with its objects, of the sandbox, and of the largest instance of each
   * function.
   */
  readonly memory: Record<string, number>;
  readonly wrong: Record<string, number>;
}

const POLL_MS = 200;

export async function measureGrowth(
  shape: Shape,
  options: Omit<GrowthRunOptions, 'endpoint'>,
): Promise<GrowthResult> {
  const server = await startServer({ latencyMs: 0 });
  try {
    await server.seed(shape);
    const { result, memory } = await run({ endpoint: server.endpoint, ...options });
    return {
      objects: shape.objects,
      every: shape.every ?? 2,
      keyBytes: shape.keyBytes,
      rate: options.objectsPerSecond,
      isSelective: options.isSelective,
      selected: selectedNames(shape).length,
      ...result,
      memory: { S3: Math.round(getPeakMiB(server.pid) ?? 0), ...memory },
      wrong: await server.judge(shape),
    };
  } finally {
    await server.close();
  }
}

async function run(
  options: GrowthRunOptions,
): Promise<{ result: GrowthRunResult; memory: Record<string, number> }> {
  const sandbox = spawn(
    process.execPath,
    [...process.execArgv, path.join(__dirname, 'growth-run.ts'), JSON.stringify(options)],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  const memory: Record<string, number> = {};
  const note = (name: string, pid: number) => {
    memory[name] = Math.max(memory[name] ?? 0, Math.round(getPeakMiB(pid) ?? 0));
  };
  const poll = setInterval(() => {
    note('sandbox', sandbox.pid!);
    for (const pid of getDescendants(sandbox.pid!)) {
      const name = getVariable(pid, 'AWS_LAMBDA_FUNCTION_NAME');
      if (name) {
        note(toFunctionName(name), pid);
      }
    }
  }, POLL_MS);
  let output = '';
  sandbox.stdout.on('data', (chunk: Buffer) => {
    output += chunk.toString();
  });
  const exit = await new Promise((resolve) => sandbox.on('close', resolve));
  clearInterval(poll);
  if (exit !== 0) {
    throw new Error(`the sandbox ended with status ${String(exit)}`);
  }
  return { result: JSON.parse(output.trimEnd().split('\n').at(-1)!) as GrowthRunResult, memory };
}
