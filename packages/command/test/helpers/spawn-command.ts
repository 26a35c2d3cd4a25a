/** Starts the command as a shell does: in a group of processes of its own, which can be killed. */
import { type ChildProcess, spawn } from 'node:child_process';
import * as path from 'node:path';

const ROOT = path.join(__dirname, '../../../..');

export interface Spawned {
  readonly process: ChildProcess;
  /** Resolves with the exit status, or null after a kill. */
  readonly ended: Promise<{ readonly status: number | null; readonly output: string }>;
  /** Kills the command and its function processes. */
  killGroup(): void;
}

/** @param env variables in addition to those of a caller with keys and without profiles */
export function spawnCommand(argv: readonly string[], env: NodeJS.ProcessEnv = {}): Spawned {
  const child = spawn(
    process.execPath,
    ['--import', 'tsx', path.join(ROOT, 'packages/command/src/cli.ts'), ...argv],
    {
      cwd: ROOT,
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        PATH: process.env.PATH,
        AWS_ACCESS_KEY_ID: 'key',
        AWS_SECRET_ACCESS_KEY: 'secret',
        AWS_REGION: 'us-east-1',
        AWS_EC2_METADATA_DISABLED: 'true',
        AWS_CONFIG_FILE: '/dev/null',
        AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
        ...env,
      },
    },
  );
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
  }
  return {
    process: child,
    ended: new Promise((resolve) => child.on('close', (status) => resolve({ status, output }))),
    killGroup: () => void process.kill(-child.pid!, 'SIGKILL'),
  };
}
