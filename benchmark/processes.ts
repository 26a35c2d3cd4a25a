/** What Linux tells of processes; nothing elsewhere. */
import * as fs from 'node:fs';

/** Those that a process started, and theirs. */
export function descendants(pid: number): number[] {
  const children = (read(`/proc/${pid}/task/${pid}/children`) ?? '').trim().split(' ').filter(Boolean).map(Number);
  return children.flatMap((child) => [child, ...descendants(child)]);
}

/** The most memory that a process has had so far. */
export function peakMiB(pid: number): number | undefined {
  const [, kib] = /^VmHWM:\s+(\d+) kB/m.exec(read(`/proc/${pid}/status`) ?? '') ?? [];
  return kib === undefined ? undefined : Number(kib) / 1024;
}

/** What the processes used that this one started and that have ended. */
export function endedChildrensCpuSeconds(): number {
  // After the name, which may have spaces in it: cutime and cstime, in hundredths of a second ("proc(5)").
  const fields = (read('/proc/self/stat') ?? '').replace(/^.*\) /s, '').split(' ');
  return (Number(fields[13] ?? 0) + Number(fields[14] ?? 0)) / 100;
}

/** A variable of a process's environment. */
export function variable(pid: number, name: string): string | undefined {
  return read(`/proc/${pid}/environ`)?.split('\0').find((line) => line.startsWith(`${name}=`))?.slice(name.length + 1);
}

function read(file: string): string | undefined {
  try {
    return fs.readFileSync(file, 'utf8');
  } catch {
    // It has ended, or this is no Linux.
    return undefined;
  }
}
