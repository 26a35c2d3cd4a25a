import type { S3Client } from '@aws-sdk/client-s3';
import type { LedgerLine } from '../../contract/payloads/ledger-line';
import type { ListedObject } from '../../contract/payloads/listing';
import type { MoveContext, MoveResult } from '../move/move-object';
import type { ArchiveSettings } from '../runtime/environment';
import type { Clock } from '../s3/retry';
import type { Selection } from '../selection/select-objects';
import type { AimdConcurrencyController } from '../throughput/concurrency-controller';
import type { CopyThroughput } from '../throughput/copy-throughput';
import type { WriteRates } from '../throughput/write-rates';

/** What differs where a batch is copied back to its old keys: the archive is its source then, and keeps all objects. */
export interface RestoreHooks {
  /** The prefix of the ledger parts that say what is archived. No other batch of the restore reads them. */
  readonly origin: string;
  /** The line of the ledger that says that the object is archived. */
  readonly lineOf: (item: ListedObject) => LedgerLine;
  /** Returns why an object is not even tried. */
  readonly refuse: (item: ListedObject) => MoveResult | undefined;
  /** Returns the result if the old key holds the object already. */
  readonly findRestored: (context: MoveContext, item: ListedObject) => Promise<MoveResult | undefined>;
  /** Decides what became of an object that the archive does not hold any more as the ledger says. */
  readonly reportGone: (context: MoveContext, item: ListedObject, status: 'source-gone' | 'deselected') => Promise<MoveResult>;
  /** Turns a line about the copy of an object, from the archive to its old key, into a line about its restore. */
  readonly toLine: (line: LedgerLine, item: ListedObject) => LedgerLine;
}

/** The key that the ledger has for an object: that at the source, also in a restore. */
export function toLineKey(restore: RestoreHooks | undefined, item: ListedObject): string {
  return restore ? restore.lineOf(item).key : item.Key;
}

/** What a function instance uses for all its batches. */
export interface BatchWorker {
  readonly s3: S3Client;
  readonly rate: WriteRates;
  /** Limits the copies. The client reports their latency to it (`withFastCopies`). */
  readonly concurrency: AimdConcurrencyController;
  readonly copyThroughput: CopyThroughput;
  readonly clock: Clock;
  readonly settings: ArchiveSettings;
  readonly select: (object: ListedObject) => Selection;
  readonly sourceLocks: boolean;
  /** `PROMPT_DELETES`: after deletes that took longer, the batch looks at its ledger, where somebody may have written something else. */
  readonly promptDeletes: number;
  /** Unset: the batch goes to the archive. */
  readonly restore?: RestoreHooks;
  /** Called once for each object that was not archived. */
  readonly onProblem: (line: LedgerLine) => void;
}
