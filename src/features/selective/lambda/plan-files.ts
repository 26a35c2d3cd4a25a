import type { Run } from '../../../contract/payloads/run';
import { readPlanFile, writePlanFile } from '../../../lambda/plan/planned-part';
import type { BucketClient } from '../../../lambda/s3/bucket-client';

/** A file may have ten thousand keys of a kilobyte. */
const WRITES_AT_ONCE = 4;

/**
 * Reads and writes files of a run's plan: some at the same time, so that a round does not wait for
 * each.
 */
export class PlanFiles {
  private readonly writing = new Set<Promise<void>>();

  constructor(
    readonly reports: BucketClient,
    readonly run: Pick<Run, 'reportPrefix'>,
  ) {}

  /**
   * Begins to write a file. Await it, so that no more lines are in memory than are being written.
   */
  async write(lines: readonly object[], onWritten: (name: string) => void): Promise<void> {
    const write = writePlanFile(this.reports, this.run, lines).then((name) => {
      onWritten(name);
      this.writing.delete(write);
    });
    write.catch(() => undefined); // The next `write` or `flush` gets it.
    this.writing.add(write);
    if (this.writing.size >= WRITES_AT_ONCE) {
      await Promise.race(this.writing);
    }
  }

  async flush(): Promise<void> {
    await Promise.all(this.writing);
  }

  read(name: string): Promise<unknown[]> {
    return readPlanFile(this.reports, this.run, name);
  }
}
