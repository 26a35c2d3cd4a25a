import { setMaxListeners } from 'node:events';
import type { S3Client } from '@aws-sdk/client-s3';
import { listedFields, type Preview, previewer } from './dry-run';
import { EagerDeletes } from './eager-deletes';
import { getReserve } from '../../contract/batches';
import { ErrorName, namedError } from '../../contract/errors';
import type { BatchEvent, LedgerLine, ListedObject, Progress, Run } from '../../contract/payloads';
import { ReasonCode } from '../../contract/reason-codes';
import { writeLedgerPart } from '../ledger/write-ledger';
import { copyToArchive, deleteSources, type Copied, type MoveRequest, type MoveResult, type MoveContext } from '../move/move-object';
import { abortUpload, Interrupted, type OpenUpload } from '../move/multipart-copy';
import type { ArchiveSettings } from '../runtime/environment';
import type { Clock } from '../s3/retry';
import { isSystemic } from '../s3/s3-error';
import { withAbortSignal, withHalvingTimeout } from '../s3/timeouts';
import type { Selection } from '../selection/select-objects';
import { addStraggler } from '../selection/stragglers';
import { type AimdConcurrencyController, MAX_CONCURRENCY } from '../throughput/concurrency-controller';
import type { RateController } from '../throughput/rate-controller';

export interface BatchWorker {
  readonly s3: S3Client;
  readonly rate: RateController;
  /** Of the copies; it is told of their answers where they are sent (`withDirectCopies`). */
  readonly concurrency: AimdConcurrencyController;
  readonly clock: Clock;
  readonly settings: ArchiveSettings;
  readonly select: (object: ListedObject) => Selection;
  readonly sourceLocks: boolean;
  /** Told of each object that was not archived, once. */
  readonly onProblem: (line: LedgerLine) => void;
}

/** So many objects that all fail for one systemic reason, and no other outcome: the reason is the set-up. */
const SYSTEMIC_SAMPLE = 10;
/** What a child's output shows; the ledger has all. */
const PROBLEMS_SHOWN = 3;
const KEY_SHOWN = 300;

type Skipped = { readonly status: 'skipped'; readonly straggler?: string };
type Outcome = Skipped | Copied | MoveResult | Preview;
/** Epoch milliseconds. */
interface Span { readonly began: number; readonly ended: number }
type Unarchived = Extract<MoveResult, { status: 'failed' | 'conflicting' }>;

/**
 * One round of a batch: copies from the cursor on until the items or the time end, deletes the
 * sources, writes the ledger part, and says how far it came.
 *
 * @param milliseconds the invocation's remaining time
 * @throws SystemicFailure where every object failed for one reason that lies in the set-up
 */
export async function archiveBatch(worker: BatchWorker, batch: BatchEvent, milliseconds: number): Promise<Progress> {
  const { BatchInput: { run, progress }, Items: items } = batch;
  const { clock, settings } = worker;
  const end = clock.now() + milliseconds;
  const began = performance.now();
  // Time enough for copies under way to finish, and then for the deletes and the ledger.
  const reserve = getReserve(milliseconds);
  const stop = new AbortController();
  setMaxListeners(0, stop.signal); // a listener for each request under way
  const timer = setTimeout(() => stop.abort(), milliseconds - reserve / 2);
  const mover: MoveContext = {
    ...settings,
    s3: withAbortSignal(worker.s3, stop.signal),
    sourceLocks: worker.sourceLocks,
    budget: { clock, deadline: end - reserve / 2 },
    signal: stop.signal,
    multipartThreshold: settings.multipartThresholdBytes,
    // A start ahead of the clock, as a rehearsal of another day has, tells nothing about when an object was written.
    runStart: Date.parse(run.startTime) <= clock.now() ? Date.parse(run.startTime) : 0,
  };
  worker.rate.allow(run, stop.signal);

  const outcomes = new Array<Outcome | undefined>(items.length);
  const spans = new Array<Span | undefined>(items.length);
  try {
    const upload = await copyAll(worker, mover, run, items, progress, outcomes, spans, end - reserve);
    // From here on nothing new begins, and the reserve's second half is for finishing: deletes, looks after those that were not answered, the ledger.
    const s3 = withHalvingTimeout(worker.s3, () => milliseconds - (performance.now() - began));
    await removeAll({ ...mover, s3, budget: { clock, deadline: end - reserve / 3 } }, items, outcomes);

    const lastRound = progress.rounds + 1 >= settings.maxRounds;
    const open = upload && firstOpen(outcomes, progress.cursor) === upload.index && !lastRound ? upload : undefined;
    const budget = { clock, deadline: end - Math.min(1_000, reserve / 10) };
    if (upload && !open) { await abortUpload(s3, budget, mover.destinationBucket, upload); }
    // Judged before what was not tried gets an outcome of its own.
    const systemic = systemicOf(outcomes);
    if (lastRound && !systemic) { giveUp(worker, items, progress.cursor, outcomes); }

    const cursor = firstOpen(outcomes, progress.cursor);
    const lines = ledgerLines(mover, items, progress.cursor, cursor, outcomes, spans, Date.parse(run.startTime));
    // An object that is gone has no line, but an attempt that is repeated here may have given it one.
    if (lines.length > 0 || outcomes.slice(progress.cursor, cursor).some((outcome) => outcome?.status === 'source-gone')) {
      await writeLedgerPart(s3, budget, settings.reportBucket, run, { items, from: progress.cursor, to: cursor }, lines);
    }
    lines.filter((line) => line.status !== 'archived').forEach(worker.onProblem);
    if (systemic) { throw systemicFailure(systemic, mover); }
    return {
      ...tally(progress, items, outcomes, cursor, lines),
      upload: open ? { key: open.key, uploadId: open.uploadId, etag: open.etag } : null,
      finished: cursor === items.length,
    };
  } finally {
    clearTimeout(timer);
  }
}

/** Fills `outcomes` from the cursor on. Answers with the multipart copy that the end of the time interrupted. */
async function copyAll(
  { select, clock, rate, concurrency }: BatchWorker, mover: MoveContext, run: Run, items: readonly ListedObject[], progress: Progress,
  outcomes: (Outcome | undefined)[], spans: (Span | undefined)[], until: number,
): Promise<(OpenUpload & { index: number }) | undefined> {
  let interrupted: (OpenUpload & { index: number }) | undefined;
  const preview = previewer(mover, () => items.slice(progress.cursor).map(select).flatMap((each) => (each.selected ? [each.destinationKey] : [])));
  const large = oneAtATime();

  const archive = (index: number, object: MoveRequest): Promise<Copied | MoveResult | Preview> => {
    const timed = async (work: () => Promise<Copied | MoveResult | Preview>) => {
      const began = clock.now();
      const outcome = await work();
      spans[index] = { began, ended: clock.now() };
      return outcome;
    };
    if (run.dryRun) { return timed(() => preview(object, items[index].StorageClass)); }
    const resume = index === progress.cursor ? progress.upload ?? undefined : undefined;
    if (object.size <= mover.multipartThreshold) { return timed(() => copyToArchive(mover, object)); }
    // Multipart copies work in parallel within; one after the other, the first is done before the time is up.
    return large(() => timed(() => copyToArchive(mover, object, resume)));
  };

  let next = progress.cursor;
  let hopeless = false;
  /** False where no object is left, or no time for one. */
  const dealWithNext = async (): Promise<boolean> => {
    if (next >= items.length || clock.now() >= until || hopeless) { return false; }
    const index = next++;
    const { Key: key, Etag: etag, Size: size } = items[index];
    const selection = select(items[index]);
    if (!selection.selected) {
      outcomes[index] = { status: 'skipped', straggler: selection.straggler };
      return true;
    }
    try {
      const outcome = await archive(index, { key, etag, size, destination: selection.destinationKey });
      outcomes[index] = outcome;
      if (outcome.status === 'copied') { early.add(index); }
      if (outcome.status === 'failed') { hopeless = systemicOf(outcomes) !== undefined; }
    } catch (error) {
      if (!mover.signal.aborted) {
        hopeless = true;
        throw error;
      }
      if (error instanceof Interrupted) { interrupted = { ...error.upload, index }; }
    }
    return true;
  };

  const early = new EagerDeletes(() => rate.isThrottled, async (indexes) => {
    for (const [index, outcome] of await remove(mover, items, outcomes, indexes)) {
      if (outcome.status !== 'failed') { outcomes[index] = outcome; }
    }
  });
  const work = async () => {
    for (let more = true; more;) {
      await concurrency.acquire();
      try {
        more = await dealWithNext();
      } finally {
        concurrency.release();
      }
    }
  };
  try {
    do {
      hopeless = false;
      await Promise.all(Array.from({ length: Math.min(MAX_CONCURRENCY, items.length) }, work));
      // What was still under way when it looked hopeless may have ended well.
    } while (hopeless && !systemicOf(outcomes));
  } finally {
    await early.settled();
  }
  return interrupted;
}

/** Deletes the sources of what was copied, also behind the cursor: a copy whose delete was not tried is half a move. */
async function removeAll(mover: MoveContext, items: readonly ListedObject[], outcomes: (Outcome | undefined)[]): Promise<void> {
  const moved = await remove(mover, items, outcomes, [...outcomes.keys()]);
  moved.forEach((outcome, index) => { outcomes[index] = outcome; });
}

/** What became of those among the objects that were copied. */
async function remove(
  mover: MoveContext, items: readonly ListedObject[], outcomes: readonly (Outcome | undefined)[], indexes: readonly number[],
): Promise<Map<number, MoveResult>> {
  const copies = indexes.flatMap((index) => {
    const outcome = outcomes[index];
    return outcome?.status === 'copied' ? [{ ...outcome, index, key: items[index].Key }] : [];
  });
  const moved = await deleteSources(mover, copies);
  return new Map(copies.map(({ index }, i) => [index, moved[i]]));
}

/** After the last round nothing stays open: what was not dealt with is at its source. */
function giveUp({ select }: BatchWorker, items: readonly ListedObject[], from: number, outcomes: (Outcome | undefined)[]): void {
  for (let index = from; index < items.length; index++) {
    if (outcomes[index]) { continue; }
    const selection = select(items[index]);
    outcomes[index] = selection.selected
      ? { status: 'failed', destination: selection.destinationKey, code: ReasonCode.OUT_OF_TIME, message: 'the batch ran out of rounds before its turn' }
      : { status: 'skipped', straggler: selection.straggler };
  }
}

/** The next round goes on here: what this one did behind an object that it left open, the next finds done and counts. */
function firstOpen(outcomes: readonly (Outcome | undefined)[], from: number): number {
  const open = outcomes.findIndex((outcome, index) => index >= from && !outcome);
  return open === -1 ? outcomes.length : open;
}

function ledgerLines(
  mover: MoveContext, items: readonly ListedObject[], from: number, to: number,
  outcomes: readonly (Outcome | undefined)[], spans: readonly (Span | undefined)[], runStart: number,
): LedgerLine[] {
  const lines: LedgerLine[] = [];
  for (let index = from; index < to; index++) {
    const outcome = outcomes[index]!;
    if (outcome.status === 'skipped' || outcome.status === 'source-gone' || outcome.status === 'copied') { continue; }
    const { Key: key, Etag, Size } = items[index];
    const { status, destination } = outcome;
    const span = spans[index];
    const more = {
      ...span && { at: span.ended - runStart, ms: span.ended - span.began },
      ...listedFields(items[index], mover, 'requests' in outcome ? outcome.requests : undefined),
    };
    lines.push(status === 'archived'
      ? { key, destination, status, etag: outcome.etag, size: outcome.size, ...more }
      : { key, destination, status, code: outcome.code, message: outcome.message, etag: Etag, size: Size, ...more });
  }
  return lines;
}

function tally(
  before: Progress, items: readonly ListedObject[], outcomes: readonly (Outcome | undefined)[], cursor: number, lines: readonly LedgerLine[],
): Omit<Progress, 'finished' | 'upload'> {
  const counts = { ...before.counts };
  const stragglers = { ...before.stragglers };
  counts.listed += cursor - before.cursor;
  counts.skipped += cursor - before.cursor - lines.length;
  for (const { status } of lines) { counts[status] += 1; }
  for (let index = before.cursor; index < cursor; index++) {
    const outcome = outcomes[index];
    if (outcome?.status === 'skipped' && outcome.straggler) {
      addStraggler(stragglers, outcome.straggler, items[index].Key);
    }
  }
  const problems = lines
    .filter(({ status }) => status !== 'archived')
    .map(({ key, code, message }) => ({ key: key.slice(0, KEY_SHOWN), code: code!, message }));
  return {
    cursor,
    rounds: before.rounds + 1,
    counts,
    bytes: before.bytes + lines.reduce((sum, { status, size }) => (status === 'archived' ? sum + size : sum), 0),
    stragglers,
    problems: [...before.problems, ...problems].slice(0, PROBLEMS_SHOWN),
  };
}

/** The one reason for which everything that was tried failed, if it lies in the set-up. */
function systemicOf(outcomes: readonly (Outcome | undefined)[]): Unarchived | undefined {
  const tried = outcomes.filter((outcome): outcome is Copied | MoveResult => outcome !== undefined && outcome.status !== 'skipped');
  const [first] = tried;
  if (tried.length < SYSTEMIC_SAMPLE || first.status !== 'failed' || !isSystemic(first.code)) { return undefined; }
  return tried.every((outcome) => outcome.status === 'failed' && outcome.code === first.code) ? first : undefined;
}

function systemicFailure({ code, destination, message }: Unarchived, { sourceBucket, destinationBucket }: MoveContext): Error {
  return namedError(ErrorName.SYSTEMIC_FAILURE,
    `${code}: every object that the batch tried failed so, from s3://${sourceBucket} to s3://${destinationBucket}/${destination}: ${message}`);
}

function oneAtATime(): <T>(task: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  return (task) => {
    const mine = last.then(task, task);
    last = mine.catch(() => undefined);
    return mine;
  };
}
