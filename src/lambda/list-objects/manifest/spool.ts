/**
 * Finds keys that a manifest has several times, however many lines it has: lines go to as many buckets as a hash of their keys
 * says, and each bucket fits into the memory. What does not fit meanwhile lies in files of the run's plan.
 */
import { createHash } from 'node:crypto';
import * as v from 'valibot';
import type { SpoolFile } from './manifest-state';
import { ManifestObject } from './parse-line';
import type { Run } from '../../../contract/payloads/run';
import { readPlanFile, writePlanFile } from '../../plan/planned-part';
import type { BucketClient } from '../../s3/bucket-client';
import { orderedMap } from '../../s3/ordered-map';

/** Of ten million lines, a bucket has 40,000. The number must not change while a run is planned. */
export const BUCKETS = 256;
/** With keys of 1,024 bytes, these lines take some 300 MB. A file then has a thousand lines or more. */
const MAX_LINES_IN_MEMORY = 200_000;
const REQUESTS_AT_ONCE = 16;

export class Spool {
  /** The files that this round wrote, in the order of their lines. */
  readonly written: SpoolFile[] = [];
  private readonly buckets: ManifestObject[][] = Array.from({ length: BUCKETS }, () => []);
  private lines = 0;
  private readonly writing = new Set<Promise<void>>();

  /** @param earlier the files of the rounds before, in the order of their lines */
  constructor(
    private readonly reports: BucketClient, private readonly run: Pick<Run, 'reportPrefix'>, private readonly earlier: readonly SpoolFile[],
    private readonly maxLines = MAX_LINES_IN_MEMORY,
  ) {}

  /** Await it, so that no more lines are in memory than are being written. */
  async add(object: ManifestObject): Promise<void> {
    this.buckets[toBucket(object.Key)].push(object);
    this.lines += 1;
    if (this.lines < this.maxLines) { return; }
    const largest = this.buckets.reduce((most, { length }, bucket) => (length > this.buckets[most].length ? bucket : most), 0);
    this.write(largest);
    if (this.writing.size >= REQUESTS_AT_ONCE) { await Promise.race(this.writing); }
  }

  /** Returns all lines of a bucket, in the order in which they were added. */
  async read(bucket: number): Promise<ManifestObject[]> {
    await Promise.all(this.writing);
    const files = [...this.earlier, ...this.written].filter((file) => file.bucket === bucket);
    const objects: ManifestObject[] = [];
    for await (const lines of orderedMap(files, REQUESTS_AT_ONCE, ({ name }) => readPlanFile(this.reports, this.run, name))) {
      for (const line of lines) { objects.push(v.parse(ManifestObject, line)); }
    }
    return objects.concat(this.buckets[bucket]);
  }

  /** Writes what the next round needs of what is in memory. */
  async flush(from: number): Promise<void> {
    for (let bucket = from; bucket < BUCKETS; bucket++) {
      if (this.buckets[bucket].length === 0) { continue; }
      this.write(bucket);
      if (this.writing.size >= REQUESTS_AT_ONCE) { await Promise.race(this.writing); }
    }
    await Promise.all(this.writing);
  }

  private write(bucket: number): void {
    const objects = this.buckets[bucket];
    this.buckets[bucket] = [];
    this.lines -= objects.length;
    const file = { bucket, name: '' };
    this.written.push(file);
    const write = writePlanFile(this.reports, this.run, objects).then((name) => {
      file.name = name;
      this.writing.delete(write);
    });
    write.catch(() => undefined); // Whoever awaits it gets it.
    this.writing.add(write);
  }
}

/** The first byte of a digest is the number of one of 256 buckets. */
function toBucket(key: string): number {
  return createHash('sha256').update(key).digest()[0];
}
