import type { BatchOutcomes } from './batch-outcomes';
import type { WayBack } from './batch-worker';
import type { LedgerLine, ListedObject, Run } from '../../contract/payloads';
import { BatchLedger } from '../ledger/batch-ledger';
import { isMoved } from '../ledger/merge-lines';
import { toLedgerPartKey } from '../ledger/part-keys';
import type { BucketClient } from '../s3/bucket-client';

/** Writes the outcomes of a round to the ledger of its batch. New lines go to a part that is named after their objects. */
export class OutcomeRecorder {
  private readonly ledger: BatchLedger;
  private readonly runStart: number;

  /** @param archiveClass storage class of the archive */
  constructor(
    private readonly run: Run, private readonly items: readonly ListedObject[], private readonly outcomes: BatchOutcomes,
    private readonly archiveClass: string | undefined, private readonly back?: WayBack,
  ) {
    this.ledger = new BatchLedger(run, items);
    this.runStart = Date.parse(run.startTime);
  }

  /**
   * Writes the lines of these objects that are new or changed, and returns all of them.
   *
   * @param now epoch milliseconds: the time of what is known without an attempt
   */
  async record(reports: BucketClient, indexes: readonly number[], now: number): Promise<LedgerLine[]> {
    const lines = this.toLines(indexes, now);
    if (lines.length > 0) { await this.ledger.record(reports, this.toPartKey(indexes), lines); }
    return lines;
  }

  /** Finds out by the lines of earlier attempts what happened to sources that are gone. */
  async recall(reports: BucketClient): Promise<void> {
    this.outcomes.recall((await this.ledger.load(reports)).archived, this.back);
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
    await this.ledger.record(reports, this.toPartKey(indexes), doubted.map((line) => ({ ...line, at: toTime(line) })));
  }

  private toLines(indexes: readonly number[], now: number): LedgerLine[] {
    return indexes.flatMap((index) => {
      const line = this.outcomes.toLedgerLine(index, now, this.runStart, this.archiveClass);
      return line ? [this.back ? this.back.toLine(line, this.items[index]) : line] : [];
    });
  }

  private toPartKey(indexes: readonly number[]): string {
    return toLedgerPartKey(this.run, this.items, { from: Math.min(...indexes), to: Math.max(...indexes) + 1 });
  }
}
