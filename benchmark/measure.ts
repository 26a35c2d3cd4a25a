/** Runs a command as a whole process, as a person would, and tells what it took. */
import { spawn } from 'node:child_process';
import { performance } from 'node:perf_hooks';
import { descendants, peakMiB } from './processes';

export interface Command {
  readonly program: string;
  readonly args: readonly string[];
  readonly environment?: Record<string, string>;
}

export interface Measured {
  /** From its start to its exit. */
  readonly seconds: number;
  /** Of the process and its children. */
  readonly cpuSeconds: number;
  /** Of all its processes, added up; undefined where there is no /proc. */
  readonly peakMiB?: number;
  readonly exit: number;
  readonly stdout: string;
  /** The end of it. */
  readonly stderr: string;
}

const POLL_MS = 50;
const MOST_MS = 30 * 60_000;
const KEPT = 4_000;
/** Bash's own: what it has waited for is all that the command used. */
const TIME = 'TIMEFORMAT="bench-cpu %3U %3S"; time "$@"';

/** Nothing of the caller's environment but where programs are: proxies, profiles and credentials stay out. */
export async function measure({ program, args, environment }: Command): Promise<Measured> {
  const began = performance.now();
  const shell = spawn('bash', ['-c', TIME, 'bash', program, ...args], {
    env: { PATH: process.env.PATH ?? '', LANG: 'C.UTF-8', ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: MOST_MS,
  });
  const peaks = new Map<number, number>();
  const poll = setInterval(() => {
    for (const pid of descendants(shell.pid!)) { peaks.set(pid, Math.max(peaks.get(pid) ?? 0, peakMiB(pid) ?? 0)); }
  }, POLL_MS);
  let stdout = '';
  let stderr = '';
  shell.stdout.on('data', (chunk: Buffer) => { stdout = `${stdout}${chunk.toString()}`.slice(-KEPT); });
  shell.stderr.on('data', (chunk: Buffer) => { stderr = `${stderr}${chunk.toString()}`.slice(-KEPT); });
  let seconds = 0;
  shell.on('exit', () => { seconds = (performance.now() - began) / 1000; });
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
