/** Runs a command as a process, as a user would, and measures its time, CPU and memory. */
import { spawn } from 'node:child_process';
import { performance } from 'node:perf_hooks';
import { getDescendants, getPeakMiB } from './processes';

export interface Command {
  readonly program: string;
  readonly args: readonly string[];
  readonly environment?: Record<string, string>;
}

export interface Measured {
  /** From start to exit. */
  readonly seconds: number;
  /** CPU time of the process and its children. */
  readonly cpuSeconds: number;
  /** Sum over all its processes. Undefined if there is no /proc. */
  readonly peakMiB?: number;
  readonly exit: number;
  readonly stdout: string;
  /** Only the end of the output. */
  readonly stderr: string;
}

const POLL_MS = 50;
const MAX_MS = 30 * 60_000;
const KEPT = 4_000;
/** Bash's own `time` counts every process that it has waited for, so all that the command used. */
const TIME = 'TIMEFORMAT="bench-cpu %3U %3S"; time "$@"';

/**
 * Of the caller's environment the command gets only PATH, so proxies, profiles and credentials do
 * not affect it.
 */
export async function measure({ program, args, environment }: Command): Promise<Measured> {
  const began = performance.now();
  const shell = spawn('bash', ['-c', TIME, 'bash', program, ...args], {
    env: { PATH: process.env.PATH ?? '', LANG: 'C.UTF-8', ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: MAX_MS,
  });
  const peaks = new Map<number, number>();
  const poll = setInterval(() => {
    for (const pid of getDescendants(shell.pid!)) {
      peaks.set(pid, Math.max(peaks.get(pid) ?? 0, getPeakMiB(pid) ?? 0));
    }
  }, POLL_MS);
  let stdout = '';
  let stderr = '';
  shell.stdout.on('data', (chunk: Buffer) => {
    stdout = `${stdout}${chunk.toString()}`.slice(-KEPT);
  });
  shell.stderr.on('data', (chunk: Buffer) => {
    stderr = `${stderr}${chunk.toString()}`.slice(-KEPT);
  });
  let seconds = 0;
  shell.on('exit', () => {
    seconds = (performance.now() - began) / 1000;
  });
  const exit = await new Promise<number>((resolve, reject) => {
    shell.on('error', reject);
    shell.on('close', (code) => resolve(code ?? 1));
  });
  clearInterval(poll);
  const [, user = '0', system = '0'] = /bench-cpu ([\d.]+) ([\d.]+)\s*$/.exec(stderr) ?? [];
  return {
    seconds,
    cpuSeconds: Number(user) + Number(system),
    peakMiB: peaks.size > 0 ? [...peaks.values()].reduce((sum, peak) => sum + peak, 0) : undefined,
    exit,
    stdout,
    stderr: stderr.replace(/bench-cpu .*\s*$/, ''),
  };
}
