import { setMaxListeners } from 'node:events';
import { createBatchAlert } from './batch-alert';
import { BatchCopier, type InterruptedUpload } from './batch-copier';
import { type BatchHooks, createArchiveHooks } from './batch-hooks';
import { BatchOutcomes, type CopiedItem } from './batch-outcomes';
import type { BatchWorker } from './batch-worker';
import { EagerDeletes } from './eager-deletes';
import { fitIntoState, OutcomeRecorder } from './outcome-recorder';
import { RoundDeadlines } from './round-deadlines';
import { LOOK_AGAIN, PROMPT_DELETES } from '../../contract/batches';
import { ErrorName, namedError } from '../../contract/errors';
import type { BatchEvent, Progress } from '../../contract/payloads/batch-payloads';
import type { LedgerLine } from '../../contract/payloads/ledger-line';
import { ReasonCode } from '../../contract/payloads/reason-codes';
import { SourceRestores } from '../../features/glacier/lambda/source-restores';
import { deleteProven } from '../../features/packing/lambda/pack/delete-proven';
import { BatchPacker } from '../../features/packing/lambda/pack/pack-batch';
import { readDefaultLock } from '../attributes/lock';
import type { MoveContext } from '../move/move-request';
import { abortUpload } from '../move/multipart-copy';
import { addRequests } from '../pricing/requests';
import { BucketClient, type BucketClientOptions } from '../s3/bucket-client';
import { HEADS_AT_ONCE } from '../s3/object-lookup';
import { onlyReads } from '../s3/only-reads';
import { orderedMap } from '../s3/ordered-map';
import { withHalvingTimeout } from '../s3/timeouts';
import { escapeUnprintable } from '../text/escape';

/**
 * Runs one round of a batch: copies from the cursor on until all objects are copied or the time
 * ends, writes the ledger part, deletes the sources, and returns the progress.
 *
 * @param milliseconds the invocation's remaining time
 * @throws SystemicFailure if every object failed for one reason that lies in the setup, and an
 * error after the last round if S3 did not answer whether sources are deleted
 */
export function moveBatch(
  worker: BatchWorker,
  batch: BatchEvent,
  milliseconds: number,
  hooks = createArchiveHooks(worker),
): Promise<Progress> {
  return new BatchRound(worker, batch, new RoundDeadlines(worker.clock, milliseconds), hooks).run();
}

/** An outcome of each finished object, and what was found out about all of them. */
interface Closed {
  readonly lines: readonly LedgerLine[];
  /** The first open object. */
  readonly cursor: number;
  readonly systemic: ReturnType<BatchOutcomes['findSystemicFailure']>;
}

/**
 * One round. The order of its steps keeps objects safe (docs/safety.md): a copy is confirmed, then
 * its line is written, and then its source is deleted. If the invocation dies in between, the
 * ledger says too much, which the next attempt sees and corrects, and never too little.
 */
class BatchRound {
  private readonly outcomes: BatchOutcomes;
  private readonly recorder: OutcomeRecorder;
  private readonly isLastRound: boolean;
  /** Ends the requests of copies. */
  private readonly copying = new AbortController();
  /** Ends the requests after the copies. */
  private readonly ending = new AbortController();
  /** For the files of the run. A dry run writes them, too. */
  private readonly reports: BucketClient;
  private readonly context: MoveContext;
  /**
   * Objects whose deletes took so long that ReportRun, or another attempt, may have seen their
   * sources before, and recorded that.
   */
  private readonly slowDeletes = new Set<number>();
  /**
   * The time of what is known without an attempt, in epoch milliseconds: when no copy was in
   * progress any more.
   */
  private copiedUntil = 0;

  constructor(
    private readonly worker: BatchWorker,
    private readonly batch: BatchEvent,
    private readonly deadlines: RoundDeadlines,
    private readonly hooks: BatchHooks,
  ) {
    const { run, progress } = batch.BatchInput;
    const { Items: items } = batch;
    const { settings } = worker;
    // One listener for each open request.
    setMaxListeners(0, this.copying.signal, this.ending.signal);
    const options = {
      s3: worker.s3,
      budget: { clock: worker.clock, deadline: deadlines.copies },
      signal: this.copying.signal,
    };
    this.reports = new BucketClient({ ...options, bucket: settings.reportBucket });
    this.context = this.createContext(this.forMoves(options));
    this.outcomes = new BatchOutcomes(items, progress, {
      runStart: Date.parse(run.startTime),
      archiveClass: settings.storageClass,
    });
    this.recorder = new OutcomeRecorder(batch, this.outcomes, hooks, settings.ledgerPartLines);
    this.isLastRound = progress.rounds + 1 >= settings.maxRounds;
  }

  async run(): Promise<Progress> {
    const { batch, copying, deadlines, ending, outcomes, worker } = this;
    const { run, progress } = batch.BatchInput;
    const timer = setTimeout(() => copying.abort(), deadlines.copies - deadlines.began);
    worker.rate.allow(run, copying.signal);
    try {
      const uploads = await this.copyObjects();
      // From here on no copy is started, and `copying` ends nothing.
      this.copiedUntil = worker.clock.now();
      const { reports, context } = this.openEnd();
      if (progress.rounds > 0 || outcomes.isRecallUseful()) {
        await this.resolveMissing(reports, context);
      }
      const copies = outcomes.listCopied();
      if (copies.length > 0) {
        await this.writeAhead(reports, copies);
        await this.deleteCopied(context, copies);
      }
      const closed = await this.writeOutcomes(reports, context, copies);
      await this.confirmDeletes(reports, copies);
      // A dry run restores nothing, so it restores nothing in vain.
      await context.glacierSources?.close(reports, run.dryRun ? [] : outcomes.listFailed());
      const openUpload = this.isLastRound
        ? undefined
        : uploads.find(({ index }) => index === closed.cursor);
      await Promise.all(
        uploads
          .filter((upload) => upload !== openUpload)
          .map((upload) => abortUpload(context.destination, upload)),
      );
      return this.toProgress(closed, openUpload);
    } finally {
      clearTimeout(timer);
      // Nothing may be sent after this: Lambda freezes the function, and lets it go on in the
      // middle of its next invocation.
      copying.abort();
      ending.abort();
    }
  }

  /**
   * Copies until all is copied or the time ends. Meanwhile, it deletes the sources of each settled
   * part of the ledger, after writing their lines. If S3 throttles, it deletes sources of other
   * parts, too.
   */
  private async copyObjects(): Promise<readonly InterruptedUpload[]> {
    const { batch, context, copying, deadlines, hooks, outcomes, reports, worker } = this;
    const round = { worker, context, batch, outcomes, deadlines };
    const remove = (indexes: readonly number[]) => this.deleteEarly(reports, indexes);
    await new BatchPacker({ ...round, partLines: this.recorder.partLines, remove }).run();
    const earlyDeletes = new EagerDeletes({
      rate: worker.rate,
      range: { start: batch.BatchInput.progress.cursor, end: batch.Items.length },
      partLines: this.recorder.partLines,
      isDone: (index) => outcomes.has(index),
      remove,
    });
    try {
      return await new BatchCopier({
        ...round,
        hooks,
        onCopied: (index) => earlyDeletes.add(index),
        onSettled: (index) => earlyDeletes.settle(index),
        abort: () => copying.abort(),
      }).run();
    } finally {
      await earlyDeletes.drain();
    }
  }

  /** Deletes of failed sources are sent again at the end of the round. */
  private async deleteEarly(reports: BucketClient, indexes: readonly number[]): Promise<void> {
    const {
      outcomes,
      worker: { clock },
    } = this;
    const copies = outcomes.listCopied(indexes);
    const began = clock.now();
    await this.recorder.record(reports, indexes, began);
    const results = await deleteProven(this.context, copies);
    this.noteSlow(indexes, began);
    const gone: number[] = [];
    results.forEach((result, i) => {
      const { index } = copies[i];
      if (result.status !== 'failed') {
        outcomes.set(index, result);
      }
      if (result.status === 'failed' && result.code === ReasonCode.ARCHIVED_COPY_MISSING) {
        gone.push(index);
      }
    });
    // Another program removed their pack before any delete was sent. So they are moved, and the
    // ledger must not say that the pack has them.
    gone.forEach((index) => outcomes.reopen(index));
    this.recorder.retract(gone);
  }

  /**
   * Opens the clients for the end of the round: each request may take half of the time that is
   * left.
   */
  private openEnd(): { readonly reports: BucketClient; readonly context: MoveContext } {
    const { context, deadlines, ending, worker } = this;
    const options = {
      s3: withHalvingTimeout(worker.s3, () => deadlines.left),
      budget: { clock: worker.clock, deadline: deadlines.requests },
      signal: ending.signal,
    };
    const moves = this.forMoves(options);
    return {
      reports: this.reports.with(options),
      context: {
        ...context,
        source: context.source.with(moves),
        destination: context.destination.with(moves),
      },
    };
  }

  /**
   * Finds out by what earlier attempts wrote, or by a look, what became of objects that are not
   * where they were listed.
   */
  private async resolveMissing(reports: BucketClient, context: MoveContext): Promise<void> {
    const { archived } = await this.recorder.recall(reports);
    await this.hooks.resolveMissing(context, this.outcomes, archived);
  }

  /** Writes what is copied to the ledger before any of its sources is deleted. */
  private async writeAhead(reports: BucketClient, copies: readonly CopiedItem[]): Promise<void> {
    const { copiedUntil, outcomes, recorder } = this;
    const firstOpen = outcomes.findFirstOpen();
    await recorder.record(reports, this.rangeTo(firstOpen), copiedUntil);
    // A copy whose source is still there is only half of a move, so sources behind the cursor are
    // deleted, too.
    await recorder.record(
      reports,
      copies.map(({ index }) => index).filter((index) => index >= firstOpen),
      copiedUntil,
    );
  }

  /**
   * Deletes the sources of the copies. If S3 answers neither a delete nor a look at its source, the
   * next round begins there.
   *
   * @throws an error after the last round: the ledger calls such a source archived, so only another
   * attempt, or ReportRun, may correct it
   */
  private async deleteCopied(context: MoveContext, copies: readonly CopiedItem[]): Promise<void> {
    const {
      deadlines,
      outcomes,
      worker: { clock },
    } = this;
    const source = context.source.with({ budget: { clock, deadline: deadlines.deletes } });
    const results = await deleteProven({ ...context, source }, copies);
    let unanswered: string | undefined;
    results.forEach((result, i) => {
      if (result.status === 'failed' && result.isUnanswered) {
        unanswered = result.message;
        outcomes.reopen(copies[i].index);
      } else {
        outcomes.set(copies[i].index, result);
      }
    });
    if (unanswered !== undefined && this.isLastRound) {
      throw new Error(`another attempt must find out whether sources are deleted: ${unanswered}`);
    }
  }

  /**
   * Makes the ledger say what this round found out, which after its last round is something of each
   * object.
   */
  private async writeOutcomes(
    reports: BucketClient,
    context: MoveContext,
    copies: readonly CopiedItem[],
  ): Promise<Closed> {
    const {
      batch: { Items: items },
      copiedUntil,
      outcomes,
      recorder,
      hooks,
      worker,
    } = this;
    // Behind the cursor, too, each line gets its delete marker, which no later round could find
    // out.
    const firstOpen = outcomes.findFirstOpen();
    const behind = copies
      .map(({ index }) => index)
      .filter((index) => index >= firstOpen && outcomes.isDeleted(index));
    await recorder.record(reports, behind, copiedUntil);
    // Before the open objects get an outcome that was not tried.
    const systemic = outcomes.findSystemicFailure();
    if (this.isLastRound && !systemic) {
      outcomes.giveUpOpen(worker.select);
    }
    const cursor = outcomes.findFirstOpen();
    const finished = this.rangeTo(cursor);
    let lines = await recorder.record(reports, finished, copiedUntil);
    // A failed delete was followed by a HEAD, so its source is known to exist.
    const known = new Set(copies.map(({ index }) => hooks.toLineKey(items[index])));
    const doubtful = await recorder.listDoubtful(reports, lines, known);
    const isAnyMoved =
      doubtful.size > 0 &&
      (await this.findMoved(
        context,
        finished.filter((index) => doubtful.has(hooks.toLineKey(items[index]))),
      ));
    if (isAnyMoved) {
      await this.resolveMissing(reports, context);
      lines = await recorder.record(reports, finished, copiedUntil);
    }
    await recorder.removeMissing(reports);
    return { lines, cursor, systemic };
  }

  /**
   * Finds which objects are moved after all, although this attempt could not move them, and returns
   * whether any is.
   */
  private async findMoved(context: MoveContext, indexes: readonly number[]): Promise<boolean> {
    const {
      batch: { Items: items },
      deadlines,
      hooks,
      outcomes,
      worker: { clock },
    } = this;
    // The other attempt may be about to delete the source.
    await clock.sleep(Math.min(LOOK_AGAIN, Math.max(0, deadlines.requests - clock.now()) / 2));
    let isAnyMoved = false;
    const looks = orderedMap(indexes, HEADS_AT_ONCE, async (index) => ({
      index,
      moved: await hooks.findMoved(context, items[index]),
    }));
    for await (const { index, moved } of looks) {
      if (!moved) {
        continue;
      }
      outcomes.set(index, moved);
      isAnyMoved = true;
    }
    return isAnyMoved;
  }

  /**
   * After slow deletes, checks whether ReportRun, or another attempt, recorded that their sources
   * still exist.
   */
  private async confirmDeletes(
    reports: BucketClient,
    copies: readonly CopiedItem[],
  ): Promise<void> {
    const {
      copiedUntil,
      outcomes,
      recorder,
      slowDeletes,
      worker: { clock },
    } = this;
    this.noteSlow(
      copies.map(({ index }) => index),
      copiedUntil,
    );
    const doubted = [...slowDeletes].filter((index) => outcomes.isDeleted(index));
    if (doubted.length > 0) {
      await recorder.confirm(reports, doubted, clock.now());
    }
  }

  /** @throws SystemicFailure */
  private toProgress(
    { lines, cursor, systemic }: Closed,
    openUpload: InterruptedUpload | undefined,
  ): Progress {
    const {
      batch,
      outcomes,
      recorder,
      worker: { onProblem, requests, settings },
    } = this;
    const { run, progress: before } = batch.BatchInput;
    const { Items: items } = batch;
    lines.filter(({ code }) => code !== undefined).forEach(onProblem);
    if (systemic) {
      throw namedError(
        ErrorName.SYSTEMIC_FAILURE,
        `${systemic.code}: every object that the batch tried failed for this reason, ` +
          `from s3://${settings.sourceBucket} to ` +
          `s3://${settings.destinationBucket}/${escapeUnprintable(systemic.destination)}: ` +
          `${escapeUnprintable(systemic.message)}`,
      );
    }
    const after = { ...outcomes.toProgress(cursor, lines), finished: cursor === items.length };
    return fitIntoState(run, {
      ...after,
      digest: recorder.digest(lines),
      upload: openUpload
        ? { key: openUpload.key, uploadId: openUpload.uploadId, etag: openUpload.etag }
        : null,
      alert: createBatchAlert(settings, batch, after),
      requests: addRequests(requests.take(), before.requests),
    });
  }

  /** A dry run only reads from the buckets that it moves between. */
  private forMoves<O extends Pick<BucketClientOptions, 's3'>>(options: O): O {
    return this.batch.BatchInput.run.dryRun ? { ...options, s3: onlyReads(options.s3) } : options;
  }

  private createContext(options: Omit<BucketClientOptions, 'bucket'>): MoveContext {
    const {
      batch,
      deadlines,
      hooks,
      worker: { clock, settings, sourceLocks, copyThroughput },
    } = this;
    const { run } = batch.BatchInput;
    const startTime = Date.parse(run.startTime);
    const source = new BucketClient({ ...options, bucket: settings.sourceBucket });
    const destination = new BucketClient({ ...options, bucket: settings.destinationBucket });
    return {
      ...hooks.move,
      source,
      destination,
      getDefaultLock: once(() => readDefaultLock(destination)),
      glacierSources:
        hooks.glacierSources &&
        new SourceRestores({
          source,
          reports: this.reports,
          run,
          settings: hooks.glacierSources,
        }),
      sourceLocks,
      conflictPolicy: settings.conflictPolicy,
      storageClass: settings.storageClass,
      destinationKeyArn: settings.destinationKeyArn,
      maxCopyBytes: settings.multipartThresholdBytes,
      multipartThreshold: copyThroughput.getMultipartThreshold(
        deadlines.milliseconds,
        settings.multipartThresholdBytes,
      ),
      onCopyTime: (bytes, time, isCutOff) => copyThroughput.onCopyTime(bytes, time, isCutOff),
      // A start in the future, as in a rehearsal of another day, does not tell whether an object
      // was written by this run.
      runStart: startTime <= clock.now() ? startTime : 0,
      denials: { byDestination: 0, isAnyOfSource: false },
    };
  }

  private noteSlow(indexes: readonly number[], since: number): void {
    const {
      slowDeletes,
      worker: { clock, promptDeletes = PROMPT_DELETES },
    } = this;
    if (clock.now() - since > promptDeletes) {
      indexes.forEach((index) => slowDeletes.add(index));
    }
  }

  /** The indexes from the cursor of the round before up to this one. */
  private rangeTo(end: number): number[] {
    const { cursor } = this.batch.BatchInput.progress;
    return Array.from({ length: end - cursor }, (_, i) => cursor + i);
  }
}

/** Remembers the answer, and not an error. */
function once<T>(ask: () => Promise<T>): () => Promise<T> {
  let answer: Promise<T> | undefined;
  return () => {
    answer ??= ask().catch((error: unknown) => {
      answer = undefined;
      throw error;
    });
    return answer;
  };
}
