import { setMaxListeners } from 'node:events';
import { createBatchAlert } from './batch-alert';
import { BatchCopier } from './batch-copier';
import { BatchOutcomes, type CopiedItem } from './batch-outcomes';
import { type BatchWorker, toLineKey } from './batch-worker';
import { fitIntoState, OutcomeRecorder } from './outcome-recorder';
import { getReserve, LOOK_AGAIN } from '../../contract/batches';
import { ErrorName, namedError } from '../../contract/errors';
import type { BatchEvent, Progress } from '../../contract/payloads/batch-payloads';
import type { Run } from '../../contract/payloads/run';
import { isMoved } from '../ledger/merge-lines';
import { deleteSources, type MoveContext } from '../move/move-object';
import { abortUpload } from '../move/multipart-copy';
import { BucketClient, type BucketClientOptions } from '../s3/bucket-client';
import { orderedMap } from '../s3/ordered-map';
import type { RetryBudget } from '../s3/retry';
import { withHalvingTimeout } from '../s3/timeouts';
import { escapeUnprintable } from '../text/escape';

const LOOKS_AT_ONCE = 64;

/**
 * Runs one round of a batch: copies from the cursor on until all objects are copied or the time ends, writes the ledger
 * part, deletes the sources, and returns the progress.
 *
 * The ledger part comes before the deletes: if the invocation dies in between, it says too much, which the next attempt
 * sees and corrects, and never too little. It is written again only if a delete turned out otherwise. If S3 answers neither
 * a delete nor a look at its source, the next round begins there.
 *
 * @param milliseconds the invocation's remaining time
 * @throws SystemicFailure if every object failed for one reason that lies in the setup, and an error after the last round if
 * S3 did not answer whether sources are deleted
 */
export async function moveBatch(worker: BatchWorker, batch: BatchEvent, milliseconds: number): Promise<Progress> {
  const { BatchInput: { run, progress }, Items: items } = batch;
  const { clock, settings } = worker;
  const end = clock.now() + milliseconds;
  const began = performance.now();
  // The reserve's first half is for copies in progress, the second half for deletes and the ledger.
  const reserve = getReserve(milliseconds);
  const stop = new AbortController();
  setMaxListeners(0, stop.signal); // one listener for each open request
  const timer = setTimeout(() => stop.abort(), milliseconds - reserve / 2);
  // Of the requests after the copies.
  const ended = new AbortController();
  setMaxListeners(0, ended.signal);
  const context = createMoveContext(worker, run, milliseconds, { clock, deadline: end - reserve / 2 }, stop.signal);
  worker.rate.allow(run, stop.signal);

  const outcomes = new BatchOutcomes(items, progress);
  const recorder = new OutcomeRecorder(run, items, outcomes, settings.storageClass, progress, worker.restore);
  try {
    const earlyReports = new BucketClient({ s3: worker.s3, bucket: settings.reportBucket, budget: context.source.budget, signal: stop.signal });
    const record = (indexes: readonly number[]) => recorder.record(earlyReports, indexes, clock.now());
    const uploads = await new BatchCopier(worker, context, batch, outcomes, end - reserve, record, () => stop.abort()).run();
    // From here on no copy is started, and the signal ends nothing.
    const copiedUntil = clock.now();
    const s3 = withHalvingTimeout(worker.s3, () => milliseconds - (performance.now() - began));
    const budget = { clock, deadline: end - Math.min(1_000, reserve / 10) };
    const reports = new BucketClient({ s3, bucket: settings.reportBucket, budget, signal: ended.signal });
    const options = { s3, budget, signal: ended.signal };
    const untilEnd = { ...context, source: context.source.with(options), destination: context.destination.with(options) };
    const isLastRound = progress.rounds + 1 >= settings.maxRounds;
    const firstOpen = outcomes.findFirstOpen();

    if (progress.rounds > 0 || outcomes.isRecallUseful()) { await recorder.recall(reports); }
    if (worker.restore) { await outcomes.reportGone((item, status) => worker.restore!.reportGone(untilEnd, item, status)); }
    const copies = outcomes.listCopied();
    if (copies.length > 0) {
      await recorder.record(reports, range(progress.cursor, firstOpen), copiedUntil);
      // A copy whose source is still there is only half of a move, so sources behind the cursor are deleted, too.
      const behind = copies.map(({ index }) => index).filter((index) => index >= firstOpen);
      await recorder.record(reports, behind, copiedUntil);
      const unanswered = await deleteCopied(context, outcomes, copies, { ...options, budget: { clock, deadline: end - reserve / 3 } });
      // The ledger says archived of them, so only another attempt, or ReportRun, may say something else.
      if (unanswered && isLastRound) { throw new Error(`another attempt must find out whether sources are deleted: ${unanswered.message}`); }
      // Behind the cursor, too, each line gets its delete marker, which no later round could find out.
      await recorder.record(reports, behind.filter((index) => outcomes.isDeleted(index)), copiedUntil);
    }

    // Before the open objects get an outcome that was not tried.
    const systemic = outcomes.findSystemicFailure();
    if (isLastRound && !systemic) { outcomes.giveUpOpen(worker.select); }
    const cursor = outcomes.findFirstOpen();
    const openUpload = isLastRound ? undefined : uploads.find(({ index }) => index === cursor);
    const finished = range(progress.cursor, cursor);
    let lines = await recorder.record(reports, finished, copiedUntil);
    const doubtful = new Set((await recorder.listDoubtful(reports, lines)).map(({ key }) => key));
    // Whoever looked after a delete that failed knows that its source is there.
    for (const { index } of copies) { doubtful.delete(toLineKey(worker.restore, items[index])); }
    // The other attempt may be about to delete them.
    if (doubtful.size > 0) { await clock.sleep(Math.min(LOOK_AGAIN, Math.max(0, budget.deadline - clock.now()) / 2)); }
    if (await findMoved(worker, untilEnd, batch, outcomes, finished.filter((index) => doubtful.has(toLineKey(worker.restore, items[index]))))) {
      await recorder.recall(reports);
      lines = await recorder.record(reports, finished, copiedUntil);
    }
    await recorder.removeGone(reports);
    if (clock.now() - copiedUntil > worker.promptDeletes) { outcomes.addSlowDeletes(copies.map(({ index }) => index)); }
    const slowDeletes = outcomes.listSlowDeletes();
    if (slowDeletes.length > 0) { await recorder.confirm(reports, slowDeletes, clock.now()); }
    await Promise.all(uploads.filter((upload) => upload !== openUpload).map((upload) => abortUpload(untilEnd.destination, upload)));
    lines.filter(({ status }) => !isMoved(status)).forEach(worker.onProblem);
    if (systemic) {
      throw namedError(ErrorName.SYSTEMIC_FAILURE, `${systemic.code}: every object that the batch tried failed for this reason, `
        + `from s3://${settings.sourceBucket} to s3://${settings.destinationBucket}/${escapeUnprintable(systemic.destination)}: ${escapeUnprintable(systemic.message)}`);
    }
    const isFinished = cursor === items.length;
    const after = outcomes.toProgress(cursor, lines);
    return fitIntoState(run, {
      ...after,
      digest: recorder.digest(lines),
      upload: openUpload ? { key: openUpload.key, uploadId: openUpload.uploadId, etag: openUpload.etag } : null,
      finished: isFinished,
      alert: createBatchAlert(settings, batch, { ...after, finished: isFinished }),
    });
  } finally {
    clearTimeout(timer);
    // Nothing may be sent after this: Lambda freezes the function, and lets it go on in the middle of its next invocation.
    stop.abort();
    ended.abort();
  }
}

function createMoveContext(
  { s3, clock, settings, sourceLocks, copyThroughput, restore }: BatchWorker, run: Run, milliseconds: number, budget: RetryBudget, signal: AbortSignal,
): MoveContext {
  const startTime = Date.parse(run.startTime);
  return {
    source: new BucketClient({ s3, bucket: settings.sourceBucket, budget, signal }),
    destination: new BucketClient({ s3, bucket: settings.destinationBucket, budget, signal }),
    sourceLocks,
    conflictPolicy: settings.conflictPolicy,
    storageClass: settings.storageClass,
    destinationKeyArn: settings.destinationKeyArn,
    maxCopyBytes: settings.multipartThresholdBytes,
    multipartThreshold: copyThroughput.getMultipartThreshold(milliseconds, settings.multipartThresholdBytes),
    onCopyTime: (bytes, time, isCutOff) => isCutOff ? copyThroughput.onCutOff(bytes, time) : copyThroughput.onCopied(bytes, time),
    // A start in the future, as in a rehearsal of another day, does not tell whether an object was written by this run.
    runStart: startTime <= clock.now() ? startTime : 0,
    sharesDestinations: restore === undefined && settings.layout.flatten,
    denials: { byDestination: 0, isAnyOfSource: false },
    looksFirst: restore === undefined && settings.keepsSources,
    isRestore: restore !== undefined,
  };
}

/** Returns one of the deletes that nobody knows the result of. The next round finds out. */
async function deleteCopied(
  context: MoveContext, outcomes: BatchOutcomes, copies: readonly CopiedItem[], options: Omit<BucketClientOptions, 'bucket'>,
): Promise<{ readonly message: string } | undefined> {
  const results = await deleteSources({ ...context, source: context.source.with(options) }, copies);
  let unanswered: { readonly message: string } | undefined;
  results.forEach((result, i) => {
    if (result.status === 'failed' && result.isUnanswered) {
      unanswered = result;
      outcomes.reopen(copies[i].index);
    } else {
      outcomes.set(copies[i].index, result);
    }
  });
  return unanswered;
}

/**
 * Finds which of these objects are moved after all, and returns whether any is. This attempt could not move them, but another one
 * wrote that they are archived, which it does when they are copied: it may have deleted their sources, and died after that. A
 * denial, for example, says nothing about it. Where sources are kept, the copy is all. In a restore, the old key shows it.
 *
 * @throws an error if S3 does not say whether a source is gone, so that another attempt, or ReportRun, finds out
 */
async function findMoved(
  { restore, settings }: BatchWorker, context: MoveContext, { Items: items }: BatchEvent, outcomes: BatchOutcomes, indexes: readonly number[],
): Promise<boolean> {
  let isAnyMoved = false;
  const isKept = settings.keepsSources === true;
  const looks = orderedMap(indexes, LOOKS_AT_ONCE, async (index) => {
    if (restore) { return { index, moved: await restore.findRestored(context, items[index]) }; }
    const isDone = isKept || !await context.source.has(items[index].Key);
    return { index, moved: isDone ? { status: 'source-gone' as const, isKept } : undefined };
  });
  for await (const { index, moved } of looks) {
    if (!moved) { continue; }
    outcomes.set(index, moved);
    isAnyMoved = true;
  }
  return isAnyMoved;
}

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from }, (_, i) => from + i);
}
