import type { BatchOutcomes } from './batch-outcomes';
import type { BatchWorker } from './batch-worker';
import { createPreviewer, type Preview, type Previewer } from './dry-run';
import { EagerDeletes } from './eager-deletes';
import type { BatchEvent } from '../../contract/payloads/batch-payloads';
import { ReasonCode } from '../../contract/payloads/reason-codes';
import { findExistingKeys } from '../move/existing-keys';
import { copyToArchive, deleteSources, type Copied, type MoveContext, type MoveRequest, type MoveResult, type RewrittenVersion } from '../move/move-object';
import { Interrupted, type OpenUpload } from '../move/multipart-copy';
import { ComparisonUnfinished } from '../move/same-object';
import { isTooLong } from '../selection/destination-key';
import { MAX_CONCURRENCY } from '../throughput/concurrency-controller';
import { getRetryThreshold } from '../throughput/copy-throughput';
import { Semaphore } from '../throughput/semaphore';

/** A multipart copy that the end of the round interrupted, and the object's index in the batch. */
export type InterruptedUpload = OpenUpload & { readonly index: number };

/** Objects of at most this size are read beside the copies if they have to be compared. */
const MAX_BYTES_TO_READ_AT_ONCE = 32 * 1024 ** 2;

/**
 * How many objects that one request could copy are copied in parts at the same time. With the connections of their parts,
 * others are left for small copies.
 */
const HURRIED_COPIES = 8;

/** If the archive already holds so many objects of a batch, it may hold the others, too. */
const FOUND_BEFORE_LISTING = 10;

/** Copies the selected objects of a batch, from the cursor on, until all are copied or the time ends. */
export class BatchCopier {
  private next: number;
  /** Objects on which the work has begun. */
  private readonly started = new Set<number>();
  /** No more copies are started, because all failed for one reason, or after an unexpected error. */
  private isStopped = false;
  private readonly interrupted: InterruptedUpload[] = [];
  /**
   * Multipart copies wait for each other, and not in the place of a small copy: however many there are, the others are
   * copied beside them. Each is parallel in itself. Objects that may take more than a round are copied one at a time, so
   * that the first is complete before the time ends.
   */
  private readonly largeCopies: Promise<void>[] = [];
  private readonly longTurns = new Semaphore(1);
  private readonly hurriedTurns = new Semaphore(HURRIED_COPIES);
  /** Objects that have to be read to compare them. They come last, so that none of them takes the time of a copy. */
  private readonly comparisons: { readonly index: number; readonly object: MoveRequest }[] = [];
  private readonly began: number;
  private readonly eagerDeletes: EagerDeletes;
  private readonly preview: Previewer;
  /** The number of objects that were found at the destination. */
  private found = 0;
  private taken?: Promise<ReadonlySet<string> | undefined>;

  /**
   * @param until epoch milliseconds after which no copy is started
   * @param record writes the ledger lines of these objects; it is called before their sources are deleted
   * @param abort ends all requests of the context
   */
  constructor(
    private readonly worker: BatchWorker, private readonly context: MoveContext, private readonly batch: BatchEvent,
    private readonly outcomes: BatchOutcomes, private readonly until: number,
    private readonly record: (indexes: readonly number[]) => Promise<unknown>, private readonly abort: () => void,
  ) {
    this.next = batch.BatchInput.progress.cursor;
    this.began = worker.clock.now();
    this.eagerDeletes = new EagerDeletes(worker.rate, (indexes) => this.deleteEarly(indexes));
    this.preview = createPreviewer(context, () => this.listDestinations());
  }

  /**
   * Writes the outcomes. Returns the multipart copies that the end of the time interrupted.
   *
   * When it returns, or throws, all of its work has ended: Lambda freezes a function that has answered, and lets it go on in the
   * middle of the next invocation.
   */
  async run(): Promise<readonly InterruptedUpload[]> {
    const workers = Math.min(MAX_CONCURRENCY, this.batch.Items.length);
    try {
      do {
        this.isStopped = false;
        this.next = this.batch.BatchInput.progress.cursor;
        await this.settle(Array.from({ length: workers }, () => this.copyUntilDone()));
        await this.settle(this.largeCopies.splice(0));
        await this.compareRest();
        // Copies that were in progress when the others stopped may have succeeded. Then the reason is not systemic.
      } while (this.isStopped && !this.outcomes.findSystemicFailure());
    } catch (error) {
      this.end();
      await Promise.allSettled(this.largeCopies);
      throw error;
    } finally {
      await this.eagerDeletes.drain();
    }
    return this.interrupted;
  }

  /** Waits until all of this work has ended. The first error ends the rest, and is thrown then. */
  private async settle(work: readonly Promise<void>[]): Promise<void> {
    const errors: unknown[] = [];
    await Promise.all(work.map((each) => each.catch((error: unknown) => {
      errors.push(error);
      this.end();
    })));
    if (errors.length > 0) { throw errors[0]; }
  }

  private end(): void {
    this.isStopped = true;
    this.abort();
  }

  private async copyUntilDone(): Promise<void> {
    const { concurrency } = this.worker;
    for (let hasMore = true; hasMore;) {
      await concurrency.acquire();
      try {
        hasMore = await this.copyNext();
      } finally {
        concurrency.release();
      }
    }
  }

  /** Returns false if there is no other object, or no time for one. */
  private async copyNext(): Promise<boolean> {
    const index = this.isOver() ? undefined : this.takeNext();
    if (index === undefined) { return false; }
    const { Items: items, BatchInput: { run } } = this.batch;
    const { restore } = this.worker;
    const selection = this.worker.select(items[index]);
    if (!selection.selected) {
      this.outcomes.set(index, { status: 'skipped', straggler: selection.straggler, filter: selection.filter });
      return true;
    }
    this.outcomes.setDay(index, selection.date);
    const refused = restore?.refuse(items[index]);
    if (refused) {
      this.outcomes.set(index, refused);
      return true;
    }
    const { Key: key, Etag: etag, Size: size, LastModified: lastModified } = items[index];
    const object = {
      key,
      etag,
      size,
      lastModified,
      destination: selection.destinationKey,
      ...await this.isTaken(selection.destinationKey) && { isTaken: true },
      storageClass: restore?.lineOf(items[index]).storageClass,
      reselect: (rewritten: RewrittenVersion) => this.reselect(index, rewritten),
    };
    if (size > this.getThreshold(index) && !run.dryRun) {
      this.queueLargeCopy(index, object);
    } else {
      await this.process(index, object, MAX_BYTES_TO_READ_AT_ONCE);
    }
    return true;
  }

  private isOver(): boolean {
    return this.isStopped || this.worker.clock.now() >= this.until;
  }

  private takeNext(): number | undefined {
    while (this.started.has(this.next)) { this.next++; }
    const index = this.next;
    if (index >= this.batch.Items.length) { return undefined; }
    this.started.add(index);
    return index;
  }

  /** One request may not be enough for the object at which the round before ended. A copy in parts can be continued. */
  private getThreshold(index: number): number {
    const { context: { multipartThreshold }, batch: { BatchInput: { progress } } } = this;
    return progress.rounds > 0 && index === progress.cursor ? getRetryThreshold(multipartThreshold) : multipartThreshold;
  }

  private queueLargeCopy(index: number, object: MoveRequest): void {
    const turns = object.size > this.context.maxCopyBytes ? this.longTurns : this.hurriedTurns;
    const largeCopy = turns.run(async () => {
      if (this.isOver()) {
        this.started.delete(index);
      } else {
        await this.process(index, object);
      }
    });
    // `run` throws the error. Until then nobody waits for it.
    largeCopy.catch(() => undefined);
    this.largeCopies.push(largeCopy);
  }

  private async compareRest(): Promise<void> {
    for (let next = this.comparisons.shift(); next && !this.isOver(); next = this.comparisons.shift()) {
      await this.process(next.index, next.object);
    }
  }

  /** @param maxBytesToRead an object that is larger, and has to be read to compare it, comes last */
  private async process(index: number, object: MoveRequest, maxBytesToRead?: number): Promise<void> {
    const { context, outcomes, worker: { clock } } = this;
    const began = clock.now();
    try {
      const outcome = this.keep(await this.copy(index, object, maxBytesToRead));
      outcomes.setSpan(index, { began, ended: clock.now() });
      outcomes.set(index, outcome);
      if ('isFound' in outcome && outcome.isFound) { this.found += 1; }
      if (outcome.status === 'copied') { this.eagerDeletes.add(index); }
      if (outcome.status === 'failed') { this.isStopped ||= outcomes.findSystemicFailure() !== undefined; }
    } catch (error) {
      if (error instanceof ComparisonUnfinished && !context.source.isAborted) {
        this.comparisons.push({ index, object });
        return;
      }
      if (!context.source.isAborted) {
        this.isStopped = true;
        throw error;
      }
      if (error instanceof Interrupted) { this.interrupted.push({ ...error.upload, index }); }
      if (error instanceof ComparisonUnfinished) { this.endComparison(index, object, began); }
    }
  }

  /** An object whose source is kept is archived once it is copied. */
  private keep(outcome: Copied | MoveResult | Preview): Copied | MoveResult | Preview {
    const { run } = this.batch.BatchInput;
    const isDone = outcome.status === 'copied' || (run.dryRun && outcome.status === 'archived');
    return isDone && this.worker.settings.keepsSources ? { ...outcome, status: 'archived', isKept: true } : outcome;
  }

  /**
   * Whether a listing shows the destination. A run may find all of its objects archived, where sources are kept, or were kept
   * by an earlier run. A listing costs a thousandth of the copies that S3 would refuse.
   */
  private async isTaken(destination: string): Promise<boolean> {
    const { context, batch: { BatchInput: { run } } } = this;
    if ((!context.looksFirst && this.found < FOUND_BEFORE_LISTING) || run.dryRun) { return false; }
    this.taken ??= findExistingKeys(context.destination, this.listDestinations().filter((key) => !isTooLong(key)));
    // If it cannot be listed, the copies find out.
    return (await this.taken.catch(() => undefined))?.has(destination) ?? false;
  }

  private copy(index: number, object: MoveRequest, maxBytesToRead?: number): Promise<Copied | MoveResult | Preview> {
    const { context, batch: { Items: items } } = this;
    if (this.batch.BatchInput.run.dryRun) { return this.preview(object, items[index].StorageClass, maxBytesToRead); }
    return copyToArchive({ ...context, maxBytesToRead, multipartThreshold: this.getThreshold(index) }, object, this.getUpload(index));
  }

  /** Returns the upload that the round before left open for an object. */
  private getUpload(index: number): OpenUpload | undefined {
    const { progress } = this.batch.BatchInput;
    return index === progress.cursor ? progress.upload ?? undefined : undefined;
  }

  private reselect(index: number, { lastModified, size }: RewrittenVersion): { destination: string; day: string } | undefined {
    // What was archived is restored, and nothing else.
    if (this.worker.restore) { return undefined; }
    const selection = this.worker.select({ ...this.batch.Items[index], LastModified: lastModified.getTime() / 1000, Size: size });
    return selection.selected ? { destination: selection.destinationKey, day: selection.date } : undefined;
  }

  /**
   * A comparison that had half of the round and did not end is given up. One that began later gets the next round. There
   * it is among the first, so that no object takes all rounds of its batch, every night.
   */
  private endComparison(index: number, { destination }: MoveRequest, began: number): void {
    const upload = this.getUpload(index);
    if (upload) { this.interrupted.push({ ...upload, index }); }
    if (began - this.began > (this.until - this.began) / 2) { return; }
    const message = 'the destination is taken, and there was no time to read both objects to find out whether they are the same';
    this.outcomes.set(index, { status: 'failed', destination, code: ReasonCode.NOT_COMPARED, message });
  }

  /** Deletes of failed sources are tried again at the end of the round. */
  private async deleteEarly(indexes: readonly number[]): Promise<void> {
    const copies = this.outcomes.listCopied(indexes);
    const { clock, promptDeletes } = this.worker;
    const began = clock.now();
    await this.record(indexes);
    const results = await deleteSources(this.context, copies);
    if (clock.now() - began > promptDeletes) { this.outcomes.addSlowDeletes(indexes); }
    results.forEach((result, i) => {
      if (result.status !== 'failed') { this.outcomes.set(copies[i].index, result); }
    });
  }

  private listDestinations(): string[] {
    const { BatchInput: { progress }, Items: items } = this.batch;
    return items.slice(progress.cursor).map(this.worker.select).flatMap((each) => (each.selected ? [each.destinationKey] : []));
  }
}
