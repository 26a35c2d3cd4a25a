import type { BatchOutcomes } from './batch-outcomes';
import type { BatchWorker } from './batch-worker';
import { createPreviewer, type Preview, type Previewer } from './dry-run';
import { EagerDeletes } from './eager-deletes';
import type { BatchEvent } from '../../contract/payloads';
import { copyToArchive, deleteSources, type Copied, type MoveContext, type MoveRequest, type MoveResult } from '../move/move-object';
import { Interrupted, type OpenUpload } from '../move/multipart-copy';
import { MAX_CONCURRENCY } from '../throughput/concurrency-controller';
import { Semaphore } from '../throughput/semaphore';

/** A multipart copy that the end of the round interrupted, and the object's index in the batch. */
export type InterruptedUpload = OpenUpload & { readonly index: number };

/** Copies the selected objects of a batch, from the cursor on, until all are copied or the time ends. */
export class BatchCopier {
  private next: number;
  /** No more copies are started, because all failed for one systemic reason, or after an unexpected error. */
  private isStopped = false;
  private interrupted?: InterruptedUpload;
  /** A multipart copy is parallel in itself. With one at a time, the first is complete before the time ends. */
  private readonly largeCopies = new Semaphore(1);
  private readonly eagerDeletes: EagerDeletes;
  private readonly preview: Previewer;

  /** @param until epoch milliseconds after which no copy is started */
  constructor(
    private readonly worker: BatchWorker, private readonly context: MoveContext, private readonly batch: BatchEvent,
    private readonly outcomes: BatchOutcomes, private readonly until: number,
  ) {
    this.next = batch.BatchInput.progress.cursor;
    this.eagerDeletes = new EagerDeletes(worker.rate, (indexes) => this.deleteEarly(indexes));
    this.preview = createPreviewer(context, () => this.listDestinations());
  }

  /** Writes the outcomes. Returns the multipart copy that the end of the time interrupted. */
  async run(): Promise<InterruptedUpload | undefined> {
    const workers = Math.min(MAX_CONCURRENCY, this.batch.Items.length);
    try {
      do {
        this.isStopped = false;
        await Promise.all(Array.from({ length: workers }, () => this.copyUntilDone()));
        // Copies that were in progress when the others stopped may have succeeded. Then the reason is not systemic.
      } while (this.isStopped && !this.outcomes.findSystemicFailure());
    } finally {
      await this.eagerDeletes.drain();
    }
    return this.interrupted;
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
    const { worker: { select, clock }, batch: { Items: items }, outcomes } = this;
    if (this.next >= items.length || clock.now() >= this.until || this.isStopped) { return false; }
    const index = this.next++;
    const { Key: key, Etag: etag, Size: size } = items[index];
    const selection = select(items[index]);
    if (!selection.selected) {
      outcomes.set(index, { status: 'skipped', straggler: selection.straggler });
      return true;
    }
    try {
      const outcome = await this.copy(index, { key, etag, size, destination: selection.destinationKey });
      outcomes.set(index, outcome);
      if (outcome.status === 'copied') { this.eagerDeletes.add(index); }
      if (outcome.status === 'failed') { this.isStopped = outcomes.findSystemicFailure() !== undefined; }
    } catch (error) {
      if (!this.context.source.isAborted) {
        this.isStopped = true;
        throw error;
      }
      if (error instanceof Interrupted) { this.interrupted = { ...error.upload, index }; }
    }
    return true;
  }

  private copy(index: number, object: MoveRequest): Promise<Copied | MoveResult | Preview> {
    const { context, batch: { BatchInput: { run, progress }, Items: items } } = this;
    if (run.dryRun) { return this.measure(index, () => this.preview(object, items[index].StorageClass)); }
    if (object.size <= context.multipartThreshold) { return this.measure(index, () => copyToArchive(context, object)); }
    const resume = index === progress.cursor ? progress.upload ?? undefined : undefined;
    return this.largeCopies.run(() => this.measure(index, () => copyToArchive(context, object, resume)));
  }

  private async measure<T>(index: number, work: () => Promise<T>): Promise<T> {
    const { clock } = this.worker;
    const began = clock.now();
    const outcome = await work();
    this.outcomes.setSpan(index, { began, ended: clock.now() });
    return outcome;
  }

  /** Deletes of failed sources are tried again at the end of the round. */
  private async deleteEarly(indexes: readonly number[]): Promise<void> {
    const copies = this.outcomes.listCopied(indexes);
    const results = await deleteSources(this.context, copies);
    results.forEach((result, i) => {
      if (result.status !== 'failed') { this.outcomes.set(copies[i].index, result); }
    });
  }

  private listDestinations(): string[] {
    const { BatchInput: { progress }, Items: items } = this.batch;
    return items.slice(progress.cursor).map(this.worker.select).flatMap((each) => (each.selected ? [each.destinationKey] : []));
  }
}
