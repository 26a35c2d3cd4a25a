import type { S3Client } from '@aws-sdk/client-s3';
import * as v from 'valibot';
import { ManifestState } from './manifest/manifest-state';
import { type ListedObject, PlannedPart } from '../../contract/payloads/listing';
import type { Run } from '../../contract/payloads/run';
import { PLAN_FOLDER } from '../../contract/report-places';
import { LinesFile } from '../plan/lines-file';
import { readPlanFile, toPlanFileName, writePlanFile } from '../plan/planned-part';
import type { BucketClient } from '../s3/bucket-client';

const RangeSchema = v.object({ after: v.optional(v.string()), until: v.optional(v.string()) });

/**
 * What a round leaves to the next one: a first line, and then its parts. It is a file, because keys of 1,024 bytes would not
 * fit into the state.
 */
const Checkpoint = v.object({
  /** What is still to be listed. */
  ranges: v.optional(v.array(RangeSchema), []),
  /** How much of a manifest is read. */
  manifest: v.optional(ManifestState),
  /** The checkpoint of the round before. */
  previous: v.nullable(v.string()),
});

type CheckpointState = Omit<v.InferInput<typeof Checkpoint>, 'previous'>;

const WRITES_AT_ONCE = 16;

/** Writes the objects that a round selects to parts, and at last the file that the map reads. */
export class PlanWriter {
  /** The parts of this round. */
  readonly parts: PlannedPart[] = [];
  private waiting: ListedObject[] = [];
  private readonly writing = new Set<Promise<void>>();

  constructor(private readonly reports: BucketClient, private readonly run: Pick<Run, 'reportPrefix'>, private readonly batchSize: number) {}

  /** Await it, so that no more parts are in memory than are being written. */
  async add(object: ListedObject): Promise<void> {
    this.waiting.push(object);
    if (this.waiting.length < this.batchSize) { return; }
    this.writePart();
    if (this.writing.size >= WRITES_AT_ONCE) { await Promise.race(this.writing); }
  }

  /** Writes the objects that are left, and waits for all parts. */
  async flush(): Promise<void> {
    if (this.waiting.length > 0) { this.writePart(); }
    await Promise.all(this.writing);
  }

  /** Returns the name of the checkpoint. */
  writeCheckpoint(state: CheckpointState, previous: string | null): Promise<string> {
    return writePlanFile(this.reports, this.run, this.toCheckpoint(state, previous));
  }

  /**
   * Writes the file that the map reads: the parts of this round and of all rounds before. Its name depends on them, so that an
   * earlier invocation, which may have planned other parts, cannot replace it.
   *
   * @returns its key
   */
  async writePartsFile(s3: S3Client, previous: string | null): Promise<string> {
    const Key = `${this.run.reportPrefix}${PLAN_FOLDER}parts-${toPlanFileName(this.toCheckpoint({ ranges: [] }, previous))}.jsonl`;
    const file = new LinesFile(s3, { Bucket: this.reports.name, Key });
    try {
      for (const part of this.parts) { await file.add(part); }
      for (let name = previous; name !== null;) {
        const earlier = await readCheckpoint(this.reports, this.run, name);
        for (const part of earlier.parts) { await file.add(part); }
        name = earlier.previous;
      }
      await file.close();
      return Key;
    } catch (error) {
      await file.abort().catch(() => undefined);
      throw error;
    }
  }

  private toCheckpoint(state: CheckpointState, previous: string | null): object[] {
    return [{ ...state, previous } satisfies v.InferInput<typeof Checkpoint>, ...this.parts];
  }

  private writePart(): void {
    const objects = this.waiting;
    this.waiting = [];
    const write = writePlanFile(this.reports, this.run, objects).then((name) => {
      this.parts.push({ name, objects: objects.length });
      this.writing.delete(write);
    });
    write.catch(() => undefined); // `add` or `flush` gets it.
    this.writing.add(write);
  }
}

export async function readCheckpoint(reports: BucketClient, run: Pick<Run, 'reportPrefix'>, name: string) {
  const [first, ...parts] = await readPlanFile(reports, run, name);
  return { ...v.parse(Checkpoint, first), parts: v.parse(v.array(PlannedPart), parts) };
}
