/**
 * Adds up what batches say of their lines, where one listing shows their parts unchanged. Only
 * others are read: time grows with batches.
 */
import type { S3Client } from '@aws-sdk/client-s3';
import { ShownBatches } from './shown-batches';
import type { BalancedParts } from '../../actions/verify/lambda/balanced-parts';
import { ErrorName, namedError } from '../../contract/errors';
import type { Progress } from '../../contract/payloads/batch-payloads';
import type { LedgerPartRef } from '../../contract/payloads/ledger-line';
import type { Run } from '../../contract/payloads/run';
import { BALANCED_PARTS_NAME } from '../../contract/report-places';
import { type BatchId, PartSums, toBatchId } from '../ledger/part-sums';
import { readLines, tallyBatches } from '../ledger/read-ledger';
import { Tally } from '../ledger/tally';
import { LinesFile } from '../plan/lines-file';
import { orderedMap } from '../s3/ordered-map';
import { listObjects } from '../s3/read-objects';
import { formatObjects } from '../text/format';

const BATCHES_AT_ONCE = 8;

/** A ledger that is whole: each part that a batch wrote is there. */
export interface Balance {
  readonly tally: Tally;
  readonly parts: BalancedParts;
}

export class LedgerBalance {
  /** Lists the ledger. Batches that did not finish must be reconciled before. */
  static async open(s3: S3Client, bucket: string, run: Run): Promise<LedgerBalance> {
    const balance = new LedgerBalance(s3, bucket, run);
    for await (const { Key: key, ETag: etag } of listObjects(s3, bucket, run.ledgerPrefix)) {
      balance.sums.add({ name: key!.slice(run.ledgerPrefix.length), etag: etag! });
    }
    return balance;
  }

  private readonly tally: Tally;
  private readonly shown = new ShownBatches();
  private readonly sums = new PartSums();
  private readonly differing = new Map<BatchId, readonly LedgerPartRef[]>();
  /**
   * A separate file next to the report, because a billion objects have a million parts. It is
   * written before the report, so that it exists once the report does. A retry writes it again.
   */
  private readonly file: LinesFile;
  private readonly balanced = { key: '', parts: 0, lines: 0 };

  private constructor(
    private readonly s3: S3Client,
    private readonly bucket: string,
    private readonly run: Run,
  ) {
    this.tally = new Tally(toSeconds(run));
    this.balanced.key = `${run.reportPrefix}${BALANCED_PARTS_NAME}`;
    this.file = new LinesFile(s3, { Bucket: bucket, Key: this.balanced.key });
  }

  async add({
    digest,
    counts,
    bytes,
  }: Pick<Progress, 'digest' | 'counts' | 'bytes'>): Promise<void> {
    if (!digest || digest.parts.length === 0) {
      return;
    }
    const id = toBatchId(digest.parts[0].name);
    if (!this.sums.remove(id, digest.parts)) {
      this.differing.set(id, digest.parts);
      return;
    }
    const batch = new Tally(toSeconds(this.run));
    batch.addDigest(digest, counts, bytes);
    this.tally.merge(batch);
    this.shown.add(digest);
    await this.write(digest.parts);
  }

  /**
   * Reads the parts of batches that did not finish, and of attempts that were given up.
   * @throws LedgerUnbalanced if a part is missing
   */
  async finish(): Promise<Balance> {
    await this.readOthers();
    await this.readShown();
    if (this.balanced.parts > 0) {
      await this.file.close();
    }
    return { tally: this.tally, parts: this.balanced };
  }

  private async readOthers(): Promise<void> {
    const {
      s3,
      bucket,
      sums,
      run: { ledgerPrefix: prefix },
    } = this;
    const others = sums.ids();
    for (const id of this.differing.keys()) {
      others.add(id);
    }
    if (others.size === 0) {
      return;
    }
    const missing = new Map(
      [...this.differing.values()].flat().map(({ name, lines }) => [name, lines]),
    );
    const batches = tallyBatches(s3, bucket, prefix, toSeconds(this.run), (parts) => {
      const names = parts.map(({ Key }) => Key!.slice(prefix.length));
      for (const name of names) {
        missing.delete(name);
      }
      return others.has(toBatchId(names[0]));
    });
    for await (const { tally, parts } of batches) {
      this.tally.merge(tally);
      await this.write(parts);
    }
    const [first] = missing.keys();
    if (first !== undefined) {
      const lines = [...missing.values()].reduce((sum, each) => sum + each, 0);
      throw namedError(
        ErrorName.LEDGER_UNBALANCED,
        `the ledger lacks ${formatObjects(lines)}, because a part of it is missing: ` +
          `s3://${bucket}/${prefix}${first}` +
          `${missing.size > 1 ? ` and ${missing.size - 1} more` : ''}`,
      );
    }
  }

  private async write(parts: readonly LedgerPartRef[]): Promise<void> {
    for (const part of parts) {
      this.balanced.parts += 1;
      this.balanced.lines += part.lines;
      await this.file.add(part);
    }
  }

  private async readShown(): Promise<void> {
    const {
      s3,
      bucket,
      run: { ledgerPrefix: prefix },
    } = this;
    const batches = orderedMap(this.shown.list(), BATCHES_AT_ONCE, (names) => {
      this.tally.partsRead += names.length;
      return readLines(
        s3,
        bucket,
        names.map((name) => `${prefix}${name}`),
      );
    });
    for await (const lines of batches) {
      for (const line of lines.values()) {
        this.tally.show(line);
      }
    }
  }
}

const toSeconds = ({ startTime }: Run) => Date.parse(startTime) / 1000;
