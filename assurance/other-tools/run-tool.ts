/** Runs the command of a tool as cron would, on the objects of the benchmark. */
import { type ChildProcess, spawn } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { writeMeanwhile } from './meanwhile';
import type { Column, Measured } from './results';
import { ROOT, type Tool } from './tools';
import { BUCKET, judge, seed, selectedNames, type Shape } from '../../benchmark/dataset';
import { type FaultPlan, startS3 } from '../../packages/s3-double/src';

export const SHAPE: Shape = { objects: 400, traps: true };
export const FAULTS: FaultPlan = {
  seed: 7,
  rules: (['SlowDown', 'InternalError', 'LostAnswer'] as const).map((kind) => ({
    kind,
    probability: 0.05,
  })),
};

/** A tool that does less than this did not start. */
const FEWEST_REQUESTS = 10;

/** @param home a folder without the user's profiles */
function environment(
  home: string,
  endpoint: string,
  folders: readonly string[],
): NodeJS.ProcessEnv {
  return {
    HOME: home,
    LANG: 'C.UTF-8',
    PATH: [...folders, process.env.PATH].join(path.delimiter),
    AWS_ACCESS_KEY_ID: 'bench',
    AWS_SECRET_ACCESS_KEY: 'benchbench',
    AWS_REGION: 'us-east-1',
    AWS_DEFAULT_REGION: 'us-east-1',
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_ENDPOINT_URL_S3: endpoint,
    AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
    S3_ENDPOINT_URL: endpoint,
    SOURCE_ENDPOINT_URL: endpoint,
    SOURCE_FORCE_PATH_STYLE: 'true',
    TARGET_ENDPOINT_URL: endpoint,
    TARGET_FORCE_PATH_STYLE: 'true',
    MC_HOST_s3: endpoint.replace('://', '://bench:benchbench@'),
    RCLONE_CONFIG: '/dev/null',
    RCLONE_CONFIG_S3_TYPE: 's3',
    RCLONE_CONFIG_S3_PROVIDER: 'Other',
    RCLONE_CONFIG_S3_ACCESS_KEY_ID: 'bench',
    RCLONE_CONFIG_S3_SECRET_ACCESS_KEY: 'benchbench',
    RCLONE_CONFIG_S3_ENDPOINT: endpoint,
    RCLONE_CONFIG_S3_REGION: 'us-east-1',
    RCLONE_CONFIG_S3_FORCE_PATH_STYLE: 'true',
    RCLONE_S3_NO_CHECK_BUCKET: 'true',
  };
}

/** Ends a shell with all of its processes. */
function kill({ pid }: ChildProcess): void {
  try {
    process.kill(-pid!, 'SIGKILL');
  } catch (error) {
    // It may have ended just now.
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') {
      throw error;
    }
  }
}

interface Started {
  readonly shell: ChildProcess;
  /** What it printed. */
  readonly ended: Promise<string>;
}

function start(command: string, env: NodeJS.ProcessEnv): Started {
  const shell = spawn('bash', ['-c', command], {
    cwd: ROOT,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  let said = '';
  for (const stream of [shell.stdout, shell.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      said += chunk.toString();
    });
  }
  return { shell, ended: new Promise((resolve) => shell.on('close', () => resolve(said))) };
}

/** @param program path of the installed program */
export async function runTool(tool: Tool, program: string, column: Column): Promise<Measured> {
  const writer = writeMeanwhile(() => double.store, BUCKET);
  const objects = selectedNames(SHAPE).length;
  const home = fs.mkdtempSync(path.join(os.tmpdir(), 'other-tools-'));
  let toKill: Started | undefined;
  const double = await startS3({
    faults: column === 'faults' ? FAULTS : undefined,
    hooks: {
      before: (call) => (column === 'meanwhile' ? writer.hooks.before?.(call) : undefined),
      after: async (call) => {
        if (column === 'meanwhile') {
          await writer.hooks.after?.(call);
        }
        const { CopyObject = 0, GetObject = 0 } = double.requests;
        if (toKill && Math.max(CopyObject, GetObject) >= objects / 2) {
          kill(toKill.shell);
          toKill = undefined;
        }
      },
    },
  });
  try {
    seed(double.store, SHAPE);
    if (column === 'meanwhile') {
      writer.fill();
    }
    const env = environment(home, double.endpoint, program === '' ? [] : [path.dirname(program)]);
    const first = start(tool.command, env);
    toKill = column === 'killed' ? first : undefined;
    let said = await first.ended;
    const requests = Object.values(double.requests).reduce((total, count) => total + count, 0);
    if (column === 'killed') {
      said += await start(tool.command, env).ended;
    }
    if (requests < FEWEST_REQUESTS) {
      throw new Error(`${tool.name} did nothing: ${said}`);
    }
    return {
      wrong: { ...judge(double.store, BUCKET, SHAPE), ...writer.judge() },
      requestsPerObject: requests / objects,
    };
  } finally {
    await double.close();
    fs.rmSync(home, { recursive: true });
  }
}
