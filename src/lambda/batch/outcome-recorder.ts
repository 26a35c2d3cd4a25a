import type { BatchOutcomes } from './batch-outcomes';
import type { RestoreHooks } from './batch-worker';
import type { Progress } from '../../contract/payloads/batch-payloads';
import type { BatchDigest, LedgerLine } from '../../contract/payloads/ledger-line';
import type { ListedObject } from '../../contract/payloads/listing';
import type { Run } from '../../contract/payloads/run';
import { BatchLedger } from '../ledger/batch-ledger';
import { isMoved } from '../ledger/merge-lines';
import { toLedgerPartKey } from '../ledger/part-keys';
import { Tally } from '../ledger/tally';
import type { BucketClient } from '../s3/bucket-client';

/** Each round has one part. Most batches have one round. */
const MAX_PARTS = 40;
/** Characters of JSON. */
export const MAX_DIGEST_LENGTH = 8 * 1024;

/** What the items of a batch leave of a state's 256 KiB (`MAX_INPUT_BYTES` of the map), less a reserve. */
const MAX_PROGRESS_BYTES = (256 - 224) * 1024 - 512;

/** Leaves the digest out if it does not fit beside the problems and the message of the batch. */
export function fitIntoState(run: Run, progress: Progress): Progress {
  return Buffer.byteLength(JSON.stringify({ run, ...progress })) <= MAX_PROGRESS_BYTES ? progress : { ...progress, digest: null };
}

/** Writes the outcomes of a round to the ledger of its batch. New lines go to the part of the round. */
export class OutcomeRecorder {
  private readonly ledger: BatchLedger;
  private readonly runStart: number;
  private readonly partKey: string;

  /** @param archiveClass storage class of the archive */
  constructor(
    private readonly run: Run, private readonly items: readonly ListedObject[], private readonly outcomes: BatchOutcomes,
    private readonly archiveClass: string | undefined, private readonly before: Progress, private readonly restore?: RestoreHooks,
  ) {
    this.ledger = new BatchLedger(run, items, before.digest?.parts, restore?.origin);
    this.runStart = Date.parse(run.startTime);
    this.partKey = toLedgerPartKey(run, items, before.rounds, restore?.origin);
  }

  /**
   * Writes the lines of these objects that are new or changed, and returns what the ledger now says of all of them.
   *
   * @param now epoch milliseconds: the time of what is known without an attempt
   */
  async record(reports: BucketClient, indexes: readonly number[], now: number): Promise<LedgerLine[]> {
    const lines = this.toLines(indexes, now);
    return lines.length > 0 ? this.ledger.record(reports, this.partKey, lines) : [];
  }

  /**
   * Finds out by the lines of earlier attempts what happened to sources that are gone. Such an attempt may have died a moment
   * ago, so what it may still be about to write is kept from it. In a restore, the old keys show what happened.
   */
  async recall(reports: BucketClient): Promise<void> {
    const isDecisive = this.outcomes.listGone().length > 0;
    const { archived } = await (isDecisive ? this.ledger.seal(reports, [this.partKey]) : this.ledger.load(reports));
    if (!this.restore) { this.outcomes.recall(archived); }
  }

  /**
   * Returns those of the lines that say that an object failed, although an earlier round or another attempt wrote that it is
   * archived.
   */
  async listDoubtful(reports: BucketClient, lines: readonly LedgerLine[]): Promise<LedgerLine[]> {
    const failed = lines.filter(({ status }) => status === 'failed');
    if (failed.length === 0 || (this.before.rounds === 0 && this.ledger.listParts())) { return []; }
    const { archived } = await this.ledger.load(reports);
    return failed.filter(({ key }) => archived.has(key));
  }

  /** Removes the lines of objects that somebody else deleted or rewrote. */
  async removeGone(reports: BucketClient): Promise<void> {
    await this.ledger.remove(reports, this.outcomes.listGone());
  }

  /**
   * Writes again that these sources are deleted, where another attempt at the batch has written something else meanwhile.
   * This invocation was given up then: the other attempt, or ReportRun, saw the sources before they were deleted. The new
   * line is younger than theirs, however long they took to write it.
   *
   * @param now epoch milliseconds
   */
  async confirm(reports: BucketClient, indexes: readonly number[], now: number): Promise<void> {
    const { counting } = await this.ledger.load(reports);
    const doubted = this.toLines(indexes, now).filter(({ key, status }) => isMoved(status) && counting.get(key)?.status !== status);
    const toTime = ({ key }: LedgerLine) => Math.max(now - this.runStart, (counting.get(key)?.at ?? -Infinity) + 1);
    await this.ledger.record(reports, this.partKey, doubted.map((line) => ({ ...line, at: toTime(line) })));
  }

  /**
   * Returns the digest of the batch after this round, or null if ReportRun has to read the parts: in a dry run it compares
   * the destinations of all batches, and another attempt may have written lines that count. It is also null if it would be
   * long.
   *
   * @param lines of the objects that this round finished
   */
  digest(lines: readonly LedgerLine[]): BatchDigest | null {
    const { before, run } = this;
    const parts = this.ledger.listParts();
    if (run.dryRun || !before.digest || !parts || parts.length > MAX_PARTS) { return null; }
    const tally = new Tally();
    tally.addDigest({ ...before.digest, parts: [] }, before.counts, before.bytes);
    for (const line of lines) { tally.add(line); }
    const digest = tally.toDigest(parts, before.digest.slowest);
    return JSON.stringify(digest).length > MAX_DIGEST_LENGTH ? null : digest;
  }

  private toLines(indexes: readonly number[], now: number): LedgerLine[] {
    return indexes.flatMap((index) => {
      const line = this.outcomes.toLedgerLine(index, now, this.runStart, this.archiveClass);
      return line ? [this.restore ? this.restore.toLine(line, this.items[index]) : line] : [];
    });
  }
}
