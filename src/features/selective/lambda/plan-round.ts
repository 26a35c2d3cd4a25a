import type { S3Client } from '@aws-sdk/client-s3';
import * as v from 'valibot';
import { ManifestState } from './manifest/manifest-state';
import { PlanFiles } from './plan-files';
import { getReserve } from '../../../contract/batches';
import {
  type ListedObject,
  type ListingProgress,
  type ListObjectsEvent,
  PlannedPart,
  type RunListing,
} from '../../../contract/payloads/listing';
import type { Run } from '../../../contract/payloads/run';
import type { Settings } from '../../../contract/payloads/settings';
import { PLAN_FOLDER } from '../../../contract/report-places';
import { LinesFile } from '../../../lambda/plan/lines-file';
import { BucketClient } from '../../../lambda/s3/bucket-client';
import type { Clock } from '../../../lambda/s3/retry';
import type { Grouping, Planned } from '../../../lambda/selection/grouping';
import type { SelectedSelection, Selection } from '../../../lambda/selection/select-objects';
import { addSkipped, nothingSkipped } from '../../../lambda/selection/skipped-objects';
import { sha256 } from '../../../lambda/text/hash';
import { toJsonLines } from '../../../lambda/text/json';

export interface PlanContext {
  readonly s3: S3Client;
  readonly clock: Clock;
  readonly settings: Settings;
  readonly select: (object: ListedObject) => Selection;
  /**
   * Opens what decides which objects are planned together, with what the round before saved of it.
   * Unset: each object is planned alone.
   */
  readonly openGrouping?: (saved?: string) => Grouping;
  /** Default: what a checkpoint of 5 MB has. A round keeps the names of its parts in memory. */
  readonly maxPartsOfRound?: number;
}

const MAX_PARTS_OF_ROUND = 50_000;
/** Batches whose objects are in memory at the end, so that they can be divided evenly. */
const MAX_KEPT_BACK = 4;
/** Objects. Fewer are not divided. */
const MIN_BATCH_SIZE = 1_000;

/**
 * The state that a round passes to the next one: a first line, and then its parts. It is a file,
 * because keys of 1,024 bytes would not fit into the state of the state machine.
 */
const Checkpoint = v.object({
  ranges: v.optional(
    v.array(v.object({ after: v.optional(v.string()), until: v.optional(v.string()) })),
    [],
  ),
  manifest: v.optional(ManifestState),
  /** The names of packs, which the grouping saved. */
  names: v.optional(v.string()),
  previous: v.nullable(v.string()),
});
type Checkpoint = v.InferInput<typeof Checkpoint>;

/** A checkpoint with the parts of its round. */
type SavedCheckpoint = v.InferOutput<typeof Checkpoint> & {
  readonly parts: readonly PlannedPart[];
};

/**
 * A round in which an invocation plans a run: it selects objects, writes them to parts, and leaves
 * a checkpoint to the next round.
 *
 * A round changes nothing that an earlier one has written, and only its answer makes what it wrote
 * part of the plan. So a round that dies, or runs twice, plans no object twice and leaves none out.
 */
export class PlanRound {
  /** The progress of this round and of all rounds before it. */
  readonly progress: ListingProgress;
  readonly run: Run;
  private readonly before: string | null;
  private readonly files: PlanFiles;
  private readonly began: number;
  private readonly parts: PlannedPart[] = [];
  private readonly waiting: ListedObject[] = [];
  private writes = 0;
  private grouping?: Promise<Grouping | undefined>;

  /** @param milliseconds until Lambda ends the invocation */
  constructor(
    private readonly context: PlanContext,
    private readonly event: ListObjectsEvent,
    private readonly milliseconds: number,
  ) {
    const { run, listing } = event;
    this.run = run;
    this.began = context.clock.now();
    this.progress = structuredClone(listing.progress ?? INITIAL_PROGRESS);
    this.before = this.progress.checkpoint;
    this.files = this.createFiles(context.s3);
  }

  createClient(bucket: string, s3 = this.context.s3): BucketClient {
    return new BucketClient({
      s3,
      bucket,
      budget: { clock: this.context.clock, deadline: this.began + this.milliseconds },
    });
  }

  createFiles(s3: S3Client): PlanFiles {
    return new PlanFiles(this.createClient(this.context.settings.reportBucket, s3), this.run);
  }

  /** @param steps what the round has done. One that does nothing would be repeated for ever */
  isOver(steps: number): boolean {
    const { clock, maxPartsOfRound = MAX_PARTS_OF_ROUND } = this.context;
    const deadline = this.began + this.milliseconds - getReserve(this.milliseconds);
    return steps > 0 && (clock.now() >= deadline || this.parts.length >= maxPartsOfRound);
  }

  /** Yields the checkpoints of the rounds before, the latest one first. */
  async *readCheckpoints(): AsyncGenerator<SavedCheckpoint> {
    for (let name = this.before; name !== null;) {
      const [first, ...parts] = await this.files.read(name);
      const checkpoint = v.parse(Checkpoint, first);
      yield { ...checkpoint, parts: v.parse(v.array(PlannedPart), parts) };
      name = checkpoint.previous;
    }
  }

  /**
   * Adds the object to the plan if the run selects it. Await what it returns, so that no more parts
   * are in memory than are being written. Undefined: the run does not select the object.
   */
  plan(object: ListedObject): Promise<void> | undefined {
    const { progress } = this;
    const selection = this.context.select(object);
    if (selection.selected) {
      return this.add(object, selection);
    }
    // A manifest names what its run is about: what it leaves out is not overdue.
    addSkipped(
      progress.skipped,
      this.run.manifest ? { ...selection, straggler: undefined } : selection,
      object.Key,
    );
    return undefined;
  }

  private async add(object: ListedObject, selection: SelectedSelection): Promise<void> {
    this.progress.selected += 1;
    const grouping = await (this.grouping ??= this.openGrouping());
    if (grouping?.takes(object, selection)) {
      await this.take(grouping.add(object, selection));
    } else {
      await this.move(object);
    }
  }

  /** @param remainder where the next round continues. Unset: the plan is complete. */
  async end(remainder?: Omit<Checkpoint, 'previous'>): Promise<RunListing> {
    const { progress, parts } = this;
    for (const planned of (await this.grouping)?.end() ?? []) {
      await this.take(planned);
    }
    const { batchSize } = this.context.settings;
    const planned = progress.parts + this.writes;
    const left = this.waiting.splice(0);
    for (const part of splitEvenly(left, batchSize, this.batchesAtOnce, planned)) {
      await this.write(part);
    }
    await this.files.flush();
    progress.rounds += 1;
    progress.parts += parts.length;
    progress.finished = remainder === undefined;
    progress.checkpoint = null;
    if (remainder) {
      await this.files.write(this.toCheckpoint(remainder, await this.grouping), (name) => {
        progress.checkpoint = name;
      });
      await this.files.flush();
    } else if (progress.parts > 0) {
      progress.partsKey = await this.writePartsFile();
    }
    progress.milliseconds += this.context.clock.now() - this.began;
    return { prefix: this.event.listing.prefix, progress };
  }

  private toCheckpoint(remainder: Omit<Checkpoint, 'previous'>, grouping?: Grouping): object[] {
    return [
      {
        ...remainder,
        ...(grouping && { names: grouping.save() }),
        previous: this.before,
      } satisfies Checkpoint,
      ...this.parts,
    ];
  }

  /** Undefined: each object is planned alone. */
  private async openGrouping(): Promise<Grouping | undefined> {
    const { openGrouping } = this.context;
    if (!openGrouping) {
      return undefined;
    }
    const { value: checkpoint } = await this.readCheckpoints().next();
    return openGrouping(checkpoint?.names);
  }

  private async take({ parts, moved }: Planned): Promise<void> {
    for (const part of parts) {
      await this.write(part);
    }
    for (const object of moved) {
      await this.move(object);
    }
  }

  /** Keeps as many objects back as `splitEvenly` needs at the end. */
  private async move(object: ListedObject): Promise<void> {
    const { batchSize } = this.context.settings;
    this.waiting.push(object);
    if (this.waiting.length > batchSize * (this.batchesAtOnce + 1)) {
      await this.write(this.waiting.splice(0, batchSize));
    }
  }

  private get batchesAtOnce(): number {
    return Math.min(this.run.maxConcurrency ?? 1, MAX_KEPT_BACK);
  }

  private write(objects: readonly ListedObject[]): Promise<void> {
    this.writes += 1;
    return this.files.write(objects, (name) => {
      this.parts.push({ name, objects: objects.length });
    });
  }

  /**
   * Writes the file that the map reads, with the parts of all rounds, and returns its key. It
   * depends on the parts, so that an earlier invocation, which may have planned other parts, cannot
   * replace it.
   */
  private async writePartsFile(): Promise<string> {
    const { run, parts } = this;
    const { s3, settings } = this.context;
    const digest = sha256(toJsonLines(this.toCheckpoint({ ranges: [] })));
    const Key = `${run.reportPrefix}${PLAN_FOLDER}parts-${digest}.jsonl`;
    await LinesFile.write(s3, settings.reportBucket, Key, async (file) => {
      for (const part of parts) {
        await file.add(part);
      }
      for await (const earlier of this.readCheckpoints()) {
        for (const part of earlier.parts) {
          await file.add(part);
        }
      }
    });
    return Key;
  }
}

/**
 * Divides objects into batches of the same size. Their number is a multiple of the batches that run
 * concurrently, so that all end together. It makes no small batches, because every batch costs a
 * request and a state transition.
 *
 * @param planned the number of batches that are planned already
 */
export function splitEvenly<T>(
  objects: readonly T[],
  batchSize: number,
  batchesAtOnce: number,
  planned = 0,
): T[][] {
  const { length } = objects;
  const least = Math.ceil(length / batchSize);
  const all = Math.ceil((planned + least) / batchesAtOnce) * batchesAtOnce;
  const most = Math.ceil(length / Math.min(batchSize, MIN_BATCH_SIZE));
  const batches = Math.min(all - planned, most);
  return Array.from({ length: batches }, (_, i) =>
    objects.slice(Math.floor((i * length) / batches), Math.floor(((i + 1) * length) / batches)),
  );
}

const INITIAL_PROGRESS: ListingProgress = {
  finished: false,
  rounds: 0,
  checkpoint: null,
  partsKey: null,
  parts: 0,
  listed: 0,
  selected: 0,
  skipped: nothingSkipped(),
  requests: 0,
  milliseconds: 0,
};
