/** Reads facts about processes from /proc. On systems other than Linux there are none. */
import * as fs from 'node:fs';

/** All child processes, and theirs. */
export function getDescendants(pid: number): number[] {
  const children = (read(`/proc/${pid}/task/${pid}/children`) ?? '')
    .trim()
    .split(' ')
    .filter(Boolean)
    .map(Number);
  return children.flatMap((child) => [child, ...getDescendants(child)]);
}

/** The peak memory of a process so far. */
export function getPeakMiB(pid: number): number | undefined {
  const [, kib] = /^VmHWM:\s+(\d+) kB/m.exec(read(`/proc/${pid}/status`) ?? '') ?? [];
  return kib === undefined ? undefined : Number(kib) / 1024;
}

/** CPU time of the child processes that have ended. */
export function getEndedChildrensCpuSeconds(): number {
  // cutime and cstime, in hundredths of a second ("proc(5)"). They are counted from after the name,
  // which may contain spaces.
  const fields = (read('/proc/self/stat') ?? '').replace(/^.*\) /s, '').split(' ');
  return (Number(fields[13] ?? 0) + Number(fields[14] ?? 0)) / 100;
}

/** The value of an environment variable of a process. */
export function getVariable(pid: number, name: string): string | undefined {
  return read(`/proc/${pid}/environ`)
    ?.split('\0')
    .find((line) => line.startsWith(`${name}=`))
    ?.slice(name.length + 1);
}

function read(file: string): string | undefined {
  try {
    return fs.readFileSync(file, 'utf8');
  } catch {
    // The process has ended, or this is not Linux.
    return undefined;
  }
}
