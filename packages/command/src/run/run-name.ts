import { randomBytes } from 'node:crypto';

/** The name of a run. It begins with its day, so that it says where its report lies. */
export function createRunName(now: Date): string {
  const time = now.toISOString().slice(0, 19).replace(/:/g, '-');
  return `${time}Z-${randomBytes(4).toString('hex')}`;
}

export function toRunFolder(reportPrefix: string, name: string): string {
  return `${reportPrefix}${name.slice(0, 10)}/${name}/`;
}
