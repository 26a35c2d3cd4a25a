import { spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import * as path from 'node:path';

export interface Timed {
  readonly command: string;
  readonly seconds: number;
}

export interface Session {
  /** The commands that succeeded. If a command failed, it is the next one after these. */
  readonly done: readonly Timed[];
  readonly status: number | null;
  readonly output: string;
}

/**
 * Types commands into one shell, as a person does. The folder has only the given files at first.
 * The shell ends at the first command that fails.
 */
export async function type(
  folder: string,
  files: ReadonlyMap<string, string>,
  commands: readonly string[],
  env: NodeJS.ProcessEnv,
): Promise<Session> {
  mkdirSync(folder, { recursive: true });
  for (const [name, content] of files) {
    writeFileSync(path.join(folder, name), content);
  }
  const script = [
    'set -e',
    ...commands.flatMap((command) => [
      'began=$EPOCHREALTIME',
      command,
      'echo "$began $EPOCHREALTIME" >&3',
    ]),
  ].join('\n');

  // The shell has its own process group, so that its background processes end with it.
  const shell = spawn('bash', ['-c', script], {
    cwd: folder,
    env,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
  });
  const texts = [shell.stdout, shell.stderr, shell.stdio[3]].map((stream) => {
    const chunks: Buffer[] = [];
    stream!.on('data', (chunk: Buffer) => {
      chunks.push(chunk);
    });
    return () => Buffer.concat(chunks).toString();
  });
  const closed = new Promise((resolve) => shell.once('close', resolve));
  const status = await new Promise<number | null>((resolve) => shell.once('exit', resolve));
  endGroup(shell.pid!);
  await closed;
  const [stdout, stderr, times] = texts.map((text) => text());
  const done = times
    .trim()
    .split('\n')
    .filter(Boolean)
    .map((line, at) => {
      const [began, ended] = line.split(' ').map(Number);
      return { command: commands[at], seconds: ended - began };
    });
  return { done, status, output: stdout + stderr };
}

function endGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch (error) {
    // No process of the group is left.
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') {
      throw error;
    }
  }
}
