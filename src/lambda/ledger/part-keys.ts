/** A folder for each run below its day, a prefix for each batch, a part for each round, and nothing else: Athena's table has days as partitions. */
import { createHash } from 'node:crypto';
import type { _Object } from '@aws-sdk/client-s3';
import type { PartVersion } from '../../contract/payloads/batch-payloads';
import type { ListedObject } from '../../contract/payloads/listing';
import type { Run } from '../../contract/payloads/run';
import { LEDGER_FOLDER } from '../../contract/report-places';

/** A dry run is apart from the days: the table never says archived where it only would be. `day` is the last one of the run. */
export function toLedgerPrefix(reportPrefix: string, day: string, folder: string, isDryRun: boolean): string {
  const name = encodeURIComponent(folder).replace(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);
  return `${reportPrefix}${LEDGER_FOLDER}${isDryRun ? 'dry-run/' : ''}day=${day}/run=${name}/`;
}

export function getBatchPrefix(partKey: string): string {
  return partKey.slice(0, partKey.lastIndexOf('-') + 1);
}

/** Divides a listing into the parts of each batch. They come in a row, because their keys start with its id. */
export async function* groupByBatch(listed: AsyncIterable<_Object> | Iterable<_Object>): AsyncGenerator<_Object[]> {
  let parts: _Object[] = [];
  for await (const part of listed) {
    if (parts.length > 0 && getBatchPrefix(part.Key!) !== getBatchPrefix(parts[0].Key!)) {
      yield parts;
      parts = [];
    }
    parts.push(part);
  }
  if (parts.length > 0) { yield parts; }
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

export function toReconciledPartKey(run: Run, items: readonly ListedObject[]): string {
  return `${getLedgerBatchPrefix(run, items)}reconciled.jsonl`;
}

const padIndex = (index: number) => String(index).padStart(6, '0');
