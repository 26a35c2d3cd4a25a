import type { BatchHooks } from './batch-hooks';
import type { RoundOptions } from './batch-worker';
import { Forecast, FOUND_BEFORE_LISTING, type Preview } from './forecast';
import type { ListedObject } from '../../contract/payloads/listing';
import { ReasonCode } from '../../contract/payloads/reason-codes';
import type { SourceRestores } from '../../features/glacier/lambda/source-restores';
import { ComparisonUnfinished } from '../move/is-same';
import { copyToArchive } from '../move/move-object';
import type { Copied, MoveContext, MoveRequest, MoveResult } from '../move/move-request';
import { Interrupted, type OpenUpload } from '../move/multipart-copy';
import { copyOrRestore, type Restoring } from '../move/restore-source';
import { isInGlacier } from '../pricing/storage-classes';
import { type FoundObject, findListed } from '../s3/object-lookup';
import { isTooLong } from '../selection/destination-key';
import { getRetryThreshold } from '../throughput/copy-throughput';
import { Semaphore } from '../throughput/semaphore';

/** A multipart copy that the end of the round interrupted, and the object's index in the batch. */
export type InterruptedUpload = OpenUpload & { readonly index: number };

/** Objects up to this size are read concurrently with copies if they must be compared. */
const MAX_BYTES_TO_READ_AT_ONCE = 32 * 1024 ** 2;

/**
 * How many objects that one request could copy are copied in parts at the same time. With the
 * connections of their parts, others are left for small copies.
 */
const HURRIED_COPIES = 8;

interface CopierOptions extends RoundOptions {
  readonly hooks: BatchHooks;
  /** Called for each confirmed copy whose source is to be deleted. */
  readonly onCopied: (index: number) => void;
  /** Called when an object has an outcome, or is put off until the others are copied. */
  readonly onSettled: (index: number) => void;
  /** Ends all requests of the context. */
  readonly abort: () => void;
}

/** An object that the run selects, its index in the batch, and the key to copy it to. */
interface SelectedItem {
  readonly index: number;
  readonly item: ListedObject;
  readonly destination: string;
  readonly day: string;
}

/**
 * Copies the selected objects of a batch, from the cursor on, until all are copied or the time
 * ends.
 */
export class BatchCopier {
  private next: number;
  private readonly started = new Set<number>();
  /**
   * No more copies are started, because all failed for one reason, or after an unexpected error.
   */
  private isStopped = false;
  private readonly interrupted: InterruptedUpload[] = [];
  /**
   * Multipart copies wait for each other, and take no slot of small copies: small objects are
   * copied concurrently, no matter how many multipart copies wait. A multipart copy is parallel in
   * itself. Objects that may take longer than a round are copied one at a time, so that the first
   * one completes before the time ends.
   */
  private readonly largeCopies: Promise<void>[] = [];
  private readonly longTurns = new Semaphore(1);
  private readonly hurriedTurns = new Semaphore(HURRIED_COPIES);
  /**
   * Objects that have to be read to compare them. They come last, so that none of them takes the
   * time of a copy.
   */
  private readonly comparisons: { readonly index: number; readonly object: MoveRequest }[] = [];
  /** Only in a dry run. */
  private readonly forecast?: Forecast;
  /** The context of copies that only read small objects to compare them. */
  private readonly smallReads: MoveContext;
  private found = 0;
  /** The first unexpected error. */
  private failure?: { readonly error: unknown };
  private taken?: Promise<ReadonlyMap<string, FoundObject>>;
  private restores?: Promise<void>;

  constructor(private readonly options: CopierOptions) {
    const { context, batch } = options;
    this.next = batch.BatchInput.progress.cursor;
    this.forecast = batch.BatchInput.run.dryRun ? new Forecast(() => this.listTaken()) : undefined;
    this.smallReads = { ...context, maxBytesToRead: MAX_BYTES_TO_READ_AT_ONCE };
  }

  /**
   * Returns the multipart copies that the end of the time interrupted.
   *
   * When it returns, or throws, all of its work has ended: Lambda freezes a function that has
   * answered, and lets it go on in the middle of the next invocation.
   */
  async run(): Promise<readonly InterruptedUpload[]> {
    const { batch, outcomes } = this.options;
    do {
      this.isStopped = false;
      this.next = batch.BatchInput.progress.cursor;
      await this.copySelected();
      await Promise.all(this.largeCopies.splice(0));
      if (this.failure) {
        throw this.failure.error;
      }
      await this.compareRest();
      // Copies that were in progress when the others stopped may have succeeded. Then the reason is
      // not systemic.
    } while (this.isStopped && !outcomes.findSystemicFailure());
    return this.interrupted;
  }

  /**
   * Copies what the run selects, as many objects at the same time as the limit allows, until there
   * are none, or no time for one.
   */
  private async copySelected(): Promise<void> {
    const { concurrency } = this.options.worker;
    const copies: Promise<void>[] = [];
    try {
      for (;;) {
        await concurrency.acquire();
        const selected = this.selectNext();
        if (!selected) {
          break;
        }
        copies.push(this.copyOne(selected));
      }
    } catch (error) {
      this.fail(error);
    }
    concurrency.release();
    await Promise.all(copies);
  }

  /**
   * Ends all copies after an unexpected error. `run` throws the first one once all of them have
   * ended.
   */
  private fail(error: unknown): void {
    this.failure ??= { error };
    this.isStopped = true;
    this.options.abort();
  }

  /**
   * Copies an object for which there is room, and makes room for another one. A large object only
   * gets its place in a queue.
   */
  private async copyOne({ index, item, destination, day }: SelectedItem): Promise<void> {
    const {
      hooks,
      context,
      batch,
      worker: { concurrency },
    } = this.options;
    const { progress } = batch.BatchInput;
    try {
      // S3 bills a restore from Glacier, so what is archived already is found before that.
      const looksFirst =
        context.looksFirst === true ||
        (context.glacierSources !== undefined && isInGlacier(item.StorageClass));
      const mayBeTaken = looksFirst || this.found >= FOUND_BEFORE_LISTING;
      if (context.glacierSources && isInGlacier(item.StorageClass)) {
        await this.prepareRestores(context.glacierSources);
      }
      const object: MoveRequest = {
        key: item.Key,
        etag: item.Etag,
        size: item.Size,
        lastModified: item.LastModified,
        destination,
        day,
        isTaken: mayBeTaken && (await this.isTaken(destination)),
        storageClass: hooks.getStorageClass?.(item),
        sourceClass: item.StorageClass,
        // A copy that an earlier round began is continued, or its upload is aborted, before S3 is
        // asked to restore the object again.
        restoredUntil: index === progress.cursor && progress.upload ? Infinity : item.RestoredUntil,
        reselect: (rewritten) => hooks.reselect(item, rewritten),
      };
      if (item.Size > this.getThreshold(index)) {
        this.queueLargeCopy(index, object);
      } else {
        await this.process(index, object, this.smallReads);
      }
    } catch (error) {
      this.fail(error);
    } finally {
      concurrency.release();
    }
  }

  /** Notes what is not copied on its way to the next object that is. */
  private selectNext(): SelectedItem | undefined {
    const {
      worker,
      hooks,
      batch: { Items: items },
      outcomes,
      onSettled,
    } = this.options;
    while (!this.isOver()) {
      const index = this.takeNext();
      if (index === undefined) {
        return undefined;
      }
      const item = items[index];
      const selection = worker.select(item);
      if (!selection.selected) {
        outcomes.set(index, { status: 'skipped', selection });
        onSettled(index);
        continue;
      }
      outcomes.setDay(index, selection.date);
      const refused = hooks.refuse?.(item);
      if (!refused) {
        return { index, item, destination: selection.destinationKey, day: selection.date };
      }
      outcomes.set(index, refused);
      onSettled(index);
    }
    return undefined;
  }

  private isOver(): boolean {
    const {
      worker: { clock },
      deadlines,
    } = this.options;
    return this.isStopped || clock.now() >= deadlines.startCopies;
  }

  private takeNext(): number | undefined {
    while (this.started.has(this.next) || this.options.outcomes.has(this.next)) {
      this.next++;
    }
    const index = this.next;
    if (index >= this.options.batch.Items.length) {
      return undefined;
    }
    this.started.add(index);
    return index;
  }

  /**
   * One request may not be enough for the object at which the round before ended. A copy in parts
   * can be continued. A dry run's rounds end at other objects than the real run's.
   */
  private getThreshold(index: number): number {
    const {
      context: { multipartThreshold },
      batch,
    } = this.options;
    const { progress } = batch.BatchInput;
    return !this.forecast && progress.rounds > 0 && index === progress.cursor
      ? getRetryThreshold(multipartThreshold)
      : multipartThreshold;
  }

  private queueLargeCopy(index: number, object: MoveRequest): void {
    const { context, onSettled } = this.options;
    onSettled(index);
    const turns = object.size > context.maxCopyBytes ? this.longTurns : this.hurriedTurns;
    const largeCopy = turns.run(async () => {
      if (this.isOver()) {
        this.started.delete(index);
      } else {
        await this.process(index, object, context);
      }
    });
    this.largeCopies.push(largeCopy.catch((error: unknown) => this.fail(error)));
  }

  private async compareRest(): Promise<void> {
    for (
      let next = this.comparisons.shift();
      next && !this.isOver();
      next = this.comparisons.shift()
    ) {
      await this.process(next.index, next.object, this.options.context);
    }
  }

  private async process(index: number, object: MoveRequest, context: MoveContext): Promise<void> {
    const {
      outcomes,
      worker: { clock },
      onCopied,
      onSettled,
    } = this.options;
    const began = clock.now();
    try {
      const outcome = this.keep(await this.copy(index, object, context));
      outcomes.set(index, outcome, { began, ended: clock.now() });
      if ('isFound' in outcome && outcome.isFound) {
        this.found += 1;
      }
      if (outcome.status === 'copied') {
        onCopied(index);
      }
      if (outcome.status === 'failed') {
        this.isStopped ||= outcomes.findSystemicFailure() !== undefined;
      }
    } catch (error) {
      if (error instanceof ComparisonUnfinished && !context.source.isAborted) {
        this.comparisons.push({ index, object });
        return;
      }
      if (!context.source.isAborted) {
        throw error;
      }
      if (error instanceof Interrupted) {
        this.interrupted.push({ ...error.upload, index });
      }
      if (error instanceof ComparisonUnfinished) {
        this.endComparison(index, object, began);
      }
    } finally {
      onSettled(index);
    }
  }

  private copy(
    index: number,
    object: MoveRequest,
    context: MoveContext,
  ): Promise<Copied | MoveResult | Preview> {
    const { hooks, batch } = this.options;
    const own = hooks.copy?.(context, batch.Items[index], object);
    if (own) {
      return own;
    }
    return this.forecast
      ? this.forecast.foresee(context, object, (...move) => this.move(index, ...move))
      : this.move(index, context, object);
  }

  private move(
    index: number,
    context: MoveContext,
    object: MoveRequest,
  ): Promise<Copied | MoveResult | Restoring> {
    const { progress } = this.options.batch.BatchInput;
    const copy = () =>
      index === progress.cursor
        ? copyToArchive(
            { ...context, multipartThreshold: this.getThreshold(index) },
            object,
            progress.upload ?? undefined,
          )
        : copyToArchive(context, object);
    return context.glacierSources ? copyOrRestore(context, object, copy) : copy();
  }

  /** An object whose source is kept is archived once it is copied. */
  private keep(outcome: Copied | MoveResult | Preview): Copied | MoveResult | Preview {
    const { hooks, batch } = this.options;
    const { run } = batch.BatchInput;
    const isDone = outcome.status === 'copied' || (run.dryRun && outcome.status === 'archived');
    return isDone && hooks.isKept ? { ...outcome, status: 'archived', isKept: true } : outcome;
  }

  /**
   * Whether a listing shows the destination. If this run or an earlier one kept the sources, all
   * objects may be archived already. A listing costs a thousandth of the copies that S3 would
   * refuse.
   */
  private async isTaken(destination: string): Promise<boolean> {
    // If the listing fails, the copies show whether the destination is taken.
    return (await this.listTaken().catch(() => undefined))?.has(destination) ?? false;
  }

  /**
   * Reserves at once what all objects of this round need that S3 has to restore. A copy that an
   * earlier round began needs nothing.
   */
  private prepareRestores(restores: SourceRestores): Promise<void> {
    this.restores ??= this.listTaken()
      .catch(() => new Map<string, FoundObject>())
      .then((taken) => restores.prepare(this.listUnrestored(taken)));
    return this.restores;
  }

  private listUnrestored(taken: ReadonlyMap<string, FoundObject>): MoveRequest[] {
    const {
      worker: { clock, select },
      batch,
      outcomes,
    } = this.options;
    const { progress } = batch.BatchInput;
    const { Items: items } = batch;
    return items.flatMap((item, index) => {
      const { Key: key, Etag: etag, Size: size, RestoredUntil: until } = item;
      const isContinued = index === progress.cursor && progress.upload !== null;
      const isListed = until === 'ongoing' || Number(until) * 1000 > clock.now();
      if (index < progress.cursor || outcomes.has(index) || isContinued || isListed) {
        return [];
      }
      const selection = isInGlacier(item.StorageClass) ? select(item) : undefined;
      if (!selection?.selected || taken.has(selection.destinationKey)) {
        return [];
      }
      const { destinationKey: destination, date: day } = selection;
      return isTooLong(destination) ? [] : [{ key, etag, size, destination, day }];
    });
  }

  /** Lists which destinations of this round are taken, once. */
  private listTaken(): Promise<ReadonlyMap<string, FoundObject>> {
    const { worker, context, batch } = this.options;
    const { progress } = batch.BatchInput;
    const { Items: items } = batch;
    if (!this.taken) {
      const destinations = items
        .slice(progress.cursor)
        .map(worker.select)
        .flatMap((each) => (each.selected ? [each.destinationKey] : []));
      this.taken = findListed(
        context.destination,
        destinations.filter((key) => !isTooLong(key)),
      );
      // Each caller gets the error.
      this.taken.catch(() => undefined);
    }
    return this.taken;
  }

  /**
   * A comparison that had half of the round and did not end is given up. One that began later gets
   * the next round. There it is among the first, so that no object takes all rounds of its batch,
   * every night.
   */
  private endComparison(index: number, { destination }: MoveRequest, began: number): void {
    const { batch, deadlines, outcomes } = this.options;
    const { progress } = batch.BatchInput;
    if (index === progress.cursor && progress.upload) {
      this.interrupted.push({ ...progress.upload, index });
    }
    if (began - deadlines.began > (deadlines.startCopies - deadlines.began) / 2) {
      return;
    }
    const message =
      'the destination is taken, and there was no time to read both objects to find out whether ' +
      'they are the same';
    outcomes.set(index, { status: 'failed', destination, code: ReasonCode.NOT_COMPARED, message });
  }
}
