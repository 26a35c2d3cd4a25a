/**
 * Finds keys that a manifest has several times: a hash divides the lines into partitions that fit
 * into the memory. The rest lies in files.
 */
import { createHash } from 'node:crypto';
import * as v from 'valibot';
import type { SpoolFile } from './manifest-state';
import { ManifestObject } from './parse-line';
import { orderedMap } from '../../../../lambda/s3/ordered-map';
import type { PlanFiles } from '../plan-files';

/**
 * If there are ten million lines, a partition has 40,000 of them. The number of partitions must not
 * change while a run is planned.
 */
export const PARTITIONS = 256;
/**
 * With keys of 1,024 bytes, these lines take some 300 MB. A file then has a thousand lines or more.
 */
const MAX_LINES_IN_MEMORY = 200_000;
const READS_AT_ONCE = 16;

export class Spool {
  readonly written: SpoolFile[] = [];
  private readonly partitions: ManifestObject[][] = Array.from({ length: PARTITIONS }, () => []);
  private lines = 0;

  constructor(
    private readonly files: PlanFiles,
    private readonly earlier: readonly SpoolFile[],
    private readonly maxLines = MAX_LINES_IN_MEMORY,
  ) {}

  /** Await it, so that no more lines are in memory than are being written. */
  async add(object: ManifestObject): Promise<void> {
    this.partitions[createHash('sha256').update(object.Key).digest()[0]].push(object);
    this.lines += 1;
    if (this.lines < this.maxLines) {
      return;
    }
    const largest = this.partitions.reduce(
      (most, { length }, partition) => (length > this.partitions[most].length ? partition : most),
      0,
    );
    await this.write(largest);
  }

  async read(partition: number): Promise<ManifestObject[]> {
    await this.files.flush();
    const files = [...this.earlier, ...this.written].filter((file) => file.partition === partition);
    const objects: ManifestObject[] = [];
    for await (const lines of orderedMap(files, READS_AT_ONCE, ({ name }) =>
      this.files.read(name),
    )) {
      for (const line of lines) {
        objects.push(v.parse(ManifestObject, line));
      }
    }
    return objects.concat(this.partitions[partition]);
  }

  async flush(from: number): Promise<void> {
    for (let partition = from; partition < PARTITIONS; partition++) {
      if (this.partitions[partition].length > 0) {
        await this.write(partition);
      }
    }
    await this.files.flush();
  }

  private write(partition: number): Promise<void> {
    const objects = this.partitions[partition].splice(0);
    this.lines -= objects.length;
    const file = { partition, name: '' };
    this.written.push(file);
    return this.files.write(objects, (name) => {
      file.name = name;
    });
  }
}
