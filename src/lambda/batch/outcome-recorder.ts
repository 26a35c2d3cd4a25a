import type { BatchHooks } from './batch-hooks';
import type { BatchOutcomes } from './batch-outcomes';
import { groupBy } from '../../contract/group-by';
import type { BatchEvent, Progress } from '../../contract/payloads/batch-payloads';
import type { BatchDigest, LedgerLine } from '../../contract/payloads/ledger-line';
import type { Run } from '../../contract/payloads/run';
import { BatchLedger, type BatchLines } from '../ledger/batch-ledger';
import { isMoved } from '../ledger/merge-lines';
import { getLedgerBatchPrefix, MAX_PART_LINES, toLedgerPartKeys } from '../ledger/part-keys';
import { Tally } from '../ledger/tally';
import type { BucketClient } from '../s3/bucket-client';

/** Each round has one part. Most batches have one round. */
const MAX_PARTS = 40;
/** Characters of JSON. */
export const MAX_DIGEST_LENGTH = 8 * 1024;

/**
 * The space that the items of a batch (`MAX_INPUT_BYTES` of the map) leave in a state's 256 KiB,
 * less a reserve.
 */
const MAX_PROGRESS_BYTES = (256 - 224) * 1024 - 512;

/** Leaves the digest out if it does not fit next to the problems and the message of the batch. */
export function fitIntoState(run: Run, progress: Progress): Progress {
  return Buffer.byteLength(JSON.stringify({ run, ...progress })) <= MAX_PROGRESS_BYTES
    ? progress
    : { ...progress, digest: null };
}

/**
 * Writes the outcomes of a round to the ledger of its batch. New lines go to the part of the round.
 */
export class OutcomeRecorder {
  private readonly ledger: BatchLedger;
  private readonly partKeys: readonly string[];

  constructor(
    private readonly batch: BatchEvent,
    private readonly outcomes: BatchOutcomes,
    private readonly hooks: BatchHooks,
    /** How many objects of the batch have their lines in the same part. */
    readonly partLines: number = MAX_PART_LINES,
  ) {
    const { run, progress } = batch.BatchInput;
    const { Items: items } = batch;
    this.ledger = new BatchLedger(
      run,
      getLedgerBatchPrefix(run, items, hooks.origin),
      progress.digest?.parts,
    );
    this.partKeys = toLedgerPartKeys(run, items, progress.rounds, {
      partLines,
      origin: hooks.origin,
    });
  }

  /**
   * Writes the lines of these objects that are new or changed, and returns what the ledger now says
   * of all of them.
   *
   * @param now epoch milliseconds: the time of what is known without an attempt
   */
  async record(
    reports: BucketClient,
    indexes: readonly number[],
    now: number,
  ): Promise<LedgerLine[]> {
    const groups = [...this.groupByPart(indexes)];
    return this.ledger.record(
      reports,
      groups.map(([partKey, some]) => ({ partKey, lines: this.toLines(some, now) })),
    );
  }

  /**
   * Returns what all attempts have written. If an earlier one decides what became of an object, it
   * may have died a moment ago, so its parts are sealed, and a write still in flight fails.
   */
  async recall(reports: BucketClient): Promise<BatchLines> {
    const isDecisive = this.outcomes.listMissing().length > 0;
    return isDecisive ? this.ledger.seal(reports, this.partKeys) : this.ledger.load(reports);
  }

  /**
   * Returns the keys of those lines that say that an object failed, or that S3 restores it,
   * although an earlier round or another attempt wrote that it is archived.
   *
   * @param known the keys of objects that are known to be at their source
   */
  async listDoubtful(
    reports: BucketClient,
    lines: readonly LedgerLine[],
    known: ReadonlySet<string>,
  ): Promise<ReadonlySet<string>> {
    const unmoved = lines.filter(({ status }) => status === 'failed' || status === 'restoring');
    if (
      unmoved.length === 0 ||
      (this.batch.BatchInput.progress.rounds === 0 && this.ledger.listParts())
    ) {
      return new Set();
    }
    const { archived } = await this.ledger.load(reports);
    return new Set(
      unmoved.map(({ key }) => key).filter((key) => archived.has(key) && !known.has(key)),
    );
  }

  /**
   * Takes back the lines of these objects, of which no delete was sent. The next write leaves them
   * out.
   */
  retract(indexes: readonly number[]): void {
    this.ledger.retract(indexes.map((index) => this.hooks.toLineKey(this.batch.Items[index])));
  }

  async removeMissing(reports: BucketClient): Promise<void> {
    await this.ledger.remove(
      reports,
      this.outcomes.listMissing().map(({ item }) => item.Key),
    );
  }

  /**
   * Writes again that these sources are deleted, where another attempt at the batch has written
   * something else meanwhile. This invocation was given up then: the other attempt, or ReportRun,
   * saw the sources before they were deleted. The new line is younger than theirs, however long
   * they took to write it.
   *
   * @param now epoch milliseconds
   */
  async confirm(reports: BucketClient, indexes: readonly number[], now: number): Promise<void> {
    const { counting } = await this.ledger.load(reports);
    const elapsed = now - Date.parse(this.batch.BatchInput.run.startTime);
    const toTime = ({ key }: LedgerLine) =>
      Math.max(elapsed, (counting.get(key)?.at ?? -Infinity) + 1);
    const groups = [...this.groupByPart(indexes)];
    await this.ledger.record(
      reports,
      groups.map(([partKey, some]) => ({
        partKey,
        lines: this.toLines(some, now)
          .filter(({ key, status }) => isMoved(status) && counting.get(key)?.status !== status)
          .map((line) => ({ ...line, at: toTime(line) })),
      })),
    );
  }

  private groupByPart(indexes: readonly number[]): Map<string, number[]> {
    return groupBy(indexes, (index) => this.partKeys[Math.floor(index / this.partLines)]);
  }

  /**
   * Returns the digest of the batch after this round, or null if ReportRun has to read the parts:
   * in a dry run it compares the destinations of all batches, another attempt may have written
   * lines that count, and only lines have the requests that restore sources. It is also null if it
   * would be long.
   *
   * @param lines of the objects that this round finished
   */
  digest(lines: readonly LedgerLine[]): BatchDigest | null {
    const { run, progress: before } = this.batch.BatchInput;
    const parts = this.ledger.listParts();
    const hasRestores = lines.some(({ status }) => status === 'restoring');
    if (run.dryRun || hasRestores || !before.digest || !parts || parts.length > MAX_PARTS) {
      return null;
    }
    const tally = new Tally();
    tally.addDigest({ ...before.digest, parts: [] }, before.counts, before.bytes);
    for (const line of lines) {
      tally.add(line);
    }
    const digest = tally.toDigest(parts, before.digest.slowest);
    return JSON.stringify(digest).length > MAX_DIGEST_LENGTH ? null : digest;
  }

  private toLines(indexes: readonly number[], now: number): LedgerLine[] {
    return indexes.flatMap((index) => {
      const line = this.outcomes.toLedgerLine(index, now);
      return line ? [this.hooks.toLine?.(line, this.batch.Items[index]) ?? line] : [];
    });
  }
}
