/**
 * If days of runs overlap, their ledgers may have the same versions. The children of a verification
 * record these versions, so that ReportRun counts each one once.
 */
import { hash } from '../../../lambda/text/hash';

/** A table of this size needs some 200 MiB. */
export const MAX_SEEN = 2 ** 22;

/** Adds versions to a list of 16 bytes each: the hash, and the size. */
export function addSeen(
  list: string,
  versions: readonly { readonly identity: string; readonly size: number }[],
): string {
  if (versions.length === 0) {
    return list;
  }
  const numbers = Float64Array.from(
    versions.flatMap(({ identity, size }) => [hash(identity), size]),
  );
  return Buffer.concat([Buffer.from(list, 'base64'), Buffer.from(numbers.buffer)]).toString(
    'base64',
  );
}

export class SeenVersions {
  repeated = 0;
  repeatedBytes = 0;
  /** Versions that no longer fit into the table. They all count as new. */
  notCompared = 0;
  private readonly known = new Set<number>();

  constructor(private readonly limit = MAX_SEEN) {}

  add(list: string): void {
    const bytes = Buffer.from(list, 'base64');
    for (let at = 0; at < bytes.length; at += 16) {
      const version = bytes.readDoubleLE(at);
      if (this.known.has(version)) {
        this.repeated += 1;
        this.repeatedBytes += bytes.readDoubleLE(at + 8);
      } else if (this.known.size >= this.limit) {
        this.notCompared += 1;
      } else {
        this.known.add(version);
      }
    }
  }
}
