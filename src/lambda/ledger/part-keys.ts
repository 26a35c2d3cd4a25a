/**
 * The keys of the ledger. Each run has a folder below its day, each batch a prefix in it, and each round a part. Nothing else is there, so
 * that it can be read as a table whose partitions are days (https://docs.aws.amazon.com/athena/latest/ug/partitions.html).
 */
import { createHash } from 'node:crypto';
import type { PartVersion } from '../../contract/payloads/batch-payloads';
import type { ListedObject } from '../../contract/payloads/listing';
import type { Run } from '../../contract/payloads/run';
import { LEDGER_FOLDER } from '../../contract/report-places';

/** A dry run is apart from the days: the table never says archived where it only would be. `day` is the last one of the run. */
export function toLedgerPrefix(reportPrefix: string, day: string, folder: string, isDryRun: boolean): string {
  return `${reportPrefix}${LEDGER_FOLDER}${isDryRun ? 'dry-run/' : ''}day=${day}/run=${encodeName(folder)}/`;
}

/** The part of a part's key that all parts of its batch have. */
export function getBatchPrefix(partKey: string): string {
  return partKey.slice(0, partKey.lastIndexOf('-') + 1);
}

/** `origin`, the batch of another ledger, tells batches with the same objects apart. Default: the first object names the batch. */
export function getLedgerBatchPrefix(run: Pick<Run, 'ledgerPrefix'>, items: readonly Pick<ListedObject, 'Key'>[], origin?: string): string {
  return `${run.ledgerPrefix}${hash(origin ?? items[0].Key)}-`;
}

function hash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}

/** The key depends only on the batch and the number of rounds before, so a repeated round writes to its own part, however far it gets. */
export function toLedgerPartKey(run: Run, items: readonly ListedObject[], round: number, origin?: string): string {
  return `${getLedgerBatchPrefix(run, items, origin)}${padIndex(round)}.jsonl`;
}

/** The key of a part of a verification's own ledger, which a round that is repeated writes again. */
export function toVerifiedPartKey(run: Run, parts: readonly PartVersion[], from: number): string {
  return `${run.ledgerPrefix}${hash(parts.map(({ key }) => key).join('\n'))}-${padIndex(from)}.jsonl`;
}

/** The key of the part in which ReportRun writes what it found out about a batch that did not finish. */
export function toReconciledPartKey(run: Run, items: readonly ListedObject[]): string {
  return `${getLedgerBatchPrefix(run, items)}reconciled.jsonl`;
}

const padIndex = (index: number) => String(index).padStart(6, '0');

function encodeName(name: string): string {
  return encodeURIComponent(name).replace(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);
}
