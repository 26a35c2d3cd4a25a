/** The keys of the ledger: each run has a prefix, each batch of it a prefix below, and each round of a batch a part. */
import { createHash } from 'node:crypto';
import type { ListedObject, Run } from '../../contract/payloads';

/** A range of the items of a batch: the index of the first item, and of the item after the last. */
export interface LedgerRange {
  readonly from: number;
  readonly to: number;
}

export function getLedgerPrefix(run: Run): string {
  return `${run.reportPrefix}ledger/`;
}

/** The prefix of the keys of all parts of a batch. */
export function getLedgerBatchPrefix(run: Run, items: readonly ListedObject[]): string {
  const batch = createHash('sha256').update(items[0].Key).digest('hex').slice(0, 16);
  return `${getLedgerPrefix(run)}${batch}-`;
}

/** The key of a part depends only on the batch and the range, so a round that is repeated writes to its own part. */
export function toLedgerPartKey(run: Run, items: readonly ListedObject[], { from, to }: LedgerRange): string {
  return `${getLedgerBatchPrefix(run, items)}${padIndex(from)}_${padIndex(to)}.jsonl`;
}

/** The key of the part in which ReportRun writes what it found out about a batch that did not finish. */
export function toReconciledPartKey(run: Run, items: readonly ListedObject[]): string {
  return `${getLedgerBatchPrefix(run, items)}reconciled.jsonl`;
}

const padIndex = (index: number) => String(index).padStart(6, '0');
